//! Devices that are spared the second step.

use super::{Scene, scene};
use crate::log_in::{ALICE, PASSWORD, log_in};
use crate::recovery::NEW;
use crate::support::Browser;
use account::login::remembered;
use std::time::Duration;

/// Logs in with both steps, and has the device remembered.
async fn remember(s: &Scene, browser: &Browser) {
    let shown = s.two_step_page(browser).await;
    let code = s.code();
    browser.click(&shown, "verify", &[("code", &code), ("remember-device", "true")]).await.expect("/account");
}

async fn log_out(browser: &Browser) {
    let shown = browser.open("/logout").await;
    browser.click(&shown, "log-out", &[]).await;
}

#[tokio::test]
async fn a_remembered_device_is_spared_the_second_step_for_thirty_days_and_its_level_is_told_truly() {
    let s = scene().await;
    let browser = s.provider.browser();
    remember(&s, &browser).await;
    let party = s.provider.party().await;
    for days in [1, 28] {
        log_out(&browser).await;
        s.provider.wait(Duration::from_secs(days * 24 * 3600));
        log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    }
    let (_, tokens) = party.exchange(&party.code(&browser, &[]).await).await;
    let claims = s.provider.claims(tokens["id_token"].as_str().expect("a token"));
    assert_eq!((&claims["acr"], &claims["amr"]), (&"urn:latchkey:acr:password".into(), &serde_json::json!(["pwd"])));
    log_out(&browser).await;
    s.provider.wait(Duration::from_secs(24 * 3600));
    log_in(&browser, ALICE, PASSWORD).await.expect("/login/two-step");
}

#[tokio::test]
async fn it_spares_nothing_where_more_is_asked_for_or_a_log_in_is_renewed() {
    let s = scene().await;
    let browser = s.provider.browser();
    remember(&s, &browser).await;
    let party = s.provider.party().await;
    let shown = browser.open(&party.authorize_url(&[("prompt", "login")])).await;
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    shown.expect("/login/two-step");
    log_out(&browser).await;
    let shown = browser.open(&party.authorize_url(&[("acr_values", "urn:latchkey:acr:two-step")])).await;
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
    let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    shown.expect("/login/two-step");
}

#[tokio::test]
async fn a_copied_cookie_another_account_and_a_forgotten_device_are_not_spared() {
    let s = scene().await;
    let browser = s.provider.browser();
    remember(&s, &browser).await;
    let copied = browser.cookie("latchkey-device").expect("a device");
    log_out(&browser).await;
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    let thief = s.provider.browser();
    thief.plant_cookie("latchkey-device", &copied);
    log_in(&thief, ALICE, PASSWORD).await.expect("/login/two-step");

    let bob = crate::log_in::account(&s.provider, "bob@example.test", account::account::AccountStatus::Active).await;
    super::enrol(&s.provider, &bob).await;
    log_out(&browser).await;
    log_in(&browser, "bob@example.test", PASSWORD).await.expect("/login/two-step");

    let (id, now) = (s.alice.clone(), s.provider.accounts.now());
    let devices = s.provider.accounts.read(move |conn| remembered::list(conn, &id, now)).await.expect("read");
    assert_eq!(devices.len(), 1);
    let (id, device) = (s.alice.clone(), devices[0].id.clone());
    let actor = account::Actor::system();
    let forget = s.provider.accounts.write(&actor, move |tx| remembered::forget(tx, &id, &device));
    assert!(forget.await.expect("written"));
    log_in(&browser, ALICE, PASSWORD).await.expect("/login/two-step");
}

#[tokio::test]
async fn a_new_password_ends_it() {
    let s = scene().await;
    let browser = s.provider.browser();
    remember(&s, &browser).await;
    let shown = browser.open("/account/security/password").await;
    let fill = [("current-password", PASSWORD), ("password", NEW)];
    browser.click(shown.expect("/account/security/password"), "save", &fill).await.expect("/account/security");
    log_out(&browser).await;
    log_in(&browser, ALICE, NEW).await.expect("/login/two-step");
}

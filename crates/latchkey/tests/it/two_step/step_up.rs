//! Pages that ask for a proof within the last ten minutes.

use super::{Scene, scene};
use crate::console::promote;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider, Shown};
use ::account::account::AccountStatus;
use std::time::Duration;

const PAGE: &str = "/account/security/password";

async fn code_again(s: &Scene, browser: &Browser, shown: &Shown) -> Shown {
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    browser.click(shown.expect("/login/two-step"), "verify", &[("code", &s.code())]).await
}

#[tokio::test]
async fn after_ten_minutes_the_password_is_asked_for_again_and_the_way_goes_on() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    provider.wait(Duration::from_secs(600));
    browser.open(PAGE).await.expect(PAGE);
    provider.wait(Duration::from_secs(1));
    let before = session_of(&provider, &browser).expect("a session");
    let shown = browser.open(PAGE).await;
    assert!(shown.expect("/login/password").plain().contains("within the last ten minutes"), "{}", shown.brief());
    let form = shown.form_with("log-in");
    assert!(form.fields.contains(&("email".to_owned(), ALICE.to_owned())), "whose password is said");
    let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    shown.expect(PAGE);
    let after = session_of(&provider, &browser).expect("a session");
    assert_eq!(before.current().map(|login| &login.id), after.current().map(|login| &login.id), "the same log-in");
    // A page that does not ask is shown all the while.
    provider.wait(Duration::from_secs(3600));
    browser.open("/account").await.expect("/account");
    for path in ["/account/email/change", "/account/email/add", "/account/tokens/new", PAGE] {
        browser.open(path).await.expect("/login/password");
    }
}

#[tokio::test]
async fn a_form_posted_too_late_leads_through_the_proof_to_its_page() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let shown = browser.open(PAGE).await;
    provider.wait(Duration::from_secs(601));
    let fill = [("current-password", PASSWORD), ("password", "marble kettle orbit")];
    let shown = browser.click(&shown, "save", &fill).await;
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    shown.expect(PAGE);
}

#[tokio::test]
async fn with_two_steps_both_are_proved_again_also_after_a_log_in_that_was_spared_one() {
    let s = scene().await;
    let browser = s.provider.browser();
    s.log_in(&browser).await;
    browser.open(PAGE).await.expect(PAGE);
    s.provider.wait(Duration::from_secs(601));
    let shown = browser.open(PAGE).await;
    code_again(&s, &browser, &shown).await.expect(PAGE);
    let spared = s.provider.browser();
    s.provider.log_in(&spared, &s.alice).await;
    let shown = spared.open(PAGE).await;
    code_again(&s, &spared, &shown).await.expect(PAGE);
}

#[tokio::test]
async fn risky_acts_of_the_console_ask_for_it_and_others_do_not() {
    let s = scene().await;
    promote(&s.provider, crate::log_in::ALICE).await;
    let party = s.provider.party().await;
    let browser = s.provider.browser();
    s.log_in(&browser).await;
    let client = format!("/admin/clients/{}", party.id);
    let shown = browser.open(&client).await;
    s.provider.wait(Duration::from_secs(601));
    for path in ["/admin", "/admin/accounts", client.as_str()] {
        browser.open(path).await.expect(path);
    }
    let posted = browser.click(&shown, "disable", &[]).await;
    posted.expect("/login/password");
    let shown = code_again(&s, &browser, &posted).await;
    shown.expect(&client);
    assert!(shown.has("disable"), "nothing was done yet: {}", shown.brief());
    let shown = browser.click(&shown, "disable", &[]).await;
    assert!(shown.has("enable"), "{}", shown.brief());
    s.provider.wait(Duration::from_secs(601));
    browser.open(&format!("{client}/secret")).await.expect("/login/password");
}

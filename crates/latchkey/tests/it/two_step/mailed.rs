//! The mailed code: for a log-in that looks suspicious.

use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider};
use ::account::account::AccountStatus;
use std::time::Duration;

/// The code in the newest mail after the one of this number, and its number.
async fn code(provider: &Provider, after: u64) -> (u64, String) {
    let mail = provider.mails.wait_for(|mail| mail.id > after && mail.subject.contains("Your code for")).await;
    let mut lines = mail.text.lines().map(str::trim);
    let code = lines.find(|line| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit())).expect("a code");
    (mail.id, code.to_owned())
}

/// Somebody guesses until the owner is warned; then the waiting is over.
async fn attack(provider: &Provider) {
    let browser = provider.browser();
    let mut wrong = 0;
    while wrong < 10 {
        match log_in(&browser, ALICE, "a wrong guess").await.status.as_u16() {
            422 => wrong += 1,
            429 => provider.wait(Duration::from_secs(900)),
            other => panic!("{other}"),
        }
    }
    provider.wait(Duration::from_secs(900));
}

#[tokio::test]
async fn while_the_password_is_guessed_a_new_device_types_a_code_from_a_mail() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let known = provider.browser();
    log_in(&known, ALICE, PASSWORD).await.expect("/account");
    known.plant_cookie("latchkey-session", "");
    attack(&provider).await;
    let browser = provider.browser();
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    shown.expect("/login/two-step");
    assert!(session_of(&provider, &browser).is_none());
    assert!(shown.has("resend") && !shown.has("remember-device"));
    let (number, first) = code(&provider, 0).await;
    let again = browser.click(&shown, "resend", &[]).await;
    assert!(again.expect("/login/two-step").plain().contains("another mail"));
    let (_, second) = code(&provider, number).await;
    if first != second {
        let old = browser.click(&again, "verify", &[("code", &first)]).await;
        assert_eq!(old.status.as_u16(), 422, "the older code is void");
    }
    browser.click(&again, "verify", &[("code", &second)]).await.expect("/account");
    // The owner's devices, this one among them now, are asked for nothing.
    for device in [&known, &browser] {
        device.plant_cookie("latchkey-session", "");
        log_in(device, ALICE, PASSWORD).await.expect("/account");
    }
}

#[tokio::test]
async fn a_mailed_code_is_good_in_one_browser() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    attack(&provider).await;
    let (mine, other): (Browser, Browser) = (provider.browser(), provider.browser());
    log_in(&mine, ALICE, PASSWORD).await.expect("/login/two-step");
    let (_, mailed) = code(&provider, 0).await;
    let shown = log_in(&other, ALICE, PASSWORD).await;
    let shown = other.click(shown.expect("/login/two-step"), "verify", &[("code", &mailed)]).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(session_of(&provider, &other).is_none());
}

#[tokio::test]
async fn with_the_throttle_off_nobody_is_suspicious() {
    let provider = Provider::start_with(|settings| settings.limits.throttle = false).await;
    account(&provider, ALICE, AccountStatus::Active).await;
    attack(&provider).await;
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");
}

#[tokio::test]
async fn who_has_no_password_proves_again_who_they_are_by_a_code_from_a_mail() {
    let provider = Provider::start().await;
    let alice = provider.person_without_password(ALICE).await;
    let party = provider.party().await;
    let browser = provider.browser();
    provider.log_in(&browser, &alice).await;
    provider.wait(Duration::from_secs(601));
    let shown = browser.open("/account/email/change").await;
    shown.expect("/login/two-step");
    let (number, first) = code(&provider, 0).await;
    let done = browser.click(&shown, "verify", &[("code", &first)]).await;
    done.expect("/account/email/change");
    // The code of one page is good for no other.
    provider.wait(Duration::from_secs(601));
    let asked = browser.open(&party.authorize_url(&[("prompt", "login")])).await;
    asked.expect("/login/two-step");
    let again = browser.click(&asked, "verify", &[("code", &first)]).await;
    assert_eq!(again.status.as_u16(), 422);
    let (_, second) = code(&provider, number).await;
    let shown = browser.click(&again, "verify", &[("code", &second)]).await;
    let (_, tokens) = party.exchange(&party.code_of(&shown)).await;
    let claims = provider.claims(tokens["id_token"].as_str().expect("a token"));
    assert_eq!(claims["amr"], serde_json::json!(["otp"]));
    assert_eq!(claims["acr"], "urn:latchkey:acr:password");
}

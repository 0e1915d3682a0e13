//! What somebody who knows the password tries.

use super::{Scene, scene};
use crate::log_in::{ALICE, PASSWORD, log_in};
use crate::recovery::NEW;
use crate::support::{Browser, Shown};
use account::Actor;
use account::credential::password::{self, Password};
use std::time::Duration;

async fn verify(browser: &Browser, shown: &Shown, code: &str) -> u16 {
    browser.click(shown, "verify", &[("code", code)]).await.status.as_u16()
}

/// One code, two log-ins in two browsers at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_who_type_one_code_at_once_one_is_logged_in() {
    let s = scene().await;
    let browsers = [s.provider.browser(), s.provider.browser()];
    let pages = [s.two_step_page(&browsers[0]).await, s.two_step_page(&browsers[1]).await];
    let code = s.code();
    let tries = browsers.iter().zip(&pages).map(|(browser, page)| verify(browser, page, &code));
    let statuses = futures_util::future::join_all(tries).await;
    let inside = browsers.iter().filter(|browser| s.is_logged_in(browser)).count();
    assert_eq!(inside, 1, "{statuses:?}");
}

/// A second click of the same button, and the same half log-in completed by two kinds of codes.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn half_a_log_in_is_completed_once() {
    let s = scene().await;
    let codes = s.recovery_codes().await;
    let browser = s.provider.browser();
    let shown = s.two_step_page(&browser).await;
    let paper = browser.open(&shown.link("use-recovery-code")).await;
    let code = s.code();
    tokio::join!(verify(&browser, &shown, &code), verify(&browser, &paper, &codes[0]));
    let logins = s.provider.accounts.read({
        let id = s.alice.clone();
        move |conn| account::session::logins_of_account(conn, &id)
    });
    assert_eq!(logins.await.expect("read").len(), 1);
}

#[tokio::test]
async fn half_a_log_in_is_worth_nothing_in_another_browser_or_interaction() {
    let s = scene().await;
    let (mine, other) = (s.provider.browser(), s.provider.browser());
    let shown = s.two_step_page(&mine).await;
    let interaction = shown.parameter("interaction").expect("an interaction");
    let theirs = other.open(&format!("/login/two-step?interaction={interaction}")).await;
    assert!(theirs.error_code().is_some(), "{}", theirs.brief());
    // With a form of their own, for the interaction of somebody else.
    let own = other.open("/login").await;
    let csrf = own.form_with("continue").fields.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    let fields = [("csrf", csrf.as_str()), ("code", &s.code())];
    let posted = other.post(&format!("/login/two-step?interaction={interaction}"), &fields).await;
    assert!(posted.error_code().is_some(), "{}", posted.brief());
    assert!(!s.is_logged_in(&other) && !s.is_logged_in(&mine));
    // In this browser, but on another way: nothing was proved there.
    let second = mine.open("/login").await;
    let second = second.parameter("interaction").expect("an interaction");
    let shown = mine.open(&format!("/login/two-step?interaction={second}")).await;
    shown.expect("/login");
}

#[tokio::test]
async fn half_a_log_in_is_void_after_a_new_password_and_after_a_quarter_of_an_hour() {
    let s = scene().await;
    let browser = s.provider.browser();
    let shown = s.two_step_page(&browser).await;
    let phc = s.provider.accounts.passwords.hash(Password::typed(NEW)).await.expect("a hash");
    let id = s.alice.clone();
    s.provider.wait(Duration::from_secs(1));
    s.provider.accounts.write(&Actor::system(), move |tx| password::put(tx, &id, &phc)).await.expect("written");
    let shown = browser.click(&shown, "verify", &[("code", &s.code())]).await;
    assert!(!s.is_logged_in(&browser), "{}", shown.brief());
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", NEW)]).await;
    shown.expect("/login/two-step");
    s.provider.wait(Duration::from_secs(15 * 60));
    let shown = browser.click(&shown, "verify", &[("code", &s.code())]).await;
    assert!(shown.expect("/login/password").plain().contains("Enter it again"), "{}", shown.brief());
    assert!(!s.is_logged_in(&browser));
}

/// Whoever knows the password gets ten guesses an hour, over all browsers and kinds of codes; the owner is told,
/// and goes on where they are remembered.
#[tokio::test]
async fn ten_guesses_an_hour_and_the_owner_is_told() {
    let s = scene().await;
    s.recovery_codes().await;
    let owner = s.provider.browser();
    let shown = s.two_step_page(&owner).await;
    let fill = [("code", s.code()), ("remember-device", "true".to_owned())];
    let fill = fill.each_ref().map(|(name, value)| (*name, value.as_str()));
    owner.click(&shown, "verify", &fill).await.expect("/account");
    owner.plant_cookie("latchkey-session", "");

    for n in 0..10 {
        let browser = s.provider.browser();
        let shown = log_in(&browser, ALICE, PASSWORD).await;
        let paper = n % 3 == 0;
        let shown = if paper { browser.open(&shown.link("use-recovery-code")).await } else { shown };
        let code = if paper { "aaaaa-aaaaa".to_owned() } else { s.wrong_code() };
        assert_eq!(verify(&browser, &shown, &code).await, 422, "guess {n}");
    }
    for browser in [s.provider.browser(), s.provider.browser()] {
        let shown = log_in(&browser, ALICE, PASSWORD).await;
        let shown = browser.click(&shown, "verify", &[("code", &s.code())]).await;
        assert_eq!(shown.status.as_u16(), 429, "the right one is not looked at: {}", shown.brief());
        assert!(shown.headers.contains_key("retry-after"));
    }
    let told = s.provider.mails.wait_for(|mail| mail.subject.contains("knows your")).await;
    assert_eq!(told.to, [ALICE]);
    assert!(log_in(&owner, ALICE, PASSWORD).await.path() == "/account", "the owner's own device goes on");
    s.provider.wait(Duration::from_secs(3600));
    let browser = s.provider.browser();
    s.log_in(&browser).await.expect("/account");
}

#[tokio::test]
async fn another_address_takes_half_a_log_in_back() {
    let s: Scene = scene().await;
    let browser = s.provider.browser();
    let page = s.two_step_page(&browser).await;
    let shown = browser.open(&page.link("not-you")).await;
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", "bob@example.test")]).await;
    shown.expect("/login/password");
    let shown = browser.click(&page, "verify", &[("code", &s.code())]).await;
    assert!(!s.is_logged_in(&browser), "{}", shown.brief());
}

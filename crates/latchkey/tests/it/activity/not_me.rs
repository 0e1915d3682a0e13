//! "This was not me": the door is locked at once, and opens again by mail alone.

use crate::connected_apps;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::recovery::link;
use crate::support::{Browser, Provider};
use ::account::account::AccountStatus;

async fn lock(browser: &Browser) {
    let shown = browser.open("/account/activity").await;
    let shown = browser.open(&shown.link("not-me")).await;
    assert!(shown.expect("/account/activity/not-me").plain().contains(ALICE));
    let shown = browser.click(&shown, "lock-account", &[]).await;
    assert!(shown.expect("/account/activity/locked").has("account-locked"), "{}", shown.brief());
}

#[tokio::test]
async fn sessions_tokens_and_the_password_end_at_once_and_a_mail_leads_back() {
    let (provider, browser, party, tokens) = connected_apps::scene().await;
    let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
    let thief = provider.browser();
    log_in(&thief, ALICE, PASSWORD).await.expect("/account");
    lock(&browser).await;
    assert!(session_of(&provider, &thief).is_none() && session_of(&provider, &browser).is_none());
    thief.open("/account").await.expect("/login");
    assert_eq!(party.userinfo(access).await.0.as_u16(), 401);
    assert_eq!(party.call("/oauth2/introspect", &[("token", access)]).await.1["active"], false);
    assert_eq!(party.refresh(refresh).await.0.as_u16(), 400);
    // Who knows the old password is told that it is void, and nothing else opens; who does not, learns nothing.
    let told = log_in(&thief, ALICE, PASSWORD).await;
    assert_eq!(told.status.as_u16(), 403);
    assert!(told.plain().contains("Choose a new password") && told.has("forgot-password"), "{}", told.brief());
    assert!(session_of(&provider, &thief).is_none());
    let wrong = log_in(&thief, ALICE, "another").await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(!wrong.plain().contains("void"), "{}", wrong.brief());
    let link = link(&provider, ALICE, "/recover/password").await;
    let shown = browser.open(&link).await;
    let fill = [("password", "four uncommon words here")];
    let shown = browser.click(shown.expect("/recover/password"), "save", &fill).await;
    shown.expect("/login");
    assert_eq!(log_in(&browser, ALICE, PASSWORD).await.status.as_u16(), 422, "the old one is not even void any more");
    let shown = log_in(&browser, ALICE, "four uncommon words here").await;
    shown.expect("/account");
    let log = browser.open("/account/activity").await.plain();
    assert!(log.contains("This was not me") && log.contains("a link from your mail") && log.contains("void"), "{log}");
    assert!(browser.open("/account/apps").await.plain().contains("No product is connected"));
}

/// The thief's own change of e-mail, which waits in a mailbox of theirs, is void, and so is the password that its page
/// asks for.
#[tokio::test]
async fn a_change_of_address_that_waits_is_void() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (owner, thief) = (provider.browser(), provider.browser());
    log_in(&owner, ALICE, PASSWORD).await;
    log_in(&thief, ALICE, PASSWORD).await;
    let shown = thief.open("/account/email/change").await;
    thief.click(&shown, "save", &[("email", "thief@example.test"), ("password", PASSWORD)]).await;
    let link = link(&provider, "thief@example.test", "/account/email/confirm").await;
    lock(&owner).await;
    assert_eq!(thief.open(&link).await.status.as_u16(), 410);
}

#[tokio::test]
async fn another_account_in_the_same_browser_stays_logged_in() {
    let provider = Provider::start().await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let (bob, browser) = (provider.person("bob@example.test").await, provider.browser());
    provider.log_in(&browser, &bob).await;
    provider.wait(std::time::Duration::from_secs(1));
    provider.log_in(&browser, &alice).await;
    lock(&browser).await;
    let left = session_of(&provider, &browser).expect("bob's");
    assert_eq!(left.logins.iter().map(|login| login.account_id.clone()).collect::<Vec<_>>(), [bob]);
}

/// Two clicks at once: one lock, one mail.
#[tokio::test]
async fn locked_twice_at_once_one_mail_goes_out() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let shown = browser.open("/account/activity/not-me").await;
    tokio::join!(browser.click(&shown, "lock-account", &[]), browser.click(&shown, "lock-account", &[]));
    // The second one would have made the first one's link void.
    let link = link(&provider, ALICE, "/recover/password").await;
    browser.open(&link).await.expect("/recover/password");
}

//! Passkeys in a real browser.

use super::*;
use crate::support::Chromium;
use serde_json::json;

/// Logs Alice in by her password.
async fn log_in_on(browser: &Chromium, provider: &Provider, path: &str) {
    browser.open(&format!("{}{path}", provider.url)).await;
    browser.type_into("email", ALICE).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_on_a_computer_and_on_a_phone() {
    for (width, height) in [(1280, 900), (390, 844)] {
        let provider = Provider::start().await;
        account(&provider, ALICE, AccountStatus::Active).await;
        let browser = Chromium::start(width, height).await;
        browser.without_autofill().await;
        let device = browser.authenticator(json!({})).await;
        log_in_on(&browser, &provider, PATH).await;
        browser.click("add-passkey").await;
        browser.wait_for_text("Your passkey is added").await;
        let made = browser.passkeys_in(&device).await;
        assert_eq!((made.len(), &made[0]["isResidentCredential"]), (1, &json!(true)), "it is found without an address");
        // The same device once more, after a fresh proof with what is a second step now: it has one already.
        browser.click("add-passkey").await;
        browser.click("use-passkey").await;
        browser.click("add-passkey").await;
        browser.wait_for_text("This device or key has a passkey for your account already.").await;
        browser.unplug(device).await;
        browser.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_cannot_verify_is_added_as_a_second_step() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = Chromium::start(800, 700).await;
    browser.authenticator(json!({ "hasUserVerification": false, "hasResidentKey": false, "transport": "usb" })).await;
    log_in_on(&browser, &provider, PATH).await;
    browser.click("add-passkey").await;
    browser.find("passkeys").await;
    let shown = browser.describe().await;
    assert!(shown.contains("Security key, as a second step only"), "{shown}");
    browser.close().await;
}

/// Whoever cancels, or is not recognised, reads what happened and may try again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_is_told_in_words() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = Chromium::start(390, 844).await;
    let device = browser.authenticator(json!({ "isUserVerified": false })).await;
    log_in_on(&browser, &provider, PATH).await;
    browser.click("add-passkey").await;
    browser.wait_for_text("Nothing was added").await;
    browser.recognise(&device, true).await;
    browser.click("add-passkey").await;
    browser.find("passkeys").await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_logs_in_alone_or_after_the_password_until_it_is_removed() {
    for (width, height) in [(1280, 900), (390, 844)] {
        let provider = Provider::start().await;
        let alice = account(&provider, ALICE, AccountStatus::Active).await;
        let browser = Chromium::start(width, height).await;
        browser.without_autofill().await;
        let device = browser.authenticator(json!({})).await;
        log_in_on(&browser, &provider, PATH).await;
        browser.click("add-passkey").await;
        browser.wait_for_text("Your passkey is added").await;
        let account = format!("{}/account", provider.url);

        // Alone, without a password.
        browser.page.delete_all_cookies().await.expect("logged out");
        browser.open(&account).await;
        browser.click("use-passkey").await;
        assert_eq!(browser.text("email-address").await, ALICE);

        // The device does not recognise its person: nobody gets in, and reads why.
        browser.page.delete_all_cookies().await.expect("logged out");
        browser.recognise(&device, false).await;
        browser.open(&account).await;
        browser.click("use-passkey").await;
        browser.wait_for_text("You cancelled, it took too long").await;
        browser.recognise(&device, true).await;

        // After the password, as the second step.
        log_in_on(&browser, &provider, "/account").await;
        browser.wait_for_text("Two-step verification").await;
        browser.click("use-passkey").await;
        assert_eq!(browser.text("email-address").await, ALICE);

        // Removed: it stays in the device, and opens nothing.
        let whose = alice.clone();
        let list = move |conn: &mut ::account::Conn| ::account::credential::passkey::list(conn, &whose);
        let id = provider.accounts.read(list).await.expect("read")[0].id.clone();
        browser.open(&format!("{}{PATH}/{id}/remove", provider.url)).await;
        browser.click("remove").await;
        browser.wait_for_text("The passkey is removed").await;
        browser.page.delete_all_cookies().await.expect("logged out");
        browser.open(&account).await;
        browser.click("use-passkey").await;
        browser.wait_for_text("We do not know this passkey").await;
        browser.close().await;
    }
}

/// A key on a stick that only notices a touch: no log-in by itself, but a second step.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_cannot_verify_is_a_second_step() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = Chromium::start(800, 700).await;
    browser.without_autofill().await;
    browser.authenticator(json!({ "hasUserVerification": false, "hasResidentKey": false, "transport": "usb" })).await;
    log_in_on(&browser, &provider, PATH).await;
    browser.click("add-passkey").await;
    browser.wait_for_text("Your passkey is added").await;
    browser.page.delete_all_cookies().await.expect("logged out");
    log_in_on(&browser, &provider, "/account").await;
    browser.wait_for_text("Two-step verification").await;
    browser.click("use-passkey").await;
    assert_eq!(browser.text("email-address").await, ALICE);
    browser.close().await;
}

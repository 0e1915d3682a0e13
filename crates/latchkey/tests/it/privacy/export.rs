//! The file of all that is held about a person.

use super::{WIDTHS, fits, window};
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Provider, Shown};
use account::account::AccountStatus;
use reqwest::Method;
use std::time::Duration;

const PATH: &str = "/account/privacy/export";

async fn begin() -> (Provider, Browser) {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    (provider, browser)
}

/// Asks for the file, and looks again until it is there.
async fn ready(browser: &Browser) -> Shown {
    let shown = browser.open(PATH).await;
    let mut shown = browser.click(&shown, "ask-export", &[]).await;
    for _ in 0..600 {
        if shown.expect(PATH).has("fetch-export") {
            return shown;
        }
        assert!(shown.has("progress") && shown.headers.contains_key("refresh"), "{}", shown.brief());
        tokio::time::sleep(Duration::from_millis(10)).await;
        shown = browser.open(&shown.link("refresh")).await;
    }
    panic!("never ready: {}", shown.brief());
}

async fn bytes(browser: &Browser, provider: &Provider, path: &str) -> (u16, Vec<u8>) {
    let cookie = browser.cookie("latchkey-session").unwrap_or_default();
    let request = browser.client().get(format!("{}{path}", provider.url));
    let answer = request.header("cookie", format!("latchkey-session={cookie}")).send().await.expect("an answer");
    (answer.status().as_u16(), answer.bytes().await.expect("a body").to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_gets_everything_in_a_file_and_a_mail_says_when() {
    let (provider, browser) = begin().await;
    let shown = ready(&browser).await;
    let (status, file) = bytes(&browser, &provider, &shown.link("fetch-export")).await;
    assert_eq!(status, 200);
    assert!(file.starts_with(b"PK\x03\x04"), "a ZIP file; what is in it, the tests of the room look at");
    let mail = provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("data")).await;
    assert!(mail.text.contains(PATH), "{}", mail.text);
    // Thrown away, it is gone.
    let gone = browser.click(&shown, "discard-export", &[]).await;
    assert!(gone.expect(PATH).plain().contains("thrown away") && gone.has("ask-export"));
    assert_eq!(bytes(&browser, &provider, &shown.link("fetch-export")).await.0, 404);
}

/// IDOR: the id of somebody else's file opens and discards nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_its_owners_alone() {
    let (provider, browser) = begin().await;
    let shown = ready(&browser).await;
    let link = shown.link("fetch-export");
    account(&provider, "bob@example.test", AccountStatus::Active).await;
    let bob = provider.browser();
    log_in(&bob, "bob@example.test", PASSWORD).await;
    assert_eq!(bytes(&bob, &provider, &link).await.0, 404);
    let own = bob.open(PATH).await.form_with("ask-export").fields;
    let csrf = own.iter().find(|(name, _)| name == "csrf").expect("a token").1.clone();
    bob.post(&format!("{link}/discard"), &[("csrf", &csrf)]).await;
    assert_eq!(bytes(&browser, &provider, &link).await.0, 200, "still there");
    // Nor does a browser without a log-in get it.
    let stranger = provider.browser().once(Method::GET, &link, None, &[]).await;
    assert_eq!(stranger.status.as_u16(), 303);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_no_page_and_lies_in_no_cache() {
    let (provider, browser) = begin().await;
    let link = ready(&browser).await.link("fetch-export");
    let answer = browser.once(Method::GET, &format!("{}{link}", provider.url), None, &[]).await;
    for (name, value) in [
        ("content-type", "application/zip"),
        ("content-disposition", "attachment; filename=\"my-data.zip\""),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers[name], value);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_fourth_in_a_day_waits() {
    let (_provider, browser) = begin().await;
    for _ in 0..3 {
        ready(&browser).await;
    }
    let shown = browser.open(PATH).await;
    let refused = browser.click(&shown, "ask-export", &[]).await;
    assert_eq!(refused.status.as_u16(), 429);
    assert!(refused.has("error-summary") && refused.has("fetch-export"), "the last one is still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_asked_for_in_a_real_browser() {
    for width in WIDTHS {
        let provider = Provider::start().await;
        account(&provider, ALICE, AccountStatus::Active).await;
        let window = window(&provider, width).await;
        window.open(&format!("{}/account/privacy", provider.url)).await;
        window.click("get-data").await;
        fits(&window).await;
        window.click("ask-export").await;
        // The page shows it by itself when it is ready.
        window.find("fetch-export").await;
        fits(&window).await;
        window.close().await;
    }
}

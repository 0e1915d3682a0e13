//! Whether an address has an account, and in what state, is nobody's business: status, text, way and headers are alike.

use crate::log_in::account;
use crate::support::{Browser, Provider, Shown, html};
use account::account::AccountStatus;

const ADDRESSES: [&str; 4] = ["alice@example.test", "off@example.test", "new@example.test", "nobody@example.test"];
const WORDS: &str = "marble kettle orbit";

/// An answer without what differs between any two browsers and two moments.
fn bare(shown: &Shown, address: &str) -> (u16, String, String, Vec<String>) {
    let mut text = shown.plain();
    if shown.has("delivery") {
        // How a mail fares changes with time alone.
        text = text.replace(&shown.text("delivery"), "");
    }
    let mut fields: Vec<String> = Vec::new();
    for form in html::forms(&shown.body) {
        for (name, value) in form.fields {
            if value.len() > 20 {
                text = text.replace(&value, "");
            }
            fields.push(name);
        }
    }
    let mut headers: Vec<String> = shown.headers.keys().map(|name| name.as_str().to_owned()).collect();
    headers.extend(fields);
    headers.sort();
    (shown.status.as_u16(), shown.path(), text.replace(address, "ADDRESS"), headers)
}

async fn provider() -> Provider {
    let provider = Provider::start().await;
    account(&provider, ADDRESSES[0], AccountStatus::Active).await;
    account(&provider, ADDRESSES[1], AccountStatus::Deactivated).await;
    account(&provider, ADDRESSES[2], AccountStatus::Unverified).await;
    provider
}

/// Runs the course for each address in a new browser, and compares what is seen.
async fn alike(course: impl AsyncFn(&Browser, &str) -> Vec<Shown>) {
    let provider = provider().await;
    let mut seen = Vec::new();
    for address in ADDRESSES {
        let pages = course(&provider.browser(), address).await;
        seen.push(pages.iter().map(|shown| bare(shown, address)).collect::<Vec<_>>());
    }
    for (address, pages) in ADDRESSES.iter().zip(&seen).skip(1) {
        assert_eq!(*pages, seen[0], "{address} differs from {}", ADDRESSES[0]);
    }
}

#[tokio::test]
async fn signing_up_looks_alike() {
    alike(async |browser, address| {
        let form = browser.open("/signup").await;
        let fill = [("email", address), ("name", "Somebody"), ("password", WORDS)];
        let sent = browser.click(&form, "sign-up", &fill).await;
        sent.expect("/verify-email");
        let wrong = browser.click(&sent, "verify", &[("code", "000000")]).await;
        let again = browser.open("/verify-email").await;
        vec![sent, wrong, again]
    })
    .await;
}

#[tokio::test]
async fn asking_for_another_mail_looks_alike() {
    alike(async |browser, address| {
        let form = browser.open("/verify-email/resend").await;
        let first = browser.click(&form, "resend", &[("email", address)]).await;
        let second = browser.click(&form, "resend", &[("email", address)]).await;
        assert!(first.status.is_success(), "{}", first.brief());
        vec![first, second]
    })
    .await;
}

#[tokio::test]
async fn recovery_looks_alike() {
    alike(async |browser, address| {
        let form = browser.open("/recover").await;
        let first = browser.click(&form, "send", &[("email", address)]).await;
        let mut pages = vec![first.expect("/recover/sent").clone()];
        for _ in 0..6 {
            pages.push(browser.click(&form, "send", &[("email", address)]).await);
        }
        pages
    })
    .await;
}

#[tokio::test]
async fn the_headers_of_a_failed_log_in_are_alike() {
    alike(async |browser, address| {
        let form = browser.open("/login").await;
        let asked = browser.click(&form, "continue", &[("email", address)]).await;
        let wrong = browser.click(&asked, "log-in", &[("password", "wrong")]).await;
        vec![asked, wrong]
    })
    .await;
}

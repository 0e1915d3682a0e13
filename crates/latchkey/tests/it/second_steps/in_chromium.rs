//! The same in a real browser, on a phone and on a desk.

use super::{SECURITY, code, phone};
use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Provider};
use ::account::account::AccountStatus;
use serde_json::Value;

async fn value(browser: &Chromium, script: &str) -> Value {
    browser.page.execute(script, vec![]).await.expect("a value")
}

async fn enrol(width: u32, height: u32) {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = Chromium::start(width, height).await;
    browser.open(&format!("{}{SECURITY}", provider.url)).await;
    browser.type_into("email", ALICE).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
    browser.click("add-app").await;
    browser.click("begin").await;
    browser.find("square").await;
    // The square is large enough to scan, whole, and black on white; nothing sticks out.
    let box_of = "var b = document.getElementById('square').getBoundingClientRect();
        return b.width >= 200 && b.left >= 0 && b.right <= window.innerWidth
            && document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(value(&browser, box_of).await, Value::Bool(true), "{}", browser.describe().await);
    let app = value(&browser, "return document.querySelector('input[name=app]').value").await;
    let secret = phone(&provider, &id, app.as_str().expect("an id"));
    browser.type_into("code", "000 000").await;
    browser.click("confirm").await;
    browser.find("code-error").await;
    browser.type_into("name", "My phone").await;
    browser.type_into("code", &code(&provider, &secret)).await;
    browser.click("confirm").await;
    assert_eq!(browser.text("recovery-codes").await.split_whitespace().count(), 10);
    // What the script adds is there, and a click on it runs under the policy of the page.
    browser.click("save-codes").await;
    let narrow = "return document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(value(&browser, narrow).await, Value::Bool(true));
    browser.click("done").await;
    assert_eq!(browser.text("two-step").await, "On");
    assert_eq!(browser.text("codes-left").await, "10");
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_added_on_a_phone() {
    enrol(390, 844).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_is_added_on_a_desk() {
    enrol(1280, 900).await;
}

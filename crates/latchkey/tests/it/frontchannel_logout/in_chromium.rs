//! The page that loads the products, in a browser that enforces its policy.

use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Listener, Party, Provider};
use account::account::AccountStatus;
use serde_json::json;
use std::time::{Duration, Instant};

async fn product(provider: &Provider, listener: &Listener, more: serde_json::Value) -> Party {
    let origin = &listener.origin;
    let mut metadata = json!({
        "redirect_uris": [format!("{origin}/callback")],
        "post_logout_redirect_uris": [format!("{origin}/bye")],
        "frontchannel_logout_uri": format!("{origin}/out"),
    });
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    provider.register(true, metadata).await
}

/// Logs in at the first product, and silently at the others.
async fn enter_all(browser: &Chromium, parties: &[&Party]) {
    browser.open(&parties[0].authorize_url(&[])).await;
    browser.type_into("email", ALICE).await;
    browser.click("continue").await;
    browser.type_into("password", PASSWORD).await;
    browser.click("log-in").await;
    browser.find("here").await;
    for party in &parties[1..] {
        browser.open(&party.authorize_url(&[])).await;
        browser.find("here").await;
    }
}

async fn log_out(browser: &Chromium, provider: &Provider, party: &Party, listener: &Listener) {
    let pairs = [
        ("client_id", party.id.as_str()),
        ("post_logout_redirect_uri", &format!("{}/bye", listener.origin)),
        ("state", "s"),
    ];
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    browser.open(&format!("{}/oauth2/logout?{query}", provider.url)).await;
    browser.click("log-out").await;
}

/// Both products are loaded with `iss` and `sid`, and the script goes on as soon as they are: well before the refresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_products_are_loaded_and_the_browser_goes_on() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (first, second) = (Listener::start(), Listener::start());
    let (one, two) = (product(&provider, &first, json!({})).await, product(&provider, &second, json!({})).await);
    let browser = Chromium::start(800, 700).await;
    enter_all(&browser, &[&one, &two]).await;
    log_out(&browser, &provider, &one, &first).await;
    browser.find("here").await;
    assert_eq!(browser.url().await, format!("{}/bye?state=s", first.origin));
    for listener in [&first, &second] {
        let gets = listener.gets();
        let out: Vec<_> = gets.iter().filter(|path| path.starts_with("/out?iss=")).collect();
        assert!(out.len() == 1 && out[0].contains("&sid="), "{gets:?}");
    }
    // The frames came before the way back.
    let gets = first.gets();
    let place = |start: &str| gets.iter().position(|path| path.starts_with(start)).expect("asked for");
    assert!(place("/out") < place("/bye"));
    browser.close().await;
}

/// A product whose page never comes does not keep the person. (A refresh alone would: Chromium counts it from when
/// every frame has loaded.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_product_does_not_keep_the_person() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (first, silent) = (Listener::start(), Listener::start());
    let (one, two) = (product(&provider, &first, json!({})).await, product(&provider, &silent, json!({})).await);
    let browser = Chromium::start(800, 700).await;
    enter_all(&browser, &[&one, &two]).await;
    silent.hang();
    let begun = Instant::now();
    log_out(&browser, &provider, &one, &first).await;
    browser.find("here").await;
    assert_eq!(browser.url().await, format!("{}/bye?state=s", first.origin));
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
    browser.close().await;
}

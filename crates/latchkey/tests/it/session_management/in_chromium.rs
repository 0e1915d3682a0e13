//! The frame, in a browser that keeps cookies from third parties.

use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Chromium, Listener, Party, Provider};
use account::account::AccountStatus;
use serde_json::json;

/// Frames our page, posts a message to it, and gives the answer.
const ASK: &str = "
    var done = arguments[arguments.length - 1], address = arguments[0], message = arguments[1];
    var frame = document.createElement('iframe');
    window.addEventListener('message', function (event) { frame.remove(); done(event.data); }, { once: true });
    frame.onload = function () { frame.contentWindow.postMessage(message, new URL(address).origin); };
    frame.src = address;
    document.body.appendChild(frame);";

async fn ask(browser: &Chromium, provider: &Provider, message: String) -> String {
    let arguments = vec![json!(format!("{}/oauth2/check-session", provider.url)), json!(message)];
    let answer = browser.page.execute_async(ASK, arguments).await.expect("an answer");
    answer.as_str().expect("a text").to_owned()
}

/// A product at this host, where somebody logged in: its message for the frame.
async fn log_in(browser: &Chromium, provider: &Provider, origin: &str) -> String {
    let redirect = json!({ "redirect_uris": [format!("{origin}/callback")] });
    let party: Party = provider.register(true, redirect).await;
    browser.open(&party.authorize_url(&[])).await;
    if browser.has("email").await {
        browser.type_into("email", ALICE).await;
        browser.click("continue").await;
        browser.type_into("password", PASSWORD).await;
        browser.click("log-in").await;
    }
    browser.find("here").await;
    let url = url::Url::parse(&browser.url().await).expect("an address");
    let state = url.query_pairs().find(|(name, _)| name == "session_state").expect("a state").1.into_owned();
    format!("{} {state}", party.id)
}

/// On the same site (another port of localhost): unchanged, then changed; and nonsense is an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_frame_says_unchanged_then_changed() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let listener = Listener::start();
    let origin = listener.origin.replace("127.0.0.1", "localhost");
    let browser = Chromium::start(800, 700).await;
    let message = log_in(&browser, &provider, &origin).await;
    assert_eq!(ask(&browser, &provider, message.clone()).await, "unchanged");
    for nonsense in ["", "x", "a b", "a b.c", " ", "client state extra"] {
        assert_eq!(ask(&browser, &provider, nonsense.to_owned()).await, "error", "{nonsense:?}");
    }
    // Another client's name does not fit the state.
    let (_, state) = message.split_once(' ').expect("two words");
    assert_eq!(ask(&browser, &provider, format!("other {state}")).await, "changed");
    browser.open(&format!("{}/logout", provider.url)).await;
    browser.click("log-out").await;
    browser.find("logged-out").await;
    browser.open(&format!("{origin}/again")).await;
    assert_eq!(ask(&browser, &provider, message).await, "changed");
    browser.close().await;
}

/// On another site (127.0.0.1 beside localhost) the browser keeps the cookie to itself: the frame says that it does not
/// know, and not that somebody logged out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_third_party_cookies_nothing_is_claimed() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let listener = Listener::start();
    let browser = Chromium::start(800, 700).await;
    let message = log_in(&browser, &provider, &listener.origin).await;
    assert_eq!(ask(&browser, &provider, message).await, "error");
    browser.close().await;
}

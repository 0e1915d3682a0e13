//! `/account/devices`: where the account is logged in, ended by its owner and by nobody else.

pub mod in_chromium;
pub mod places;

use crate::backchannel_logout::{enter, listening};
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Listener, Provider, Shown};
use ::account::account::AccountStatus;
use serde_json::json;
use std::time::Duration;

pub const BOB: &str = "bob@example.test";

/// Alice, logged in in two browsers.
pub async fn scene() -> (Provider, Browser, Browser) {
    let provider = Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (desk, phone) = (provider.browser(), provider.browser());
    log_in(&phone, ALICE, PASSWORD).await.expect("/account");
    provider.wait(Duration::from_secs(3600));
    log_in(&desk, ALICE, PASSWORD).await.expect("/account");
    (provider, desk, phone)
}

/// A field of the form with this button.
fn field(shown: &Shown, button: &str, name: &str) -> String {
    let fields = shown.form_with(button).fields;
    fields.into_iter().find(|(n, _)| n == name).expect("the field").1
}

#[tokio::test]
async fn each_browser_is_listed_and_this_one_is_marked() {
    let (_provider, desk, _phone) = scene().await;
    let shown = desk.open("/account/devices").await;
    let first = shown.expect("/account/devices").text("session-1");
    assert!(first.contains("This browser") && first.contains("Linux") && first.contains("127.0.0.1"), "{first}");
    assert!(first.contains("2026-01-01 01:00 UTC"), "{first}");
    let second = shown.text("session-2");
    assert!(!second.contains("This browser") && second.contains("Logged in 2026-01-01 00:00 UTC"), "{second}");
    assert!(!shown.has("session-3") && !shown.has("end-1") && shown.has("log-out-here"));
}

#[tokio::test]
async fn one_is_ended_and_its_products_hear_of_it() {
    let (provider, desk, phone) = scene().await;
    let listener = Listener::start();
    let party = listening(&provider, &listener, json!({})).await;
    let tokens = party.exchange(&party.code(&phone, &[]).await).await.1;
    let access = tokens["access_token"].as_str().expect("a token");
    enter(&party, &desk).await;
    let shown = desk.open("/account/devices").await;
    let ended = desk.click(&shown, "end-2", &[]).await;
    assert!(ended.expect("/account/devices").has("no-others"), "{}", ended.brief());
    assert!(session_of(&provider, &phone).is_none() && session_of(&provider, &desk).is_some());
    assert_eq!(party.userinfo(access).await.0.as_u16(), 401, "its tokens end at once");
    let (_, introspected) = party.call("/oauth2/introspect", &[("token", access)]).await;
    assert_eq!(introspected["active"], false);
    phone.open("/account/devices").await.expect("/login");
    for _ in 0..200 {
        if !listener.posted().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let sids: Vec<_> = listener.posted().iter().map(|p| provider.claims(p.token())["sid"].clone()).collect();
    assert_eq!(sids, [provider.claims(tokens["id_token"].as_str().expect("a token"))["sid"].clone()]);
    // Once more: it is over, and nothing happens.
    let again = desk.click(&shown, "end-2", &[]).await;
    assert!(again.expect("/account/devices").plain().contains("ended already"), "{}", again.brief());
}

#[tokio::test]
async fn all_others_are_ended_at_once() {
    let (provider, desk, phone) = scene().await;
    let third = provider.browser();
    log_in(&third, ALICE, PASSWORD).await;
    let shown = desk.open("/account/devices").await;
    let shown = desk.click(&shown, "end-others", &[]).await;
    assert!(shown.has("no-others") && !shown.has("end-others"));
    assert!([&phone, &third].iter().all(|browser| session_of(&provider, browser).is_none()));
    desk.open("/account").await.expect("/account");
}

/// Of two requests that end the same log-in, one did it; two lines in the log would be one too many.
#[tokio::test]
async fn ended_twice_at_once_it_is_ended_once() {
    let (provider, desk, _phone) = scene().await;
    let shown = desk.open("/account/devices").await;
    let (one, two) = tokio::join!(desk.click(&shown, "end-2", &[]), desk.click(&shown, "end-2", &[]));
    let told = |words: &str| [&one, &two].iter().filter(|shown| shown.plain().contains(words)).count();
    assert_eq!((told("You are logged out there"), told("This had ended already")), (1, 1));
    assert!(session_of(&provider, &desk).is_some());
}

/// A browser may hold several accounts: what one of them ends is its own log-in.
#[tokio::test]
async fn another_account_in_the_same_browser_stays() {
    let (provider, desk, phone) = scene().await;
    let bob = provider.person(BOB).await;
    provider.log_in(&phone, &bob).await;
    let shown = desk.open("/account/devices").await;
    desk.click(&shown, "end-2", &[]).await;
    let left = session_of(&provider, &phone).expect("bob's");
    assert_eq!(left.logins.iter().map(|login| login.account_id.clone()).collect::<Vec<_>>(), [bob]);
}

/// IDOR: the id of somebody else's log-in, or of somebody else's known browser, ends nothing.
#[tokio::test]
async fn nobody_ends_what_is_not_theirs() {
    let (provider, desk, phone) = scene().await;
    let eve = provider.browser();
    account(&provider, "eve@example.test", AccountStatus::Active).await;
    log_in(&eve, "eve@example.test", PASSWORD).await;
    log_in(&provider.browser(), "eve@example.test", PASSWORD).await;
    let (own, hers) = (eve.open("/account/devices").await, desk.open("/account/devices").await);
    assert!(!own.plain().contains(ALICE));
    let login = field(&hers, "end-2", "login");
    let shown = eve.click(&own, "end-2", &[("login", &login)]).await;
    assert!(shown.plain().contains("ended already"), "{}", shown.brief());
    assert!(session_of(&provider, &phone).is_some());
    let device = field(&hers, "forget-1", "device");
    let shown = eve.click(&own, "forget-1", &[("device", &device)]).await;
    assert!(shown.plain().contains("ended already"), "{}", shown.brief());
    assert!(desk.open("/account/devices").await.has("forget-2"));
    for nonsense in ["", "x", "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55"] {
        let shown = eve.click(&own, "end-2", &[("login", nonsense)]).await;
        assert!(shown.expect("/account/devices").plain().contains("ended already"));
    }
    // One's own log-in in this browser ends by logging out.
    let here = session_of(&provider, &desk).expect("a session").logins[0].id.to_string();
    desk.click(&hers, "end-2", &[("login", &here)]).await.expect("/logout");
    assert!(session_of(&provider, &desk).is_some());
}

#[tokio::test]
async fn a_known_browser_is_forgotten() {
    let (_provider, desk, _phone) = scene().await;
    let shown = desk.open("/account/devices").await;
    assert!(shown.text("known-browsers").contains("This browser"), "{}", shown.brief());
    let shown = desk.click(&shown, "forget-2", &[]).await;
    assert!(shown.has("forget-1") && !shown.has("forget-2"), "{}", shown.brief());
    let shown = desk.click(&shown, "forget-1", &[]).await;
    assert!(shown.has("none-known"), "{}", shown.brief());
}

//! Logging out of one account of several, here and by a product.

use super::{BOB, accounts_in, scene};
use crate::backchannel_logout::listening;
use crate::log_in::ALICE;
use crate::support::{Browser, Listener, Party, Provider};
use ::account::AccountId;
use serde_json::json;

/// An ID token of this account at the product.
async fn id_token(party: &Party, browser: &Browser, email: &str) -> String {
    let code = party.code(browser, &[("login_hint", email)]).await;
    party.exchange(&code).await.1["id_token"].as_str().expect("a token").to_owned()
}

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[tokio::test]
async fn one_is_removed_from_the_list_and_the_products_of_that_one_hear_of_it() {
    let (provider, browser, alice, bob) = scene().await;
    let listener = Listener::start();
    let party = listening(&provider, &listener, json!({})).await;
    let hers = provider.claims(&id_token(&party, &browser, ALICE).await)["sid"].clone();
    id_token(&party, &browser, BOB).await;
    let shown = browser.open("/choose-account").await;
    let number = if shown.text("account-1").contains(ALICE) { 1 } else { 2 };
    let shown = browser.click(&shown, &format!("remove-{number}"), &[]).await;
    assert!(shown.expect("/choose-account").has("account-1") && !shown.has("account-2"), "{}", shown.brief());
    assert_eq!(accounts_in(&provider, &browser), [bob]);
    let told: Vec<_> = listener.posted().iter().map(|p| provider.claims(p.token())["sid"].clone()).collect();
    assert_eq!(told, [hers]);
    // The last one: nobody is left to choose.
    browser.click(&shown, "remove-1", &[]).await.expect("/login");
    assert_eq!(accounts_in(&provider, &browser), Vec::<AccountId>::new());
    assert!(browser.cookie("latchkey-session").is_none());
    drop(alice);
}

/// IDOR: the id of a log-in in another browser ends nothing.
#[tokio::test]
async fn only_what_is_in_this_browser_is_removed() {
    let (provider, browser, ..) = scene().await;
    let (carol, other) = (provider.person("carol@example.test").await, provider.browser());
    let login = provider.log_in(&other, &carol).await;
    let shown = browser.open("/choose-account").await;
    for id in [login.id.as_str(), "x"] {
        browser.click(&shown, "remove-1", &[("remove", id)]).await;
    }
    assert_eq!(accounts_in(&provider, &other), [carol]);
}

#[tokio::test]
async fn all_are_removed_at_once() {
    let (provider, browser, ..) = scene().await;
    let shown = browser.open("/choose-account").await;
    let asked = browser.open(&shown.link("log-out-all")).await;
    assert!(asked.expect("/logout").has("log-out-one"));
    browser.click(&asked, "log-out", &[]).await;
    assert!(accounts_in(&provider, &browser).is_empty());
}

async fn product(provider: &Provider) -> Party {
    provider.party().await
}

/// RP-Initiated Logout §2: the hint's `sid` names one account's log-in; that one ends, and no other.
#[tokio::test]
async fn a_product_ends_exactly_the_account_of_its_hint() {
    let (provider, browser, alice, bob) = scene().await;
    let party = product(&provider).await;
    let hers = id_token(&party, &browser, ALICE).await;
    let his = id_token(&party, &browser, BOB).await;
    let shown = browser.open(&format!("/oauth2/logout?{}", query(&[("id_token_hint", &hers)]))).await;
    assert!(shown.has("logged-out"), "{}", shown.brief());
    assert_eq!(accounts_in(&provider, &browser), std::slice::from_ref(&bob));
    // The same hint again: that account is not here any more, so the one that is here is asked.
    let asked = browser.open(&format!("/oauth2/logout?{}", query(&[("id_token_hint", &hers)]))).await;
    assert!(asked.expect("/logout").has("stay") && asked.plain().contains(BOB), "{}", asked.brief());
    assert_eq!(accounts_in(&provider, &browser), std::slice::from_ref(&bob));
    // A hint of another browser, of an account that is here too: asked.
    let other = provider.browser();
    provider.log_in(&other, &bob).await;
    provider.log_in(&other, &alice).await;
    let asked = other.open(&format!("/oauth2/logout?{}", query(&[("id_token_hint", &his)]))).await;
    assert!(asked.expect("/logout").has("stay"), "{}", asked.brief());
    assert_eq!(accounts_in(&provider, &other).len(), 2);
}

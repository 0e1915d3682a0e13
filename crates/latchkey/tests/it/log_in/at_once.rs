//! A log-in that leaves nothing else to ask for ends in the write that makes it.

use super::{ALICE, CARRIED, PASSWORD, SESSION, account};
use crate::support::{Browser, Party, Provider, Shown};
use account::account::AccountStatus;
use account::audit;
use diesel::prelude::*;
use reqwest::Method;

/// The form with the password, filled in: its address and body.
async fn filled(browser: &Browser, party: &Party) -> (String, String) {
    let shown = browser.open(&party.authorize_url(&[])).await;
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
    let form = shown.expect("/login/password").form_with("log-in");
    let fields = form.fields.iter().map(|(name, value)| match name.as_str() {
        "password" => (name.as_str(), PASSWORD),
        _ => (name.as_str(), value.as_str()),
    });
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    (form.action.clone(), body)
}

fn location(shown: &Shown) -> &str {
    shown.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn grants(provider: &Provider) -> i64 {
    let count = |conn: &mut ::account::Conn| Ok(db::schema::grants::table.count().get_result(conn)?);
    provider.accounts.db.read_blocking(count).expect("read")
}

#[tokio::test]
async fn the_right_password_leads_straight_back_to_the_product() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let (action, body) = filled(&browser, &party).await;
    let mut shown = browser.once(Method::POST, &action, Some(body), &[]).await;
    assert_eq!(shown.status.as_u16(), 303);
    assert!(location(&shown).starts_with(&party.redirect_uri), "{}", location(&shown));
    assert!(browser.cookie(SESSION).is_some() && browser.cookie(CARRIED).is_none());
    shown.url = location(&shown).to_owned();
    let (status, answer) = party.exchange(&party.code_of(&shown)).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    // What the product was told of the session is what its page finds later.
    let state = browser.cookie("latchkey-state").expect("a state");
    browser.open("/account").await;
    assert_eq!(browser.cookie("latchkey-state"), Some(state));
    let entries = provider.accounts.db.read_blocking(|conn| audit::of_target(conn, "account", id.as_str(), 10));
    let mut entries: Vec<_> = entries.expect("read").into_iter().map(|it| (it.action, it.actor_id)).collect();
    entries.sort();
    let granted = ("authorization.granted".to_owned(), Some(id.to_string()));
    assert_eq!(entries, [granted, ("login.succeeded".to_owned(), None)]);
}

/// The form is sent twice at once, or by two windows.
#[tokio::test]
async fn one_interaction_gives_one_code_however_often_the_form_is_sent() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let (action, body) = filled(&browser, &party).await;
    let send = || browser.once(Method::POST, &action, Some(body.clone()), &[]);
    let (a, b, c) = tokio::join!(send(), send(), send());
    let codes = [a, b, c].iter().filter(|shown| location(shown).starts_with(&party.redirect_uri)).count();
    assert_eq!((codes, grants(&provider)), (1, 1));
    let late = send().await;
    assert_eq!(late.error_code().as_deref(), Some("interaction_over"), "{}", late.brief());
    assert_eq!(grants(&provider), 1);
}

#[tokio::test]
async fn a_wrong_password_ends_nothing() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let (action, body) = filled(&browser, &party).await;
    let wrong = body.replace("plinth", "plynth");
    assert_eq!(browser.once(Method::POST, &action, Some(wrong), &[]).await.status.as_u16(), 422);
    assert_eq!((grants(&provider), browser.cookie(SESSION)), (0, None));
    let right = browser.once(Method::POST, &action, Some(body), &[]).await;
    assert!(location(&right).starts_with(&party.redirect_uri));
}

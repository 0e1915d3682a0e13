//! The way through the pages.

use super::{location, rows};
use crate::support::Provider;
use account::Actor;
use oidc::interaction::{self, InteractionId};
use std::time::Duration;

fn id_of(location: &str) -> String {
    location.split_once("interaction=").unwrap_or_else(|| panic!("{location}")).1.to_owned()
}

/// Notes a log-in as the log-in pages do.
async fn note_log_in(provider: &Provider, browser: &crate::support::Browser, id: &str, login: account::session::Login) {
    let hash = account::secret::Token::parse(&browser.cookie("latchkey-browser").unwrap()).unwrap().hash();
    let id = InteractionId::parse(id).unwrap();
    let actor = Actor::system();
    let noted = provider.accounts.write(&actor, move |tx| {
        let found = interaction::find(tx.conn, &id, &hash, tx.now)?.expect("this browser's");
        interaction::note_authenticated(tx, &found, &login)
    });
    assert!(noted.await.unwrap());
}

#[tokio::test]
async fn each_need_leads_to_its_page() {
    let provider = Provider::start().await;
    let (ours, theirs, browser) = (provider.party().await, provider.third_party().await, provider.browser());
    let (alice, bob) = (provider.person("alice@example.test").await, provider.person("bob@example.test").await);
    let page = async |url: String| location(&browser, &url).await.1.split('?').next().unwrap().to_owned();
    assert_eq!(page(ours.authorize_url(&[])).await, "/login");
    assert_eq!(page(ours.authorize_url(&[("prompt", "create")])).await, "/signup");
    provider.log_in(&browser, &alice).await;
    assert_eq!(page(ours.authorize_url(&[("prompt", "login")])).await, "/login/password");
    assert_eq!(page(ours.authorize_url(&[("max_age", "0")])).await, "/login/password");
    assert_eq!(page(ours.authorize_url(&[("prompt", "select_account")])).await, "/choose-account");
    assert_eq!(page(theirs.authorize_url(&[])).await, "/consent");
    provider.log_in(&browser, &bob).await;
    assert_eq!(page(ours.authorize_url(&[])).await, "/choose-account");
}

#[tokio::test]
async fn a_fresh_log_in_satisfies_prompt_login_and_max_age() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    for more in [("prompt", "login"), ("max_age", "1")] {
        provider.wait(Duration::from_secs(5));
        let (_, to) = location(&browser, &party.authorize_url(&[more])).await;
        let id = id_of(&to);
        let resume = format!("/oauth2/authorize/resume?interaction={id}");
        assert!(location(&browser, &resume).await.1.starts_with("/login/password?"), "not yet");
        let login = provider.log_in(&browser, &alice).await;
        note_log_in(&provider, &browser, &id, login).await;
        provider.wait(Duration::from_secs(5));
        let shown = browser.open(&resume).await;
        assert_eq!(party.exchange(&party.code_of(&shown)).await.0.as_u16(), 200);
        let again = browser.open(&resume).await;
        assert_eq!((again.status.as_u16(), again.error_code().as_deref()), (400, Some("interaction_over")));
    }
}

#[tokio::test]
async fn an_interaction_belongs_to_the_browser_that_began_it() {
    let provider = Provider::start().await;
    let (party, browser, other) = (provider.party().await, provider.browser(), provider.browser());
    let alice = provider.person("alice@example.test").await;
    let (_, to) = location(&browser, &party.authorize_url(&[])).await;
    let resume = format!("/oauth2/authorize/resume?interaction={}", id_of(&to));
    other.open("/oauth2/authorize").await;
    provider.log_in(&other, &alice).await;
    let shown = other.open(&resume).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("interaction_over")));
    assert_eq!(rows(&provider).await, (1, 0));
    for id in ["", "x", "00000000-0000-7000-8000-000000000000", "%FF"] {
        let shown = other.open(&format!("/oauth2/authorize/resume?interaction={id}")).await;
        assert_eq!(shown.status.as_u16(), 400, "{id}");
    }
}

#[tokio::test]
async fn an_interaction_lives_an_hour() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let (_, to) = location(&browser, &party.authorize_url(&[])).await;
    provider.wait(Duration::from_secs(3600));
    let shown = browser.open(&format!("/oauth2/authorize/resume?interaction={}", id_of(&to))).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("interaction_over")));
    assert!(shown.has("way-on"), "there is a way on");
}

#[tokio::test]
async fn two_requests_that_finish_one_interaction_get_one_code() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    for _ in 0..5 {
        browser.forget_cookies();
        let before = rows(&provider).await.1;
        let (_, to) = location(&browser, &party.authorize_url(&[])).await;
        let resume = format!("/oauth2/authorize/resume?interaction={}", id_of(&to));
        provider.log_in(&browser, &alice).await;
        let tries = futures_util::future::join_all((0..8).map(|_| location(&browser, &resume))).await;
        let codes = tries.iter().filter(|(_, to)| to.contains("?code=")).count();
        assert_eq!((codes, rows(&provider).await.1 - before), (1, 1), "{tries:?}");
    }
}

#[tokio::test]
async fn a_way_to_a_page_of_ours_ends_there() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    browser.open("/oauth2/authorize").await;
    let alice = provider.person("alice@example.test").await;
    let hash = account::secret::Token::parse(&browser.cookie("latchkey-browser").unwrap()).unwrap().hash();
    let actor = Actor::system();
    let begun = provider.accounts.write(&actor, move |tx| interaction::begin_local(tx, &hash, "/account/security"));
    let resume = interaction::resume_path(&begun.await.unwrap());
    assert!(location(&browser, &resume).await.1.starts_with("/login?interaction="));
    provider.log_in(&browser, &alice).await;
    assert_eq!(location(&browser, &resume).await, (303, "/account/security".to_owned()));
}

//! Logging in on the way to a product (OpenID Connect Core §3.1.2.1: `prompt`, `max_age`, `login_hint`).

use super::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Party, Provider, Shown, html};
use account::account::AccountStatus;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::time::Duration;

/// The claims of the ID token that the shown code is redeemed for.
async fn claims(party: &Party, shown: &Shown) -> Value {
    let (status, answer) = party.exchange(&party.code_of(shown)).await;
    assert_eq!(status.as_u16(), 200, "{answer}");
    let token = answer["id_token"].as_str().expect("an ID token");
    let payload = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("json")
}

async fn through_the_pages(browser: &Browser, shown: &Shown) -> Shown {
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
    browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await
}

#[tokio::test]
async fn one_log_in_opens_every_product() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let (first, second) = (provider.party().await, provider.party().await);
    let browser = provider.browser();
    let shown = browser.open(&first.authorize_url(&[])).await;
    assert_eq!(shown.text("client-name"), "Tracker");
    let claims_of_first = claims(&first, &through_the_pages(&browser, &shown).await).await;
    assert_eq!(claims_of_first["sub"], id.as_str());
    let shown = browser.open(&second.authorize_url(&[])).await;
    assert_eq!(claims(&second, &shown).await["sid"], claims_of_first["sid"]);
}

/// What fills forms without knowing ours gets through: in the form with a password the password, else in the first form
/// that posts the address in the first empty field; every other field is sent as it stands.
#[tokio::test]
async fn a_program_that_fills_forms_gets_through() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let mut shown = browser.open(&party.authorize_url(&[])).await;
    for _ in 0..2 {
        let forms = html::forms(&shown.body);
        let with_password = forms.iter().find(|form| form.fields.iter().any(|(name, _)| name == "password"));
        let form = with_password.or_else(|| forms.iter().find(|form| form.method == "post")).expect("a form");
        let mut fields = form.fields.clone();
        match fields.iter_mut().find(|(name, _)| name == "password") {
            Some(field) => field.1 = PASSWORD.to_owned(),
            None => fields.iter_mut().find(|(_, value)| value.is_empty()).expect("an empty field").1 = ALICE.to_owned(),
        }
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        shown = browser.post(&form.action, &pairs).await;
    }
    party.code_of(&shown);
}

#[tokio::test]
async fn cancel_goes_back_to_the_product_from_each_page() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let denied = |shown: &Shown| {
        assert!(shown.url.starts_with(&party.redirect_uri), "{}", shown.brief());
        assert_eq!(shown.parameter("error").as_deref(), Some("access_denied"));
        assert_eq!(shown.parameter("state").as_deref(), Some("a-state"));
    };
    let shown = browser.open(&party.authorize_url(&[])).await;
    denied(&browser.click(shown.expect("/login"), "cancel", &[]).await);
    let shown = browser.open(&party.authorize_url(&[])).await;
    let shown = browser.click(&shown, "continue", &[("email", ALICE)]).await;
    let wrong = browser.click(&shown, "log-in", &[("password", "wrong")]).await;
    denied(&browser.click(&wrong, "cancel", &[]).await);
    log_in(&browser, ALICE, PASSWORD).await;
    let shown = browser.open(&party.authorize_url(&[("prompt", "select_account")])).await;
    denied(&browser.click(shown.expect("/choose-account"), "cancel", &[]).await);
}

#[tokio::test]
async fn a_hint_fills_the_field_and_binds_nobody() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let shown = browser.open(&party.authorize_url(&[("login_hint", "bob@example.test")])).await;
    assert!(shown.form_with("continue").fields.contains(&("email".to_owned(), "bob@example.test".to_owned())));
    assert_eq!(claims(&party, &through_the_pages(&browser, &shown).await).await["sub"], id.as_str());
}

#[tokio::test]
async fn a_fresh_proof_is_asked_for_where_the_product_wants_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    let shown = browser.open(&party.authorize_url(&[])).await;
    let before = claims(&party, &through_the_pages(&browser, &shown).await).await;
    for demand in [("prompt", "login"), ("max_age", "5"), ("max_age", "0")] {
        provider.wait(Duration::from_secs(10));
        let shown = browser.open(&party.authorize_url(&[demand])).await;
        // Whose password it is about is known already.
        let form = shown.expect("/login/password").form_with("log-in");
        assert!(form.fields.contains(&("email".to_owned(), ALICE.to_owned())), "{demand:?}");
        let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        let after = claims(&party, &shown).await;
        assert_eq!(after["sid"], before["sid"], "{demand:?}: the same log-in");
        assert_eq!(after["auth_time"].as_i64(), Some(provider.accounts.now().as_seconds()), "{demand:?}");
    }
    let shown = browser.open(&party.authorize_url(&[("max_age", "5")])).await;
    assert!(shown.url.starts_with(&party.redirect_uri), "the proof was just given: {}", shown.brief());
}

#[tokio::test]
async fn an_account_is_chosen_where_the_product_wants_so() {
    let provider = Provider::start().await;
    let alice = account(&provider, ALICE, AccountStatus::Active).await;
    let bob = account(&provider, "bob@example.test", AccountStatus::Active).await;
    let party = provider.party().await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let shown = browser.open(&party.authorize_url(&[("prompt", "select_account")])).await;
    assert_eq!(shown.expect("/choose-account").text("client-name"), "Tracker");
    let shown = browser.click(&shown, "account-1", &[]).await;
    assert_eq!(claims(&party, &shown).await["sub"], alice.as_str());
    let shown = browser.open(&party.authorize_url(&[("prompt", "select_account")])).await;
    let shown = browser.click(&shown, "use-another", &[]).await;
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", "bob@example.test")]).await;
    let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    assert_eq!(claims(&party, &shown).await["sub"], bob.as_str());
}

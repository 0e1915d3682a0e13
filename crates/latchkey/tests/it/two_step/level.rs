//! What products hear of two steps, and how they ask for them (OpenID Connect Core §3.1.2.1, §5.5.1.1).

use super::{Scene, scene};
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Party, Shown};
use ::account::account::AccountStatus;
use serde_json::{Value, json};

const TWO: &str = "urn:latchkey:acr:two-step";

async fn claims(s: &Scene, party: &Party, shown: &Shown) -> Value {
    let (status, tokens) = party.exchange(&party.code_of(shown)).await;
    assert_eq!(status.as_u16(), 200, "{tokens}");
    s.provider.claims(tokens["id_token"].as_str().expect("a token"))
}

fn essential(value: &str) -> String {
    json!({ "id_token": { "acr": { "essential": true, "values": [value] } } }).to_string()
}

/// Proves both steps again.
async fn prove_again(s: &Scene, browser: &Browser, shown: &Shown) -> Shown {
    let shown = browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    browser.click(shown.expect("/login/two-step"), "verify", &[("code", &s.code())]).await
}

#[tokio::test]
async fn the_id_token_tells_both_steps() {
    let s = scene().await;
    let (browser, party) = (s.provider.browser(), s.provider.party().await);
    s.log_in(&browser).await;
    let told = claims(&s, &party, &browser.open(&party.authorize_url(&[])).await).await;
    assert_eq!((&told["acr"], &told["amr"]), (&json!(TWO), &json!(["pwd", "otp", "mfa"])));
    let metadata = browser.open("/.well-known/openid-configuration").await;
    let metadata: Value = serde_json::from_str(&metadata.body).expect("JSON");
    assert_eq!(metadata["acr_values_supported"], json!(["urn:latchkey:acr:password", TWO, "phr"]));
}

#[tokio::test]
async fn a_log_in_is_raised_for_a_product_that_wishes_or_needs_it() {
    let s = scene().await;
    let party = s.provider.party().await;
    let essential = essential(TWO);
    for wish in [("acr_values", TWO), ("claims", essential.as_str())] {
        let browser = s.provider.browser();
        // A log-in by password alone, as before the app was added.
        let before = s.provider.log_in(&browser, &s.alice).await;
        let silent = browser.open(&party.authorize_url(&[wish, ("prompt", "none")])).await.answer();
        assert_eq!(silent.get("error").is_none(), wish.0 == "acr_values", "{silent:?}");
        let shown = browser.open(&party.authorize_url(&[wish])).await;
        let shown = prove_again(&s, &browser, &shown).await;
        let told = claims(&s, &party, &shown).await;
        assert_eq!((&told["acr"], &told["sid"]), (&json!(TWO), &json!(before.id.as_str())), "the same log-in, raised");
        // It is raised now: the next product that asks is answered at once.
        let told = claims(&s, &party, &browser.open(&party.authorize_url(&[wish])).await).await;
        assert_eq!(told["acr"], TWO);
    }
}

#[tokio::test]
async fn what_the_account_cannot_reach_is_refused_when_essential_and_else_passed_over() {
    let s = scene().await;
    let party = s.provider.party().await;
    account(&s.provider, "bob@example.test", AccountStatus::Active).await;
    let bob = s.provider.browser();
    log_in(&bob, "bob@example.test", PASSWORD).await.expect("/account");
    let told = claims(&s, &party, &bob.open(&party.authorize_url(&[("acr_values", TWO)])).await).await;
    assert_eq!(told["acr"], "urn:latchkey:acr:password");
    let refused = bob.open(&party.authorize_url(&[("claims", &essential(TWO))])).await.answer();
    assert_eq!(refused.get("error"), Some("unmet_authentication_requirements"));
    let alice = s.provider.browser();
    s.log_in(&alice).await;
    let refused = alice.open(&party.authorize_url(&[("claims", &essential("phr"))])).await.answer();
    assert_eq!(refused.get("error"), Some("unmet_authentication_requirements"), "{ALICE} has no passkey");
}

#[tokio::test]
async fn max_age_asks_for_both_steps_again() {
    let s = scene().await;
    let (browser, party) = (s.provider.browser(), s.provider.party().await);
    s.log_in(&browser).await;
    s.provider.wait(std::time::Duration::from_secs(120));
    let shown = browser.open(&party.authorize_url(&[("max_age", "60")])).await;
    let told = claims(&s, &party, &prove_again(&s, &browser, &shown).await).await;
    assert_eq!(told["amr"], json!(["pwd", "otp", "mfa"]));
    assert_eq!(told["auth_time"], s.provider.accounts.now().as_seconds());
}

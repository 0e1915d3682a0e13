//! The parameter `claims` (OpenID Connect Core §5.5), languages of claims (§5.2), and the consent that they need.

mod languages;

use crate::support::{Browser, Party, Provider};
use account::account::{Claims, DisplayName, NewAccount, create};
use account::email::Email;
use account::{AccountId, Actor};
use serde_json::{Value, json};

/// Alice, who filled in much, logged in; a product of somebody else.
struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
    alice: AccountId,
}

async fn scene(first_party: bool) -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party_of_all_flows(first_party, json!({})).await, provider.browser());
    let claims = json!({ "given_name": "Alice", "birthdate": "1990-01-01", "name#de": "Alicia", "gender": "female" });
    let new = NewAccount {
        email: Email::parse("alice@example.test").unwrap(),
        name: DisplayName::parse("Alice Example").unwrap(),
        verified: true,
        operator: false,
        claims: Claims(claims.as_object().unwrap().clone()),
    };
    let made = provider.accounts.write(&Actor::system(), move |tx| create(tx, &new)).await.unwrap();
    let alice = made.unwrap().id;
    provider.log_in(&browser, &alice).await;
    Scene { provider, party, browser, alice }
}

impl Scene {
    /// Asks and says yes to whatever is asked; the lines of the consent page, userinfo and the claims of the ID token.
    async fn ask(&self, more: &[(&str, &str)]) -> (Vec<String>, Value, Value) {
        let mut shown = self.browser.open(&self.party.authorize_url(more)).await;
        let mut lines = Vec::new();
        if shown.has("allow") {
            let list = shown.body.split("<ul class=\"scopes\">").nth(1).unwrap().split("</ul>").next().unwrap();
            let items = list.split("<li>").skip(1);
            lines = items.map(|item| crate::support::html::plain(item).trim().to_owned()).collect();
            shown = self.browser.click(&shown, "allow", &[]).await;
        }
        let (status, tokens) = self.party.exchange(&self.party.code_of(&shown)).await;
        assert_eq!(status.as_u16(), 200, "{tokens}");
        let (_, person) = self.party.userinfo(tokens["access_token"].as_str().unwrap()).await;
        (lines, person, self.provider.claims(tokens["id_token"].as_str().unwrap()))
    }
}

/// oidcc-claims-essential: the claim is asked of the person in plain words, comes at userinfo, and not in the ID token.
#[tokio::test]
async fn a_claim_asked_for_by_name_is_shown_allowed_and_given_where_it_was_asked_for() {
    let s = scene(false).await;
    let asked = [("claims", r#"{"userinfo":{"name":{"essential":true}}}"#)];
    let (lines, person, id_token) = s.ask(&asked).await;
    assert_eq!(lines, ["See that it is you", "See your name"]);
    assert_eq!(person, json!({ "sub": s.alice, "name": "Alice Example" }));
    assert_eq!(id_token["name"], Value::Null);
    // Remembered, and silent afterwards.
    let (lines, person, _) = s.ask(&[asked[0], ("prompt", "none")]).await;
    assert_eq!((lines.len(), &person["name"]), (0, &json!("Alice Example")));
    // Not asked for, not given, allowed or not.
    let (_, person, _) = s.ask(&[("prompt", "none")]).await;
    assert_eq!(person, json!({ "sub": s.alice }));
}

#[tokio::test]
async fn what_was_not_allowed_never_comes_out() {
    let s = scene(false).await;
    s.ask(&[("claims", r#"{"userinfo":{"name":null}}"#)]).await;
    let more = [("claims", r#"{"userinfo":{"name":null,"birthdate":null},"id_token":{"gender":null}}"#)];
    let silent = s.browser.open(&s.party.authorize_url(&[more[0], ("prompt", "none")])).await.answer();
    assert_eq!(silent.get("error"), Some("consent_required"));
    let shown = s.browser.open(&s.party.authorize_url(&more)).await;
    shown.expect("/consent");
    let refused = s.browser.click(&shown, "deny", &[]).await.answer();
    assert_eq!(refused.get("error"), Some("access_denied"));
    let (lines, person, id_token) = s.ask(&more).await;
    assert_eq!(lines, ["See that it is you", "See your name", "See your gender", "See your date of birth"]);
    assert_eq!(person, json!({ "sub": s.alice, "name": "Alice Example", "birthdate": "1990-01-01" }));
    assert_eq!((&id_token["gender"], &id_token["birthdate"]), (&json!("female"), &Value::Null));
}

/// Attack: the request changes between the consent page and the answer. The interaction keeps the request, so the page
/// and the grant speak of the same claims; another request is another interaction and asks anew.
#[tokio::test]
async fn consent_to_one_request_is_none_to_another() {
    let s = scene(false).await;
    let small = s.browser.open(&s.party.authorize_url(&[])).await;
    let big = s.party.authorize_url(&[("claims", r#"{"userinfo":{"birthdate":null}}"#)]);
    let big = s.browser.open(&big).await;
    s.party.code_of(&s.browser.click(&small, "allow", &[]).await);
    let id = big.parameter("interaction").unwrap();
    s.browser.open(&format!("/oauth2/authorize/resume?interaction={id}")).await.expect("/consent");
}

#[tokio::test]
async fn products_of_ours_need_not_ask() {
    let s = scene(true).await;
    let claims = r#"{"userinfo":{"birthdate":null},"id_token":{"email":{"essential":true},"given_name":null}}"#;
    let (lines, person, id_token) = s.ask(&[("claims", claims)]).await;
    assert!(lines.is_empty());
    assert_eq!(person, json!({ "sub": s.alice, "birthdate": "1990-01-01" }));
    assert_eq!((&id_token["email"], &id_token["given_name"]), (&json!("alice@example.test"), &json!("Alice")));
}

/// What we do not have, do not know, or have with another value, is left out and no error (§5.5.1).
#[tokio::test]
async fn a_wish_that_cannot_be_met_is_no_error() {
    let s = scene(true).await;
    let claims = r#"{"userinfo":{"phone_number":{"essential":true},"shoe_size":{"essential":true},"http://x.test/y":null,
        "given_name":{"value":"Bob"},"gender":{"values":["male","female"]},"birthdate":{"value":"1990-01-01"}},
        "id_token":{"c_hash":null,"iss":{"value":"https://evil.test"},"acr":{"values":["phr"]}},"more":{"x":1}}"#;
    let (_, person, id_token) = s.ask(&[("claims", claims)]).await;
    assert_eq!(person, json!({ "sub": s.alice, "gender": "female", "birthdate": "1990-01-01" }));
    assert_eq!((&id_token["iss"], &id_token["c_hash"]), (&json!(s.provider.url), &Value::Null));
    assert_eq!(id_token["acr"], "urn:latchkey:acr:password");
}

/// The claims of a hybrid or implicit answer follow the same rules.
#[tokio::test]
async fn front_channel_id_tokens_carry_what_was_asked_for_and_nothing_else() {
    let s = scene(false).await;
    let claims = ("claims", r#"{"id_token":{"gender":null},"userinfo":{"birthdate":null}}"#);
    s.ask(&[claims]).await;
    for response_type in ["id_token", "code id_token", "id_token token"] {
        let pairs = [claims, ("response_type", response_type), ("prompt", "none")];
        let answer = s.browser.open(&s.party.authorize_url(&pairs)).await.answer();
        let id_token = s.provider.claims(answer.expect("id_token"));
        assert_eq!((&id_token["gender"], &id_token["birthdate"]), (&json!("female"), &Value::Null), "{response_type}");
        if let Some(token) = answer.get("access_token") {
            let (_, person) = s.party.userinfo(token).await;
            assert_eq!(person, json!({ "sub": s.alice, "birthdate": "1990-01-01" }));
        }
    }
}

/// `sub` with a value: that person, or nobody (§5.5.1). A session of somebody else gets nothing.
#[tokio::test]
async fn a_sub_that_is_asked_for_is_the_only_one_that_will_do() {
    let s = scene(true).await;
    let bob = s.provider.person("bob@example.test").await;
    let asked = |account: &AccountId| format!(r#"{{"id_token":{{"sub":{{"value":"{account}"}}}}}}"#);
    let silent = async |claims: String| {
        let url = s.party.authorize_url(&[("claims", &claims), ("prompt", "none")]);
        s.browser.open(&url).await.answer()
    };
    assert!(silent(asked(&s.alice)).await.get("code").is_some());
    assert_eq!(silent(asked(&bob)).await.get("error"), Some("login_required"));
}

/// An essential `acr` that nobody reaches here is told, a wish is not (Core §5.5.1.1).
#[tokio::test]
async fn an_essential_acr_is_reached_or_told() {
    let s = scene(true).await;
    for (claims, error) in [
        (r#"{"id_token":{"acr":{"essential":true,"values":["phr"]}}}"#, Some("unmet_authentication_requirements")),
        (r#"{"id_token":{"acr":{"essential":true,"values":["phr","urn:latchkey:acr:password"]}}}"#, None),
        (r#"{"id_token":{"acr":{"essential":true}}}"#, None),
        (r#"{"id_token":{"acr":{"value":"phr"}}}"#, None),
    ] {
        let answer = s.browser.open(&s.party.authorize_url(&[("claims", claims)])).await.answer();
        assert_eq!(answer.get("error"), error, "{claims}");
    }
}

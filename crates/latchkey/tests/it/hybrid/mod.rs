//! The hybrid flow: a code, and tokens beside it (OpenID Connect Core §3.3).

use crate::support::{Answer, Browser, Party, Place, Provider};
use jose::{SigningAlgorithm, half_hash};
use serde_json::{Value, json};

struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party_of_all_flows(true, json!({})).await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    Scene { provider, party, browser }
}

impl Scene {
    async fn ask(&self, response_type: &str, more: &[(&str, &str)]) -> Answer {
        let pairs = [&[("response_type", response_type)], more].concat();
        self.browser.open(&self.party.authorize_url(&pairs)).await.answer()
    }
}

/// oidcc-server, oidcc-alternate-happy-flow, oidcc-ensure-request-with-valid-pkce-succeeds: each type brings what it
/// names, in the fragment, in whatever order the words stand.
#[tokio::test]
async fn each_type_brings_what_it_names() {
    let s = scene().await;
    for (response_type, tokens) in [
        ("code id_token", &["id_token"][..]),
        ("id_token code", &["id_token"]),
        ("code token", &["access_token", "token_type", "expires_in"]),
        ("token code", &["access_token", "token_type", "expires_in"]),
        ("code id_token token", &["access_token", "token_type", "expires_in", "id_token"]),
        ("token id_token code", &["access_token", "token_type", "expires_in", "id_token"]),
    ] {
        let answer = s.ask(response_type, &[("scope", "email openid")]).await;
        assert_eq!(answer.place, Place::Fragment, "{response_type}");
        let expected = [&["code"], tokens, &["session_state", "state", "iss"]].concat();
        assert_eq!(answer.names(), expected, "{response_type}");
        let front = answer.get("id_token").map(|token| s.provider.claims(token));
        if let Some(front) = &front {
            assert_eq!(front["c_hash"], half_hash(SigningAlgorithm::Rs256, answer.expect("code")));
            let at_hash = answer.get("access_token").map(|token| half_hash(SigningAlgorithm::Rs256, token));
            assert_eq!(front["at_hash"], json!(at_hash), "only for the token of the same answer");
            assert_eq!((&front["nonce"], &front["email"]), (&json!("a-nonce"), &Value::Null));
        }
        let (status, tokens) = s.party.exchange(answer.expect("code")).await;
        assert_eq!(status.as_u16(), 200, "{tokens}");
        let back = s.provider.claims(tokens["id_token"].as_str().unwrap());
        assert_eq!((&back["nonce"], &back["c_hash"]), (&json!("a-nonce"), &Value::Null));
        if let Some(front) = front {
            for name in ["iss", "sub", "aud", "auth_time", "sid"] {
                assert_eq!(front[name], back[name], "{name} (Core §3.3.3.6)");
            }
        }
        for token in [answer.get("access_token"), tokens["access_token"].as_str()].into_iter().flatten() {
            assert_eq!(s.party.userinfo(token).await.1["email"], "alice@example.test");
        }
    }
}

/// oidcc-ensure-request-without-nonce-fails, oidcc-ensure-request-without-nonce-succeeds-for-code-flow (code token)
#[tokio::test]
async fn a_nonce_is_needed_where_an_id_token_comes_through_the_browser() {
    let s = scene().await;
    for response_type in ["code id_token", "code id_token token"] {
        let answer = s.ask(response_type, &[("nonce", "")]).await;
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("invalid_request")));
    }
    let answer = s.ask("code token", &[("nonce", "")]).await;
    let (_, tokens) = s.party.exchange(answer.expect("code")).await;
    assert_eq!(s.provider.claims(tokens["id_token"].as_str().unwrap())["nonce"], Value::Null);
}

/// oidcc-codereuse, oidcc-codereuse-30seconds: what came beside the code ends with the rest.
#[tokio::test]
async fn a_second_use_of_the_code_takes_the_token_beside_it_too() {
    let s = scene().await;
    for response_type in ["code token", "code id_token token"] {
        let answer = s.ask(response_type, &[]).await;
        let (front, code) = (answer.expect("access_token"), answer.expect("code"));
        let back = s.party.exchange(code).await.1["access_token"].as_str().unwrap().to_owned();
        assert_eq!(s.party.userinfo(front).await.0.as_u16(), 200);
        s.provider.wait(std::time::Duration::from_secs(30));
        let (status, error) = s.party.exchange(code).await;
        assert_eq!((status.as_u16(), &error["error"]), (400, &json!("invalid_grant")));
        for token in [front, &back] {
            assert_eq!(s.party.userinfo(token).await.0.as_u16(), 401);
        }
    }
}

/// Attack: a code of the hybrid flow is handed to another client (mix-up, code injection).
#[tokio::test]
async fn the_code_is_no_use_to_another_client() {
    let s = scene().await;
    let other = s.provider.party_of_all_flows(true, json!({})).await;
    let answer = s.ask("code id_token token", &[]).await;
    let (status, error) = other.exchange(answer.expect("code")).await;
    assert_eq!((status.as_u16(), &error["error"]), (400, &json!("invalid_grant")));
    assert_eq!(s.party.exchange(answer.expect("code")).await.0.as_u16(), 400, "it is spent");
    assert_eq!(s.party.userinfo(answer.expect("access_token")).await.0.as_u16(), 401, "and so is what came with it");
}

/// Attack: parts of two answers are put together. The hashes tell the client (Core §3.3.2.8, §3.3.2.10).
#[tokio::test]
async fn the_parts_of_two_answers_do_not_fit() {
    let s = scene().await;
    let (one, two) = (s.ask("code id_token token", &[]).await, s.ask("code id_token token", &[]).await);
    let claims = s.provider.claims(one.expect("id_token"));
    assert_ne!(claims["c_hash"], half_hash(SigningAlgorithm::Rs256, two.expect("code")));
    assert_ne!(claims["at_hash"], half_hash(SigningAlgorithm::Rs256, two.expect("access_token")));
}

/// Attack: PKCE is left out for a public client whose code also brings tokens through the browser.
#[tokio::test]
async fn a_public_client_needs_pkce_for_its_code() {
    let s = scene().await;
    let public = json!({ "token_endpoint_auth_method": "none" });
    let public = s.provider.party_of_all_flows(true, public).await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    for (response_type, error) in
        [("code token", Some("invalid_request")), ("code id_token", Some("invalid_request")), ("id_token token", None)]
    {
        let pairs = [&[("response_type", response_type)], &without[..]].concat();
        let answer = s.browser.open(&public.authorize_url(&pairs)).await.answer();
        assert_eq!(answer.get("error"), error, "{response_type}");
    }
}

/// A person who says no: in the fragment, with state and issuer.
#[tokio::test]
async fn no_is_told_in_the_fragment() {
    let s = scene().await;
    let theirs = s.provider.party_of_all_flows(false, json!({})).await;
    let shown = s.browser.open(&theirs.authorize_url(&[("response_type", "code id_token")])).await;
    shown.expect("/consent");
    let answer = s.browser.click(&shown, "deny", &[]).await.answer();
    assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("access_denied")));
    assert_eq!(answer.names(), ["error", "error_description", "state", "iss"]);
}

//! The implicit flow: tokens from the authorization endpoint (OpenID Connect Core §3.2; RFC 6749 §4.2).

use crate::support::{Answer, Browser, Party, Place, Provider};
use jose::{SigningAlgorithm, half_hash};
use serde_json::{Value, json};
use std::time::Duration;

/// A product that may use every response type, and Alice logged in.
struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
}

async fn scene(more: Value) -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party_of_all_flows(true, more).await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    Scene { provider, party, browser }
}

/// What the flow needs; PKCE has no place in it.
fn ask<'a>(response_type: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![("response_type", response_type), ("code_challenge", ""), ("code_challenge_method", "")];
    pairs.extend(more);
    pairs
}

impl Scene {
    async fn ask(&self, response_type: &str, more: &[(&str, &str)]) -> Answer {
        self.browser.open(&self.party.authorize_url(&ask(response_type, more))).await.answer()
    }
}

/// oidcc-server (id_token): the answer is in the fragment, and the ID token alone has the claims of the scope.
#[tokio::test]
async fn an_id_token_alone_carries_the_claims_of_its_scope() {
    let s = scene(json!({})).await;
    let answer = s.ask("id_token", &[("scope", "openid email profile")]).await;
    assert_eq!((answer.to.as_str(), answer.place), (s.party.redirect_uri.as_str(), Place::Fragment));
    assert_eq!(answer.names(), ["id_token", "session_state", "state", "iss"]);
    assert_eq!((answer.expect("state"), answer.expect("iss")), ("a-state", s.provider.url.as_str()));
    let claims = s.provider.claims(answer.expect("id_token"));
    for (name, value) in [
        ("iss", json!(s.provider.url)),
        ("aud", json!(s.party.id)),
        ("nonce", json!("a-nonce")),
        ("email", json!("alice@example.test")),
        ("email_verified", json!(true)),
        ("name", json!("Alice Example")),
        ("at_hash", Value::Null),
        ("c_hash", Value::Null),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let plain = s.provider.claims(s.ask("id_token", &[]).await.expect("id_token"));
    assert_eq!((&plain["email"], &plain["name"]), (&Value::Null, &Value::Null), "only what the scope opens");
}

/// oidcc-server (id_token token), oidcc-userinfo-get: both tokens, bound to each other; identity is for userinfo.
#[tokio::test]
async fn an_access_token_beside_it_is_bound_to_it_and_fetches_the_claims() {
    let s = scene(json!({})).await;
    for response_type in ["id_token token", "token id_token"] {
        let answer = s.ask(response_type, &[("scope", "openid email")]).await;
        assert_eq!(answer.place, Place::Fragment);
        assert_eq!(
            answer.names(),
            ["access_token", "token_type", "expires_in", "id_token", "session_state", "state", "iss"]
        );
        assert_eq!((answer.expect("token_type"), answer.expect("expires_in")), ("Bearer", "600"));
        let access_token = answer.expect("access_token");
        let claims = s.provider.claims(answer.expect("id_token"));
        assert_eq!(claims["at_hash"], half_hash(SigningAlgorithm::Rs256, access_token));
        assert_eq!((&claims["email"], &claims["c_hash"]), (&Value::Null, &Value::Null));
        let (status, person) = s.party.userinfo(access_token).await;
        assert_eq!((status.as_u16(), &person["email"]), (200, &json!("alice@example.test")));
        assert_eq!(person["sub"], claims["sub"]);
    }
}

/// The hashes are as long as half the hash of the client's algorithm (Core §3.2.2.10).
#[tokio::test]
async fn the_hash_follows_the_algorithm_of_the_client() {
    let s = scene(json!({ "id_token_signed_response_alg": "EdDSA" })).await;
    let answer = s.ask("id_token token", &[]).await;
    let claims = s.provider.claims(answer.expect("id_token"));
    assert_eq!(claims["at_hash"], half_hash(SigningAlgorithm::EdDsa, answer.expect("access_token")));
}

/// oidcc-ensure-request-without-nonce-fails
#[tokio::test]
async fn without_a_nonce_there_is_no_id_token() {
    let s = scene(json!({})).await;
    for response_type in ["id_token", "id_token token"] {
        let answer = s.ask(response_type, &[("nonce", "")]).await;
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("invalid_request")));
        assert_eq!(answer.expect("state"), "a-state");
    }
}

/// oidcc-prompt-none-not-logged-in, oidcc-prompt-none-logged-in: errors in the fragment too.
#[tokio::test]
async fn prompt_none_answers_in_the_fragment() {
    let s = scene(json!({})).await;
    let first = s.provider.claims(s.ask("id_token", &[("max_age", "15000")]).await.expect("id_token"));
    s.provider.wait(Duration::from_secs(5));
    let again = s.ask("id_token", &[("prompt", "none"), ("max_age", "10000")]).await;
    let again = s.provider.claims(again.expect("id_token"));
    assert_eq!((&first["sub"], &first["auth_time"]), (&again["sub"], &again["auth_time"]));
    let stranger = s.provider.browser();
    let refused = stranger.open(&s.party.authorize_url(&ask("id_token token", &[("prompt", "none")]))).await.answer();
    assert_eq!((refused.place, refused.get("error")), (Place::Fragment, Some("login_required")));
    assert_eq!(refused.names(), ["error", "error_description", "state", "iss"]);
}

/// `offline_access` is ignored where nothing becomes a refresh token (Core §11), and the client is told (RFC 6749 §4.2.2).
#[tokio::test]
async fn offline_access_is_left_out_and_the_scope_says_so() {
    let s = scene(json!({})).await;
    let more = [("scope", "openid email offline_access"), ("prompt", "consent")];
    let shown = s.browser.open(&s.party.authorize_url(&ask("id_token token", &more))).await;
    assert_eq!(shown.answer().get("scope"), Some("openid email"));
}

#[tokio::test]
async fn the_access_token_ends_with_its_time_its_log_in_its_grant_and_by_revocation() {
    let s = scene(json!({})).await;
    let token = async || s.ask("id_token token", &[]).await.expect("access_token").to_owned();
    let status = async |token: &str| s.party.userinfo(token).await.0.as_u16();

    let (revoked, other) = (token().await, token().await);
    assert_eq!(s.party.call("/oauth2/revoke", &[("token", &revoked)]).await.0.as_u16(), 200);
    assert_eq!((status(&revoked).await, status(&other).await), (401, 200));
    let (_, told) = s.party.call("/oauth2/introspect", &[("token", &other)]).await;
    assert_eq!(told["active"], true);

    let gid = oidc::grants::GrantId::parse(s.provider.claims(&other)["gid"].as_str().unwrap()).unwrap();
    let command = account::Actor::command();
    assert!(s.provider.accounts.write(&command, move |tx| oidc::grants::revoke(tx, &gid)).await.unwrap());
    assert_eq!(status(&other).await, 401);

    let late = token().await;
    s.provider.wait(Duration::from_secs(601));
    assert_eq!(status(&late).await, 401);

    let with_session = token().await;
    let sid = s.provider.claims(&with_session)["sid"].as_str().and_then(account::session::LoginId::parse).unwrap();
    let log_out = move |tx: &mut account::Tx<'_>| account::session::end_login(tx, &sid);
    assert!(s.provider.accounts.write(&command, log_out).await.unwrap());
    assert_eq!(status(&with_session).await, 401);
}

/// Attack: a mode downgrade. Tokens in a query end in logs and `Referer` headers (Multiple Response Types §5).
#[tokio::test]
async fn tokens_never_travel_in_the_query() {
    let s = scene(json!({})).await;
    for response_type in ["id_token", "id_token token", "code token", "code id_token", "code id_token token"] {
        let answer = s.ask(response_type, &[("response_mode", "query")]).await;
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("invalid_request")), "{response_type}");
        assert_eq!(answer.names(), ["error", "error_description", "state", "iss"]);
    }
}

/// Attack: a client of the code flow is talked into tokens through the browser.
#[tokio::test]
async fn a_response_type_that_the_client_did_not_register_is_refused() {
    let s = scene(json!({})).await;
    let code_only = s.provider.party().await;
    for response_type in ["id_token", "id_token token", "code token", "code id_token", "code id_token token"] {
        let answer = s.browser.open(&code_only.authorize_url(&[("response_type", response_type)])).await.answer();
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("unauthorized_client")));
    }
    let implicit = json!({ "grant_types": ["implicit"], "response_types": ["id_token"] });
    let implicit = s.provider.register(true, implicit).await;
    let answer = s.browser.open(&implicit.authorize_url(&[])).await.answer();
    assert_eq!((answer.place, answer.get("error")), (Place::Query, Some("unauthorized_client")));
    let (status, error) = implicit.token(&[("grant_type", "implicit")]).await;
    assert_eq!((status.as_u16(), &error["error"]), (400, &json!("unsupported_grant_type")));
}

/// oidcc-response-type-missing: in the query, whatever the client may use.
#[tokio::test]
async fn a_missing_response_type_is_answered_in_the_query() {
    let s = scene(json!({})).await;
    let answer = s.ask("", &[]).await;
    assert_eq!((answer.place, answer.get("error")), (Place::Query, Some("invalid_request")));
}

/// An access token of this flow is as narrow as its grant: a client without the scope gets no claims by it.
#[tokio::test]
async fn what_the_scope_does_not_open_stays_closed() {
    let s = scene(json!({})).await;
    let answer = s.ask("id_token token", &[]).await;
    let (_, person) = s.party.userinfo(answer.expect("access_token")).await;
    assert_eq!(person.as_object().unwrap().keys().collect::<Vec<_>>(), ["sub"]);
}

//! The token endpoint (RFC 6749 §3.2, §5; RFC 7636 §4.6; OpenID Connect Core §3.1.3) from outside.

mod anything;

use crate::log_in::{ALICE, account};
use crate::support::{CHALLENGE, Party, Provider, VERIFIER};
use ::account::account::AccountStatus;
use ::account::session::{self, Authentication, Login};
use ::account::{Actor, Tx};
use oidc::grants::{self, NewGrant};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

/// A person who logged in.
pub async fn someone(provider: &Provider) -> Login {
    let (id, lifetimes) = (account(provider, ALICE, AccountStatus::Active).await, provider.node.site.lifetimes);
    let log_in =
        move |tx: &mut Tx<'_>| session::log_in(tx, None, &id, &Authentication::password(), &lifetimes).map(|(_, l)| l);
    provider.accounts.write(&Actor::system(), log_in).await.expect("written")
}

/// A code for the party, as the authorization endpoint would give it.
pub async fn code(provider: &Provider, party: &Party, login: &Login, scope: &str) -> String {
    let new = NewGrant {
        client_id: party.id.clone(),
        account_id: login.account_id.clone(),
        login_id: login.id.clone(),
        authenticated_at: login.authenticated_at,
        acr: login.acr,
        amr: login.amr.clone(),
        redirect_uri: party.redirect_uri.clone(),
        scope: scope.parse().expect("a scope"),
        nonce: None,
        code_challenge: Some(CHALLENGE.to_owned()),
        claims: None,
        claims_locales: None,
    };
    let start = grants::Start { code_seconds: Some(60), ..Default::default() };
    let begin = move |tx: &mut Tx<'_>| grants::begin(tx, &new, &start);
    let (_, code) = provider.accounts.write(&Actor::system(), begin).await.expect("written");
    code.expect("a code").reveal().to_owned()
}

/// Posts bytes as a form.
pub async fn post(provider: &Provider, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Response {
    let mut request = Client::new().post(format!("{}{path}", provider.url)).body(body);
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn a_code_becomes_tokens_that_nobody_caches() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let login = someone(&provider).await;
    let code = code(&provider, &party, &login, "openid offline_access").await;
    let body = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={}&code_verifier={VERIFIER}",
        protocol::parameters::form_encode(&party.redirect_uri)
    );
    let request =
        Client::new().post(format!("{}/oauth2/token", provider.url)).basic_auth(&party.id, Some(&party.secret));
    let request = request.header("content-type", "application/x-www-form-urlencoded;charset=UTF-8").body(body);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["pragma"], "no-cache");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    assert!(answer.headers().get("set-cookie").is_none());
    let tokens: Value = answer.json().await.expect("JSON");
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(tokens["scope"], "openid offline_access");
    let (status, again) = party.refresh(tokens["refresh_token"].as_str().expect("a refresh token")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(again["id_token"].is_string() && again["refresh_token"] != tokens["refresh_token"]);
    let (status, error) = party.exchange(&code).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    assert_eq!(party.userinfo(again["access_token"].as_str().expect("a token")).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_client_that_fails_to_authenticate_is_challenged() {
    let provider = Provider::start().await;
    let mut party = provider.party().await;
    party.secret = "wrong".to_owned();
    let request = Client::new().post(format!("{}/oauth2/token", provider.url)).basic_auth(&party.id, Some("wrong"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body("grant_type=client_credentials").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.headers()["www-authenticate"].to_str().expect("ASCII").starts_with("Basic "));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let known: Value = answer.json().await.expect("JSON");
    assert_eq!(known["error"], "invalid_client");
    party.id = "nobody".to_owned();
    let (status, unknown) = party.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!((status, unknown), (StatusCode::UNAUTHORIZED, known), "unknown and wrong look alike");
}

/// Oversized, malformed, duplicated and non-UTF-8 parameters: a proper error, never a 500.
#[tokio::test]
async fn what_cannot_be_read_is_an_invalid_request() {
    let provider = Provider::start().await;
    let big = format!("grant_type={}", "x".repeat(70_000)).into_bytes();
    let value = format!("grant_type=x&code={}", "x".repeat(17_000)).into_bytes();
    let bodies = [
        big,
        value,
        b"grant_type=%ff".to_vec(),
        b"grant_type=\xff\xfe".to_vec(),
        b"grant_type=%zz".to_vec(),
        b"grant_type=a&grant_type=b".to_vec(),
        b"code=a%00b".to_vec(),
        "a=1&".repeat(200).into_bytes(),
    ];
    for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
        for body in &bodies {
            let answer = post(&provider, path, &[], body.clone()).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
            let error: Value = answer.json().await.expect("JSON");
            assert_eq!(error["error"], "invalid_request", "{path}");
        }
        let json = post(&provider, path, &[("content-type", "application/json")], b"{}".to_vec()).await;
        assert_eq!(json.status(), StatusCode::BAD_REQUEST);
        let answer = Client::new().get(format!("{}{path}", provider.url)).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.headers()["allow"], "POST");
        assert!(answer.json::<Value>().await.is_ok());
    }
}

#[tokio::test]
async fn a_script_of_another_origin_may_ask_without_cookies() {
    let provider = Provider::start().await;
    for path in ["/oauth2/token", "/oauth2/userinfo", "/oauth2/revoke"] {
        let request = Client::new().request(reqwest::Method::OPTIONS, format!("{}{path}", provider.url));
        let answer = request.header("origin", "https://app.example.test").send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert!(answer.headers().get("access-control-allow-credentials").is_none());
    }
}

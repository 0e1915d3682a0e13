//! Client authentication by assertions that are signed with the client's secret (`client_secret_jwt`, OpenID Connect Core
//! §9, §10.1; RFC 7523 §3), from outside. The module `oidcc-server` of the comprehensive plan runs with each method.

mod attacks;
mod changes;

use crate::support::{Party, Provider, VERIFIER};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::MacAlgorithm;
use josekit::jws::{HS256, HS384, HS512, JwsSigner};
use protocol::client_auth::JWT_BEARER_ASSERTION;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// What an assertion has to claim.
fn claims(provider: &Provider, client_id: &str, jti: &str) -> Value {
    let now = provider.accounts.now().as_seconds();
    json!({ "iss": client_id, "sub": client_id, "aud": provider.url, "exp": now + 60, "iat": now, "jti": jti })
}

/// A JWT, signed with a secret by another library than ours.
fn signed(algorithm: MacAlgorithm, secret: &[u8], claims: &Value) -> String {
    let hmac = match algorithm {
        MacAlgorithm::Hs256 => HS256,
        MacAlgorithm::Hs384 => HS384,
        MacAlgorithm::Hs512 => HS512,
    };
    let signer = hmac.signer_from_bytes(secret).expect("a secret that is long enough");
    let header = json!({ "alg": algorithm, "typ": "JWT" });
    let input = [header.to_string(), claims.to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = signer.sign(input.as_bytes()).expect("signed");
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Asks an endpoint with an assertion.
async fn ask(provider: &Provider, path: &str, assertion: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut form = vec![("client_assertion_type", JWT_BEARER_ASSERTION), ("client_assertion", assertion)];
    form.extend(fields);
    let answer = Client::new().post(format!("{}{path}", provider.url)).form(&form).send().await.expect("an answer");
    let status = answer.status();
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
    (status, answer.json().await.unwrap_or(Value::Null))
}

/// Asks for a token without a person, which tells whether the assertion was believed.
async fn believed(provider: &Provider, assertion: &str) -> bool {
    let (status, told) = ask(provider, "/oauth2/token", assertion, &[("grant_type", "client_credentials")]).await;
    match status {
        StatusCode::OK => true,
        StatusCode::UNAUTHORIZED => {
            assert_eq!(told["error"], "invalid_client");
            false
        }
        other => panic!("{other} {told}"),
    }
}

async fn party(provider: &Provider) -> Party {
    provider.register(true, json!({ "token_endpoint_auth_method": "client_secret_jwt" })).await
}

/// The whole flow, with each algorithm; the secret that we make is long enough for all of them.
#[tokio::test]
async fn a_client_authenticates_with_each_algorithm_at_each_endpoint() {
    let provider = Provider::start().await;
    let (alice, browser) = (provider.person("alice@example.test").await, provider.browser());
    provider.log_in(&browser, &alice).await;
    for registered in [None, Some(MacAlgorithm::Hs256), Some(MacAlgorithm::Hs384), Some(MacAlgorithm::Hs512)] {
        let mut wish = json!({ "token_endpoint_auth_method": "client_secret_jwt" });
        if let Some(algorithm) = registered {
            wish["token_endpoint_auth_signing_alg"] = json!(algorithm);
        }
        let party = provider.register(true, wish).await;
        assert!(party.secret.len() >= 64, "as many bytes as SHA-512 has");
        let code = party.code(&browser, &[("scope", "openid offline_access")]).await;
        let sign = |jti: &str| {
            let algorithm = registered.unwrap_or(MacAlgorithm::Hs256);
            signed(algorithm, party.secret.as_bytes(), &claims(&provider, &party.id, jti))
        };
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &party.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        let (status, tokens) = ask(&provider, "/oauth2/token", &sign("1"), &fields).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
        let (status, tokens) = ask(&provider, "/oauth2/token", &sign("2"), &fields).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let access = tokens["access_token"].as_str().expect("an access token");
        let (_, told) = ask(&provider, "/oauth2/introspect", &sign("3"), &[("token", access)]).await;
        assert_eq!(told["active"], true);
        assert_eq!(ask(&provider, "/oauth2/revoke", &sign("4"), &[("token", access)]).await.0, StatusCode::OK);
        for other in MacAlgorithm::ALL {
            let token = signed(other, party.secret.as_bytes(), &claims(&provider, &party.id, other.as_str()));
            let right = registered.is_none_or(|registered| registered == other);
            assert_eq!(believed(&provider, &token).await, right, "{registered:?} {other}");
        }
    }
}

/// RFC 7523 §3: once, for us, and not for long.
#[tokio::test]
async fn an_assertion_works_once_for_us_and_not_for_long() {
    let provider = Provider::start().await;
    let party = party(&provider).await;
    let sign = |claims: &Value| signed(MacAlgorithm::Hs256, party.secret.as_bytes(), claims);
    let once = sign(&claims(&provider, &party.id, "1"));
    assert!(believed(&provider, &once).await);
    assert!(!believed(&provider, &once).await, "its second use");
    let now = provider.accounts.now().as_seconds();
    for (number, (name, value)) in [
        ("aud", json!("https://elsewhere.example.test")),
        ("iss", json!("somebody")),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 7200)),
        ("iat", json!(now + 600)),
        ("jti", Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let mut wrong = claims(&provider, &party.id, &format!("wrong {number}"));
        wrong[name] = value;
        assert!(!believed(&provider, &sign(&wrong)).await, "{wrong}");
    }
    for aud in [json!(format!("{}/oauth2/token", provider.url)), json!(["x", provider.url])] {
        let mut right = claims(&provider, &party.id, &aud.to_string());
        right["aud"] = aud;
        assert!(believed(&provider, &sign(&right)).await, "{right}");
    }
}

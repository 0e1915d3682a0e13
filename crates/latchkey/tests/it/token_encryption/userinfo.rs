//! Userinfo as a JWT (OpenID Connect Core §5.3.2).

use super::{KEYS, alice, decrypt, jwks, text, tokens};
use crate::support::{Browser, Party, Provider};
use jose::{ContentEncryption, KeyManagement, SigningAlgorithm};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// The answer, which has to be `application/jwt`.
async fn fetch(provider: &Provider, party: &Party, browser: &Browser) -> (String, String) {
    let tokens = tokens(party, browser, &[("scope", "openid email")]).await;
    let request = Client::new().get(format!("{}/oauth2/userinfo", provider.url));
    let answer = request.bearer_auth(text(&tokens, "access_token")).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/jwt");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    (answer.text().await.expect("a body"), tokens["id_token"].as_str().unwrap_or_default().to_owned())
}

fn judge(claims: &Value, provider: &Provider, party: &Party) {
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(provider.url), &json!(party.id)));
    assert_eq!(claims["email"], "alice@example.test");
    assert!(claims["sub"].is_string());
    assert!(claims["nonce"].is_null() && claims["exp"].is_null(), "it is no ID token: {claims}");
}

/// oidcc-userinfo-rs256: signed as registered, by a key of our JWK set, `iss` and `aud` inside, no nonce.
#[tokio::test]
async fn userinfo_is_signed_as_registered() {
    for algorithm in SigningAlgorithm::ALL {
        let provider = Provider::start().await;
        let party = provider.register(true, json!({ "userinfo_signed_response_alg": algorithm })).await;
        let (token, id_token) = fetch(&provider, &party, &alice(&provider).await).await;
        let jwks: Value =
            reqwest::get(format!("{}/oauth2/jwks", provider.url)).await.expect("sent").json().await.expect("JSON");
        let keys = jose::KeySet::from_jwks(&jwks).expect("a set");
        let verified = keys.verify(&token, &[algorithm]).expect("signed by a published key");
        judge(&Value::Object(verified.claims.clone()), &provider, &party);
        assert_eq!(verified.claims["sub"], provider.claims(&id_token)["sub"]);
    }
}

/// Signed, then encrypted: nested, and told so by `cty` (RFC 7519 §5.2).
#[tokio::test]
async fn userinfo_is_signed_and_encrypted() {
    let provider = Provider::start().await;
    let wish = json!({
        "jwks": jwks(), "userinfo_signed_response_alg": "RS256", "userinfo_encrypted_response_alg": "RSA-OAEP-256",
    });
    let party = provider.register(true, wish).await;
    let (token, _) = fetch(&provider, &party, &alice(&provider).await).await;
    let read = decrypt(&token, KeyManagement::RsaOaep256, ContentEncryption::A128CbcHs256);
    assert_eq!(read.cty.as_deref(), Some("JWT"));
    judge(&provider.claims(&read.content), &provider, &party);
}

/// Encrypted alone: the content is the JSON document.
#[tokio::test]
async fn userinfo_is_encrypted_without_a_signature() {
    let provider = Provider::start().await;
    let wish = json!({
        "jwks": { "keys": [KEYS[1].public_jwk()] }, "userinfo_encrypted_response_alg": "ECDH-ES",
        "userinfo_encrypted_response_enc": "A256GCM",
    });
    let party = provider.register(true, wish).await;
    let (token, _) = fetch(&provider, &party, &alice(&provider).await).await;
    let read = decrypt(&token, KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    assert_eq!(read.cty, None);
    let claims: Value = serde_json::from_str(&read.content).expect("JSON");
    assert_eq!(claims["email"], "alice@example.test");
}

/// A userinfo answer is signed by the key of ID tokens, names the same parties, and is not one of them.
#[tokio::test]
async fn a_userinfo_answer_does_not_pass_for_an_id_token() {
    let provider = Provider::start().await;
    let party = provider.register(true, json!({ "userinfo_signed_response_alg": "RS256" })).await;
    let browser = alice(&provider).await;
    let (token, _) = fetch(&provider, &party, &browser).await;
    let shown = browser.open(&party.authorize_url(&[("id_token_hint", &token), ("prompt", "none")])).await;
    assert_eq!(shown.parameter("error").as_deref(), Some("invalid_request"), "{}", shown.brief());
    let request = Client::new().get(format!("{}/oauth2/userinfo", provider.url)).bearer_auth(&token);
    assert_eq!(request.send().await.expect("sent").status(), StatusCode::UNAUTHORIZED);
}

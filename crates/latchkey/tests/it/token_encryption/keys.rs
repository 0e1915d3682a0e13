//! Where the client's key comes from, and what happens without one: never a token in the clear.

use super::{KEYS, alice, decrypt, jwks, text, tokens};
use crate::support::Provider;
use crate::support::registrant::Documentary;
use jose::{ContentEncryption, DecryptionKey, DecryptionKeys, KeyKind, KeyManagement, PrivateKey, SigningAlgorithm};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const ALG: KeyManagement = KeyManagement::EcdhEs;
const ENC: ContentEncryption = ContentEncryption::A128CbcHs256;

fn wish(uri: &str) -> Value {
    json!({
        "jwks_uri": uri, "id_token_encrypted_response_alg": ALG, "token_endpoint_auth_method": "client_secret_basic",
    })
}

async fn provider() -> Provider {
    Provider::start_with(|settings| settings.fetch.allow_private_networks = true).await
}

/// OpenID Connect Core §10.2.1: the client publishes another key, and gets its tokens with that one.
#[tokio::test]
async fn keys_at_an_address_are_fetched_and_their_rotation_is_seen() {
    let (provider, host) = (provider().await, Documentary::start());
    let party = provider.register(true, wish(&host.put("/jwks", jwks()))).await;
    let browser = alice(&provider).await;
    for _ in 0..2 {
        let tokens = tokens(&party, &browser, &[]).await;
        decrypt(text(&tokens, "id_token"), ALG, ENC);
    }
    assert_eq!(host.asked("/jwks"), 1, "kept for a while");
    let new = Arc::new(DecryptionKey::generate(KeyKind::P256).expect("a key"));
    host.put("/jwks", json!({ "keys": [new.public_jwk()] }));
    provider.wait(Duration::from_secs(601));
    let tokens = tokens(&party, &browser, &[]).await;
    let read = DecryptionKeys::new(vec![new]).decrypt(text(&tokens, "id_token"), &[ALG], &[ENC]);
    provider.claims(&read.expect("for the new key").content);
}

/// A set that has no fitting key yet is asked for anew, without waiting until it is old.
#[tokio::test]
async fn a_missing_key_is_looked_for_again_within_seconds() {
    let (provider, host) = (provider().await, Documentary::start());
    let party = provider.register(true, wish(&host.put("/jwks", json!({ "keys": [KEYS[0].public_jwk()] })))).await;
    let browser = alice(&provider).await;
    let code = party.code(&browser, &[]).await;
    let (status, error) = party.exchange(&code).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
    assert!(text(&error, "error_description").contains("ECDH-ES"), "{error}");
    host.put("/jwks", jwks());
    provider.wait(Duration::from_secs(5));
    let (status, tokens) = party.exchange(&code).await;
    assert_eq!(status, StatusCode::OK, "the code was not spent: {tokens}");
    decrypt(text(&tokens, "id_token"), ALG, ENC);
}

/// Without a key there is an error at each endpoint, with nothing of what should have been encrypted.
#[tokio::test]
async fn without_a_key_nothing_is_sent_in_the_clear() {
    let (provider, host) = (provider().await, Documentary::start());
    let signing = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    let beside_the_curve = json!({ "kty": "EC", "crv": "P-256", "use": "enc", "x": "AAAA", "y": "AAAA" });
    let unusable = [
        json!({ "keys": [] }),
        json!({ "keys": [signing.public_jwk()] }),
        json!({ "keys": [KEYS[0].public_jwk()] }),
        json!({ "keys": [beside_the_curve] }),
        json!("nothing"),
    ];
    let browser = alice(&provider).await;
    for (number, document) in unusable.into_iter().enumerate() {
        let path = format!("/{number}");
        let mut metadata = wish(&host.put(&path, document.clone()));
        metadata["response_types"] = json!(["code", "code id_token", "id_token"]);
        metadata["grant_types"] = json!(["authorization_code", "implicit"]);
        let party = provider.register(true, metadata).await;
        let code = party.code(&browser, &[]).await;
        let (status, error) = party.exchange(&code).await;
        assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")), "{document}");
        assert!(error["access_token"].is_null() && error["id_token"].is_null());
        for response_type in ["code id_token", "id_token"] {
            let more = [("response_type", response_type), ("code_challenge", ""), ("code_challenge_method", "")];
            let answer = browser.open(&party.authorize_url(&more)).await.answer();
            assert_eq!(answer.expect("error"), "invalid_request", "{document}");
            assert!(answer.get("id_token").is_none() && answer.get("code").is_none());
        }
    }
}

/// Userinfo alone: the client has its access token, and its key is gone.
#[tokio::test]
async fn userinfo_is_not_sent_in_the_clear_either() {
    let (provider, host) = (provider().await, Documentary::start());
    let wish = json!({
        "jwks_uri": host.put("/jwks", json!({ "keys": [] })), "userinfo_encrypted_response_alg": ALG,
        "token_endpoint_auth_method": "client_secret_basic",
    });
    let party = provider.register(true, wish).await;
    let tokens = tokens(&party, &alice(&provider).await, &[("scope", "openid email")]).await;
    let (status, error) = party.userinfo(text(&tokens, "access_token")).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
    assert!(error["sub"].is_null() && error["email"].is_null(), "{error}");
}

//! ID tokens and userinfo, signed and encrypted as the client registered (OpenID Connect Core §5.3.2, §10.2;
//! Registration §2), from outside.

mod keys;
mod refusals;
mod userinfo;

use crate::support::{Browser, Party, Provider};
use jose::{ContentEncryption, Decrypted, DecryptionKey, DecryptionKeys, KeyKind, KeyManagement};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

/// The client's keys of each kind, made once: an RSA key takes its time.
static KEYS: LazyLock<Vec<Arc<DecryptionKey>>> =
    LazyLock::new(|| KeyKind::ALL.map(|kind| Arc::new(DecryptionKey::generate(kind).expect("a key"))).into());

fn jwks() -> Value {
    json!({ "keys": KEYS.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() })
}

/// What the client reads with its own keys, and with nothing but what it registered.
fn decrypt(token: &str, alg: KeyManagement, enc: ContentEncryption) -> Decrypted {
    DecryptionKeys::new(KEYS.clone()).decrypt(token, &[alg], &[enc]).expect("a token for the client")
}

/// Alice, logged in.
async fn alice(provider: &Provider) -> Browser {
    let (alice, browser) = (provider.person("alice@example.test").await, provider.browser());
    provider.log_in(&browser, &alice).await;
    browser
}

async fn tokens(party: &Party, browser: &Browser, more: &[(&str, &str)]) -> Value {
    let (status, tokens) = party.exchange(&party.code(browser, more).await).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap_or_else(|| panic!("{name}: {tokens}"))
}

/// Each way of encrypting that discovery names; the signature within is ours, and the hashes fit.
#[tokio::test]
async fn id_tokens_are_signed_and_then_encrypted_with_each_algorithm() {
    let provider = Provider::start().await;
    let browser = alice(&provider).await;
    for alg in KeyManagement::ALL {
        for enc in ContentEncryption::ALL {
            let wish = json!({
                "jwks": jwks(), "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
            });
            let party = provider.register(true, wish).await;
            let tokens = tokens(&party, &browser, &[]).await;
            let read = decrypt(text(&tokens, "id_token"), alg, enc);
            assert_eq!(read.cty.as_deref(), Some("JWT"));
            let claims = provider.claims(&read.content);
            assert_eq!((&claims["aud"], &claims["nonce"]), (&json!(party.id), &json!("a-nonce")));
            let hash = jose::half_hash(jose::SigningAlgorithm::Rs256, text(&tokens, "access_token"));
            assert_eq!(claims["at_hash"], hash);
        }
    }
}

/// The default of `enc` (Registration §2), written out in the answer of the registration endpoint.
#[tokio::test]
async fn a_client_that_registers_itself_is_told_the_default() {
    use crate::support::registrant::with;
    let provider = Provider::start_with(crate::registration::open).await;
    let wish = with(json!({
        "jwks": jwks(), "id_token_encrypted_response_alg": "RSA-OAEP", "userinfo_encrypted_response_alg": "ECDH-ES",
        "userinfo_signed_response_alg": "ES256", "id_token_signed_response_alg": "EdDSA",
    }));
    let told = provider.register_self(None, &wish).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    assert_eq!(told.text("id_token_encrypted_response_enc"), "A128CBC-HS256");
    assert_eq!(told.text("userinfo_encrypted_response_enc"), "A128CBC-HS256");
    for field in ["id_token_encrypted_response_alg", "userinfo_encrypted_response_alg", "userinfo_signed_response_alg"]
    {
        assert_eq!(told.text(field), wish[field], "{field}");
    }
}

/// OpenID Connect Core §3.2.2.5, §3.3.2.5: what comes from the authorization endpoint is encrypted alike, and so is what
/// comes of a refresh (§12.2).
#[tokio::test]
async fn id_tokens_of_the_front_channel_and_of_a_refresh_are_encrypted() {
    let provider = Provider::start().await;
    let browser = alice(&provider).await;
    let (alg, enc) = (KeyManagement::EcdhEsA256Kw, ContentEncryption::A256Gcm);
    let wish = json!({
        "jwks": jwks(), "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
    });
    let party = provider.party_of_all_flows(true, wish).await;
    for response_type in ["id_token", "id_token token", "code id_token", "code id_token token"] {
        let more = [("response_type", response_type), ("code_challenge", ""), ("code_challenge_method", "")];
        let answer = browser.open(&party.authorize_url(&more)).await.answer();
        let claims = provider.claims(&decrypt(answer.expect("id_token"), alg, enc).content);
        assert_eq!((&claims["aud"], &claims["nonce"]), (&json!(party.id), &json!("a-nonce")), "{response_type}");
        assert_eq!(claims["c_hash"].is_string(), response_type.contains("code"), "{response_type}");
    }
    let tokens = tokens(&party, &browser, &[("scope", "openid offline_access")]).await;
    let (status, again) = party.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(status, StatusCode::OK);
    let claims = provider.claims(&decrypt(text(&again, "id_token"), alg, enc).content);
    assert_eq!(claims["aud"], json!(party.id));
}

/// OpenID Connect Core §3.1.2.1: a client that got its ID token encrypted sends the signed one within as a hint, as it is or
/// encrypted to us; RP-Initiated Logout §2 says the same. What was encrypted to the client we cannot read.
#[tokio::test]
async fn a_hint_may_be_encrypted_to_us() {
    let provider = Provider::start().await;
    let browser = alice(&provider).await;
    let wish = json!({ "jwks": jwks(), "id_token_encrypted_response_alg": "ECDH-ES" });
    let party = provider.register(true, wish).await;
    let tokens = tokens(&party, &browser, &[]).await;
    let to_client = text(&tokens, "id_token");
    let signed = decrypt(to_client, KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256).content;
    let published: Value =
        reqwest::get(format!("{}/oauth2/jwks", provider.url)).await.expect("sent").json().await.expect("JSON");
    let published = jose::KeySet::from_jwks(&published).expect("a set");
    let to_us = |alg, content: &str| {
        let key = published.encryption_key(alg).expect("a published key to encrypt to");
        key.encrypt(ContentEncryption::A256Gcm, Some("JWT"), content).expect("encrypted")
    };
    for alg in KeyManagement::ALL {
        let hint = to_us(alg, &signed);
        let shown = browser.open(&party.authorize_url(&[("id_token_hint", &hint), ("prompt", "none")])).await;
        assert!(shown.parameter("code").is_some(), "{}", shown.brief());
    }
    let nested_twice = to_us(KeyManagement::EcdhEs, &to_us(KeyManagement::EcdhEs, &signed));
    for hint in [to_client, &nested_twice, &to_us(KeyManagement::EcdhEs, "{}"), "a.b.c.d.e", "...."] {
        let shown = browser.open(&party.authorize_url(&[("id_token_hint", hint), ("prompt", "none")])).await;
        assert_eq!(shown.parameter("error").as_deref(), Some("invalid_request"), "{}", shown.brief());
    }
    let hint = to_us(KeyManagement::RsaOaep, &signed);
    let shown = browser.open(&format!("{}/oauth2/logout?id_token_hint={hint}", provider.url)).await;
    assert!(shown.has("logged-out"), "{}", shown.brief());
}

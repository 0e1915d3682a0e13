//! Assertions by those who do not have what the client has.

use super::{believed, claims, party, signed};
use crate::support::{Party, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{MacAlgorithm, PrivateKey, SigningAlgorithm};
use oidc::client::{SigningSecret, store};
use reqwest::StatusCode;
use serde_json::json;

/// RFC 8725 §2.1: the public key of a client, which everybody knows, taken for the secret of an HMAC.
#[tokio::test]
async fn a_public_key_is_not_a_secret() {
    let provider = Provider::start().await;
    for algorithm in SigningAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).expect("a key");
        let wish = json!({
            "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
        });
        let party = provider.register(true, wish).await;
        let own = key.sign_compact(None, &claims(&provider, &party.id, "own")).expect("signed");
        assert!(believed(&provider, &own).await);
        let member = |name: &str| key.public_jwk()[name].as_str().unwrap_or_default().as_bytes().to_vec();
        for (number, secret) in [
            key.public_jwk().to_string().into_bytes(),
            json!({ "keys": [key.public_jwk()] }).to_string().into_bytes(),
            member("n"),
            member("x"),
            URL_SAFE_NO_PAD.decode(member("n")).expect("base64url"),
        ]
        .into_iter()
        .enumerate()
        .filter(|(_, secret)| secret.len() >= 32)
        {
            let claims = claims(&provider, &party.id, &number.to_string());
            assert!(!believed(&provider, &signed(MacAlgorithm::Hs256, &secret, &claims)).await, "{number}");
        }
    }
}

/// The other way round: a client that signs with its secret has keys too, for other things.
#[tokio::test]
async fn a_key_of_the_client_is_not_its_secret() {
    let provider = Provider::start().await;
    let key = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    let wish = json!({
        "token_endpoint_auth_method": "client_secret_jwt", "jwks": { "keys": [key.public_jwk()] },
    });
    let party = provider.register(true, wish).await;
    let by_key = key.sign_compact(None, &claims(&provider, &party.id, "1")).expect("signed");
    assert!(!believed(&provider, &by_key).await);
    assert!(believed(&provider, &by_secret(&provider, &party, "2")).await);
}

fn by_secret(provider: &Provider, party: &Party, jti: &str) -> String {
    signed(MacAlgorithm::Hs256, party.secret.as_bytes(), &claims(provider, &party.id, jti))
}

#[tokio::test]
async fn whoever_does_not_know_the_secret_is_refused() {
    let provider = Provider::start().await;
    let (party, other) = (party(&provider).await, party(&provider).await);
    let by = |secret: &[u8], jti: &str| signed(MacAlgorithm::Hs256, secret, &claims(&provider, &party.id, jti));
    assert!(!believed(&provider, &by(other.secret.as_bytes(), "1")).await, "another client's secret");
    assert!(!believed(&provider, &by(&[0; 32], "2")).await);
    assert!(!believed(&provider, &by(&party.secret.as_bytes()[..64], "3")).await, "a part of it");
    let id = party.id.clone();
    let record = provider.accounts.read(move |conn| store::find(conn, &id)).await.expect("read").expect("it is there");
    // Whoever reads the database has the hash, and what is sealed. HMAC hashes a long key: its plain hash would do.
    assert!(party.secret.len() > 64);
    assert!(!believed(&provider, &by(&record.secret_hash.expect("a hash"), "4")).await);
    let Some(SigningSecret::Sealed(sealed)) = record.signing_secret else { panic!("it is sealed") };
    assert!(!sealed.windows(16).any(|part| party.secret.as_bytes().starts_with(part)), "not as it is");
    assert!(!believed(&provider, &by(&sealed, "5")).await);

    let good = by_secret(&provider, &party, "6");
    let (input, signature) = good.rsplit_once('.').expect("a JWT");
    let bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    for length in [0, 1, 16, 31] {
        let short = URL_SAFE_NO_PAD.encode(&bytes[..length]);
        assert!(!believed(&provider, &format!("{input}.{short}")).await, "a signature of {length} bytes");
    }
    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none" }).to_string());
    let payload = input.split_once('.').expect("two parts").1;
    assert!(!believed(&provider, &format!("{none}.{payload}.")).await);
    let mut foreign = claims(&provider, &party.id, "7");
    foreign["iss"] = json!(other.id);
    assert!(!believed(&provider, &signed(MacAlgorithm::Hs256, other.secret.as_bytes(), &foreign)).await);
    assert!(believed(&provider, &good).await, "none of this used it up");
}

/// A client uses the one method that it is registered with: its secret itself opens nothing.
#[tokio::test]
async fn the_secret_itself_is_not_taken() {
    let provider = Provider::start().await;
    let party = party(&provider).await;
    let (status, told) = party.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!((status, &told["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", party.id.as_str()),
        ("client_secret", party.secret.as_str()),
    ];
    let answer = reqwest::Client::new().post(format!("{}/oauth2/token", provider.url)).form(&form).send().await;
    assert_eq!(answer.expect("an answer").status(), StatusCode::UNAUTHORIZED);
    let basic = provider.register(true, json!({})).await;
    assert!(
        !believed(&provider, &by_secret(&provider, &basic, "1")).await,
        "nor an assertion of a client with a secret"
    );
}

/// Only the secret of such a client is kept at all.
#[tokio::test]
async fn other_secrets_are_only_hashed() {
    let provider = Provider::start().await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let party = provider.register(true, json!({ "token_endpoint_auth_method": method })).await;
        let record = provider.accounts.read(move |conn| store::find(conn, &party.id)).await.expect("read");
        let record = record.expect("it is there");
        assert!(record.signing_secret.is_none() && record.secret_hash.is_some());
    }
}

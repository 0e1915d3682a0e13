//! `private_key_jwt` and `client_secret_jwt` (OpenID Connect Core §9, RFC 7523 §3). Which of them, the registration says and
//! never the assertion: a client's public key is no secret (RFC 8725 §2.1).

use super::{failed, store, verify_signature};
use crate::client::Client;
use crate::tokens::TokenError;
use crate::{Provider, endpoints};
use account::secret::sha256;
use account::{Actor, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{MacAlgorithm, SigningAlgorithm, Unverified, VerifyError};
use protocol::ClientAuthMethod;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// How far the client's clock may be from ours, in seconds.
const SKEW_SECONDS: i64 = 30;
/// How long an assertion may live at most, in seconds: we remember each for as long.
const LONGEST_SECONDS: i64 = 3600;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, us: &str) -> bool {
        match self {
            Audience::One(one) => one == us,
            Audience::Many(many) => many.iter().any(|one| one == us),
        }
    }
}

/// The client that signed the assertion. Each assertion is good once.
pub(super) async fn verify(
    provider: &Provider,
    assertion: &str,
    endpoint: &str,
    circumstances: &Actor,
) -> Result<Arc<Client>, TokenError> {
    let unproven = Unverified::read(assertion).map_err(|_| failed("", "the assertion is not a JWT"))?;
    let client_id = unproven.claims.get("sub").and_then(|sub| sub.as_str()).unwrap_or_default().to_owned();
    let client = provider.clients.meet(&provider.accounts, &client_id).await.filter(|client| !client.disabled);
    let client = client.ok_or_else(|| failed(&client_id, "there is no such client"))?;
    let claims = signed_claims(provider, &client, assertion).await?;
    let claims = Claims::deserialize(&claims)
        .map_err(|_| failed(&client_id, "iss, sub, aud, exp or jti is missing or malformed"))?;
    let now = provider.accounts.now();
    if let Some(why) = judge(&claims, &client_id, &provider.issuer, endpoint, now) {
        return Err(failed(&client_id, why));
    }
    let id = URL_SAFE_NO_PAD.encode(sha256(format!("{}:{client_id}:{}", client_id.len(), claims.jti).as_bytes()));
    #[expect(clippy::cast_possible_truncation, reason = "judged to lie within an hour from now")]
    let remembered_until = Timestamp::from_seconds(claims.exp as i64 + SKEW_SECONDS + 1);
    let first = provider.accounts.write(circumstances, move |tx| store::spend(tx, &id, remembered_until)).await?;
    if first { Ok(client) } else { Err(failed(&client_id, "the assertion was used before (jti)")) }
}

/// What the assertion claims, when the client signed it by its method.
async fn signed_claims(
    provider: &Provider,
    client: &Client,
    assertion: &str,
) -> Result<Map<String, Value>, TokenError> {
    let failed = |why: &str| failed(&client.client_id, why);
    match client.token_endpoint_auth_method {
        ClientAuthMethod::PrivateKeyJwt => {
            let registered = client.token_endpoint_auth_signing_alg.as_ref();
            let allowed = registered.map_or(&SigningAlgorithm::ALL[..], std::slice::from_ref);
            let verified = verify_signature(provider, client, assertion, allowed).await;
            verified.map(|verified| verified.claims).map_err(|why| failed(&why.to_string()))
        }
        ClientAuthMethod::ClientSecretJwt => {
            let registered = client.token_endpoint_auth_mac_alg.as_ref();
            let allowed = registered.map_or(&MacAlgorithm::ALL[..], std::slice::from_ref);
            let key = client.mac_key.as_ref().ok_or_else(|| failed("its secret does not open"))?;
            key.verify(assertion, allowed).map_err(|why: VerifyError| failed(&why.to_string()))
        }
        _ => Err(failed("the client is registered with another method")),
    }
}

fn judge(claims: &Claims, client_id: &str, issuer: &str, endpoint: &str, now: Timestamp) -> Option<&'static str> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit in 53 bits for a long time")]
    let (now, skew) = (now.as_seconds() as f64, SKEW_SECONDS as f64);
    #[expect(clippy::cast_precision_loss, reason = "an hour")]
    let longest = LONGEST_SECONDS as f64;
    let us = [issuer.to_owned(), format!("{issuer}{}", endpoints::TOKEN), format!("{issuer}{endpoint}")];
    if claims.iss != client_id || claims.sub != client_id {
        Some("iss and sub are not both the client_id")
    } else if !us.iter().any(|us| claims.aud.names(us)) {
        Some("aud is neither the issuer nor the token endpoint")
    } else if claims.exp <= now - skew {
        Some("the assertion is expired (exp)")
    } else if claims.exp > now + longest + skew {
        Some("exp is more than an hour away")
    } else if claims.nbf.into_iter().chain(claims.iat).any(|from| from > now + skew) {
        Some("the assertion is from the future (nbf or iat)")
    } else if claims.jti.is_empty() || claims.jti.len() > 1000 {
        Some("jti is empty or too long")
    } else {
        None
    }
}

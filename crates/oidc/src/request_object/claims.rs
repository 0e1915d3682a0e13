//! What a request object says of itself as a JWT (RFC 9101 §4, §6.2, §10.8; RFC 7519 §4.1). All of it is optional; what is
//! there must be right.

use account::Timestamp;
use serde_json::{Map, Value};

/// How far the client's clock may be from ours, in seconds.
const SKEW_SECONDS: f64 = 30.0;

/// Judges issuer, audience and times; a sentence on what is wrong.
pub(super) fn judge(claims: &Map<String, Value>, client_id: &str, issuer: &str, now: Timestamp) -> Result<(), String> {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit in 53 bits for a long time")]
    let now = now.as_seconds() as f64;
    let is_client = |value: &Value| value.as_str() == Some(client_id);
    if claims.get("iss").is_some_and(|iss| !is_client(iss)) {
        return Err("its iss is not the client_id".to_owned());
    }
    // An assertion by which the client authenticates has this sub: nobody who gets hold of one may use it here.
    if claims.get("sub").is_some_and(is_client) {
        return Err("its sub is the client_id: that is a client assertion".to_owned());
    }
    let for_us = |aud: &Value| match aud {
        Value::Array(several) => several.iter().any(|one| one.as_str() == Some(issuer)),
        one => one.as_str() == Some(issuer),
    };
    if claims.get("aud").is_some_and(|aud| !for_us(aud)) {
        return Err("its aud is not our issuer".to_owned());
    }
    if seconds(claims, "exp")?.is_some_and(|exp| exp <= now - SKEW_SECONDS) {
        return Err("it is expired (exp)".to_owned());
    }
    for name in ["nbf", "iat"] {
        if seconds(claims, name)?.is_some_and(|from| from > now + SKEW_SECONDS) {
            return Err(format!("it is from the future ({name})"));
        }
    }
    Ok(())
}

fn seconds(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, String> {
    let Some(value) = claims.get(name) else { return Ok(None) };
    value.as_f64().map(Some).ok_or_else(|| format!("{name} must be a number"))
}

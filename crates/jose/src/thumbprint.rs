//! Names for keys that follow from the keys themselves (RFC 7638).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::Engine;
use serde_json::Value;

use crate::BASE64;

/// The SHA-256 thumbprint of a JWK, base64url (RFC 7638 §3; RFC 8037 §2 for `OKP`).
///
/// Only the members that make the key count, so a private key and its public half share it. `None` when the value is
/// not a JWK of a known type or lacks one of those members.
pub fn thumbprint(jwk: &Value) -> Option<String> {
    let required: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "oct" => &["k", "kty"],
        _ => return None,
    };
    // A BTreeMap writes its members in the lexicographic order that the RFC wants.
    let members: BTreeMap<&str, &str> =
        required.iter().map(|name| Some((*name, jwk.get(name)?.as_str()?))).collect::<Option<_>>()?;
    let canonical = serde_json::to_vec(&members).ok()?;
    Some(BASE64.encode(digest::digest(&digest::SHA256, &canonical)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_example_of_rfc_7638() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCi\
                  FV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9\
                  c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1j\
                  F44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29"
        });
        assert_eq!(thumbprint(&jwk).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn the_example_of_rfc_8037() {
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        assert_eq!(thumbprint(&jwk).unwrap(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn what_is_no_key_has_no_thumbprint() {
        for jwk in [json!(null), json!({}), json!({"kty": "RSA", "n": "AQ"}), json!({"kty": "new"}), json!({"kty": 1})]
        {
            assert_eq!(thumbprint(&jwk), None, "{jwk}");
        }
    }
}

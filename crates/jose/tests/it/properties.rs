//! Whatever is thrown at a key set, it answers with an error and does not fall over.

use jose::{KeySet, PrivateKey, SigningAlgorithm, Unverified, thumbprint};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{KEYS, OUR_SET, claims, encode};

const ALL: &[SigningAlgorithm] = &SigningAlgorithm::ALL;

fn any_key() -> impl Strategy<Value = &'static PrivateKey> {
    (0..KEYS.len()).prop_map(|index| &KEYS[index])
}

fn token(key: &PrivateKey) -> String {
    key.sign_compact(Some("at+jwt"), &claims()).unwrap()
}

/// Small JSON values, with the words that JWKs and headers are made of more often than chance would have it.
fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(vec!["RSA", "EC", "OKP", "P-256", "Ed25519", "sig", "ES256", "RS256", "AQAB", ""]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        words.prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|bytes| Value::from(encode(bytes))),
        prop::collection::vec(any::<u8>(), 32).prop_map(|bytes| Value::from(encode(bytes))),
    ];
    let names = prop::sample::select(vec![
        "kty", "crv", "x", "y", "n", "e", "use", "alg", "kid", "key_ops", "keys", "d", "typ", "crit",
    ]);
    leaf.prop_recursive(3, 24, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(names.clone(), inner, 0..8).prop_map(|members| {
                members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn random_text_is_an_error(text in any::<String>()) {
        prop_assert!(OUR_SET.verify(&text, ALL).is_err());
        let _ = Unverified::read(&text);
    }

    #[test]
    fn random_parts_are_an_error(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..100), 0..6)) {
        let text = parts.iter().map(encode).collect::<Vec<_>>().join(".");
        prop_assert!(OUR_SET.verify(&text, ALL).is_err());
    }

    #[test]
    fn random_json_under_a_random_signature_is_an_error(
        header in any_json(),
        payload in any_json(),
        key in any_key(),
        signature in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let named = json!({ "alg": key.algorithm(), "kid": key.kid() });
        for header in [header, named] {
            let text = format!("{}.{}.{}", encode(header.to_string()), encode(payload.to_string()), encode(&signature));
            prop_assert!(OUR_SET.verify(&text, ALL).is_err());
        }
    }

    #[test]
    fn a_changed_bit_is_an_error(key in any_key(), at in any::<prop::sample::Index>(), bit in 0..7_u8) {
        let mut bytes = token(key).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        let text = String::from_utf8(bytes).unwrap();
        prop_assert!(OUR_SET.verify(&text, ALL).is_err());
    }

    #[test]
    fn a_cut_token_is_an_error(key in any_key(), at in any::<prop::sample::Index>()) {
        let token = token(key);
        let at = at.index(token.len());
        prop_assert!(OUR_SET.verify(&token[..at], ALL).is_err());
        prop_assert!(OUR_SET.verify(&token[at + 1..], ALL).is_err());
    }

    #[test]
    fn random_keys_never_panic(jwk in any_json(), kty in prop::sample::select(vec!["RSA", "EC", "OKP"])) {
        let mut typed = jwk.clone();
        if let Some(members) = typed.as_object_mut() {
            members.insert("kty".into(), kty.into());
        }
        for jwk in [jwk, typed] {
            let _ = thumbprint(&jwk);
            let set = KeySet::from_jwks(&json!({ "keys": [jwk] })).unwrap();
            for key in KEYS.iter() {
                prop_assert!(set.verify(&token(key), ALL).is_err());
            }
        }
    }

    #[test]
    fn random_bytes_are_no_private_key(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for algorithm in SigningAlgorithm::ALL {
            prop_assert!(PrivateKey::from_serialised(algorithm, "", &bytes).is_err());
        }
    }
}

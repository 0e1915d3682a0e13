//! Key sets of clients: which keys count, and which of them a token is checked with.

use jose::{KeySet, KeySetError, MAX_KEYS, SigningAlgorithm, VerifyError};
use serde_json::{Value, json};

use crate::{KEYS, claims, encode, key};

const ALL: &[SigningAlgorithm] = &SigningAlgorithm::ALL;

fn set(keys: Value) -> KeySet {
    KeySet::from_jwks(&json!({ "keys": keys })).unwrap()
}

/// The key's JWK with members replaced, or taken away where the value is null.
fn jwk(algorithm: SigningAlgorithm, changes: Value) -> Value {
    let mut jwk = key(algorithm).public_jwk().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(jwk.as_object_mut().unwrap().remove(name)),
            value => jwk[name] = value.clone(),
        }
    }
    jwk
}

fn token(algorithm: SigningAlgorithm) -> String {
    key(algorithm).sign_compact(None, &claims()).unwrap()
}

fn token_without_kid(algorithm: SigningAlgorithm) -> String {
    crate::sign_with_header(key(algorithm), &json!({ "alg": algorithm }).to_string(), claims().to_string().as_bytes())
}

#[test]
fn a_document_that_is_no_key_set_is_an_error() {
    for document in [json!(null), json!([]), json!({}), json!({ "keys": {} }), json!({ "keys": null })] {
        assert_eq!(KeySet::from_jwks(&document).unwrap_err(), KeySetError::Malformed, "{document}");
    }
    assert_eq!(KeySet::from_json(b"{\"keys\":[").unwrap_err(), KeySetError::Malformed);
    assert!(KeySet::from_json(br#"{"keys":[]}"#).unwrap().is_empty());
}

#[test]
fn a_set_is_limited() {
    let many = |count| json!({ "keys": vec![key(SigningAlgorithm::EdDsa).public_jwk(); count] });
    assert!(KeySet::from_jwks(&many(MAX_KEYS)).is_ok());
    assert_eq!(KeySet::from_jwks(&many(MAX_KEYS + 1)).unwrap_err(), KeySetError::TooManyKeys);
}

#[test]
fn keys_we_cannot_use_are_passed_over_and_the_others_work() {
    use SigningAlgorithm::{EdDsa, Es256, Rs256};
    let unusable = [
        json!(null),
        json!("key"),
        json!({}),
        json!({ "kty": 7 }),
        json!({ "kty": "new" }),
        json!({ "kty": "oct", "k": "AAAA" }),
        json!({ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }),
        json!({ "kty": "OKP", "crv": "X25519", "x": encode([1; 32]) }),
        jwk(Es256, json!({ "use": "enc" })),
        jwk(Es256, json!({ "use": 1 })),
        jwk(Es256, json!({ "key_ops": ["sign"] })),
        jwk(Es256, json!({ "alg": "ES384" })),
        jwk(Es256, json!({ "alg": "RS256" })),
        jwk(Es256, json!({ "alg": "ECDH-ES" })),
        jwk(Es256, json!({ "crv": null })),
        jwk(Es256, json!({ "crv": "secp256k1" })),
        jwk(Es256, json!({ "y": null })),
        jwk(Es256, json!({ "x": encode([1; 32]) })),
        jwk(Es256, json!({ "x": encode([1; 31]) })),
        jwk(Es256, json!({ "x": "?" })),
        jwk(Es256, json!({ "d": encode([1; 32]) })),
        jwk(EdDsa, json!({ "x": encode([1; 31]) })),
        jwk(EdDsa, json!({ "x": "" })),
        jwk(EdDsa, json!({ "d": encode([1; 32]) })),
        jwk(Rs256, json!({ "n": "" })),
        jwk(Rs256, json!({ "n": "AAAA" })),
        jwk(Rs256, json!({ "e": "" })),
        jwk(Rs256, json!({ "alg": "RS512" })),
        jwk(Rs256, json!({ "alg": "RSA-OAEP" })),
        jwk(Rs256, json!({ "kid": 5 })),
    ];
    for jwk in &unusable {
        assert!(set(json!([jwk])).is_empty(), "{jwk}");
    }
    let mut keys = unusable.to_vec();
    keys.push(key(Es256).public_jwk().clone());
    set(json!(keys)).verify(&token(Es256), ALL).unwrap();
}

#[test]
fn rsa_keys_must_have_2048_to_8192_bits() {
    let modulus = |bits: usize| {
        let mut bytes = vec![0xff; bits.div_ceil(8)];
        if !bits.is_multiple_of(8) {
            bytes[0] = 0xff >> (8 - bits % 8);
        }
        set(json!([{ "kty": "RSA", "n": encode(bytes), "e": "AQAB" }])).supports(SigningAlgorithm::Rs256)
    };
    assert_eq!(
        [512, 1024, 2047, 2048, 4096, 8192, 8193, 16384].map(modulus),
        [false, false, false, true, true, true, false, false]
    );
}

#[test]
fn an_rsa_key_with_a_leading_zero_byte_is_the_same_key() {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let n = engine.decode(key(SigningAlgorithm::Rs256).public_jwk()["n"].as_str().unwrap()).unwrap();
    let jwk = jwk(SigningAlgorithm::Rs256, json!({ "n": encode([&[0], n.as_slice()].concat()) }));
    set(json!([jwk])).verify(&token(SigningAlgorithm::Rs256), ALL).unwrap();
}

#[test]
fn a_token_without_kid_is_tried_with_every_key_that_fits() {
    let keys: Vec<_> = KEYS.iter().map(|key| key.public_jwk().clone()).collect();
    for algorithm in SigningAlgorithm::ALL {
        set(json!(keys)).verify(&token_without_kid(algorithm), ALL).unwrap();
    }
    let others = set(json!([key(SigningAlgorithm::EdDsa).public_jwk()]));
    assert_eq!(
        others.verify(&token_without_kid(SigningAlgorithm::Es256), ALL),
        Err(VerifyError::UnknownKey { kid: None })
    );
}

#[test]
fn a_token_that_names_its_key_is_tried_with_that_one_or_with_nameless_ones() {
    use SigningAlgorithm::Es256;
    let kid = key(Es256).kid().to_owned();
    let unknown = Err(VerifyError::UnknownKey { kid: Some(kid.clone()) });
    // the right key under another name
    assert_eq!(set(json!([jwk(Es256, json!({ "kid": "other" }))])).verify(&token(Es256), ALL), unknown);
    // the right key without a name
    assert!(set(json!([jwk(Es256, json!({ "kid": null }))])).verify(&token(Es256), ALL).is_ok());
    // a wrong key without a name leaves the question open: the set may be old
    let stranger = jose::PrivateKey::generate(Es256).unwrap();
    let mut nameless = stranger.public_jwk().clone();
    nameless.as_object_mut().unwrap().remove("kid");
    assert_eq!(set(json!([nameless])).verify(&token(Es256), ALL), unknown);
    // a wrong key under the right name does not, even beside the right one without a name
    nameless["kid"] = kid.into();
    let both = set(json!([nameless, jwk(Es256, json!({ "kid": null }))]));
    assert_eq!(both.verify(&token(Es256), ALL), Err(VerifyError::BadSignature));
    // nothing at all
    assert_eq!(set(json!([])).verify(&token(Es256), ALL), unknown);
}

#[test]
fn an_rsa_key_is_for_one_padding_unless_it_leaves_that_open() {
    use SigningAlgorithm::{Ps256, Rs256};
    let kid = key(Rs256).kid();
    // The same RSA key signs in the other way, by josekit.
    let pair = josekit::jwk::alg::rsa::RsaKeyPair::from_der(&*key(Rs256).to_pkcs8().unwrap()).unwrap();
    let mut private = pair.to_jwk_private_key();
    private.set_algorithm("PS256");
    let signer = josekit::jws::PS256.signer_from_jwk(&private).unwrap();
    let mut header = josekit::jws::JwsHeader::new();
    header.set_key_id(kid);
    let pss = josekit::jws::serialize_compact(b"{}", &header, &signer).unwrap();

    let bound = set(json!([key(Rs256).public_jwk()]));
    assert_eq!(bound.verify(&pss, ALL), Err(VerifyError::UnsupportedAlgorithm));
    let open = set(json!([jwk(Rs256, json!({ "alg": null }))]));
    assert_eq!(open.verify(&pss, ALL).unwrap().header.alg, Ps256);
    assert_eq!(open.verify(&token(Rs256), ALL).unwrap().header.alg, Rs256);
}

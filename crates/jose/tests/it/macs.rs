//! Signatures with a shared secret, made by josekit.

use jose::{MacAlgorithm, MacKey, VerifyError};
use josekit::jws::{HS256, HS384, HS512, JwsHeader};
use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::{claims, encode, key};

const ALL: &[MacAlgorithm] = &MacAlgorithm::ALL;
const SECRET: &str = "a secret that has 64 bytes, so that HMAC takes it just as it is.";

fn signed(algorithm: MacAlgorithm, secret: &str) -> String {
    let hmac = match algorithm {
        MacAlgorithm::Hs256 => HS256,
        MacAlgorithm::Hs384 => HS384,
        MacAlgorithm::Hs512 => HS512,
    };
    let signer = hmac.signer_from_bytes(secret.as_bytes()).unwrap();
    josekit::jws::serialize_compact(claims().to_string().as_bytes(), &JwsHeader::new(), &signer).unwrap()
}

fn verify(token: &str) -> Result<Map<String, Value>, VerifyError> {
    MacKey::new(SECRET).verify(token, ALL)
}

#[test]
fn we_verify_what_josekit_signs_with_the_secret() {
    for algorithm in MacAlgorithm::ALL {
        let token = signed(algorithm, SECRET);
        assert_eq!(verify(&token).map(Value::Object), Ok(claims()));
        for other in MacAlgorithm::ALL.into_iter().filter(|other| *other != algorithm) {
            let refused = MacKey::new(SECRET).verify(&token, &[other]);
            assert_eq!(refused, Err(VerifyError::UnsupportedAlgorithm));
        }
        assert_eq!(verify(&signed(algorithm, &SECRET.to_uppercase())), Err(VerifyError::BadSignature));
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
    }
}

#[test]
fn a_secret_that_is_too_short_verifies_nothing() {
    for (algorithm, length) in [(MacAlgorithm::Hs384, 47), (MacAlgorithm::Hs512, 63)] {
        let short = &SECRET[..length];
        // josekit wants the same, so the token is signed with more: it is not even looked at.
        let refused = MacKey::new(short).verify(&signed(algorithm, SECRET), ALL);
        assert_eq!(refused, Err(VerifyError::UnsupportedAlgorithm));
    }
    let refused = MacKey::new(&SECRET[..31]).verify(&signed(MacAlgorithm::Hs256, SECRET), ALL);
    assert_eq!(refused, Err(VerifyError::UnsupportedAlgorithm));
}

#[test]
fn other_algorithms_are_none_of_this() {
    for algorithm in jose::SigningAlgorithm::ALL {
        let token = key(algorithm).sign_compact(None, &claims()).unwrap();
        assert_eq!(verify(&token), Err(VerifyError::UnsupportedAlgorithm));
    }
    for alg in ["none", "hs256", "", "HS1"] {
        let header = encode(format!(r#"{{"alg":"{alg}"}}"#));
        assert_eq!(verify(&format!("{header}.{}.", encode("{}"))), Err(VerifyError::UnsupportedAlgorithm));
    }
    assert!(!format!("{:?}", MacKey::new(SECRET)).contains("secret"));
}

proptest! {
    #[test]
    fn no_text_is_a_signed_token(text in "\\PC*") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn a_changed_token_is_refused(at in any::<prop::sample::Index>(), by in "[A-Za-z0-9_.-]") {
        let token = signed(MacAlgorithm::Hs256, SECRET);
        let at = at.index(token.len());
        let changed = format!("{}{by}{}", &token[..at], &token[at + 1..]);
        prop_assume!(changed != token);
        prop_assert!(verify(&changed).is_err());
    }
}

//! Private keys: their names, their public halves, and the way into a sealed row and back.

use jose::{KeyError, KeySet, PrivateKey, SignError, SigningAlgorithm, thumbprint};
use serde::Serialize;

use crate::{KEYS, OUR_SET, claims};

#[test]
fn a_key_comes_back_from_its_bytes_as_itself() {
    for key in KEYS.iter() {
        let bytes = key.to_pkcs8().unwrap();
        let again = PrivateKey::from_serialised(key.algorithm(), key.kid(), &bytes).unwrap();
        assert_eq!(again.kid(), key.kid());
        assert_eq!(again.public_jwk(), key.public_jwk());
        OUR_SET.verify(&again.sign_compact(None, &claims()).unwrap(), &[key.algorithm()]).unwrap();
    }
}

#[test]
fn bytes_of_another_key_or_kind_are_refused() {
    for key in KEYS.iter() {
        let bytes = key.to_pkcs8().unwrap();
        for other in KEYS.iter().filter(|other| other.kid() != key.kid()) {
            assert!(PrivateKey::from_serialised(other.algorithm(), other.kid(), &bytes).is_err());
        }
        let wrong_name = PrivateKey::from_serialised(key.algorithm(), "another", &bytes);
        assert_eq!(wrong_name.unwrap_err(), KeyError::KidMismatch);
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            let error = PrivateKey::from_serialised(key.algorithm(), key.kid(), &bytes[..cut]).unwrap_err();
            assert_eq!(error, KeyError::Rejected);
        }
    }
}

#[test]
fn the_public_jwk_has_the_public_members_and_no_others() {
    for key in KEYS.iter() {
        let jwk = key.public_jwk();
        let mut members: Vec<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        let expected: &[&str] = match key.algorithm() {
            SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 => &["alg", "e", "kid", "kty", "n", "use"],
            SigningAlgorithm::Es256 => &["alg", "crv", "kid", "kty", "use", "x", "y"],
            SigningAlgorithm::EdDsa => &["alg", "crv", "kid", "kty", "use", "x"],
        };
        assert_eq!(members, expected);
        assert_eq!(jwk["alg"], key.algorithm().as_str());
        assert_eq!(jwk["use"], "sig");
        assert_eq!(jwk["kid"], key.kid());
        assert_eq!(thumbprint(jwk).as_deref(), Some(key.kid()));
        if jwk["kty"] == "RSA" {
            assert_eq!(jwk["e"], "AQAB");
            assert_eq!(jwk["n"].as_str().unwrap().len(), 342, "2048 bits without a sign byte");
        }
    }
}

#[test]
fn a_key_prints_its_name_and_nothing_of_itself() {
    for key in KEYS.iter() {
        assert_eq!(
            format!("{key:?}"),
            format!("PrivateKey {{ algorithm: {:?}, kid: {:?}, .. }}", key.algorithm(), key.kid())
        );
    }
}

#[test]
fn a_retired_key_verifies_by_its_public_jwk() {
    for key in KEYS.iter() {
        let set = KeySet::ours([], [key.public_jwk()]).unwrap();
        set.verify(&key.sign_compact(None, &claims()).unwrap(), &[key.algorithm()]).unwrap();
    }
}

#[test]
fn keys_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<PrivateKey>();
    shared::<KeySet>();
}

#[test]
fn claims_without_a_json_form_are_an_error() {
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    struct NotAName(Vec<u8>);
    let claims = std::collections::BTreeMap::from([(NotAName(vec![1]), 1)]);
    assert!(matches!(KEYS[0].sign_compact(None, &claims), Err(SignError::Claims(_))));
}

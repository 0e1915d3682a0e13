//! Tokens travel between us and josekit's own OpenSSL signers, both ways.

use jose::{KeySet, SigningAlgorithm};
use josekit::jwk::Jwk;
use josekit::jws::{self, JwsHeader, JwsSigner, JwsVerifier};
use serde_json::json;

use crate::{KEYS, OUR_SET, claims, key, sign_with_header};

fn josekit_verifier(algorithm: SigningAlgorithm, jwk: &Jwk) -> Box<dyn JwsVerifier> {
    match algorithm {
        SigningAlgorithm::Rs256 => Box::new(jws::RS256.verifier_from_jwk(jwk).unwrap()),
        SigningAlgorithm::Ps256 => Box::new(jws::PS256.verifier_from_jwk(jwk).unwrap()),
        SigningAlgorithm::Es256 => Box::new(jws::ES256.verifier_from_jwk(jwk).unwrap()),
        SigningAlgorithm::EdDsa => Box::new(jws::EdDSA.verifier_from_jwk(jwk).unwrap()),
    }
}

fn josekit_pair(algorithm: SigningAlgorithm) -> (Box<dyn JwsSigner>, Jwk) {
    match algorithm {
        SigningAlgorithm::Rs256 => {
            let pair = jws::RS256.generate_key_pair(2048).unwrap();
            (Box::new(jws::RS256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap()), pair.to_jwk_public_key())
        }
        SigningAlgorithm::Ps256 => {
            let pair = jws::PS256.generate_key_pair(2048).unwrap();
            (Box::new(jws::PS256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap()), pair.to_jwk_public_key())
        }
        SigningAlgorithm::Es256 => {
            let pair = jws::ES256.generate_key_pair().unwrap();
            (Box::new(jws::ES256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap()), pair.to_jwk_public_key())
        }
        SigningAlgorithm::EdDsa => {
            let pair = jws::EdDSA.generate_key_pair(josekit::jwk::alg::ed::EdCurve::Ed25519).unwrap();
            (Box::new(jws::EdDSA.signer_from_jwk(&pair.to_jwk_private_key()).unwrap()), pair.to_jwk_public_key())
        }
    }
}

#[test]
fn josekit_verifies_what_we_sign() {
    for key in KEYS.iter() {
        let jwk = Jwk::from_map(key.public_jwk().as_object().unwrap().clone()).unwrap();
        let verifier = josekit_verifier(key.algorithm(), &jwk);
        for typ in [None, Some("at+jwt"), Some("JWT"), Some("something \"else\"")] {
            let token = key.sign_compact(typ, &claims()).unwrap();
            let (payload, header) = jws::deserialize_compact(&token, &*verifier).unwrap();
            assert_eq!(serde_json::from_slice::<serde_json::Value>(&payload).unwrap(), claims());
            assert_eq!(header.algorithm(), Some(key.algorithm().as_str()));
            assert_eq!(header.key_id(), Some(key.kid()));
            assert_eq!(header.token_type(), typ);
        }
    }
}

#[test]
fn we_verify_what_josekit_signs() {
    for algorithm in SigningAlgorithm::ALL {
        let (signer, jwk) = josekit_pair(algorithm);
        let mut header = JwsHeader::new();
        header.set_token_type("JWT");
        let payload = serde_json::to_vec(&claims()).unwrap();
        let token = jws::serialize_compact(&payload, &header, &*signer).unwrap();

        let set = KeySet::from_jwks(&json!({ "keys": [jwk] })).unwrap();
        let verified = set.verify(&token, &[algorithm]).unwrap();
        assert_eq!(serde_json::Value::Object(verified.claims), claims());
        assert_eq!((verified.header.alg, verified.header.kid.as_deref()), (algorithm, None));
        assert!(verified.header.is_type("jwt"));
    }
}

#[test]
fn we_verify_what_we_sign_and_what_josekit_signs_with_our_keys() {
    for algorithm in SigningAlgorithm::ALL {
        let header = json!({ "alg": algorithm, "kid": key(algorithm).kid(), "jku": "https://evil.test" }).to_string();
        let theirs = sign_with_header(key(algorithm), &header, claims().to_string().as_bytes());
        let ours = key(algorithm).sign_compact(Some("at+jwt"), &claims()).unwrap();
        for token in [theirs, ours] {
            assert_eq!(serde_json::Value::Object(OUR_SET.verify(&token, &[algorithm]).unwrap().claims), claims());
        }
    }
}

/// RFC 7515 appendix A.3: a token that none of these libraries made.
#[test]
fn the_es256_example_of_rfc_7515_verifies() {
    let set = KeySet::from_jwks(&json!({ "keys": [{
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    }] }))
    .unwrap();
    let token = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert_eq!(set.verify(token, &[SigningAlgorithm::Es256]).unwrap().claims["iss"], "joe");
}

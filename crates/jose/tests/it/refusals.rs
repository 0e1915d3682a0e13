//! Tokens that are not in order, one defect each.

use jose::{MAX_TOKEN_BYTES, SigningAlgorithm, Unverified, VerifyError};
use serde_json::json;

use crate::{KEYS, OUR_SET, claims, encode, key, sign_with_header};

const ALL: &[SigningAlgorithm] = &SigningAlgorithm::ALL;

fn refused(token: &str) -> VerifyError {
    OUR_SET.verify(token, ALL).unwrap_err()
}

#[test]
fn tokens_of_the_wrong_form_are_malformed() {
    let good = key(SigningAlgorithm::Es256).sign_compact(None, &claims()).unwrap();
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else { panic!() };
    let too_long = format!("{header}.{}.{signature}", "A".repeat(MAX_TOKEN_BYTES));
    let matrix = [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        header.into(),
        format!("{header}.{payload}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{header}..{payload}.{signature}.AAAA"),
        format!(".{payload}.{signature}"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}.{signature}=="),
        format!("{header}.{payload}.{signature} "),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{header}.{payload}.é"),
        format!("{header}.{payload}.{}", signature.replace(['-', '_'], "+") + "+"),
        too_long,
    ];
    for token in matrix {
        assert_eq!(refused(&token), VerifyError::Malformed, "{token:.300}");
        assert_eq!(Unverified::read(&token), Err(VerifyError::Malformed), "{token:.300}");
    }
}

#[test]
fn headers_of_the_wrong_form_are_malformed_even_when_signed() {
    let key = key(SigningAlgorithm::Es256);
    let kid = key.kid();
    let headers = [
        String::new(),
        "null".into(),
        "[]".into(),
        "\"ES256\"".into(),
        "{".into(),
        "{}".into(),
        format!(r#"["ES256", "{kid}"]"#),
        format!(r#" ["ES256", "{kid}", "JWT"]"#),
        r#"{"alg":null}"#.into(),
        r#"{"alg":["ES256"]}"#.into(),
        r#"{"alg":"ES256","kid":7}"#.into(),
        r#"{"alg":"ES256","kid":null}"#.into(),
        r#"{"alg":"ES256","typ":{}}"#.into(),
        r#"{"alg":"ES256","alg":"ES256"}"#.into(),
        format!(r#"{{"alg":"ES256","kid":"{kid}","crit":["exp"]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","crit":[]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","crit":null}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}","b64":false,"crit":["b64"]}}"#),
        format!(r#"{{"alg":"ES256","kid":"{kid}"}} x"#),
        "[".repeat(10_000),
    ];
    for header in headers {
        let token = sign_with_header(key, &header, b"{}");
        assert_eq!(refused(&token), VerifyError::Malformed, "{header:.100}");
    }
    assert!(OUR_SET.verify(&sign_with_header(key, r#" {"alg":"ES256"}"#, b"{}"), ALL).is_ok());
}

#[test]
fn claims_that_are_no_object_are_malformed_even_when_signed() {
    let key = key(SigningAlgorithm::EdDsa);
    let nested = "{\"a\":".repeat(10_000);
    let payloads = ["", "null", "[]", "7", "\"a\"", "{", "{}{}", "{\"a\":1,}", &nested];
    for payload in payloads.map(str::as_bytes).into_iter().chain([b"{\"a\":\"\xff\"}".as_slice()]) {
        let token = sign_with_header(key, r#"{"alg":"EdDSA"}"#, payload);
        assert_eq!(refused(&token), VerifyError::Malformed, "{payload:.40?}");
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let input = format!("{}.{}", encode(json!({ "alg": alg }).to_string()), encode("{}"));
        assert_eq!(refused(&format!("{input}.")), VerifyError::UnsupportedAlgorithm, "{alg:?}");
        assert_eq!(refused(&format!("{input}.{}", encode([0; 64]))), VerifyError::UnsupportedAlgorithm, "{alg:?}");
    }
    for key in KEYS.iter() {
        let token = key.sign_compact(None, &claims()).unwrap();
        let (input, _) = token.rsplit_once('.').unwrap();
        assert_eq!(refused(&format!("{input}.")), VerifyError::BadSignature);
    }
}

/// The classic confusion: a public key used as the secret of an HMAC (RFC 8725 §2.1).
#[test]
fn a_public_key_is_never_the_secret_of_an_hmac() {
    for key in KEYS.iter() {
        let jwk = josekit::jwk::Jwk::from_map(key.public_jwk().as_object().unwrap().clone()).unwrap();
        let member = |name| key.public_jwk()[name].as_str().map(str::to_owned).unwrap_or_default().into_bytes();
        let pem = match key.algorithm() {
            SigningAlgorithm::Es256 => {
                josekit::jws::ES256.key_pair_from_der(&*key.to_pkcs8().unwrap()).unwrap().to_pem_public_key()
            }
            SigningAlgorithm::EdDsa => {
                josekit::jws::EdDSA.key_pair_from_der(&*key.to_pkcs8().unwrap()).unwrap().to_pem_public_key()
            }
            _ => josekit::jws::RS256.key_pair_from_der(&*key.to_pkcs8().unwrap()).unwrap().to_pem_public_key(),
        };
        for secret in [pem, jwk.to_string().into_bytes(), member("n"), member("x")] {
            if secret.len() < 32 {
                continue;
            }
            for hmac in [josekit::jws::HS256, josekit::jws::HS384, josekit::jws::HS512] {
                let Ok(signer) = hmac.signer_from_bytes(&secret) else { continue };
                let mut header = josekit::jws::JwsHeader::new();
                header.set_key_id(key.kid());
                let token = josekit::jws::serialize_compact(b"{}", &header, &signer).unwrap();
                assert_eq!(refused(&token), VerifyError::UnsupportedAlgorithm);
            }
        }
    }
}

#[test]
fn only_the_allowed_algorithms_pass() {
    for key in KEYS.iter() {
        let token = key.sign_compact(None, &claims()).unwrap();
        let others: Vec<_> = SigningAlgorithm::ALL.into_iter().filter(|other| *other != key.algorithm()).collect();
        assert_eq!(OUR_SET.verify(&token, &others), Err(VerifyError::UnsupportedAlgorithm));
        assert_eq!(OUR_SET.verify(&token, &[]), Err(VerifyError::UnsupportedAlgorithm));
    }
}

#[test]
fn a_header_that_names_another_algorithm_than_the_key_has_is_refused() {
    for key in KEYS.iter() {
        for other in SigningAlgorithm::ALL.into_iter().filter(|other| *other != key.algorithm()) {
            let named = sign_with_header(key, &json!({ "alg": other, "kid": key.kid() }).to_string(), b"{}");
            assert_eq!(refused(&named), VerifyError::UnsupportedAlgorithm);
            let nameless = sign_with_header(key, &json!({ "alg": other }).to_string(), b"{}");
            assert_eq!(refused(&nameless), VerifyError::BadSignature);
        }
    }
}

#[test]
fn an_ecdsa_signature_in_der_or_of_zeros_is_refused() {
    // CVE-2022-21449 let r = s = 0 pass in a well-known library.
    let token = key(SigningAlgorithm::Es256).sign_compact(None, &claims()).unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let order = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad,
        0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let der = [&[0x30, 0x44, 2, 0x20][..], &[1; 32], &[2, 0x20], &[1; 32]].concat();
    for signature in [vec![0; 64], vec![0; 63], vec![0; 65], vec![], der, [order, order].concat()] {
        assert_eq!(refused(&format!("{input}.{}", encode(signature))), VerifyError::BadSignature);
    }
}

#[test]
fn a_token_can_be_read_before_it_is_believed() {
    let token = key(SigningAlgorithm::Es256).sign_compact(Some("JWT"), &claims()).unwrap();
    let (input, _) = token.rsplit_once('.').unwrap();
    let read = Unverified::read(&format!("{input}.AAAA")).unwrap();
    assert_eq!(read.claims["sub"], "5");
    assert_eq!((read.alg.as_str(), read.typ.as_deref()), ("ES256", Some("JWT")));
    assert_eq!(read.kid.as_deref(), Some(key(SigningAlgorithm::Es256).kid()));
}

#[test]
fn claims_are_read_as_a_type_or_refused() {
    #[derive(serde::Deserialize)]
    struct Subject {
        sub: String,
    }
    let token = key(SigningAlgorithm::Es256).sign_compact(None, &claims()).unwrap();
    let verified = OUR_SET.verify(&token, ALL).unwrap();
    assert_eq!(verified.claims_as::<Subject>().unwrap().sub, "5");
    assert_eq!(verified.claims_as::<Vec<u8>>(), Err(VerifyError::Malformed));
}

#[test]
fn errors_do_not_repeat_what_a_stranger_sent() {
    let error = VerifyError::UnknownKey { kid: Some("line\nbreak".into()) };
    assert_eq!(error.to_string(), "no key of the key set fits the token");
}

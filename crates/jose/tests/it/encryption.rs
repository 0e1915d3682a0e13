//! Encrypted tokens travel between us and josekit's own OpenSSL, both ways, with each algorithm.

use std::sync::{Arc, LazyLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{
    ContentEncryption, DecryptError, DecryptionKey, DecryptionKeys, EncryptionKey, KeyKind, KeyManagement, KeySet,
};
use josekit::jwe::{
    ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweContext, JweDecrypter, JweEncrypter, JweHeader, RSA_OAEP, RSA_OAEP_256,
};
use josekit::jwk::Jwk;
use josekit::jwk::alg::{ec::EcCurve, ecx::EcxCurve};
use serde_json::{Value, json};

pub const ALL: &[KeyManagement] = &KeyManagement::ALL;
pub const BOTH: &[ContentEncryption] = &ContentEncryption::ALL;

/// Our own keys that others encrypt to, of each kind.
pub static OURS: LazyLock<Vec<Arc<DecryptionKey>>> =
    LazyLock::new(|| KeyKind::ALL.map(|kind| Arc::new(DecryptionKey::generate(kind).unwrap())).into());

pub fn our_keys() -> DecryptionKeys {
    DecryptionKeys::new(OURS.clone())
}

/// What we publish for others to encrypt to.
pub fn our_jwks() -> Value {
    json!({ "keys": OURS.iter().map(|key| key.public_jwk()).collect::<Vec<_>>() })
}

pub fn our_jwk(algorithm: KeyManagement) -> Value {
    OURS.iter().find(|key| key.kind() == KeyKind::of(algorithm)).unwrap().public_jwk().clone()
}

/// The key of a set that we would encrypt to.
pub fn chosen(jwks: &Value, algorithm: KeyManagement) -> Option<EncryptionKey> {
    KeySet::from_jwks(jwks).ok()?.encryption_key(algorithm)
}

/// A token for us, made by the other library with a header of the test's own.
pub fn made_by_josekit(algorithm: KeyManagement, header: &Value, content: &[u8]) -> String {
    let jwk = Jwk::from_map(our_jwk(algorithm).as_object().unwrap().clone()).unwrap();
    let encrypter: Box<dyn JweEncrypter> = match algorithm {
        KeyManagement::RsaOaep => Box::new(RSA_OAEP.encrypter_from_jwk(&jwk).unwrap()),
        KeyManagement::RsaOaep256 => Box::new(RSA_OAEP_256.encrypter_from_jwk(&jwk).unwrap()),
        KeyManagement::EcdhEs => Box::new(ECDH_ES.encrypter_from_jwk(&jwk).unwrap()),
        KeyManagement::EcdhEsA128Kw => Box::new(ECDH_ES_A128KW.encrypter_from_jwk(&jwk).unwrap()),
        KeyManagement::EcdhEsA256Kw => Box::new(ECDH_ES_A256KW.encrypter_from_jwk(&jwk).unwrap()),
    };
    let header = JweHeader::from_map(header.as_object().unwrap().clone()).unwrap();
    JweContext::new().serialize_compact(content, &header, &*encrypter).unwrap()
}

fn read_by_josekit(algorithm: KeyManagement, private: &Jwk, token: &str) -> (String, JweHeader) {
    let decrypter: Box<dyn JweDecrypter> = match algorithm {
        KeyManagement::RsaOaep => Box::new(RSA_OAEP.decrypter_from_jwk(private).unwrap()),
        KeyManagement::RsaOaep256 => Box::new(RSA_OAEP_256.decrypter_from_jwk(private).unwrap()),
        KeyManagement::EcdhEs => Box::new(ECDH_ES.decrypter_from_jwk(private).unwrap()),
        KeyManagement::EcdhEsA128Kw => Box::new(ECDH_ES_A128KW.decrypter_from_jwk(private).unwrap()),
        KeyManagement::EcdhEsA256Kw => Box::new(ECDH_ES_A256KW.decrypter_from_jwk(private).unwrap()),
    };
    let (content, header) = JweContext::new().deserialize_compact(token, &*decrypter).unwrap();
    (String::from_utf8(content).unwrap(), header)
}

/// Private and public halves, made by the other library: each key that a client may have for this algorithm.
fn client_keys(algorithm: KeyManagement) -> Vec<(Jwk, Jwk)> {
    match KeyKind::of(algorithm) {
        KeyKind::Rsa => {
            let pair = josekit::jwk::alg::rsa::RsaKeyPair::generate(2048).unwrap();
            vec![(pair.to_jwk_private_key(), pair.to_jwk_public_key())]
        }
        KeyKind::P256 => {
            let curves = [EcCurve::P256, EcCurve::P384, EcCurve::P521];
            let ec = curves.map(|curve| ECDH_ES.generate_ec_key_pair(curve).unwrap());
            let mut keys: Vec<_> =
                ec.into_iter().map(|pair| (pair.to_jwk_private_key(), pair.to_jwk_public_key())).collect();
            let x25519 = ECDH_ES.generate_ecx_key_pair(EcxCurve::X25519).unwrap();
            keys.push((x25519.to_jwk_private_key(), x25519.to_jwk_public_key()));
            for (private, public) in &mut keys {
                private.set_algorithm(algorithm.as_str());
                public.set_algorithm(algorithm.as_str());
            }
            keys
        }
    }
}

#[test]
fn we_read_what_josekit_encrypts() {
    for algorithm in KeyManagement::ALL {
        for encryption in ContentEncryption::ALL {
            let header = json!({ "enc": encryption, "cty": "JWT", "apu": "QWxpY2U", "apv": "Qm9i" });
            let token = made_by_josekit(algorithm, &header, "a.b.c é".as_bytes());
            let read = our_keys().decrypt(&token, ALL, BOTH).unwrap();
            assert_eq!((read.alg, read.enc), (algorithm, encryption));
            assert_eq!((read.content.as_str(), read.cty.as_deref()), ("a.b.c é", Some("JWT")));
        }
    }
}

#[test]
fn josekit_reads_what_we_encrypt() {
    for algorithm in KeyManagement::ALL {
        for (private, mut public) in client_keys(algorithm) {
            public.set_key_id("theirs");
            let jwks = json!({ "keys": [public] });
            for encryption in ContentEncryption::ALL {
                let key = chosen(&jwks, algorithm).unwrap();
                let long = "word ".repeat(3000);
                for content in ["", "x", "sixteen letters.", &long] {
                    let token = key.encrypt(encryption, Some("JWT"), content).unwrap();
                    let (read, header) = read_by_josekit(algorithm, &private, &token);
                    assert_eq!(read, content);
                    assert_eq!((header.key_id(), header.content_type()), (Some("theirs"), Some("JWT")));
                    assert_eq!(header.algorithm(), Some(algorithm.as_str()));
                    assert_eq!(header.content_encryption(), Some(encryption.as_str()));
                }
            }
        }
    }
}

#[test]
fn we_read_what_we_encrypt_to_ourselves() {
    for algorithm in KeyManagement::ALL {
        for encryption in ContentEncryption::ALL {
            let key = chosen(&our_jwks(), algorithm).unwrap();
            let token = key.encrypt(encryption, None, "content").unwrap();
            assert_ne!(token, key.encrypt(encryption, None, "content").unwrap(), "each with a key of its own");
            assert_eq!(our_keys().decrypt(&token, &[algorithm], &[encryption]).unwrap().content, "content");
        }
    }
}

#[test]
fn a_key_survives_its_storage() {
    for key in OURS.iter() {
        let stored = key.to_pkcs8().unwrap();
        let read = DecryptionKey::from_serialised(key.kind(), key.kid(), &stored).unwrap();
        assert_eq!(read.public_jwk(), key.public_jwk());
        assert!(DecryptionKey::from_serialised(key.kind(), "another", &stored).is_err());
        for other in KeyKind::ALL.into_iter().filter(|kind| *kind != key.kind()) {
            assert!(DecryptionKey::from_serialised(other, key.kid(), &stored).is_err());
        }
        assert_eq!(key.public_jwk()["use"], "enc");
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            assert!(key.public_jwk()[member].is_null(), "{member}");
        }
        assert!(!format!("{key:?}").contains("secret"));
    }
}

#[test]
fn a_retired_key_goes_on_reading_and_a_withdrawn_one_does_not() {
    let new = Arc::new(DecryptionKey::generate(KeyKind::P256).unwrap());
    let token = chosen(&our_jwks(), KeyManagement::EcdhEs).unwrap();
    let token = token.encrypt(ContentEncryption::A256Gcm, None, "old").unwrap();
    let mut keys = vec![Arc::clone(&new)];
    assert_eq!(DecryptionKeys::new(keys.clone()).decrypt(&token, ALL, BOTH), Err(DecryptError));
    keys.extend(OURS.iter().cloned());
    assert_eq!(DecryptionKeys::new(keys).decrypt(&token, ALL, BOTH).unwrap().content, "old");
}

#[test]
fn the_key_is_chosen_by_what_it_says_it_is_for() {
    let jwk = |change: Value| {
        let mut jwk = our_jwk(KeyManagement::EcdhEs);
        jwk.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        jwk.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        jwk
    };
    let kid = |keys: Value| {
        let key = chosen(&json!({ "keys": keys }), KeyManagement::EcdhEs)?;
        let token = key.encrypt(ContentEncryption::A256Gcm, None, "").unwrap();
        let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        let header: Value = serde_json::from_slice(&header).unwrap();
        Some(header["kid"].as_str().unwrap_or("-").to_owned())
    };
    let open = jwk(json!({ "use": null, "kid": "open" }));
    let signs = jwk(json!({ "use": "sig", "kid": "sig" }));
    let encrypts = jwk(json!({ "kid": "enc" }));
    assert_eq!(kid(json!([open, signs, encrypts])).as_deref(), Some("enc"));
    assert_eq!(kid(json!([signs, open])).as_deref(), Some("open"));
    assert_eq!(kid(json!([signs])), None);
    assert_eq!(kid(json!([jwk(json!({ "alg": "ECDH-ES+A256KW" }))])), None, "another algorithm");
    assert_eq!(kid(json!([jwk(json!({ "alg": "ECDH-ES", "kid": null }))])).as_deref(), Some("-"));
    assert_eq!(kid(json!([jwk(json!({ "key_ops": ["verify"] }))])), None);
    assert!(kid(json!([jwk(json!({ "key_ops": ["deriveKey"] }))])).is_some());
    assert_eq!(kid(json!([jwk(json!({ "d": "AAAA" }))])), None, "a private key");
    assert_eq!(kid(json!([jwk(json!({ "crv": "secp256k1" }))])), None);
    assert_eq!(kid(json!([jwk(json!({ "x": "AAAA" }))])), None);
    assert_eq!(kid(json!([our_jwk(KeyManagement::RsaOaep), 7, null, "x", {}])), None);
    assert!(chosen(&json!({}), KeyManagement::EcdhEs).is_none());
    assert!(chosen(&json!({ "keys": vec![encrypts; 51] }), KeyManagement::EcdhEs).is_none());
}

#[test]
fn a_point_beside_its_curve_is_no_key() {
    let mut jwk = our_jwk(KeyManagement::EcdhEs);
    jwk["y"] = jwk["x"].clone();
    let key = chosen(&json!({ "keys": [jwk] }), KeyManagement::EcdhEs);
    assert!(key.is_none_or(|key| key.encrypt(ContentEncryption::A256Gcm, None, "").is_err()));
}

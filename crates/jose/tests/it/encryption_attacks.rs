//! Encrypted tokens by strangers: the four defects of josekit's stock decryption (tags of any length, a padding oracle,
//! panics, a zip bomb), a fifth one in its unwrapping of keys, and whatever else is not in order. One answer to all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{ContentEncryption, DecryptError, KeyManagement, MAX_TOKEN_BYTES};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::encode;
use crate::encryption::{ALL, BOTH, chosen, made_by_josekit, our_jwk, our_jwks, our_keys};

fn token(algorithm: KeyManagement, encryption: ContentEncryption) -> String {
    let key = chosen(&our_jwks(), algorithm).unwrap();
    key.encrypt(encryption, Some("JWT"), "the content of a token").unwrap()
}

fn every_token() -> Vec<String> {
    let pairs = KeyManagement::ALL.into_iter().flat_map(|alg| ContentEncryption::ALL.map(|enc| (alg, enc)));
    pairs.map(|(alg, enc)| token(alg, enc)).collect()
}

fn parts(token: &str) -> [Vec<u8>; 5] {
    let parts: Vec<_> = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    parts.try_into().unwrap()
}

fn joined(parts: &[Vec<u8>; 5]) -> String {
    parts.each_ref().map(encode).join(".")
}

fn refused(token: &str) {
    assert_eq!(our_keys().decrypt(token, ALL, BOTH), Err(DecryptError), "{token:.300}");
}

/// The token with one part changed, which has to be refused.
fn with(token: &str, part: usize, bytes: Vec<u8>) {
    let mut parts = parts(token);
    parts[part] = bytes;
    refused(&joined(&parts));
}

#[test]
fn a_tag_of_another_length_is_refused() {
    for token in every_token() {
        let tag = parts(&token)[4].clone();
        for length in 0..tag.len() {
            with(&token, 4, tag[..length].to_vec());
        }
        with(&token, 4, [tag.clone(), vec![0]].concat());
        with(&token, 4, [tag.clone(), tag].concat());
    }
}

/// A tag of one byte is forged within 256 tries where any length is accepted.
#[test]
fn a_short_tag_cannot_be_guessed() {
    let token = token(KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    for guess in 0..=255 {
        let mut parts = parts(&token);
        parts[3][0] ^= 1;
        parts[4] = vec![guess];
        refused(&joined(&parts));
    }
}

#[test]
fn padding_tells_nothing() {
    let token = token(KeyManagement::EcdhEs, ContentEncryption::A128CbcHs256);
    let whole = parts(&token);
    for at in 0..16 {
        for value in 1..=255 {
            // The vector decides the first block, the block before the last decides the padding.
            let mut iv = whole[2].clone();
            iv[at] ^= value;
            with(&token, 2, iv);
            let mut ciphertext = whole[3].clone();
            let before_last = ciphertext.len() - 32 + at;
            ciphertext[before_last] ^= value;
            with(&token, 3, ciphertext);
        }
    }
    with(&token, 3, Vec::new());
    with(&token, 3, whole[3][..16].to_vec());
    with(&token, 3, whole[3][..whole[3].len() - 1].to_vec());
}

#[test]
fn vectors_and_keys_of_each_length_are_refused_without_a_panic() {
    for token in every_token() {
        let whole = parts(&token);
        for length in (0..40).filter(|length| *length != whole[2].len()) {
            with(&token, 2, vec![7; length]);
        }
        for length in (0..300).filter(|length| *length != whole[1].len()) {
            with(&token, 1, vec![7; length]);
        }
    }
}

#[test]
fn compressed_content_is_never_unpacked() {
    let megabytes = "a".repeat(4 << 20);
    for algorithm in KeyManagement::ALL {
        let bomb = made_by_josekit(algorithm, &json!({ "enc": "A256GCM", "zip": "DEF" }), megabytes.as_bytes());
        assert!(bomb.len() < MAX_TOKEN_BYTES, "it is the header that it is refused for");
        refused(&bomb);
        refused(&made_by_josekit(algorithm, &json!({ "enc": "A128CBC-HS256", "zip": "DEF" }), b"x"));
    }
}

#[test]
fn only_what_is_allowed_here_is_read() {
    let token = token(KeyManagement::RsaOaep, ContentEncryption::A256Gcm);
    let read = |algorithms, encryptions| our_keys().decrypt(&token, algorithms, encryptions).map(drop);
    assert_eq!(read(&[KeyManagement::RsaOaep], &[ContentEncryption::A256Gcm]), Ok(()));
    assert_eq!(read(&[KeyManagement::RsaOaep256, KeyManagement::EcdhEs], BOTH), Err(DecryptError));
    assert_eq!(read(ALL, &[ContentEncryption::A128CbcHs256]), Err(DecryptError));
    assert_eq!(read(&[], &[]), Err(DecryptError));
}

/// Whatever the stock library would encrypt to our keys beside what we offer.
#[test]
fn algorithms_that_are_not_offered_are_refused() {
    use josekit::jwe::{Dir, ECDH_ES_A192KW, JweContext, JweHeader, RSA_OAEP_384};
    let jwk = |algorithm| josekit::jwk::Jwk::from_map(our_jwk(algorithm).as_object().unwrap().clone()).unwrap();
    let header = |enc: &str| JweHeader::from_map(json!({ "enc": enc }).as_object().unwrap().clone()).unwrap();
    let context = JweContext::new();
    #[expect(deprecated, reason = "the deprecated algorithm is what has to be refused")]
    let old = josekit::jwe::RSA1_5.encrypter_from_jwk(&jwk(KeyManagement::RsaOaep)).unwrap();
    refused(&context.serialize_compact(b"x", &header("A256GCM"), &old).unwrap());
    let oaep = RSA_OAEP_384.encrypter_from_jwk(&jwk(KeyManagement::RsaOaep)).unwrap();
    refused(&context.serialize_compact(b"x", &header("A256GCM"), &oaep).unwrap());
    let wrap = ECDH_ES_A192KW.encrypter_from_jwk(&jwk(KeyManagement::EcdhEs)).unwrap();
    refused(&context.serialize_compact(b"x", &header("A256GCM"), &wrap).unwrap());
    let direct = Dir.encrypter_from_bytes([0; 32]).unwrap();
    refused(&context.serialize_compact(b"x", &header("A256GCM"), &direct).unwrap());
    for enc in ["A128GCM", "A192GCM", "A192CBC-HS384", "A256CBC-HS512"] {
        refused(&made_by_josekit(KeyManagement::RsaOaep, &json!({ "enc": enc }), b"x"));
    }
}

#[test]
fn headers_that_are_not_in_order_are_refused() {
    let token = token(KeyManagement::EcdhEs, ContentEncryption::A256Gcm);
    let header: Value = serde_json::from_slice(&parts(&token)[0]).unwrap();
    let changes = [
        json!({ "crit": ["exp"] }),
        json!({ "crit": [] }),
        json!({ "zip": "DEF" }),
        json!({ "zip": null }),
        json!({ "zip": "" }),
        json!({ "alg": "dir" }),
        json!({ "alg": "none" }),
        json!({ "alg": null }),
        json!({ "alg": ["ECDH-ES"] }),
        json!({ "alg": "RSA-OAEP" }),
        json!({ "enc": "none" }),
        json!({ "enc": 7 }),
        json!({ "kid": "another" }),
        json!({ "kid": null }),
        json!({ "apu": "=" }),
        json!({ "apu": 7 }),
        json!({ "apv": "Qm9i" }),
        json!({ "cty": {} }),
        json!({ "epk": null }),
        json!({ "epk": {} }),
        json!({ "epk": "x" }),
        json!({ "epk": { "kty": "EC", "crv": "P-256" } }),
        json!({ "epk": { "kty": "OKP", "crv": "X25519", "x": encode([0; 32]) } }),
        json!({ "epk": { "kty": "EC", "crv": "P-256", "x": encode([0; 32]), "y": encode([0; 32]) } }),
        json!({ "epk": { "kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32]) } }),
        json!({ "epk": { "kty": "EC", "crv": "P-256", "x": "", "y": "" } }),
        json!({ "epk": { "kty": "EC", "crv": "P-256", "x": encode([1; 3000]), "y": encode([1; 1]) } }),
    ];
    for change in changes {
        let mut changed = header.clone();
        changed.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        with(&token, 0, changed.to_string().into_bytes());
    }
    for text in ["", "{", "null", "[]", "7", r#"["ECDH-ES","A256GCM"]"#, "{}", &"[".repeat(10_000)] {
        with(&token, 0, text.as_bytes().to_vec());
    }
    let repeated = header.to_string().replacen('{', r#"{"alg":"ECDH-ES","#, 1);
    with(&token, 0, repeated.into_bytes());
}

#[test]
fn a_token_of_the_wrong_form_is_refused() {
    let token = token(KeyManagement::RsaOaep256, ContentEncryption::A128CbcHs256);
    let first = token.split('.').next().unwrap();
    let signed = format!("{first}.{}.{}", encode("{}"), encode([0; 64]));
    let long = format!("{token}{}", "A".repeat(MAX_TOKEN_BYTES));
    let variants = ["", ".", "....", "a.b.c.d.e", first, &signed, &long, &format!("{token}."), &format!(".{token}")];
    for text in variants {
        refused(text);
    }
    refused(&format!("{token}="));
    refused(&format!(" {token}"));
    refused(&format!("{token}\n"));
    refused(&token.replace(first, &format!("{first}=")));
}

#[test]
fn content_that_is_no_text_is_refused() {
    refused(&made_by_josekit(KeyManagement::EcdhEs, &json!({ "enc": "A256GCM" }), b"\xff\xfe"));
}

#[test]
fn each_truncation_and_each_flipped_bit_is_refused() {
    for token in [
        token(KeyManagement::EcdhEsA128Kw, ContentEncryption::A128CbcHs256),
        token(KeyManagement::EcdhEs, ContentEncryption::A256Gcm),
    ] {
        for length in 0..token.len() {
            refused(&token[..length]);
        }
        let whole = parts(&token);
        for (part, original) in whole.iter().enumerate() {
            for bit in 0..original.len() * 8 {
                let mut bytes = original.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                with(&token, part, bytes);
            }
        }
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        prop_assert_eq!(our_keys().decrypt(&text, ALL, BOTH), Err(DecryptError));
    }

    #[test]
    fn no_parts_make_it_panic(
        alg in prop::sample::select(ALL),
        enc in prop::sample::select(BOTH),
        rest in prop::array::uniform4(prop::collection::vec(any::<u8>(), 0..80)),
        epk in prop::option::of((prop::collection::vec(any::<u8>(), 0..40), prop::collection::vec(any::<u8>(), 0..40))),
    ) {
        let mut header = json!({ "alg": alg, "enc": enc });
        if let Some((x, y)) = epk {
            header["epk"] = json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
        }
        let [key, iv, ciphertext, tag] = rest;
        let token = joined(&[header.to_string().into_bytes(), key, iv, ciphertext, tag]);
        prop_assert_eq!(our_keys().decrypt(&token, ALL, BOTH), Err(DecryptError));
    }

    #[test]
    fn whatever_we_encrypt_is_read(
        content in "\\PC*",
        alg in prop::sample::select(ALL),
        enc in prop::sample::select(BOTH),
    ) {
        let token = chosen(&our_jwks(), alg).unwrap().encrypt(enc, None, &content).unwrap();
        prop_assert_eq!(our_keys().decrypt(&token, ALL, BOTH).unwrap().content, content);
    }

    #[test]
    fn any_changed_byte_is_refused(
        alg in prop::sample::select(ALL),
        enc in prop::sample::select(BOTH),
        part in 0usize..5,
        at in any::<prop::sample::Index>(),
        by in 1u8..,
    ) {
        let token = token(alg, enc);
        let mut parts = parts(&token);
        prop_assume!(!parts[part].is_empty());
        let at = at.index(parts[part].len());
        parts[part][at] ^= by;
        prop_assert_eq!(our_keys().decrypt(&joined(&parts), ALL, BOTH), Err(DecryptError));
    }
}

//! What the client wants encrypted to it (OpenID Connect Registration §2, Core §10.2).

use super::Problems;
use jose::{ContentEncryption, KeyManagement, KeySet};
use protocol::ClientMetadata;

/// Writes the default out: `A128CBC-HS256` when only the other algorithm is named.
pub(super) fn check(metadata: &mut ClientMetadata, problems: &mut Problems) {
    let keys = metadata.jwks.as_ref().and_then(|jwks| KeySet::from_jwks(jwks).ok());
    let has_keys = metadata.jwks.is_some() || metadata.jwks_uri.is_some();
    let pairs = [
        (
            ("id_token_encrypted_response_alg", &metadata.id_token_encrypted_response_alg),
            ("id_token_encrypted_response_enc", &mut metadata.id_token_encrypted_response_enc),
        ),
        (
            ("userinfo_encrypted_response_alg", &metadata.userinfo_encrypted_response_alg),
            ("userinfo_encrypted_response_enc", &mut metadata.userinfo_encrypted_response_enc),
        ),
    ];
    for ((alg_field, alg), (enc_field, enc)) in pairs {
        let Some(alg) = alg else {
            problems.unless(enc.is_none(), enc_field, &format!("{alg_field} has to be given with it"));
            continue;
        };
        let enc = enc.get_or_insert_with(|| ContentEncryption::default().to_string());
        if enc.parse::<ContentEncryption>().is_err() {
            let known = ContentEncryption::ALL.map(ContentEncryption::as_str).join(", ");
            problems.add(enc_field, format!("{enc:?} is not supported; there are {known}"));
        }
        match alg.parse::<KeyManagement>() {
            Err(_) => {
                let known = KeyManagement::ALL.map(KeyManagement::as_str).join(", ");
                problems.add(alg_field, format!("{alg:?} is not supported; there are {known}"));
            }
            Ok(_) if !has_keys => {
                problems.add(alg_field, "this needs the client's public keys: jwks or jwks_uri");
            }
            Ok(alg) if keys.as_ref().is_some_and(|keys| keys.encryption_key(alg).is_none()) => {
                problems
                    .add(alg_field, format!("no key of jwks can be encrypted to with {alg}; add one with use \"enc\""));
            }
            Ok(_) => {}
        }
    }
}

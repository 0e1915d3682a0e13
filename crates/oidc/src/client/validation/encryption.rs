//! What the client wants encrypted to it, and how it encrypts its request objects to us (OpenID Connect Registration §2,
//! Core §10.2).

use super::Problems;
use jose::{ContentEncryption, KeyManagement, KeySet};
use protocol::ClientMetadata;

/// A field, and what stands in it.
type Field<T> = (&'static str, T);

/// Writes the default out: `A128CBC-HS256` when only the other algorithm is named.
pub(super) fn check(metadata: &mut ClientMetadata, problems: &mut Problems) {
    let keys = metadata.jwks.as_ref().and_then(|jwks| KeySet::from_jwks(jwks).ok());
    let has_keys = metadata.jwks.is_some() || metadata.jwks_uri.is_some();
    let to_the_client = [
        (
            ("id_token_encrypted_response_alg", &metadata.id_token_encrypted_response_alg),
            ("id_token_encrypted_response_enc", &mut metadata.id_token_encrypted_response_enc),
        ),
        (
            ("userinfo_encrypted_response_alg", &metadata.userinfo_encrypted_response_alg),
            ("userinfo_encrypted_response_enc", &mut metadata.userinfo_encrypted_response_enc),
        ),
    ];
    for (alg, enc) in to_the_client {
        let field = alg.0;
        let Some(alg) = algorithms(alg, enc, problems) else { continue };
        if !has_keys {
            problems.add(field, "this needs the client's public keys: jwks or jwks_uri");
        } else if keys.as_ref().is_some_and(|keys| keys.encryption_key(alg).is_none()) {
            problems.add(field, format!("no key of jwks can be encrypted to with {alg}; add one with use \"enc\""));
        }
    }
    // A declaration only: the client may use whatever else is offered, or not encrypt.
    let alg = ("request_object_encryption_alg", &metadata.request_object_encryption_alg);
    algorithms(alg, ("request_object_encryption_enc", &mut metadata.request_object_encryption_enc), problems);
}

fn algorithms(
    (alg_field, alg): Field<&Option<String>>,
    (enc_field, enc): Field<&mut Option<String>>,
    problems: &mut Problems,
) -> Option<KeyManagement> {
    let Some(alg) = alg else {
        problems.unless(enc.is_none(), enc_field, &format!("{alg_field} has to be given with it"));
        return None;
    };
    let enc = enc.get_or_insert_with(|| ContentEncryption::default().to_string());
    if enc.parse::<ContentEncryption>().is_err() {
        let known = ContentEncryption::ALL.map(ContentEncryption::as_str).join(", ");
        problems.add(enc_field, format!("{enc:?} is not supported; there are {known}"));
    }
    let known = alg.parse::<KeyManagement>().ok();
    if known.is_none() {
        let names = KeyManagement::ALL.map(KeyManagement::as_str).join(", ");
        problems.add(alg_field, format!("{alg:?} is not supported; there are {names}"));
    }
    known
}

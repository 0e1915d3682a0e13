//! Metadata that asks for what is not there, or contradicts itself, refused by name; through the registration endpoint,
//! which has the same validation as `apply` and the console.

use super::{KEYS, jwks};
use crate::registration::open;
use crate::support::Provider;
use crate::support::registrant::with;
use serde_json::json;

#[tokio::test]
async fn what_cannot_be_done_is_refused_by_name() {
    let provider = Provider::start_with(open).await;
    let rsa_only = json!({ "keys": [KEYS[0].public_jwk()] });
    for (wish, field) in [
        (json!({ "jwks": jwks(), "id_token_encrypted_response_alg": "RSA1_5" }), "id_token_encrypted_response_alg"),
        (json!({ "jwks": jwks(), "id_token_encrypted_response_alg": "dir" }), "id_token_encrypted_response_alg"),
        (json!({ "jwks": jwks(), "userinfo_encrypted_response_alg": "none" }), "userinfo_encrypted_response_alg"),
        (json!({ "jwks": jwks(), "userinfo_encrypted_response_alg": "A256GCMKW" }), "userinfo_encrypted_response_alg"),
        (
            json!({
                "jwks": jwks(), "id_token_encrypted_response_alg": "ECDH-ES",
                "id_token_encrypted_response_enc": "A128GCM",
            }),
            "id_token_encrypted_response_enc",
        ),
        // Registration section 2: the other one has to be there too.
        (json!({ "jwks": jwks(), "id_token_encrypted_response_enc": "A256GCM" }), "id_token_encrypted_response_enc"),
        (json!({ "jwks": jwks(), "userinfo_encrypted_response_enc": "A256GCM" }), "userinfo_encrypted_response_enc"),
        (json!({ "id_token_encrypted_response_alg": "RSA-OAEP" }), "id_token_encrypted_response_alg"),
        (json!({ "userinfo_encrypted_response_alg": "RSA-OAEP" }), "userinfo_encrypted_response_alg"),
        (json!({ "jwks": rsa_only, "id_token_encrypted_response_alg": "ECDH-ES" }), "id_token_encrypted_response_alg"),
        (json!({ "userinfo_signed_response_alg": "none" }), "userinfo_signed_response_alg"),
        (json!({ "userinfo_signed_response_alg": "HS256" }), "userinfo_signed_response_alg"),
        (json!({ "id_token_signed_response_alg": "HS256" }), "id_token_signed_response_alg"),
        // Keys to encrypt to prove nothing about who uses them.
        (json!({ "jwks": jwks(), "token_endpoint_auth_method": "private_key_jwt" }), "jwks"),
    ] {
        let told = provider.register_self(None, &with(wish.clone())).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{wish}");
        assert!(told.text("error_description").contains(field), "{wish}: {}", told.body);
    }
}

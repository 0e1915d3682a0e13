//! Metadata (OpenID Connect Discovery §4, RFC 8414 §3) from outside.

use crate::support::Provider;
use reqwest::{Client, StatusCode};
use serde_json::Value;

#[tokio::test]
async fn both_addresses_say_the_same_and_every_endpoint_is_there() {
    let provider = Provider::start().await;
    let http = Client::new();
    let get = |path: &str| http.get(format!("{}/.well-known/{path}", provider.url)).send();
    let answer = get("openid-configuration").await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let etag = answer.headers()["etag"].to_str().expect("ASCII").to_owned();
    let text = answer.text().await.expect("a body");
    assert_eq!(get("oauth-authorization-server").await.expect("an answer").text().await.expect("a body"), text);
    let unchanged =
        http.get(format!("{}/.well-known/openid-configuration", provider.url)).header("if-none-match", etag);
    assert_eq!(unchanged.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    let head = http.head(format!("{}/.well-known/openid-configuration", provider.url)).send().await.expect("an answer");
    assert_eq!(head.status(), StatusCode::OK);

    let metadata: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(metadata["issuer"], provider.url.as_str());
    for field in ["request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"]
    {
        assert_eq!(metadata[field], true, "{field}");
    }
    let endpoints = metadata.as_object().expect("an object").iter();
    let endpoints: Vec<_> = endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri").collect();
    assert_eq!(endpoints.len(), 8);
    for (name, url) in endpoints {
        let answer = http.get(url.as_str().expect("a URL")).send().await.expect("an answer");
        assert_ne!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
    let none = http.post(format!("{}/.well-known/openid-configuration", provider.url)).send().await.expect("an answer");
    assert_eq!(none.status(), StatusCode::METHOD_NOT_ALLOWED);
}

/// The names in the IANA registry "OAuth Authorization Server Metadata" that a provider like this may have, and
/// `claims_parameter_supported` and its like of OpenID Connect Discovery §3.
const REGISTERED: &[&str] = &[
    "acr_values_supported",
    "authorization_encryption_alg_values_supported",
    "authorization_encryption_enc_values_supported",
    "authorization_endpoint",
    "authorization_response_iss_parameter_supported",
    "authorization_signing_alg_values_supported",
    "backchannel_logout_session_supported",
    "backchannel_logout_supported",
    "check_session_iframe",
    "claim_types_supported",
    "claims_locales_supported",
    "claims_parameter_supported",
    "claims_supported",
    "code_challenge_methods_supported",
    "display_values_supported",
    "end_session_endpoint",
    "frontchannel_logout_session_supported",
    "frontchannel_logout_supported",
    "grant_types_supported",
    "id_token_encryption_alg_values_supported",
    "id_token_encryption_enc_values_supported",
    "id_token_signing_alg_values_supported",
    "introspection_endpoint",
    "introspection_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
    "issuer",
    "jwks_uri",
    "op_policy_uri",
    "op_tos_uri",
    "prompt_values_supported",
    "registration_endpoint",
    "request_object_encryption_alg_values_supported",
    "request_object_encryption_enc_values_supported",
    "request_object_signing_alg_values_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_request_uri_registration",
    "require_signed_request_object",
    "response_modes_supported",
    "response_types_supported",
    "revocation_endpoint",
    "revocation_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "scopes_supported",
    "service_documentation",
    "subject_types_supported",
    "token_endpoint",
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "ui_locales_supported",
    "userinfo_encryption_alg_values_supported",
    "userinfo_encryption_enc_values_supported",
    "userinfo_endpoint",
    "userinfo_signing_alg_values_supported",
];

/// `oidcc-discovery-endpoint-verification`: what the Config and Dynamic profiles look for, and no name that is not
/// registered.
#[tokio::test]
async fn the_document_has_what_the_profiles_look_for_and_no_name_of_our_own() {
    let provider = Provider::start().await;
    let answer = Client::new().get(format!("{}/.well-known/openid-configuration", provider.url)).send().await;
    let metadata: Value = answer.expect("an answer").json().await.expect("JSON");
    for name in metadata.as_object().expect("an object").keys() {
        assert!(REGISTERED.contains(&name.as_str()), "{name} is not registered");
    }
    let has = |field: &str, wanted: &[&str]| {
        let listed = metadata[field].as_array().unwrap_or_else(|| panic!("{field} is missing"));
        for wanted in wanted {
            assert!(listed.iter().any(|value| value == wanted), "{field} lacks {wanted}");
        }
        let texts: std::collections::BTreeSet<_> = listed.iter().map(|value| value.as_str().expect("texts")).collect();
        assert_eq!(texts.len(), listed.len(), "{field} names something twice");
        assert!(!texts.contains(""), "{field}");
        assert!(!field.contains("signing_alg") || !texts.contains("none"), "{field}");
    };
    has("scopes_supported", &["openid", "profile", "email", "address", "phone", "offline_access"]);
    let types = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
    has("response_types_supported", &types);
    has("response_modes_supported", &["query", "fragment", "form_post"]);
    has("grant_types_supported", &["authorization_code", "implicit", "refresh_token", "client_credentials"]);
    has("subject_types_supported", &["public", "pairwise"]);
    has("id_token_signing_alg_values_supported", &["RS256", "PS256", "ES256", "EdDSA"]);
    has(
        "token_endpoint_auth_signing_alg_values_supported",
        &["RS256", "PS256", "ES256", "EdDSA", "HS256", "HS384", "HS512"],
    );
    has("userinfo_signing_alg_values_supported", &["RS256", "PS256", "ES256", "EdDSA"]);
    for answer in ["id_token", "userinfo", "request_object"] {
        let algorithms = ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"];
        has(&format!("{answer}_encryption_alg_values_supported"), &algorithms);
        has(&format!("{answer}_encryption_enc_values_supported"), &["A128CBC-HS256", "A256GCM"]);
    }
    has(
        "token_endpoint_auth_methods_supported",
        &["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
    );
    has("claims_supported", &["sub", "name", "email", "address", "phone_number", "acr", "auth_time", "sid"]);
    has("claim_types_supported", &["normal"]);
    has("code_challenge_methods_supported", &["S256"]);
    has("prompt_values_supported", &["none", "login", "consent", "select_account"]);
    has("ui_locales_supported", &["en"]);
    has("acr_values_supported", &[]);
    for field in [
        "claims_parameter_supported",
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "require_request_uri_registration",
        "authorization_response_iss_parameter_supported",
    ] {
        assert!(metadata[field].is_boolean(), "{field} is not stated");
    }
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}

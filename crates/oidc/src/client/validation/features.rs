//! Metadata of features that are not here: refused, never silently dropped.

use super::Problems;
use protocol::ClientMetadata;
use serde_json::Value;

/// Fields that ask for something we do not do, with what to do instead. A value of `false` asks for nothing.
const ABSENT: &[(&str, &str)] = &[
    ("backchannel_token_delivery_mode", "CIBA is not supported; leave it out"),
    ("backchannel_client_notification_endpoint", "CIBA is not supported; leave it out"),
    ("backchannel_authentication_request_signing_alg", "CIBA is not supported; leave it out"),
    ("backchannel_user_code_parameter", "CIBA is not supported; leave it out"),
    ("require_pushed_authorization_requests", "pushed authorization requests are not supported; leave it out"),
    ("dpop_bound_access_tokens", "DPoP is not supported; leave it out"),
    ("tls_client_auth_subject_dn", "client certificates are not supported; leave it out"),
    ("tls_client_auth_san_dns", "client certificates are not supported; leave it out"),
    ("tls_client_auth_san_uri", "client certificates are not supported; leave it out"),
    ("tls_client_auth_san_ip", "client certificates are not supported; leave it out"),
    ("tls_client_auth_san_email", "client certificates are not supported; leave it out"),
    ("tls_client_certificate_bound_access_tokens", "client certificates are not supported; leave it out"),
    ("authorization_signed_response_alg", "signed authorization responses are not supported; leave it out"),
    ("authorization_encrypted_response_alg", "encrypted authorization responses are not supported; leave it out"),
    ("authorization_encrypted_response_enc", "encrypted authorization responses are not supported; leave it out"),
    ("software_statement", "software statements are not supported; leave it out"),
];

/// The fields that are honoured; together with [`ABSENT`] these are all there are, as a test checks.
#[cfg(test)]
pub(super) const HONOURED: &[&str] = &[
    "redirect_uris",
    "response_types",
    "grant_types",
    "application_type",
    "contacts",
    "client_name",
    "logo_uri",
    "client_uri",
    "policy_uri",
    "tos_uri",
    "jwks",
    "jwks_uri",
    "sector_identifier_uri",
    "subject_type",
    "scope",
    "id_token_signed_response_alg",
    "request_object_signing_alg",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_uris",
    "require_signed_request_object",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "default_max_age",
    "default_acr_values",
    "require_auth_time",
    "require_pkce",
    "initiate_login_uri",
    "post_logout_redirect_uris",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "software_id",
    "software_version",
];

pub(super) fn check(metadata: &ClientMetadata, problems: &mut Problems) {
    let Ok(Value::Object(fields)) = serde_json::to_value(metadata) else { return };
    for (field, message) in ABSENT {
        if fields.get(*field).is_some_and(|value| *value != Value::Bool(false)) {
            problems.add(*field, *message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_honoured_or_refused() {
        for field in protocol::registration::FIELDS {
            let absent = ABSENT.iter().any(|(name, _)| name == field);
            assert!(absent != HONOURED.contains(field), "{field} is neither honoured nor refused, or both");
        }
        assert_eq!(ABSENT.len() + HONOURED.len(), protocol::registration::FIELDS.len());
    }
}

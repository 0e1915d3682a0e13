//! Client metadata, as clients register it and read it back (RFC 7591 §2; OpenID Connect Registration §2 and the
//! specifications that add fields to it).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claims::is_language_tag;

/// The fields that may carry a language tag, `client_name#de` (RFC 7591 §2.2).
pub const LOCALISED_FIELDS: &[&str] = &["client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"];

macro_rules! client_metadata {
    ($($(#[$doc:meta])* $name:ident: $kind:ty,)+) => {
        /// What a client says of itself. Everything is optional on the wire; values are texts as sent, whether they
        /// are allowed is for the registry. A wrong JSON type is a serde error: an `invalid_client_metadata`.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct ClientMetadata {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<$kind>,)+
            /// Localised names, and fields that are not known here.
            #[serde(flatten)]
            pub extra: Map<String, Value>,
        }

        /// The names of all fields that are known here.
        pub const FIELDS: &[&str] = &[$(stringify!($name),)+];
    };
}

client_metadata! {
    /// Where answers may go.
    redirect_uris: Vec<String>,
    /// Response types it uses; default `code`.
    response_types: Vec<String>,
    /// Grant types it uses; default `authorization_code`.
    grant_types: Vec<String>,
    /// `web` (default) or `native`.
    application_type: String,
    /// Addresses of people responsible for it.
    contacts: Vec<String>,
    /// Its name, for the visitor.
    client_name: String,
    /// Its logo, for the visitor.
    logo_uri: String,
    /// Its home page.
    client_uri: String,
    /// What it does with data.
    policy_uri: String,
    /// Its terms.
    tos_uri: String,
    /// Its public keys.
    jwks: Value,
    /// Where its public keys are.
    jwks_uri: String,
    /// A list of redirect URIs that share pairwise subjects.
    sector_identifier_uri: String,
    /// `public` or `pairwise`.
    subject_type: String,
    /// The scopes it may ask for.
    scope: String,
    /// ID tokens: signing algorithm.
    id_token_signed_response_alg: String,
    /// ID tokens: key encryption.
    id_token_encrypted_response_alg: String,
    /// ID tokens: content encryption.
    id_token_encrypted_response_enc: String,
    /// Userinfo: signing algorithm.
    userinfo_signed_response_alg: String,
    /// Userinfo: key encryption.
    userinfo_encrypted_response_alg: String,
    /// Userinfo: content encryption.
    userinfo_encrypted_response_enc: String,
    /// Request objects: signing algorithm.
    request_object_signing_alg: String,
    /// Request objects: key encryption.
    request_object_encryption_alg: String,
    /// Request objects: content encryption.
    request_object_encryption_enc: String,
    /// How it authenticates, see [`crate::ClientAuthMethod`].
    token_endpoint_auth_method: String,
    /// Algorithm of its assertions.
    token_endpoint_auth_signing_alg: String,
    /// `max_age` when a request has none, in seconds.
    default_max_age: u32,
    /// Whether ID tokens always carry `auth_time`.
    require_auth_time: bool,
    /// `acr_values` when a request has none.
    default_acr_values: Vec<String>,
    /// Where a log-in can be started from outside (https).
    initiate_login_uri: String,
    /// Addresses of its request objects.
    request_uris: Vec<String>,
    /// Where the visitor may go after log-out (RP-Initiated Logout §3.1).
    post_logout_redirect_uris: Vec<String>,
    /// Front-Channel Logout §2.
    frontchannel_logout_uri: String,
    /// Front-Channel Logout §2.
    frontchannel_logout_session_required: bool,
    /// Back-Channel Logout §2.2.
    backchannel_logout_uri: String,
    /// Back-Channel Logout §2.2.
    backchannel_logout_session_required: bool,
    /// CIBA §4: `poll`, `ping`, `push`.
    backchannel_token_delivery_mode: String,
    /// CIBA §4.
    backchannel_client_notification_endpoint: String,
    /// CIBA §4.
    backchannel_authentication_request_signing_alg: String,
    /// CIBA §4.
    backchannel_user_code_parameter: bool,
    /// Ours: whether its authorization requests need a PKCE challenge (RFC 7636) although it can keep a secret.
    require_pkce: bool,
    /// RFC 9126 §6.
    require_pushed_authorization_requests: bool,
    /// RFC 9101 §10.5.
    require_signed_request_object: bool,
    /// RFC 9449 §5.2.
    dpop_bound_access_tokens: bool,
    /// RFC 8705 §2.1.2.
    tls_client_auth_subject_dn: String,
    /// RFC 8705 §2.1.2.
    tls_client_auth_san_dns: String,
    /// RFC 8705 §2.1.2.
    tls_client_auth_san_uri: String,
    /// RFC 8705 §2.1.2.
    tls_client_auth_san_ip: String,
    /// RFC 8705 §2.1.2.
    tls_client_auth_san_email: String,
    /// RFC 8705 §3.4.
    tls_client_certificate_bound_access_tokens: bool,
    /// JARM §3.
    authorization_signed_response_alg: String,
    /// JARM §3.
    authorization_encrypted_response_alg: String,
    /// JARM §3.
    authorization_encrypted_response_enc: String,
    /// RFC 7591 §2.3.
    software_statement: String,
    /// RFC 7591 §2.
    software_id: String,
    /// RFC 7591 §2.
    software_version: String,
}

impl ClientMetadata {
    /// The translations of a field: language tag and text. Anything but a text is left out.
    pub fn localised<'a>(&'a self, field: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.extra.iter().filter_map(move |(name, value)| {
            let tag = name.strip_prefix(field)?.strip_prefix('#')?;
            is_language_tag(tag).then_some((tag, value.as_str()?))
        })
    }

    /// The field in the best of the languages wanted (a wanted `de` takes `de-CH` too), else without a language.
    /// `plain` is the field's own value.
    pub fn in_language<'a>(
        &'a self,
        field: &'a str,
        plain: Option<&'a str>,
        wanted: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        for want in wanted {
            let exact = self.localised(field).find(|(tag, _)| tag.eq_ignore_ascii_case(want));
            let near = || self.localised(field).find(|(tag, _)| primary(tag) == primary(want));
            if let Some((_, text)) = exact.or_else(near) {
                return Some(text);
            }
        }
        plain
    }

    /// The names of fields that are neither known nor a translation: ignored, as RFC 7591 §2 demands.
    pub fn unknown_fields(&self) -> impl Iterator<Item = &str> {
        self.extra.keys().map(String::as_str).filter(|name| !is_localised(name))
    }

    /// Takes the unknown fields out, so that only accepted ones are stored and echoed.
    pub fn drop_unknown_fields(&mut self) {
        self.extra.retain(|name, value| is_localised(name) && value.is_string());
    }
}

/// Whether it is the name of a translated field: `client_name#de`.
pub fn is_localised(name: &str) -> bool {
    name.split_once('#').is_some_and(|(field, tag)| LOCALISED_FIELDS.contains(&field) && is_language_tag(tag))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_names_languages_and_the_unknown() {
        let mut metadata: ClientMetadata = serde_json::from_value(json!({
            "redirect_uris": ["https://a.example/cb"], "client_name": "Shop", "client_name#de-CH": "Laden",
            "client_name#": "x", "default_max_age": 3600, "favourite_colour": "blue", "scope": null,
        }))
        .unwrap();
        assert_eq!(metadata.redirect_uris.as_deref(), Some(&["https://a.example/cb".to_owned()][..]));
        assert_eq!(metadata.localised("client_name").collect::<Vec<_>>(), [("de-CH", "Laden")]);
        let name = |wanted: &[&'static str]| {
            metadata.in_language("client_name", metadata.client_name.as_deref(), wanted.iter().copied()).unwrap()
        };
        assert_eq!((name(&["fr", "de"]), name(&["fr"]), name(&["de-ch"])), ("Laden", "Shop", "Laden"));
        assert_eq!(metadata.unknown_fields().collect::<Vec<_>>(), ["client_name#", "favourite_colour"]);
        metadata.drop_unknown_fields();
        assert_eq!(
            serde_json::to_value(&metadata).unwrap(),
            json!({"redirect_uris": ["https://a.example/cb"], "client_name": "Shop", "client_name#de-CH": "Laden", "default_max_age": 3600})
        );
    }

    #[test]
    fn a_wrong_type_is_an_error() {
        for bad in [json!({"redirect_uris": "x"}), json!({"default_max_age": -1}), json!({"require_auth_time": "yes"})]
        {
            assert!(serde_json::from_value::<ClientMetadata>(bad).is_err());
        }
    }

    #[test]
    fn the_fields_of_the_specifications_are_all_here() {
        let expected = "redirect_uris response_types grant_types application_type contacts client_name logo_uri client_uri \
            policy_uri tos_uri jwks jwks_uri sector_identifier_uri subject_type id_token_signed_response_alg \
            id_token_encrypted_response_alg id_token_encrypted_response_enc userinfo_signed_response_alg \
            userinfo_encrypted_response_alg userinfo_encrypted_response_enc request_object_signing_alg \
            request_object_encryption_alg request_object_encryption_enc token_endpoint_auth_method \
            token_endpoint_auth_signing_alg default_max_age require_auth_time default_acr_values initiate_login_uri \
            request_uris post_logout_redirect_uris frontchannel_logout_uri frontchannel_logout_session_required \
            backchannel_logout_uri backchannel_logout_session_required backchannel_token_delivery_mode \
            backchannel_client_notification_endpoint backchannel_authentication_request_signing_alg \
            backchannel_user_code_parameter require_pushed_authorization_requests dpop_bound_access_tokens \
            tls_client_auth_subject_dn tls_client_auth_san_dns tls_client_auth_san_uri tls_client_auth_san_ip \
            tls_client_auth_san_email tls_client_certificate_bound_access_tokens authorization_signed_response_alg \
            software_statement scope";
        for name in expected.split_whitespace() {
            assert!(FIELDS.contains(&name), "{name}");
        }
        assert!(LOCALISED_FIELDS.iter().all(|field| FIELDS.contains(field)));
    }
}

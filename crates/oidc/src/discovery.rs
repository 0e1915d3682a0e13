//! The metadata document (OpenID Connect Discovery §3, RFC 8414 §2): what works here, and nothing else. Written once.

use crate::{ProviderSettings, endpoints};
use account::session::Acr;
use jose::{ContentEncryption, KeyManagement, MacAlgorithm, SigningAlgorithm};
use protocol::claims::STANDARD_CLAIMS;
use protocol::scope::WELL_KNOWN;
use protocol::{ClientAuthMethod, GrantType, Prompt, ProviderMetadata, ResponseMode, ResponseType};

/// How long relying parties may keep the document, in seconds.
pub const MAX_AGE_SECONDS: i64 = 3600;

/// Claims beside those about the person.
const TOKEN_CLAIMS: &[&str] =
    &["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "c_hash", "sid"];

/// The metadata of this issuer.
pub fn metadata(issuer: &str, settings: &ProviderSettings) -> ProviderMetadata {
    let at = |path: &str| format!("{issuer}{path}");
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let algorithms: Vec<String> = SigningAlgorithm::ALL.iter().map(ToString::to_string).collect();
    let assertions: Vec<String> =
        algorithms.iter().cloned().chain(MacAlgorithm::ALL.iter().map(ToString::to_string)).collect();
    let key_management: Vec<String> = KeyManagement::ALL.iter().map(ToString::to_string).collect();
    let encryptions: Vec<String> = ContentEncryption::ALL.iter().map(ToString::to_string).collect();
    let methods = ClientAuthMethod::ALL.to_vec();
    // Introspection is for clients that prove who they are.
    let proving: Vec<_> = methods.iter().copied().filter(|method| *method != ClientAuthMethod::None).collect();
    let claims = STANDARD_CLAIMS.iter().map(|(name, _)| *name).chain(TOKEN_CLAIMS.iter().copied());
    let prompts = Prompt::ALL.iter().copied().filter(|prompt| settings.sign_up || *prompt != Prompt::Create);
    ProviderMetadata {
        issuer: issuer.to_owned(),
        authorization_endpoint: at(endpoints::AUTHORIZE),
        token_endpoint: at(endpoints::TOKEN),
        userinfo_endpoint: at(endpoints::USERINFO),
        jwks_uri: at(endpoints::JWKS),
        registration_endpoint: settings.registration.is_offered().then(|| at(endpoints::REGISTER)),
        end_session_endpoint: Some(at(endpoints::LOGOUT)),
        introspection_endpoint: Some(at(endpoints::INTROSPECT)),
        revocation_endpoint: Some(at(endpoints::REVOKE)),
        device_authorization_endpoint: None,
        pushed_authorization_request_endpoint: None,
        backchannel_authentication_endpoint: None,
        check_session_iframe: Some(at(endpoints::CHECK_SESSION)),
        scopes_supported: texts(WELL_KNOWN),
        response_types_supported: ResponseType::ALL.to_vec(),
        response_modes_supported: ResponseMode::ALL.to_vec(),
        grant_types_supported: GrantType::ALL.to_vec(),
        subject_types_supported: texts(&["public", "pairwise"]),
        acr_values_supported: texts(&Acr::ALL.map(Acr::as_str)),
        claims_supported: claims.map(str::to_owned).collect(),
        claim_types_supported: texts(&["normal"]),
        claims_parameter_supported: true,
        request_parameter_supported: true,
        request_uri_parameter_supported: true,
        require_request_uri_registration: true,
        code_challenge_methods_supported: texts(&["S256"]),
        prompt_values_supported: prompts.collect(),
        display_values_supported: texts(&["page", "popup", "touch"]),
        ui_locales_supported: texts(&["en"]),
        claims_locales_supported: Vec::new(),
        id_token_signing_alg_values_supported: algorithms.clone(),
        id_token_encryption_alg_values_supported: key_management.clone(),
        id_token_encryption_enc_values_supported: encryptions.clone(),
        userinfo_signing_alg_values_supported: algorithms.clone(),
        userinfo_encryption_alg_values_supported: key_management.clone(),
        userinfo_encryption_enc_values_supported: encryptions.clone(),
        request_object_signing_alg_values_supported: algorithms.clone(),
        request_object_encryption_alg_values_supported: key_management,
        request_object_encryption_enc_values_supported: encryptions,
        token_endpoint_auth_methods_supported: methods.clone(),
        token_endpoint_auth_signing_alg_values_supported: assertions.clone(),
        introspection_endpoint_auth_methods_supported: proving,
        introspection_endpoint_auth_signing_alg_values_supported: assertions.clone(),
        revocation_endpoint_auth_methods_supported: methods,
        revocation_endpoint_auth_signing_alg_values_supported: assertions,
        authorization_response_iss_parameter_supported: true,
        require_pushed_authorization_requests: None,
        frontchannel_logout_supported: Some(true),
        frontchannel_logout_session_supported: Some(true),
        backchannel_logout_supported: Some(true),
        backchannel_logout_session_supported: Some(true),
        service_documentation: None,
        op_policy_uri: None,
        op_tos_uri: None,
    }
}

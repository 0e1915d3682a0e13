//! Metadata that the form has no field of its own for: one JSON object, so that everything that validation knows can be
//! set here, and nothing is lost when a client is edited.

use oidc::client::{ClientMetadata, METADATA_FIELDS, is_localised};
use serde_json::{Map, Value};

/// Fields that the form shows by themselves.
const SHOWN: &[&str] = &[
    "client_name",
    "application_type",
    "token_endpoint_auth_method",
    "redirect_uris",
    "post_logout_redirect_uris",
    "logo_uri",
    "client_uri",
    "policy_uri",
    "tos_uri",
    "grant_types",
    "scope",
    "id_token_signed_response_alg",
    "jwks",
    "jwks_uri",
    "require_pkce",
    "require_auth_time",
    "default_max_age",
    "initiate_login_uri",
    "contacts",
];

/// The other metadata of a client; empty when there is none.
pub fn text_of(metadata: &ClientMetadata) -> String {
    let mut fields = match serde_json::to_value(metadata) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    fields.retain(|name, _| !SHOWN.contains(&name.as_str()));
    // What follows from the grant types need not be written.
    let types = metadata.response_types.as_deref().unwrap_or_default();
    if types.is_empty() || types == ["code"] {
        fields.remove("response_types");
    }
    if fields.is_empty() { String::new() } else { format!("{:#}", Value::Object(fields)) }
}

/// Reads what was typed.
///
/// # Errors
/// What is wrong, a sentence for each field.
pub fn read(text: &str) -> Result<ClientMetadata, Vec<String>> {
    if text.trim().is_empty() {
        return Ok(ClientMetadata::default());
    }
    let fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Err(vec!["Write a JSON object: { \"subject_type\": \"pairwise\" }.".to_owned()]),
        Err(error) => {
            return Err(vec![format!("This is not JSON: line {}, column {}.", error.line(), error.column())]);
        }
    };
    let wrong: Vec<_> = fields.iter().filter_map(|(name, value)| wrong(name, value)).collect();
    match serde_json::from_value(Value::Object(fields)) {
        Ok(metadata) if wrong.is_empty() => Ok(metadata),
        _ => Err(wrong),
    }
}

/// What is wrong with one member, if anything is.
fn wrong(name: &str, value: &Value) -> Option<String> {
    if SHOWN.contains(&name) {
        return Some(format!("{name}: it has a field of its own in this form."));
    }
    if is_localised(name) {
        return (!value.is_string()).then(|| format!("{name}: write a text."));
    }
    if !METADATA_FIELDS.contains(&name) {
        return Some(format!(
            "{name}: there is no such field. Compare the name with RFC 7591 or OpenID Connect Registration."
        ));
    }
    let alone = Value::Object([(name.to_owned(), value.clone())].into_iter().collect());
    serde_json::from_value::<ClientMetadata>(alone).err().map(|error| format!("{name}: {error}."))
}

//! The form by which a client is registered and edited: texts as typed, so that nothing is lost when something is wrong.

use super::advanced;
use oidc::client::{Client, Problem, Registration, Terms};
use oidc::client::{ClientMetadata, GrantType};
use serde::Deserialize;
use web::page::FormErrors;

/// The fields; each has the id of the metadata field that it fills.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ClientForm {
    pub client_name: String,
    /// Chosen by the operator; empty: the suggested one.
    pub client_id: String,
    /// Made when the form was shown: sent twice, it registers one client.
    pub suggested_id: String,
    pub application_type: String,
    pub token_endpoint_auth_method: String,
    pub redirect_uris: String,
    pub post_logout_redirect_uris: String,
    pub first_party: Option<String>,
    pub logo_uri: String,
    pub client_uri: String,
    pub policy_uri: String,
    pub tos_uri: String,
    pub authorization_code: Option<String>,
    pub refresh_token: Option<String>,
    pub client_credentials: Option<String>,
    pub scope: String,
    pub id_token_signed_response_alg: String,
    pub jwks: String,
    pub jwks_uri: String,
    pub require_pkce: Option<String>,
    pub require_auth_time: Option<String>,
    pub default_max_age: String,
    pub initiate_login_uri: String,
    pub contacts: String,
    /// All other metadata, as JSON.
    pub advanced: String,
}

/// Fields that stand under "More settings".
const MORE: &[&str] = &[
    "client_id",
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
    "advanced",
];

/// Fields that stand above them.
const BASIC: &[&str] = &[
    "client_name",
    "application_type",
    "token_endpoint_auth_method",
    "redirect_uris",
    "post_logout_redirect_uris",
    "first_party",
    "logo_uri",
    "client_uri",
    "policy_uri",
    "tos_uri",
];

impl ClientForm {
    /// An empty one.
    pub fn fresh() -> Self {
        let ticked = || Some("true".to_owned());
        Self {
            suggested_id: oidc::client::generate_id(),
            application_type: "web".into(),
            token_endpoint_auth_method: "client_secret_basic".into(),
            id_token_signed_response_alg: "RS256".into(),
            authorization_code: ticked(),
            refresh_token: ticked(),
            ..Self::default()
        }
    }

    /// Filled with what the client has.
    pub fn of(client: &Client) -> Self {
        let metadata = &client.record.metadata;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let lines = |list: &Option<Vec<String>>| list.as_deref().unwrap_or_default().join("\n");
        let tick = |ticked: bool| ticked.then(|| "true".to_owned());
        Self {
            client_name: text(&metadata.client_name),
            client_id: client.client_id.clone(),
            suggested_id: String::new(),
            application_type: client.application_type.to_string(),
            token_endpoint_auth_method: client.token_endpoint_auth_method.to_string(),
            redirect_uris: lines(&metadata.redirect_uris),
            post_logout_redirect_uris: lines(&metadata.post_logout_redirect_uris),
            first_party: tick(client.first_party),
            logo_uri: text(&metadata.logo_uri),
            client_uri: text(&metadata.client_uri),
            policy_uri: text(&metadata.policy_uri),
            tos_uri: text(&metadata.tos_uri),
            authorization_code: tick(client.allows(GrantType::AuthorizationCode)),
            refresh_token: tick(client.allows(GrantType::RefreshToken)),
            client_credentials: tick(client.allows(GrantType::ClientCredentials)),
            scope: text(&metadata.scope),
            id_token_signed_response_alg: client.id_token_signed_response_alg.to_string(),
            jwks: metadata.jwks.as_ref().map(|jwks| format!("{jwks:#}")).unwrap_or_default(),
            jwks_uri: text(&metadata.jwks_uri),
            require_pkce: tick(client.require_pkce),
            require_auth_time: tick(client.require_auth_time),
            default_max_age: metadata.default_max_age.map(|age| age.to_string()).unwrap_or_default(),
            initiate_login_uri: text(&metadata.initiate_login_uri),
            contacts: lines(&metadata.contacts),
            advanced: advanced::text_of(metadata),
        }
    }

    /// What the form asks for.
    pub fn registration(&self, is_new: bool) -> Result<Registration, FormErrors> {
        let mut errors = FormErrors::none();
        if self.client_name.trim().is_empty() {
            errors.add("client_name", "Write the product's name; people see it when they log in.");
        }
        let jwks = match self.jwks.trim() {
            "" => None,
            text => serde_json::from_str(text)
                .map_err(|_| errors.add("jwks", "This is not JSON. Paste the whole set: {\"keys\": [ … ]}."))
                .ok(),
        };
        let default_max_age = match self.default_max_age.trim() {
            "" => None,
            text => text.parse().map_err(|_| errors.add("default_max_age", "Write a number of seconds.")).ok(),
        };
        let base = advanced::read(&self.advanced).unwrap_or_else(|wrong| {
            errors.add("advanced", wrong.join(" "));
            ClientMetadata::default()
        });
        if !errors.is_empty() {
            return Err(errors);
        }
        let public = self.token_endpoint_auth_method == "none";
        let grants = [
            (&self.authorization_code, GrantType::AuthorizationCode),
            (&self.refresh_token, GrantType::RefreshToken),
            (&self.client_credentials, GrantType::ClientCredentials),
        ];
        let mut grants: Vec<_> =
            grants.iter().filter(|(ticked, _)| ticked.is_some()).map(|(_, grant)| grant.to_string()).collect();
        // Tokens that come through the browser are a grant type too (RFC 7591 §2.1): it follows from the response types.
        let in_browser = |text: &String| text.split(' ').any(|word| matches!(word, "token" | "id_token"));
        if base.response_types.iter().flatten().any(in_browser) {
            grants.push(GrantType::Implicit.to_string());
        }
        let metadata = ClientMetadata {
            client_name: typed(&self.client_name),
            application_type: typed(&self.application_type),
            token_endpoint_auth_method: typed(&self.token_endpoint_auth_method),
            redirect_uris: lines(&self.redirect_uris),
            post_logout_redirect_uris: lines(&self.post_logout_redirect_uris),
            logo_uri: typed(&self.logo_uri),
            client_uri: typed(&self.client_uri),
            policy_uri: typed(&self.policy_uri),
            tos_uri: typed(&self.tos_uri),
            grant_types: Some(grants),
            scope: typed(&self.scope),
            id_token_signed_response_alg: typed(&self.id_token_signed_response_alg),
            jwks,
            jwks_uri: typed(&self.jwks_uri),
            // A public client needs PKCE anyway: not a wish of its own that would outlast a change of the method.
            require_pkce: (self.require_pkce.is_some() && !public).then_some(true),
            require_auth_time: self.require_auth_time.is_some().then_some(true),
            default_max_age,
            initiate_login_uri: typed(&self.initiate_login_uri),
            contacts: lines(&self.contacts),
            ..base
        };
        let client_id = typed(&self.client_id).or_else(|| typed(&self.suggested_id)).filter(|_| is_new);
        Ok(Registration {
            client_id,
            client_secret: None,
            first_party: self.first_party.is_some(),
            metadata,
            terms: Terms::default(),
        })
    }

    /// Whether "More settings" stand open: something there is to mend.
    pub fn more_is_open(errors: &FormErrors) -> bool {
        MORE.iter().any(|field| errors.has(field))
    }
}

/// The problems beside their fields; one that the form has no field for stands beside the further metadata.
pub fn errors_of(problems: &[Problem]) -> FormErrors {
    let mut errors = FormErrors::none();
    for problem in problems {
        let known = BASIC.contains(&problem.field.as_str()) || MORE.contains(&problem.field.as_str());
        if known {
            errors.add(problem.field.clone(), sentence(&problem.message));
        } else {
            errors.add("advanced", format!("{}: {}", problem.field, sentence(&problem.message)));
        }
    }
    errors
}

/// Validation speaks to developers and to operators alike, in clauses; on a page it is a sentence.
fn sentence(clause: &str) -> String {
    let starts_with_address = clause.split(':').next().is_some_and(|word| word.starts_with("http"));
    let mut letters = clause.chars();
    let text = match letters.next() {
        Some(first) if !starts_with_address => first.to_uppercase().chain(letters).collect(),
        _ => clause.to_owned(),
    };
    if text.ends_with(['.', ')']) { text } else { format!("{text}.") }
}

fn typed(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn lines(text: &str) -> Option<Vec<String>> {
    let list: Vec<_> = text.lines().filter_map(typed).collect();
    (!list.is_empty()).then_some(list)
}

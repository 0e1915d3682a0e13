//! The one door for a client's metadata, whoever brings it: `apply`, the console, or the client itself.
//!
//! What comes out has every default written out, so that what is stored is what is meant. Metadata that asks for a
//! feature we do not have is refused with its field's name: a client must never believe it got what it did not get.

mod encryption;
mod features;
mod flows;
mod log_out;
mod secrets;
mod sector;
mod texts;
mod uris;

pub use secrets::{MIN_SECRET_CHARACTERS, generate_secret, generate_signing_secret, hash_secret};
pub use sector::Sector;
pub use uris::MAX_REDIRECT_URIS;

use super::{Client, Record, Source};
use account::session::Acr;
use db::Timestamp;
use jose::{KeySet, MacAlgorithm, SigningAlgorithm};
use protocol::{ApplicationType, ClientAuthMethod, ClientMetadata, GrantType, Scope};
use zeroize::Zeroizing;

/// What somebody asks to be registered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registration {
    /// A chosen id; none: we choose. Operators only.
    pub client_id: Option<String>,
    /// A chosen secret; none: we make one where one is needed. Operators only.
    pub client_secret: Option<Zeroizing<String>>,
    /// One of our own products: no consent page. Operators only.
    pub first_party: bool,
    /// Everything else.
    pub metadata: ClientMetadata,
    /// What it is judged by beside itself.
    pub terms: Terms,
}

/// What a registration is judged by beside itself: what the operator allows, and what was read from the network before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whether a client that registers itself may use response types that carry tokens (`registration.allow_implicit`).
    /// An operator always may.
    pub allow_implicit: bool,
    /// What stands at `sector_identifier_uri`; see [`Sector::fetch`].
    pub sector: Sector,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the field, as in the metadata.
    pub field: String,
    /// What to write instead.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

/// A client that may be stored.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The client; its [`Client::record`] is what the store takes.
    pub client: Client,
    /// The secret that was made for it, to be shown once.
    pub secret: Option<Zeroizing<String>>,
}

/// Checks a registration, or, with `existing`, what is to take an existing client's place: id, source and creation stay,
/// and so does the secret unless another one is chosen or the method needs none.
///
/// # Errors
/// Everything that is wrong with it, in the order of the fields.
pub fn validate(
    registration: Registration,
    source: Source,
    existing: Option<&Record>,
    now: Timestamp,
) -> Result<Accepted, Vec<Problem>> {
    let Registration { client_id, client_secret, first_party, mut metadata, terms } = registration;
    let mut problems = Problems::default();
    let operator = source.is_operator();
    if !operator {
        problems.unless(client_id.is_none(), "client_id", "a client that registers itself is given its id");
        problems.unless(client_secret.is_none(), "client_secret", "a client that registers itself is given its secret");
        problems.unless(!first_party, "first_party", "only the operator can say that a client is one of our own");
    }
    if let Some(id) = &client_id {
        check_id(id, &mut problems);
    }
    let kind = application_type(&mut metadata, &mut problems);
    let flows = flows::check(&mut metadata, operator, operator || terms.allow_implicit, &mut problems);
    let grants = &flows.grants;
    let method = auth_method(&mut metadata, operator && client_secret.is_none(), &mut problems);
    keys(&mut metadata, method, &mut problems);
    algorithms(&mut metadata, method, &mut problems);
    encryption::check(&mut metadata, &mut problems);
    acr_values(&metadata, &mut problems);
    if method == ClientAuthMethod::None {
        let message =
            "a client without authentication cannot use client_credentials; choose another token_endpoint_auth_method";
        problems.unless(!grants.contains(&GrantType::ClientCredentials), "grant_types", message);
        problems.unless(
            metadata.require_pkce != Some(false),
            "require_pkce",
            "a client without authentication always needs PKCE",
        );
    }
    uris::check(&mut metadata, kind, &flows, operator, &mut problems);
    log_out::check(&metadata, &mut problems);
    texts::check(&mut metadata, &mut problems);
    scope(&mut metadata, operator, &mut problems);
    sector::check(&metadata, &terms.sector, existing.map(|e| &e.metadata), &mut problems);
    features::check(&metadata, &mut problems);
    let assertions = (method, metadata.token_endpoint_auth_signing_alg.as_deref());
    let secret = secrets::decide(client_secret, assertions, existing, &mut problems);
    metadata.drop_unknown_fields();
    if !problems.0.is_empty() {
        return Err(problems.0);
    }
    let record = Record {
        client_id: existing.map(|e| e.client_id.clone()).or(client_id).unwrap_or_else(generate_id),
        metadata,
        secret_hash: secret.hash,
        signing_secret: secret.signing,
        first_party,
        source: existing.map_or(source, |e| e.source),
        created_at: existing.map_or(now, |e| e.created_at),
        updated_at: now,
        disabled_at: existing.and_then(|e| e.disabled_at),
        registration_token_hash: existing.and_then(|e| e.registration_token_hash.clone()),
        first_used_at: existing.and_then(|e| e.first_used_at),
        verified_at: existing.and_then(|e| e.verified_at),
    };
    match Client::parse(record) {
        Ok(client) => Ok(Accepted { client, secret: secret.made }),
        Err(field) => Err(vec![Problem { field: field.into(), message: "this cannot be understood".into() }]),
    }
}

/// An id for a client that does not choose one.
pub fn generate_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Gathers what is wrong.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), message: message.into() });
    }

    fn unless(&mut self, right: bool, field: &str, message: &str) {
        if !right {
            self.add(field, message);
        }
    }
}

/// An id stands in addresses, logs and settings files: letters, digits and four marks, beginning with a letter or digit.
fn check_id(id: &str, problems: &mut Problems) {
    let legal = id.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c));
    let right = legal && (1..=128).contains(&id.len()) && id.starts_with(|c: char| c.is_ascii_alphanumeric());
    let message =
        "write 1 to 128 letters, digits, hyphens, dots, underscores or tildes, beginning with a letter or digit";
    problems.unless(right, "client_id", message);
}

fn application_type(metadata: &mut ClientMetadata, problems: &mut Problems) -> ApplicationType {
    let text = metadata.application_type.get_or_insert_with(|| ApplicationType::Web.to_string());
    text.parse().unwrap_or_else(|_| {
        problems.add("application_type", "write \"web\" or \"native\"");
        ApplicationType::Web
    })
}

/// `client_secret_basic` when nothing is said (RFC 7591 §2); `private_key_jwt` for an operator's client that comes with
/// keys and without a secret.
fn auth_method(metadata: &mut ClientMetadata, may_guess: bool, problems: &mut Problems) -> ClientAuthMethod {
    // Keys that are only for encryption prove nothing.
    let only_encrypts = |jwks| KeySet::from_jwks(jwks).is_ok_and(|set| set.is_empty() && set.can_encrypt());
    let has_keys = metadata.jwks.as_ref().is_some_and(|jwks| !only_encrypts(jwks)) || metadata.jwks_uri.is_some();
    let default =
        if may_guess && has_keys { ClientAuthMethod::PrivateKeyJwt } else { ClientAuthMethod::ClientSecretBasic };
    let text = metadata.token_endpoint_auth_method.get_or_insert_with(|| default.to_string());
    text.parse().unwrap_or_else(|_| {
        let known = ClientAuthMethod::ALL.iter().map(|m| m.as_str()).collect::<Vec<_>>().join(", ");
        problems.add("token_endpoint_auth_method", format!("{text:?} is not supported; there are {known}"));
        default
    })
}

fn keys(metadata: &mut ClientMetadata, method: ClientAuthMethod, problems: &mut Problems) {
    let signs = method == ClientAuthMethod::PrivateKeyJwt;
    let signs_requests = metadata.require_signed_request_object == Some(true);
    match (&metadata.jwks, &metadata.jwks_uri) {
        (Some(_), Some(_)) => problems.add("jwks_uri", "give either jwks or jwks_uri, not both (RFC 7591 section 2)"),
        (Some(jwks), None) => match KeySet::from_jwks(jwks) {
            _ if has_private_key(jwks) => {
                problems.add(
                    "jwks",
                    "a key in it has its private half; give the public keys only, and make a new key pair",
                );
            }
            Ok(set) if set.is_empty() && (signs || signs_requests || !set.can_encrypt()) => problems.add(
                "jwks",
                "no key in it can verify signatures here; use RSA from 2048 bits, EC P-256 or Ed25519 with use \"sig\"",
            ),
            Ok(_) => {}
            Err(error) => problems.add("jwks", error.to_string()),
        },
        (None, Some(uri)) => uris::check_fetched("jwks_uri", uri, problems),
        (None, None) => {
            problems.unless(!signs, "jwks", "private_key_jwt needs the client's public keys: jwks or jwks_uri");
            let message = "signed request objects need the client's public keys: jwks or jwks_uri";
            problems.unless(signs || !signs_requests, "jwks", message);
        }
    }
}

fn has_private_key(jwks: &serde_json::Value) -> bool {
    let keys = jwks.get("keys").and_then(serde_json::Value::as_array);
    keys.into_iter().flatten().any(|key| key.get("d").is_some() || key.get("k").is_some())
}

fn algorithms(metadata: &mut ClientMetadata, method: ClientAuthMethod, problems: &mut Problems) {
    let known = || SigningAlgorithm::ALL.map(SigningAlgorithm::as_str).join(", ");
    let id_token = metadata.id_token_signed_response_alg.get_or_insert_with(|| SigningAlgorithm::Rs256.to_string());
    if id_token.parse::<SigningAlgorithm>().is_err() {
        problems.add("id_token_signed_response_alg", format!("{id_token:?} is not supported; there are {}", known()));
    }
    if let Some(alg) = &metadata.request_object_signing_alg
        && alg.parse::<SigningAlgorithm>().is_err()
    {
        problems.add("request_object_signing_alg", format!("{alg:?} is not supported; there are {}", known()));
    }
    if let Some(alg) = &metadata.userinfo_signed_response_alg
        && alg.parse::<SigningAlgorithm>().is_err()
    {
        problems.add("userinfo_signed_response_alg", format!("{alg:?} is not supported; there are {}", known()));
    }
    if let Some(alg) = &metadata.token_endpoint_auth_signing_alg {
        let (right, known) = match method {
            ClientAuthMethod::ClientSecretJwt => {
                (alg.parse::<MacAlgorithm>().is_ok(), MacAlgorithm::ALL.map(MacAlgorithm::as_str).join(", "))
            }
            _ => (alg.parse::<SigningAlgorithm>().is_ok(), known()),
        };
        if !right {
            let message = format!("{alg:?} is not supported with {method}; there are {known}");
            problems.add("token_endpoint_auth_signing_alg", message);
        } else if !matches!(method, ClientAuthMethod::PrivateKeyJwt | ClientAuthMethod::ClientSecretJwt) {
            let message = "this is only for private_key_jwt and client_secret_jwt; leave it out";
            problems.add("token_endpoint_auth_signing_alg", message);
        }
    }
}

/// Only what there is: a client must not believe that its people log in with more.
fn acr_values(metadata: &ClientMetadata, problems: &mut Problems) {
    for value in metadata.default_acr_values.iter().flatten() {
        if Acr::parse(value).is_none() {
            let known = Acr::ALL.map(Acr::as_str).join(", ");
            problems.add("default_acr_values", format!("{value:?} is not offered; there are {known}"));
        }
    }
}

/// Without a scope, all that everybody may ask for. Scopes of the operator's own making only an operator allows.
fn scope(metadata: &mut ClientMetadata, operator: bool, problems: &mut Problems) {
    use protocol::scope::WELL_KNOWN;
    let Some(text) = metadata.scope.take() else { return };
    match text.parse::<Scope>() {
        Err(error) => problems.add("scope", error.to_string()),
        Ok(scope) if scope.is_empty() => problems.add("scope", "name at least one scope, or leave the field out"),
        Ok(scope) => {
            if let Some(own) = scope.iter().find(|token| !operator && !WELL_KNOWN.contains(token)) {
                problems.add("scope", format!("{own:?} is not offered; there are {}", WELL_KNOWN.join(" ")));
            }
            metadata.scope = Some(scope.to_string());
        }
    }
}

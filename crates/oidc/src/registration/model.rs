//! Who may register, what a request brings, and why it is refused.

use crate::client::Problem;
use account::throttle::Subject;
use protocol::{ClientMetadata, ErrorCode, OAuthError};
use serde_json::{Map, Value};

/// The longest body of a registration, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// The most members of its JSON object: there are not half as many names.
const MAX_MEMBERS: usize = 200;

/// Who may register clients (`registration.mode`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Whoever has an initial access token of the operator.
    #[default]
    Token,
    /// Anybody, within limits.
    Open,
    /// Nobody: the endpoint is not there.
    Closed,
}

/// The section `registration` of the settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settings {
    /// Who may register clients.
    pub mode: Mode,
    /// Whether such clients may use response types that carry tokens through the browser.
    pub allow_implicit: bool,
}

impl Settings {
    /// Whether there is an endpoint at all.
    pub fn is_offered(&self) -> bool {
        self.mode != Mode::Closed
    }
}

/// What a request brings.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The bearer token of the header `Authorization`.
    pub token: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
    /// Under what it is counted; empty: throttling is off.
    pub subjects: &'a [Subject],
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// What the client is told.
    #[error("{0}")]
    Told(OAuthError),
    /// There is no token, or it is no good. `true`: there was one.
    #[error("the token is missing or no good")]
    Token(bool),
    /// Too many from there; come again in so many seconds.
    #[error("too many registrations, for {0} seconds")]
    Wait(i64),
    /// The installation holds as many clients that registered themselves as it will.
    #[error("there are too many clients that registered themselves")]
    Full,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// Reads a body: a JSON object with client metadata (RFC 7591 §3.1). The object itself comes too, for the members that
/// are no metadata.
///
/// # Errors
/// `invalid_client_metadata`, or `invalid_redirect_uri` when that is the field of the wrong type.
pub fn read(body: &[u8]) -> Result<(ClientMetadata, Map<String, Value>), Refusal> {
    let told = |code, sentence: String| Refusal::Told(OAuthError::new(code, sentence));
    let wrong = |sentence: &str| told(ErrorCode::InvalidClientMetadata, sentence.to_owned());
    let object = match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return Err(wrong("the body is not a JSON object")),
        Err(_) => return Err(wrong("the body is not JSON")),
    };
    if object.len() > MAX_MEMBERS {
        return Err(wrong("the object has more than 200 members"));
    }
    let listed = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    if object.get("redirect_uris").is_some_and(|uris| !uris.is_null() && !listed(uris)) {
        return Err(told(ErrorCode::InvalidRedirectUri, "redirect_uris: write a list of texts".to_owned()));
    }
    match serde_json::from_value(Value::Object(object.clone())) {
        Ok(metadata) => Ok((metadata, object)),
        Err(_) => Err(told(ErrorCode::InvalidClientMetadata, wrong_type(&object))),
    }
}

/// Which member has the wrong JSON type. serde does not say it for a struct with flattened members.
fn wrong_type(object: &Map<String, Value>) -> String {
    let alone = |(name, value): (&String, &Value)| {
        let one = Value::Object([(name.clone(), value.clone())].into_iter().collect());
        serde_json::from_value::<ClientMetadata>(one).err().map(|error| format!("{name}: {error}"))
    };
    object.iter().find_map(alone).unwrap_or_else(|| "a member has the wrong type".to_owned())
}

/// What is wrong, as RFC 7591 §3.2.2 tells it: one code, of the first problem, and all sentences.
pub(super) fn told(problems: &[Problem]) -> Refusal {
    let code = match problems.first().map(|problem| problem.field.as_str()) {
        Some("redirect_uris") => ErrorCode::InvalidRedirectUri,
        Some("software_statement") => ErrorCode::InvalidSoftwareStatement,
        _ => ErrorCode::InvalidClientMetadata,
    };
    let sentences: Vec<_> = problems.iter().map(ToString::to_string).collect();
    Refusal::Told(OAuthError::new(code, sentences.join("; ")))
}

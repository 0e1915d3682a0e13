//! Grant types and response types: what a client may ask for at the token endpoint and at the authorization endpoint. The
//! two lists say the same (RFC 7591 §2.1).

use super::Problems;
use protocol::{ClientMetadata, GrantType, ResponseType};

/// What a client may ask for.
pub(super) struct Flows {
    /// At the token endpoint; `implicit` stands for tokens that never come from there.
    pub grants: Vec<GrantType>,
    /// At the authorization endpoint.
    types: Vec<ResponseType>,
}

impl Flows {
    /// Whether answers are sent to redirect URIs.
    pub fn need_redirect(&self) -> bool {
        self.grants.iter().any(|grant| grant.needs_redirect())
    }

    /// Whether tokens travel through the browser.
    pub fn is_front_channel(&self) -> bool {
        self.types.iter().any(|known| known.is_front_channel())
    }
}

/// Checks both lists and writes their defaults out. `allow_implicit`: whether tokens may travel through the browser.
pub(super) fn check(
    metadata: &mut ClientMetadata,
    operator: bool,
    allow_implicit: bool,
    problems: &mut Problems,
) -> Flows {
    let grants = grant_types(metadata, operator, allow_implicit, problems);
    let types = response_types(metadata, &grants, allow_implicit, problems);
    Flows { grants, types }
}

/// RFC 7591 §2: `authorization_code` when nothing is said. An operator's client may then refresh too: it gets a refresh
/// token only where `offline_access` is granted.
fn grant_types(
    metadata: &mut ClientMetadata,
    operator: bool,
    allow_implicit: bool,
    problems: &mut Problems,
) -> Vec<GrantType> {
    let default = if operator {
        vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
    } else {
        vec![GrantType::AuthorizationCode]
    };
    let known = || {
        let offered = GrantType::ALL.iter().filter(|grant| allow_implicit || **grant != GrantType::Implicit);
        offered.map(|grant| grant.as_str()).collect::<Vec<_>>().join(", ")
    };
    let listed = metadata.grant_types.take().unwrap_or_else(|| default.iter().map(ToString::to_string).collect());
    let mut grants = Vec::new();
    for text in listed {
        match text.parse::<GrantType>() {
            Ok(GrantType::Implicit) if !allow_implicit => problems.add(
                "grant_types",
                "\"implicit\" is not offered here; leave it out and use the authorization code flow with PKCE",
            ),
            Ok(grant) if grants.contains(&grant) => {}
            Ok(grant) => grants.push(grant),
            Err(_) => problems.add("grant_types", format!("{text:?} is not supported; there are {}", known())),
        }
    }
    if grants.is_empty() && problems.0.iter().all(|p| p.field != "grant_types") {
        problems.add("grant_types", format!("name at least one of {}", known()));
    }
    if grants.contains(&GrantType::RefreshToken) && !grants.contains(&GrantType::AuthorizationCode) {
        problems.add(
            "grant_types",
            "\"refresh_token\" needs \"authorization_code\" beside it: nothing else brings refresh tokens",
        );
    }
    metadata.grant_types = Some(grants.iter().map(ToString::to_string).collect());
    grants
}

fn response_types(
    metadata: &mut ClientMetadata,
    grants: &[GrantType],
    allow_implicit: bool,
    problems: &mut Problems,
) -> Vec<ResponseType> {
    let by_code = grants.contains(&GrantType::AuthorizationCode);
    let default = if by_code { vec![ResponseType::Code.to_string()] } else { Vec::new() };
    let listed = metadata.response_types.take().unwrap_or(default);
    let before = problems.0.len();
    let mut types = Vec::new();
    for text in listed {
        match text.parse::<ResponseType>() {
            Ok(known) if known.is_front_channel() && !allow_implicit => problems.add(
                "response_types",
                format!("\"{known}\" is not offered here, because it sends tokens through the browser; write \"code\""),
            ),
            Ok(known) if types.contains(&known) => {}
            Ok(known) => types.push(known),
            Err(_) => problems.add("response_types", format!("{text:?} is not a response type; write \"code\"")),
        }
    }
    if problems.0.len() == before {
        agree(&types, grants, problems);
    }
    metadata.response_types = Some(types.iter().map(ToString::to_string).collect());
    types
}

/// A code needs `authorization_code`, a token in the answer needs `implicit`, and the other way round.
fn agree(types: &[ResponseType], grants: &[GrantType], problems: &mut Problems) {
    for (grant, example, needs) in [
        (GrantType::AuthorizationCode, ResponseType::Code, ResponseType::has_code as fn(ResponseType) -> bool),
        (GrantType::Implicit, ResponseType::IdToken, ResponseType::is_front_channel),
    ] {
        match (types.iter().find(|known| needs(**known)), grants.contains(&grant)) {
            (Some(known), false) => {
                problems.add("response_types", format!("\"{known}\" needs \"{grant}\" among the grant_types"));
            }
            (None, true) => {
                let message = format!("\"{grant}\" needs a response type like \"{example}\" among the response_types");
                problems.add("response_types", message);
            }
            _ => {}
        }
    }
}

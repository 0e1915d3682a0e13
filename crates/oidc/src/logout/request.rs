//! What a log-out request proves (RP-Initiated Logout §2, §3).

use crate::authorize::Context;
use crate::client::Client;
use crate::id_token_hint::{self, Hint};
use account::session::{Login, Session};
use protocol::{ErrorCode, Parameters, Placement, append_parameters};
use std::sync::Arc;

/// The parameters of a log-out request (§2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// An ID token that was issued to the client; it may have expired.
    pub id_token_hint: Option<String>,
    /// Who asks.
    pub client_id: Option<String>,
    /// Where the visitor wants to go afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// Given back untouched.
    pub state: Option<String>,
}

const KNOWN: &[&str] =
    &["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales"];

impl LogoutRequest {
    /// Takes the known parameters and leaves the rest.
    ///
    /// # Errors
    /// The name of one that occurs twice.
    pub fn from_parameters(parameters: &Parameters) -> Result<Self, String> {
        if let Some(name) = parameters.duplicate_among(KNOWN) {
            return Err(name.to_owned());
        }
        let get = |name| parameters.get(name).map(str::to_owned);
        Ok(Self {
            id_token_hint: get("id_token_hint"),
            client_id: get("client_id"),
            post_logout_redirect_uri: get("post_logout_redirect_uri"),
            state: get("state"),
        })
    }
}

/// Where the visitor may go after the log-out: registered by a client that the request proves or names. Only this module
/// makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    location: String,
}

impl Return {
    /// The address, with `state` on it when there was one.
    pub fn location(&self) -> &str {
        &self.location
    }
}

/// What to do.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// The hint is of this browser's own log-in: end it and go.
    LogOut {
        /// The log-in that ends.
        login: Login,
        /// Who asked.
        client: Arc<Client>,
        /// Where to go; none: the page that says so.
        then: Option<Return>,
    },
    /// Nobody is logged in here, and the hint proves the client: there is nothing to end, so go.
    NothingToEnd {
        /// Where to go; none: the page that says so.
        then: Option<Return>,
    },
    /// Anybody could have sent this: the visitor is asked.
    Ask {
        /// Who seems to ask.
        client: Option<Arc<Client>>,
    },
    /// Something is wrong with it. The visitor may still log out; nothing redirects.
    Wrong {
        /// The code on the page.
        code: ErrorCode,
        /// Which check failed.
        check: &'static str,
        /// How to mend it.
        how_to_mend: &'static str,
    },
}

/// Judges a request as it comes in.
pub fn judge(request: &LogoutRequest, session: Option<&Session>, context: &Context<'_>) -> Verdict {
    let (hint, client) = match prove(request, context) {
        Ok(proof) => proof,
        Err(wrong) => return wrong,
    };
    let then = match destination(request, client.as_deref()) {
        Ok(then) => then,
        Err(wrong) => return wrong,
    };
    let Some((hint, client)) = hint.zip(client.clone()) else { return Verdict::Ask { client } };
    let own = session.and_then(|session| session.logins.iter().find(|login| hint.login.as_ref() == Some(&login.id)));
    match own {
        Some(login) if login.account_id == hint.account => Verdict::LogOut { login: login.clone(), client, then },
        _ if session.is_none() => Verdict::NothingToEnd { then },
        _ => Verdict::Ask { client: Some(client) },
    }
}

/// Where the visitor goes who confirmed: what the request asked for, if it may.
pub fn judge_confirmed(request: &LogoutRequest, context: &Context<'_>) -> Option<(Arc<Client>, Option<Return>)> {
    let (_, client) = prove(request, context).ok()?;
    let client = client?;
    let then = destination(request, Some(&client)).ok()?;
    Some((client, then))
}

type Proof = (Option<Hint>, Option<Arc<Client>>);

fn prove(request: &LogoutRequest, context: &Context<'_>) -> Result<Proof, Verdict> {
    let hint = match request.id_token_hint.as_deref() {
        None => None,
        Some(text) => Some(id_token_hint::read(text, context).ok_or(Verdict::Wrong {
            code: ErrorCode::InvalidRequest,
            check: "id_token_hint is an ID token that was signed here (RP-Initiated Logout section 2).",
            how_to_mend: "Send the ID token as it was received; it may have expired.",
        })?),
    };
    let client_id = match (&request.client_id, &hint) {
        (Some(client_id), Some(hint)) if !hint.audience.contains(client_id) => {
            return Err(Verdict::Wrong {
                code: ErrorCode::InvalidRequest,
                check: "client_id is the client that id_token_hint was issued to (RP-Initiated Logout section 2).",
                how_to_mend: "Leave client_id out, or send the one that the ID token has as its audience.",
            });
        }
        (Some(client_id), _) => Some(client_id.clone()),
        (None, Some(hint)) => hint.audience.first().cloned(),
        (None, None) => None,
    };
    let Some(client_id) = client_id else { return Ok((hint, None)) };
    match context.clients.find(&client_id).filter(|client| !client.disabled) {
        Some(client) => Ok((hint, Some(client))),
        None => Err(Verdict::Wrong {
            code: ErrorCode::InvalidClient,
            check: "The client is registered here and in use.",
            how_to_mend: "Compare client_id with the one in the console under Clients.",
        }),
    }
}

fn destination(request: &LogoutRequest, client: Option<&Client>) -> Result<Option<Return>, Verdict> {
    let Some(uri) = request.post_logout_redirect_uri.as_deref() else { return Ok(None) };
    let Some(client) = client else {
        return Err(Verdict::Wrong {
            code: ErrorCode::InvalidRequest,
            check: "post_logout_redirect_uri comes with id_token_hint or client_id (RP-Initiated Logout section 3).",
            how_to_mend: "Send the ID token of the person who logs out as id_token_hint.",
        });
    };
    if client.post_logout_redirect_uri(uri).is_none() {
        return Err(Verdict::Wrong {
            code: ErrorCode::InvalidRedirectUri,
            check: "post_logout_redirect_uri is one of those that the client registered, compared character by character.",
            how_to_mend: "Register the address under post_logout_redirect_uris exactly as the product sends it.",
        });
    }
    let state = request.state.as_deref().map(|state| ("state", state));
    Ok(Some(Return { location: append_parameters(uri, Placement::Query, state) }))
}

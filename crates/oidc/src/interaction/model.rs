//! What an interaction is.

use super::Permission;
use account::AccountId;
use account::login::HalfLogin;
use account::session::{Login, LoginId};
use db::Timestamp;
use protocol::AuthorizationRequest;
use serde::{Deserialize, Serialize};

db::id!(
    /// An interaction's id. It is no secret: the browser's cookie proves whose it is.
    InteractionId
);

/// Something on its way through log-in and consent, of the browser that asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Where it leads.
    pub kind: Kind,
    /// The client that asked; none when it leads to a page of ours.
    pub client_id: Option<String>,
    /// What the visitor did so far.
    pub progress: Progress,
    /// The address typed at the identifier step, when the browser that carries it says so.
    pub typed: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// Whether it came to its end, or its hour is over: it leads nowhere any more.
    pub is_over: bool,
}

impl Interaction {
    /// The address of whoever logs in here. What was noted goes before what the browser carries, which may be older.
    pub fn email(&self) -> Option<&str> {
        self.progress.email.as_deref().or(self.typed.as_deref())
    }

    /// Whether an address that is typed now has to be noted, since something is noted that may be about somebody else.
    /// Else it is enough that the browser carries it.
    pub fn must_note_email(&self) -> bool {
        self.progress.email.is_some() || self.progress.half.is_some()
    }

    /// The address to put into the log-in form: what was typed, or else the client's `login_hint` when it has the form
    /// of an address. A hint never locks the field.
    pub fn suggested_email(&self) -> Option<&str> {
        let hint = match &self.kind {
            Kind::Authorization(request) => request.login_hint.as_deref(),
            Kind::Local(_) | Kind::StepUp(_) => None,
        };
        self.email().or(hint.filter(|hint| hint.contains('@') && hint.len() <= 320))
    }

    /// The local path in which it ends, if it leads to a page of ours.
    pub fn local_path(&self) -> Option<&str> {
        match &self.kind {
            Kind::Local(path) | Kind::StepUp(path) => Some(path),
            Kind::Authorization(_) => None,
        }
    }
}

/// Where an interaction leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Back to the client, with an answer to this request.
    Authorization(Box<AuthorizationRequest>),
    /// To a page of ours, by a path that is known to be local.
    Local(String),
    /// The same, and the page asks for a fresh proof of who the visitor is.
    StepUp(String),
}

/// What the visitor did so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The address typed at the identifier step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The log-in made or chosen for this interaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<LoginId>,
    /// Whether [`Progress::login`] was made, or renewed, within this interaction.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
    /// A log-in of which the second step is still to be proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub half: Option<HalfLogin>,
    /// Whether the visitor wants to log in with an account that is not logged in yet.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub use_another: bool,
    /// What was allowed within this interaction, and by whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consented: Option<(AccountId, Permission)>,
}

impl Progress {
    /// The same after this log-in was made, or renewed, within the interaction.
    pub(crate) fn authenticated_by(&self, login: &Login) -> Self {
        Self { login: Some(login.id.clone()), authenticated: true, half: None, ..self.clone() }
    }
}

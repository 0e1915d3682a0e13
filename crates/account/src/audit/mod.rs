//! The audit log: who did what, to whom, from where. An entry is one line of code, in the transaction of the change.

mod store;

use crate::{ActorKind, Tx};
use db::{Result, Timestamp};

db::id!(
    /// An entry's id.
    AuditEntryId
);

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target<'a> {
    /// Its kind: `account`, `client`, `signing_key`, …
    pub kind: &'static str,
    /// Its id.
    pub id: &'a str,
}

impl<'a> Target<'a> {
    /// An account.
    pub fn account(id: &'a crate::AccountId) -> Self {
        Self { kind: "account", id: id.as_str() }
    }

    /// A client, by its `client_id`.
    pub fn client(client_id: &'a str) -> Self {
        Self { kind: "client", id: client_id }
    }

    /// An invitation of an operator.
    pub fn invitation(id: &'a crate::operator::InvitationId) -> Self {
        Self { kind: "invitation", id: id.as_str() }
    }
}

/// One entry as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who: `anonymous`, `account`, `client`, `command`, `system`.
    pub actor_kind: String,
    /// Which account or client.
    pub actor_id: Option<String>,
    /// From which network address.
    pub address: Option<String>,
    /// What happened, as `object.verb` in the past tense.
    pub action: String,
    /// More about it, without secrets.
    pub details: serde_json::Value,
}

/// One entry as the account's owner reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEntry {
    /// Its id; ids are ordered by time.
    pub id: AuditEntryId,
    /// What the browser called itself; empty when there was none.
    pub user_agent: String,
    /// What happened.
    pub entry: AuditEntry,
}

/// Writes an entry. `action` is `object.verb` in the past tense (`password.changed`); `details` hold no secret.
pub fn record(tx: &mut Tx<'_>, action: &str, target: Target<'_>, details: serde_json::Value) -> Result<()> {
    let (actor_kind, actor_id) = match &tx.actor.kind {
        ActorKind::Anonymous => ("anonymous", None),
        ActorKind::Account(id) => ("account", Some(id.as_str())),
        ActorKind::Client(id) => ("client", Some(id.as_str())),
        ActorKind::Command => ("command", None),
        ActorKind::System => ("system", None),
    };
    let row = store::NewEntry {
        id: AuditEntryId::new(tx.now),
        at: tx.now,
        actor_kind,
        actor_id,
        address: tx.actor.address.map(|a| a.to_string()),
        request_id: &tx.actor.request_id,
        action,
        target_kind: target.kind,
        target_id: target.id,
        details: details.to_string(),
        user_agent: &tx.actor.user_agent,
    };
    store::insert(tx.conn, &row)
}

pub use store::{of_account, of_target};

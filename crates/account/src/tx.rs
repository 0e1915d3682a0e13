//! A transaction and its circumstances.

use crate::AccountId;
use crate::secret::InstallationKey;
use db::{Conn, Result, Timestamp};
use std::net::IpAddr;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActorKind {
    /// A visitor who is not logged in.
    Anonymous,
    /// A person.
    Account(AccountId),
    /// A client, by its `client_id`.
    Client(String),
    /// The operator on the command line.
    Command,
    /// The program itself (a background job).
    System,
}

/// Who acts, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub kind: ActorKind,
    /// The network address, when there is one.
    pub address: Option<IpAddr>,
    /// The browser's `User-Agent`, cut to 256 characters; empty when there is none.
    pub user_agent: String,
    /// The id under which the log speaks of this request.
    pub request_id: String,
}

impl Actor {
    /// The operator on the command line.
    pub fn command() -> Self {
        Self::of(ActorKind::Command)
    }

    /// The program itself.
    pub fn system() -> Self {
        Self::of(ActorKind::System)
    }

    fn of(kind: ActorKind) -> Self {
        Self { kind, address: None, user_agent: String::new(), request_id: uuid::Uuid::new_v4().to_string() }
    }

    /// The same circumstances with a person as the actor: what a visitor does once logged in.
    pub fn as_account(&self, account: &AccountId) -> Self {
        Self { kind: ActorKind::Account(account.clone()), ..self.clone() }
    }
}

/// An open transaction and its circumstances. See [`crate::Accounts::write`].
pub struct Tx<'a> {
    /// The connection that the transaction runs on.
    pub conn: &'a mut Conn,
    /// The instant at which all of this happens.
    pub now: Timestamp,
    /// Who does it.
    pub actor: &'a Actor,
    /// The installation's key, for what is kept sealed.
    pub key: &'a InstallationKey,
    /// Whether mail was put in the outbox, so that the worker is woken after the commit.
    pub(crate) mail_queued: bool,
    /// Whether clients have to be told of an ended log-in, so that their worker is woken after the commit.
    pub(crate) log_outs_queued: bool,
    /// Whether an export was asked for, so that its worker is woken after the commit.
    pub(crate) exports_queued: bool,
}

impl<'a> Tx<'a> {
    /// Wraps an open transaction.
    pub(crate) fn new(conn: &'a mut Conn, now: Timestamp, actor: &'a Actor, key: &'a InstallationKey) -> Self {
        Self { conn, now, actor, key, mail_queued: false, log_outs_queued: false, exports_queued: false }
    }

    /// The same transaction with another actor: what a visitor does from the moment they are logged in.
    pub fn acting_as<T>(&mut self, actor: &Actor, f: impl FnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut inner = Tx::new(self.conn, self.now, actor, self.key);
        let outcome = f(&mut inner);
        let (mail, log_outs) = (inner.mail_queued, inner.log_outs_queued);
        self.mail_queued |= mail;
        self.log_outs_queued |= log_outs;
        outcome
    }
}

//! Consent: what a person allowed a client, remembered per account and client (OpenID Connect Core §3.1.2.4).

use crate::authorize::Parts;
use account::audit::{self, Target};
use account::{AccountId, Tx};
use db::schema::consents;
use db::{Conn, Error, OnEach, Result};
use diesel::prelude::*;
use protocol::Scope;
use protocol::scope::OFFLINE_ACCESS;
use serde_json::json;

/// When a client's visitors are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentPolicy {
    /// Never: one of our own products, or a page of ours.
    Never,
    /// When it asks for more than was allowed before.
    Remembered,
    /// Each time: anybody on the same device can pretend to be this client (RFC 8252 §8.6).
    EachTime,
}

impl ConsentPolicy {
    /// The policy for a request.
    pub fn of(request: &Parts) -> Self {
        if request.client.first_party {
            Self::Never
        } else if request.returns_to_device && (request.client.is_public() || request.client.is_native()) {
            Self::EachTime
        } else {
            Self::Remembered
        }
    }
}

/// What the account allowed the client before; empty when nothing.
pub fn remembered(conn: &mut Conn, account: &AccountId, client_id: &str) -> Result<Scope> {
    let scope: Option<String> = consents::table
        .filter(consents::account_id.eq(account).and(consents::client_id.eq(client_id)))
        .select(consents::scope)
        .first(conn)
        .optional()?;
    let parsed = scope.unwrap_or_default().parse();
    parsed.map_err(|_| Error::Corrupt("the scope of a consent".to_owned()))
}

/// Remembers what the account allowed, together with what it allowed before.
pub fn remember(tx: &mut Tx<'_>, account: &AccountId, client_id: &str, scope: &Scope) -> Result<()> {
    let union = remembered(tx.conn, account, client_id)?.union(scope);
    let row = (
        consents::account_id.eq(account),
        consents::client_id.eq(client_id),
        consents::scope.eq(union.to_string()),
        consents::granted_at.eq(tx.now),
        consents::updated_at.eq(tx.now),
    );
    let newer = (consents::scope.eq(union.to_string()), consents::updated_at.eq(tx.now));
    OnEach(
        diesel::insert_into(consents::table)
            .values(row)
            .on_conflict((consents::account_id, consents::client_id))
            .do_update()
            .set(newer),
    )
    .execute(tx.conn)?;
    let details = json!({ "client": client_id, "scope": scope.to_string() });
    audit::record(tx, "consent.granted", Target::account(account), details)
}

/// The scope that a grant may have: `offline_access` stays only with `prompt=consent`, with a consent that had it, or for
/// a client of ours, and only for a client that may use refresh tokens; else it is ignored (OpenID Connect Core §11).
pub fn grantable(request: &Parts, remembered: &Scope) -> Scope {
    let may_refresh = request.client.allows(protocol::GrantType::RefreshToken);
    let asked = request.prompt.contains(protocol::Prompt::Consent);
    // Only a code becomes a refresh token.
    if may_refresh
        && request.response_type.has_code()
        && (request.client.first_party || asked || remembered.contains(OFFLINE_ACCESS))
    {
        request.scope.clone()
    } else {
        request.scope.without(OFFLINE_ACCESS)
    }
}

//! Consent: what a person allowed a client, remembered per account and client (OpenID Connect Core §3.1.2.4).

use super::Permission;
use crate::authorize::Parts;
use crate::client::Source;
use account::audit::{self, Target};
use account::{AccountId, Tx};
use db::schema::consents;
use db::{Conn, Error, OnEach, Result};
use diesel::prelude::*;
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
        let client = &request.client;
        // Of a client with a secret that an operator vouches for, nobody else can redeem the code.
        let unproven = client.is_public() || client.is_native() || client.source == Source::Dynamic;
        if client.first_party {
            Self::Never
        } else if request.returns_to_device && unproven {
            Self::EachTime
        } else {
            Self::Remembered
        }
    }
}

/// What the account allowed the client before; nothing when it was never asked.
pub fn remembered(conn: &mut Conn, account: &AccountId, client_id: &str) -> Result<Permission> {
    let row: Option<(String, String)> = consents::table
        .filter(consents::account_id.eq(account).and(consents::client_id.eq(client_id)))
        .select((consents::scope, consents::claims))
        .first(conn)
        .optional()?;
    let Some((scope, claims)) = row else { return Ok(Permission::default()) };
    let scope = scope.parse().map_err(|_| Error::Corrupt("the scope of a consent".to_owned()))?;
    Ok(Permission { scope, claims: claims.split_whitespace().map(str::to_owned).collect() })
}

/// Remembers what the account allowed, together with what it allowed before.
pub fn remember(tx: &mut Tx<'_>, account: &AccountId, client_id: &str, allowed: &Permission) -> Result<()> {
    let union = remembered(tx.conn, account, client_id)?.union(allowed);
    let (scope, claims) = (union.scope.to_string(), words(&union));
    let row = (
        consents::account_id.eq(account),
        consents::client_id.eq(client_id),
        consents::scope.eq(&scope),
        consents::claims.eq(&claims),
        consents::granted_at.eq(tx.now),
        consents::updated_at.eq(tx.now),
    );
    let newer = (consents::scope.eq(&scope), consents::claims.eq(&claims), consents::updated_at.eq(tx.now));
    OnEach(
        diesel::insert_into(consents::table)
            .values(row)
            .on_conflict((consents::account_id, consents::client_id))
            .do_update()
            .set(newer),
    )
    .execute(tx.conn)?;
    let mut details = json!({ "client": client_id, "scope": allowed.scope.to_string() });
    if !allowed.claims.is_empty() {
        details["claims"] = words(allowed).into();
    }
    audit::record(tx, "consent.granted", Target::account(account), details)
}

/// Forgets what the account allowed the client. Returns whether there was anything.
pub fn forget(tx: &mut Tx<'_>, account: &AccountId, client_id: &str) -> Result<bool> {
    let own = consents::account_id.eq(account).and(consents::client_id.eq(client_id));
    Ok(diesel::delete(consents::table.filter(own)).execute(tx.conn)? == 1)
}

fn words(allowed: &Permission) -> String {
    allowed.claims_in_order().collect::<Vec<_>>().join(" ")
}

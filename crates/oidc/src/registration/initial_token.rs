//! Initial access tokens (RFC 7591 §3): an operator's leave to register clients.

use super::store;
use account::audit::{self, Target};
use account::secret::Token;
use account::{Timestamp, Tx};
use db::{Conn, Result};
use serde_json::json;

db::id!(
    /// An initial access token's id; not the token.
    InitialTokenId
);

/// The longest life of one, in days.
pub const MAX_DAYS: u32 = 3660;
/// The most registrations by one.
pub const MAX_USES: u32 = 1_000_000;
const DAY_SECONDS: i64 = 24 * 3600;
const MAX_NOTE_CHARACTERS: usize = 100;

/// One that was made. The token itself is kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitialToken {
    /// Its id.
    pub id: InitialTokenId,
    /// For whom or what it is, in the operator's words.
    pub note: String,
    /// How many clients can still be registered with it.
    pub uses_left: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Makes one that is good for so many registrations within so many days, each at least one and at most [`MAX_USES`] and
/// [`MAX_DAYS`]. The secret is for the caller to show once.
pub fn issue(tx: &mut Tx<'_>, secret: &Token, note: &str, uses: u32, days: u32) -> Result<InitialToken> {
    let days = days.clamp(1, MAX_DAYS);
    let token = InitialToken {
        id: InitialTokenId::new(tx.now),
        note: note.trim().chars().filter(|c| !c.is_control()).take(MAX_NOTE_CHARACTERS).collect(),
        uses_left: uses.clamp(1, MAX_USES).into(),
        created_at: tx.now,
        expires_at: tx.now.plus_seconds(i64::from(days) * DAY_SECONDS),
    };
    store::insert(tx, &token, &secret.hash())?;
    let details = json!({ "note": token.note, "uses": token.uses_left, "days": days });
    audit::record(tx, "initial_access_token.issued", target(&token.id), details)?;
    Ok(token)
}

/// Those that can still be used, the youngest first, at most so many.
pub fn usable(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<InitialToken>> {
    store::usable(conn, now, limit)
}

/// Makes one void. Returns whether it could still be used.
pub fn revoke(tx: &mut Tx<'_>, id: &InitialTokenId) -> Result<bool> {
    let done = store::revoke(tx, id)?;
    if done {
        audit::record(tx, "initial_access_token.revoked", target(id), json!({}))?;
    }
    Ok(done)
}

/// Writes down which client was registered with a token.
pub(super) fn note_use(tx: &mut Tx<'_>, id: &InitialTokenId, client_id: &str) -> Result<()> {
    audit::record(tx, "initial_access_token.used", target(id), json!({ "client": client_id }))
}

fn target(id: &InitialTokenId) -> Target<'_> {
    Target { kind: "initial_access_token", id: id.as_str() }
}

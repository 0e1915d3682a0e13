//! The table `initial_access_tokens`.

use super::initial_token::{InitialToken, InitialTokenId};
use account::Tx;
use db::schema::initial_access_tokens as tokens;
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

pub(super) fn insert(tx: &mut Tx<'_>, token: &InitialToken, hash: &[u8]) -> Result<()> {
    diesel::insert_into(tokens::table)
        .values((
            tokens::id.eq(&token.id),
            tokens::note.eq(&token.note),
            tokens::token_hash.eq(hash),
            tokens::uses_left.eq(token.uses_left),
            tokens::created_at.eq(token.created_at),
            tokens::expires_at.eq(token.expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Those that can still be used, the youngest first.
pub(super) fn usable(conn: &mut Conn, now: Timestamp, limit: i64) -> Result<Vec<InitialToken>> {
    type Row = (InitialTokenId, String, i64, Timestamp, Timestamp);
    let rows: Vec<Row> = tokens::table
        .filter(tokens::revoked_at.is_null().and(tokens::expires_at.gt(now)).and(tokens::uses_left.gt(0)))
        .order(tokens::id.desc())
        .limit(limit)
        .select((tokens::id, tokens::note, tokens::uses_left, tokens::created_at, tokens::expires_at))
        .load(conn)?;
    let token =
        |(id, note, uses_left, created_at, expires_at)| InitialToken { id, note, uses_left, created_at, expires_at };
    Ok(rows.into_iter().map(token).collect())
}

/// Whether a token can still be used.
pub(super) fn is_usable(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<bool> {
    let row: Option<InitialTokenId> = tokens::table
        .filter(tokens::token_hash.eq(hash))
        .filter(tokens::revoked_at.is_null().and(tokens::expires_at.gt(now)).and(tokens::uses_left.gt(0)))
        .select(tokens::id)
        .first(conn)
        .optional()?;
    Ok(row.is_some())
}

/// Uses a token up by one; the row count is the verdict of a race. Returns whose token it was.
pub(super) fn spend(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<InitialTokenId>> {
    let usable = tokens::table
        .filter(tokens::token_hash.eq(hash))
        .filter(tokens::revoked_at.is_null().and(tokens::expires_at.gt(tx.now)).and(tokens::uses_left.gt(0)));
    let spent = diesel::update(usable).set(tokens::uses_left.eq(tokens::uses_left - 1)).execute(tx.conn)?;
    if spent != 1 {
        return Ok(None);
    }
    tokens::table.filter(tokens::token_hash.eq(hash)).select(tokens::id).first(tx.conn).optional().map_err(Into::into)
}

/// Makes a token void. Returns whether it could still be used.
pub(super) fn revoke(tx: &mut Tx<'_>, id: &InitialTokenId) -> Result<bool> {
    let usable = tokens::table
        .find(id)
        .filter(tokens::revoked_at.is_null().and(tokens::expires_at.gt(tx.now)).and(tokens::uses_left.gt(0)));
    Ok(diesel::update(usable).set(tokens::revoked_at.eq(tx.now)).execute(tx.conn)? == 1)
}

//! The table `api_tokens`.

use super::{ApiToken, ApiTokenId, TokenScope};
use crate::{AccountId, Tx};
use db::schema::{accounts, api_tokens};
use db::{Conn, OnEach, Result, Timestamp};
use diesel::prelude::*;

/// Tokens that a page lists at most.
const LISTED: i64 = 200;

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
struct Row {
    id: ApiTokenId,
    account_id: AccountId,
    name: String,
    scope: String,
    beginning: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl From<Row> for ApiToken {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            name: row.name,
            scopes: TokenScope::read(&row.scope),
            beginning: row.beginning,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}

/// How many tokens of the account work.
pub(super) fn living(conn: &mut Conn, account: &AccountId, now: Timestamp) -> Result<i64> {
    let living = api_tokens::table
        .filter(api_tokens::account_id.eq(account).and(api_tokens::revoked_at.is_null()))
        .filter(api_tokens::expires_at.gt(now));
    Ok(living.count().get_result(conn)?)
}

/// Whether a token was made by this form.
pub(super) fn form_was_sent(conn: &mut Conn, form_hash: &[u8]) -> Result<bool> {
    let sent = api_tokens::table.filter(api_tokens::form_hash.eq(form_hash));
    Ok(sent.count().get_result::<i64>(conn)? > 0)
}

/// Writes a token down. Returns `false` when its form made one before.
pub(super) fn insert(tx: &mut Tx<'_>, token: &ApiToken, hash: &[u8], form_hash: &[u8]) -> Result<bool> {
    let row = (
        api_tokens::id.eq(&token.id),
        api_tokens::account_id.eq(&token.account_id),
        api_tokens::name.eq(&token.name),
        api_tokens::scope.eq(token.scope()),
        api_tokens::beginning.eq(&token.beginning),
        api_tokens::token_hash.eq(hash),
        api_tokens::form_hash.eq(form_hash),
        api_tokens::created_at.eq(token.created_at),
        api_tokens::expires_at.eq(token.expires_at),
    );
    let insert =
        OnEach(diesel::insert_into(api_tokens::table).values(row).on_conflict(api_tokens::form_hash).do_nothing());
    Ok(insert.execute(tx.conn)? == 1)
}

pub(super) fn find_good(conn: &mut Conn, hash: &[u8], now: Timestamp) -> Result<Option<ApiToken>> {
    let row: Option<Row> = api_tokens::table
        .inner_join(accounts::table.on(accounts::id.eq(api_tokens::account_id)))
        .filter(api_tokens::token_hash.eq(hash))
        .filter(api_tokens::revoked_at.is_null().and(api_tokens::expires_at.gt(now)))
        .filter(accounts::status.eq("active"))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    Ok(row.map(Into::into))
}

pub(super) fn note_use(tx: &mut Tx<'_>, id: &ApiTokenId, noted_before: Timestamp) -> Result<()> {
    let long_ago = api_tokens::last_used_at.is_null().or(api_tokens::last_used_at.le(noted_before));
    diesel::update(api_tokens::table.find(id))
        .filter(long_ago.assume_not_null())
        .set(api_tokens::last_used_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

/// Those of the account that were not revoked, the youngest first.
pub(super) fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<ApiToken>> {
    let rows: Vec<Row> = api_tokens::table
        .filter(api_tokens::account_id.eq(account).and(api_tokens::revoked_at.is_null()))
        .order(api_tokens::id.desc())
        .limit(LISTED)
        .select(Row::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Revokes a token of this account; `None` unless it worked until now. It is removed as one that ended now.
pub(super) fn revoke(tx: &mut Tx<'_>, account: &AccountId, id: &ApiTokenId) -> Result<Option<String>> {
    let living = api_tokens::account_id
        .eq(account)
        .and(api_tokens::id.eq(id))
        .and(api_tokens::revoked_at.is_null())
        .and(api_tokens::expires_at.gt(tx.now));
    Ok(diesel::update(api_tokens::table.filter(living))
        .set((api_tokens::revoked_at.eq(tx.now), api_tokens::expires_at.eq(tx.now)))
        .returning(api_tokens::name)
        .get_result(tx.conn)
        .optional()?)
}

pub(super) fn revoke_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    let living =
        api_tokens::account_id.eq(account).and(api_tokens::revoked_at.is_null()).and(api_tokens::expires_at.gt(tx.now));
    let ended = (api_tokens::revoked_at.eq(tx.now), api_tokens::expires_at.eq(tx.now));
    Ok(diesel::update(api_tokens::table.filter(living)).set(ended).execute(tx.conn)?)
}

//! The table `grants`.

use super::{Grant, GrantId};
use account::session::{Acr, Amr, LoginId};
use account::{AccountId, Tx};
use db::schema::{accounts, grants, logins};
use db::{Conn, Error, Result, Steady, Timestamp};
use diesel::prelude::*;
use protocol::ClaimsRequest;

/// A grant is kept for as long after its last token is over, so that a late second use is still told from nonsense.
const KEPT_AFTER_END_SECONDS: i64 = 24 * 3600;

#[derive(Queryable, Selectable)]
#[diesel(table_name = grants)]
struct Row {
    id: GrantId,
    client_id: String,
    account_id: AccountId,
    login_id: LoginId,
    redirect_uri: String,
    scope: String,
    nonce: Option<String>,
    code_challenge: Option<String>,
    claims: Option<String>,
    claims_locales: Option<String>,
    auth_time: Timestamp,
    acr: String,
    amr: String,
    offline: bool,
    code_expires_at: Timestamp,
    redeemed_at: Option<Timestamp>,
    refresh_seed: Option<Vec<u8>>,
    refresh_generation: i64,
    refresh_rotated_at: Option<Timestamp>,
    refresh_expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

fn grant(row: Row) -> Result<Grant> {
    let corrupt = |what: &str| Error::Corrupt(format!("{what} of the grant {}", row.id));
    let claims = match &row.claims {
        Some(text) => Some(serde_json::from_str(text).map_err(|_| corrupt("claims"))?),
        None => None,
    };
    Ok(Grant {
        scope: row.scope.parse().map_err(|_| corrupt("scope"))?,
        acr: Acr::parse(&row.acr).ok_or_else(|| corrupt("acr"))?,
        amr: serde_json::from_str(&row.amr).map_err(|_| corrupt("amr"))?,
        claims,
        claims_locales: row.claims_locales,
        id: row.id,
        client_id: row.client_id,
        account_id: row.account_id,
        login_id: row.login_id,
        redirect_uri: row.redirect_uri,
        nonce: row.nonce,
        code_challenge: row.code_challenge,
        auth_time: row.auth_time,
        offline: row.offline,
        code_expires_at: row.code_expires_at,
        redeemed_at: row.redeemed_at,
        refresh_seed: row.refresh_seed,
        refresh_generation: row.refresh_generation,
        refresh_rotated_at: row.refresh_rotated_at,
        refresh_expires_at: row.refresh_expires_at,
        revoked_at: row.revoked_at,
    })
}

/// What a grant hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ground {
    /// Whether the account is active.
    pub account_active: bool,
    /// Whether the log-in has not ended.
    pub login_alive: bool,
}

/// Keeps a new grant. `code_hash`: of its code, if it has one; `tokens_end`: when the access token is over that came
/// from the authorization endpoint.
pub(super) fn insert(tx: &mut Tx<'_>, new: &Grant, code_hash: Option<&[u8]>, tokens_end: Timestamp) -> Result<()> {
    let ends = new.code_expires_at.max(tokens_end);
    let amr = serde_json::to_string::<[Amr]>(&new.amr).expect("names serialise");
    let claims = new.claims.as_ref().filter(|claims| !claims.is_empty());
    let claims = claims.map(|claims| serde_json::to_string(claims).expect("a map with text keys serialises"));
    diesel::insert_into(grants::table)
        .values((
            grants::id.eq(&new.id),
            grants::code_hash.eq(code_hash),
            grants::client_id.eq(&new.client_id),
            grants::account_id.eq(&new.account_id),
            grants::login_id.eq(&new.login_id),
            grants::redirect_uri.eq(&new.redirect_uri),
            grants::scope.eq(new.scope.to_string()),
            grants::nonce.eq(&new.nonce),
            grants::code_challenge.eq(&new.code_challenge),
            grants::claims.eq(claims),
            grants::claims_locales.eq(&new.claims_locales),
            grants::auth_time.eq(new.auth_time),
            grants::acr.eq(new.acr.as_str()),
            grants::amr.eq(amr),
            grants::offline.eq(new.offline),
            grants::created_at.eq(tx.now),
            grants::code_expires_at.eq(new.code_expires_at),
            grants::refresh_generation.eq(0),
            grants::expires_at.eq(ends.plus_seconds(KEPT_AFTER_END_SECONDS)),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// What spending a code leaves in the row.
pub(super) struct Redeemed<'a> {
    /// Until when access tokens of the grant may live.
    pub tokens_end: Timestamp,
    /// For a grant with refresh tokens: from what they are made.
    pub refresh_seed: &'a [u8],
    /// For a grant with refresh tokens: when the first is over.
    pub refresh_ends: Timestamp,
}

/// Spends a code, whoever asks: of two who try, one gets the row. The refresh columns are written for every grant and
/// mean something for offline ones only, which saves looking first.
pub(super) fn redeem(tx: &mut Tx<'_>, code_hash: &[u8], with: &Redeemed<'_>) -> Result<Option<Grant>> {
    let fresh = grants::code_hash.eq(code_hash).and(grants::redeemed_at.is_null());
    let ends = with.tokens_end.max(with.refresh_ends);
    let spent = diesel::update(grants::table.filter(fresh))
        .set((
            grants::redeemed_at.eq(tx.now),
            grants::refresh_seed.eq(with.refresh_seed),
            grants::refresh_expires_at.eq(with.refresh_ends),
            grants::expires_at.eq(ends.plus_seconds(KEPT_AFTER_END_SECONDS)),
        ))
        .returning(<Row as Selectable<db::conn::MultiBackend>>::construct_selection());
    let row: Option<Row> = Steady(spent).get_result(tx.conn).optional()?;
    row.map(grant).transpose()
}

/// The grant of a code, spent or not.
pub(super) fn find_by_code(conn: &mut Conn, code_hash: &[u8]) -> Result<Option<GrantId>> {
    Ok(grants::table.filter(grants::code_hash.eq(code_hash)).select(grants::id).first(conn).optional()?)
}

/// What a grant hangs on; `None`: the account is gone.
pub(super) fn ground(conn: &mut Conn, account: &AccountId, login: &LoginId) -> Result<Option<Ground>> {
    let row: Option<(String, Option<LoginId>)> = accounts::table
        .left_join(logins::table.on(logins::id.eq(login).and(logins::ended_at.is_null())))
        .filter(accounts::id.eq(account))
        .select((accounts::status, logins::id.nullable()))
        .first(conn)
        .optional()?;
    Ok(row.map(|(status, alive)| Ground { account_active: status == "active", login_alive: alive.is_some() }))
}

/// A grant and what it hangs on.
pub(crate) fn find(conn: &mut Conn, id: &GrantId) -> Result<Option<(Grant, Ground)>> {
    let row: Option<(Row, String, Option<LoginId>)> = grants::table
        .inner_join(accounts::table.on(accounts::id.eq(grants::account_id)))
        .left_join(logins::table.on(logins::id.eq(grants::login_id).and(logins::ended_at.is_null())))
        .filter(grants::id.eq(id))
        .select((Row::as_select(), accounts::status, logins::id.nullable()))
        .first(conn)
        .optional()?;
    let Some((row, status, alive)) = row else { return Ok(None) };
    let ground = Ground { account_active: status == "active", login_alive: alive.is_some() };
    Ok(Some((grant(row)?, ground)))
}

/// Moves the family on by one. Returns whether it still stood at `generation`: of two who try, one moves it.
pub(super) fn rotate(tx: &mut Tx<'_>, id: &GrantId, generation: i64, refresh_ends: Timestamp) -> Result<bool> {
    let present = grants::refresh_generation.eq(generation).and(grants::revoked_at.is_null());
    let changed = diesel::update(grants::table.find(id).filter(present)).set((
        grants::refresh_generation.eq(generation + 1),
        grants::refresh_rotated_at.eq(tx.now),
        grants::refresh_expires_at.eq(refresh_ends),
        grants::expires_at.eq(refresh_ends.plus_seconds(KEPT_AFTER_END_SECONDS)),
    ));
    Ok(Steady(changed).execute(tx.conn)? == 1)
}

/// Ends a grant and everything that came of it. Returns whether it was alive.
pub(super) fn revoke(tx: &mut Tx<'_>, id: &GrantId) -> Result<bool> {
    let alive = grants::table.find(id).filter(grants::revoked_at.is_null());
    Ok(diesel::update(alive).set(grants::revoked_at.eq(tx.now)).execute(tx.conn)? == 1)
}

/// Ends all grants that an account gave to a client. Returns how many were alive.
pub(super) fn revoke_of_client(tx: &mut Tx<'_>, account: &AccountId, client_id: &str) -> Result<usize> {
    let theirs = grants::account_id.eq(account).and(grants::client_id.eq(client_id)).and(grants::revoked_at.is_null());
    Ok(diesel::update(grants::table.filter(theirs)).set(grants::revoked_at.eq(tx.now)).execute(tx.conn)?)
}

/// What was asked for beside the scope: single claims, and languages.
pub(crate) fn asked(conn: &mut Conn, id: &GrantId) -> Result<(ClaimsRequest, Option<String>)> {
    let columns = (grants::claims, grants::claims_locales);
    let row: Option<(Option<String>, Option<String>)> =
        grants::table.find(id).select(columns).first(conn).optional()?;
    let Some((claims, locales)) = row else { return Ok(Default::default()) };
    let corrupt = |_| Error::Corrupt(format!("claims of the grant {id}"));
    let claims = claims.map(|text| serde_json::from_str(&text).map_err(corrupt)).transpose()?;
    Ok((claims.unwrap_or_default(), locales))
}

//! The tables `sessions` and `logins`.

use super::{Acr, Amr, Authentication, BrowserLogin, Lifetimes, Login, LoginId, Person, Session, SessionId};
use crate::email::Email;
use crate::secret::Token;
use crate::{AccountId, Actor, Tx};
use db::schema::{accounts, emails, logins, sessions};
use db::{Conn, Error, Result, Steady, Timestamp};
use diesel::dsl::Eq;
use diesel::prelude::*;

/// Seconds for which an ended log-in is kept, so that tokens that name it are still refused for the right reason.
const KEPT_AFTER_END_SECONDS: i64 = 24 * 3600;

type Row = (SessionId, Timestamp, LoginId, AccountId, Timestamp, String, String);

/// The session of a cookie, when it is alive: neither idle nor over, and with a log-in of an active account.
pub fn find(conn: &mut Conn, token_hash: &[u8], now: Timestamp, lifetimes: &Lifetimes) -> Result<Option<Session>> {
    let idle_since = now.plus_seconds(-lifetimes.idle_seconds);
    let rows: Vec<Row> = sessions::table
        .inner_join(logins::table.on(logins::session_id.eq(sessions::id)))
        .inner_join(accounts::table.on(accounts::id.eq(logins::account_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)))
        .filter(logins::ended_at.is_null().and(accounts::status.eq("active")))
        .order((logins::last_used_at.desc(), logins::id.desc()))
        .select((
            sessions::id,
            sessions::last_seen_at,
            logins::id,
            logins::account_id,
            logins::authenticated_at,
            logins::amr,
            logins::acr,
        ))
        .load(conn)?;
    let Some((id, last_seen_at, ..)) = rows.first() else { return Ok(None) };
    let (id, last_seen_at) = (id.clone(), *last_seen_at);
    let logins = rows.into_iter().map(login_of_row).collect::<Result<_>>()?;
    Ok(Some(Session { id, last_seen_at, logins }))
}

fn login_of_row((_, _, id, account_id, authenticated_at, amr, acr): Row) -> Result<Login> {
    let amr: Vec<Amr> = serde_json::from_str(&amr).map_err(|e| Error::Corrupt(e.to_string()))?;
    let acr = Acr::parse(&acr).ok_or_else(|| Error::Corrupt(format!("acr {acr}")))?;
    Ok(Login { id, account_id, authenticated_at, amr, acr })
}

/// Whose account it is, as pages show it.
pub fn person(conn: &mut Conn, account: &AccountId) -> Result<Option<Person>> {
    let row: Option<(String, Option<String>, bool, String)> = accounts::table
        .inner_join(emails::table)
        .filter(accounts::id.eq(account).and(emails::is_primary.eq(true)))
        .select((accounts::name, accounts::avatar_id, accounts::operator, emails::address))
        .first(conn)
        .optional()?;
    Ok(row.map(|(name, avatar_id, operator, email)| Person { name, email, avatar_id, operator }))
}

/// Which of these log-ins belongs to the account with this address, when it is confirmed.
pub fn login_by_address(conn: &mut Conn, logins: &[Login], address: &Email) -> Result<Option<LoginId>> {
    let confirmed = emails::normalized.eq(address.normalized()).and(emails::verified_at.is_not_null());
    let owner: Option<AccountId> = emails::table.filter(confirmed).select(emails::account_id).first(conn).optional()?;
    Ok(logins.iter().find(|login| Some(&login.account_id) == owner.as_ref()).map(|login| login.id.clone()))
}

/// The ids of an account's living log-ins.
pub fn logins_of_account(conn: &mut Conn, account: &AccountId) -> Result<Vec<LoginId>> {
    let alive = logins::table.filter(logins::account_id.eq(account).and(logins::ended_at.is_null()));
    Ok(alive.select(logins::id).load(conn)?)
}

/// Where an account is logged in, the browser seen last first.
pub fn browsers_of(
    conn: &mut Conn,
    account: &AccountId,
    now: Timestamp,
    lifetimes: &Lifetimes,
) -> Result<Vec<BrowserLogin>> {
    let idle_since = now.plus_seconds(-lifetimes.idle_seconds);
    let rows: Vec<(LoginId, SessionId, String, String, Timestamp, Timestamp)> = logins::table
        .inner_join(sessions::table.on(sessions::id.eq(logins::session_id)))
        .filter(logins::account_id.eq(account).and(logins::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now).and(sessions::last_seen_at.gt(idle_since)))
        .order((sessions::last_seen_at.desc(), logins::id.desc()))
        .select((
            logins::id,
            sessions::id,
            sessions::user_agent,
            sessions::address,
            logins::created_at,
            sessions::last_seen_at,
        ))
        .load(conn)?;
    let place = |(login, session, user_agent, address, since, last_seen_at)| BrowserLogin {
        login,
        session,
        user_agent,
        address,
        since,
        last_seen_at,
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Notes a visit: the session's idle time starts anew, and this log-in becomes the current one.
pub fn touch(tx: &mut Tx<'_>, session: &SessionId, login: Option<&LoginId>) -> Result<()> {
    let (seen, session) = (sessions::last_seen_at.eq(tx.now), sessions::table.find(session));
    match whereabouts(tx.actor) {
        Some(there) => Steady(diesel::update(session).set((seen, there))).execute(tx.conn)?,
        None => Steady(diesel::update(session).set(seen)).execute(tx.conn)?,
    };
    if let Some(login) = login {
        Steady(diesel::update(logins::table.find(login)).set(logins::last_used_at.eq(tx.now))).execute(tx.conn)?;
    }
    Ok(())
}

type Whereabouts = (Eq<sessions::address, String>, Eq<sessions::user_agent, String>);

/// From where and with what the browser comes now; nothing when it is not the browser that acts.
fn whereabouts(actor: &Actor) -> Option<Whereabouts> {
    let address = actor.address?.to_string();
    Some((sessions::address.eq(address), sessions::user_agent.eq(actor.user_agent.clone())))
}

pub(super) fn insert_session(tx: &mut Tx<'_>, token: &Token, lifetimes: &Lifetimes) -> Result<SessionId> {
    let id = SessionId::new(tx.now);
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(&id),
            sessions::token_hash.eq(token.hash()),
            sessions::user_agent.eq(&tx.actor.user_agent),
            sessions::address.eq(tx.actor.address.map(|a| a.to_string()).unwrap_or_default()),
            sessions::created_at.eq(tx.now),
            sessions::last_seen_at.eq(tx.now),
            sessions::expires_at.eq(tx.now.plus_seconds(lifetimes.absolute_seconds)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

/// Gives the session a new cookie; the old one is void. Returns whether the session still exists.
pub(super) fn rotate(tx: &mut Tx<'_>, session: &SessionId, token: &Token) -> Result<bool> {
    let alive = sessions::table.find(session).filter(sessions::expires_at.gt(tx.now));
    let seen = (sessions::token_hash.eq(token.hash()), sessions::last_seen_at.eq(tx.now));
    let changed = match whereabouts(tx.actor) {
        Some(there) => Steady(diesel::update(alive).set((seen, there))).execute(tx.conn)?,
        None => Steady(diesel::update(alive).set(seen)).execute(tx.conn)?,
    };
    Ok(changed == 1)
}

pub(super) fn insert_login(
    tx: &mut Tx<'_>,
    session: &SessionId,
    account: &AccountId,
    authentication: &Authentication,
    lifetimes: &Lifetimes,
) -> Result<Login> {
    let login = Login {
        id: LoginId::new(tx.now),
        account_id: account.clone(),
        authenticated_at: tx.now,
        amr: authentication.amr.clone(),
        acr: authentication.acr,
    };
    let kept_until = tx.now.plus_seconds(lifetimes.absolute_seconds + KEPT_AFTER_END_SECONDS);
    diesel::insert_into(logins::table)
        .values((
            logins::id.eq(&login.id),
            logins::session_id.eq(session),
            logins::account_id.eq(account),
            logins::authenticated_at.eq(tx.now),
            logins::amr.eq(amr_text(&authentication.amr)),
            logins::acr.eq(authentication.acr.as_str()),
            logins::created_at.eq(tx.now),
            logins::last_used_at.eq(tx.now),
            logins::expires_at.eq(kept_until),
        ))
        .execute(tx.conn)?;
    Ok(login)
}

pub(super) fn renew_login(tx: &mut Tx<'_>, login: &LoginId, authentication: &Authentication) -> Result<bool> {
    let changed = diesel::update(logins::table.find(login).filter(logins::ended_at.is_null())).set((
        logins::authenticated_at.eq(tx.now),
        logins::last_used_at.eq(tx.now),
        logins::amr.eq(amr_text(&authentication.amr)),
        logins::acr.eq(authentication.acr.as_str()),
    ));
    Ok(Steady(changed).execute(tx.conn)? == 1)
}

fn amr_text(amr: &[Amr]) -> String {
    serde_json::to_string(amr).expect("names serialise")
}

pub(super) fn end_login_of(tx: &mut Tx<'_>, session: &SessionId, account: &AccountId) -> Result<Vec<LoginId>> {
    let theirs = logins::session_id.eq(session).and(logins::account_id.eq(account)).and(logins::ended_at.is_null());
    let ended = diesel::update(logins::table.filter(theirs)).set(logins::ended_at.eq(tx.now));
    Ok(Steady(ended.returning(logins::id)).get_results(tx.conn)?)
}

pub(super) fn end_login(tx: &mut Tx<'_>, login: &LoginId) -> Result<bool> {
    let ended: Option<SessionId> = diesel::update(logins::table.find(login).filter(logins::ended_at.is_null()))
        .set(logins::ended_at.eq(tx.now))
        .returning(logins::session_id)
        .get_result(tx.conn)
        .optional()?;
    let Some(session) = ended else { return Ok(false) };
    delete_if_empty(tx, &session)?;
    Ok(true)
}

pub(super) fn end_own_login(tx: &mut Tx<'_>, account: &AccountId, login: &LoginId) -> Result<bool> {
    let own = logins::table.find(login).filter(logins::account_id.eq(account));
    Ok(own.count().get_result::<i64>(tx.conn)? == 1 && end_login(tx, login)?)
}

fn delete_if_empty(tx: &mut Tx<'_>, session: &SessionId) -> Result<()> {
    let alive = logins::table.filter(logins::session_id.eq(session).and(logins::ended_at.is_null()));
    if alive.count().get_result::<i64>(tx.conn)? == 0 {
        diesel::delete(sessions::table.find(session)).execute(tx.conn)?;
    }
    Ok(())
}

pub(super) fn end_session(tx: &mut Tx<'_>, session: &SessionId) -> Result<Vec<LoginId>> {
    let alive = logins::table.filter(logins::session_id.eq(session).and(logins::ended_at.is_null()));
    let ended = diesel::update(alive).set(logins::ended_at.eq(tx.now)).returning(logins::id).get_results(tx.conn)?;
    diesel::delete(sessions::table.find(session)).execute(tx.conn)?;
    Ok(ended)
}

pub(super) fn end_all(tx: &mut Tx<'_>, account: &AccountId, keep: Option<&SessionId>) -> Result<Vec<LoginId>> {
    let alive: Vec<(LoginId, SessionId)> = logins::table
        .filter(logins::account_id.eq(account).and(logins::ended_at.is_null()))
        .select((logins::id, logins::session_id))
        .load(tx.conn)?;
    let mut ended = Vec::new();
    for (login, session) in alive {
        if keep != Some(&session) && end_login(tx, &login)? {
            ended.push(login);
        }
    }
    Ok(ended)
}

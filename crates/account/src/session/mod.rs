//! Sessions at the provider: one browser, logged in with one account or several.
//!
//! The cookie is an opaque 256-bit token, kept as a hash and made anew at every log-in (session fixation). A *login* is
//! one account's log-in within a session; its id is the `sid` of tokens. It is kept, ended, for as long as tokens that
//! name it may live.
//!
//! Every log-in ends in this room, whatever the cause, and so the clients that took part in it are told by
//! [`crate::log_out`], in the same transaction.

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::{
    Acr, Amr, Authentication, BrowserLogin, FRESH_SECONDS, Lifetimes, Login, LoginId, MOST_ACCOUNTS, Person, Session,
    SessionId,
};
pub use store::{browsers_of, find, login_by_address, logins_of_account, person, touch};

use crate::secret::Token;
use crate::{AccountId, Tx, log_out};
use db::Result;

/// Logs an account in: a new session, or, where the browser has one, the same session under a new cookie. The account's
/// earlier log-in in that session is replaced.
///
/// Returns the cookie's value and the log-in.
pub fn log_in(
    tx: &mut Tx<'_>,
    present: Option<&Session>,
    account: &AccountId,
    authentication: &Authentication,
    lifetimes: &Lifetimes,
) -> Result<(Token, Login)> {
    let token = Token::generate();
    let session = match present {
        Some(session) if store::rotate(tx, &session.id, &token)? => {
            let replaced = store::end_login_of(tx, &session.id, account)?;
            log_out::tell(tx, &replaced)?;
            session.id.clone()
        }
        _ => store::insert_session(tx, &token, lifetimes)?,
    };
    let login = store::insert_login(tx, &session, account, authentication, lifetimes)?;
    Ok((token, login))
}

/// Raises or renews a log-in after a further proof (the password again, a second step): same `sid`, new authentication
/// time, and a new cookie.
pub fn reauthenticate(
    tx: &mut Tx<'_>,
    session: &Session,
    login: &LoginId,
    authentication: &Authentication,
) -> Result<Option<Token>> {
    let token = Token::generate();
    if !store::rotate(tx, &session.id, &token)? || !store::renew_login(tx, login, authentication)? {
        return Ok(None);
    }
    Ok(Some(token))
}

/// Ends one account's log-in; the session goes with its last one. Tokens that hang on the log-in stop working at our
/// endpoints. Returns whether it was still alive.
pub fn end_login(tx: &mut Tx<'_>, login: &LoginId) -> Result<bool> {
    let was_alive = store::end_login(tx, login)?;
    if was_alive {
        log_out::tell(tx, std::slice::from_ref(login))?;
    }
    Ok(was_alive)
}

/// [`end_login`] by an account whose log-in it has to be: one of somebody else's is left alone.
pub fn end_own_login(tx: &mut Tx<'_>, account: &AccountId, login: &LoginId) -> Result<bool> {
    let was_alive = store::end_own_login(tx, account, login)?;
    if was_alive {
        log_out::tell(tx, std::slice::from_ref(login))?;
    }
    Ok(was_alive)
}

/// Ends a whole session, with all its log-ins. Returns the ids of those that were alive.
pub fn end_session(tx: &mut Tx<'_>, session: &SessionId) -> Result<Vec<LoginId>> {
    let ended = store::end_session(tx, session)?;
    log_out::tell(tx, &ended)?;
    Ok(ended)
}

/// Ends every log-in of an account, except in the session `keep`. Returns the ids of those that were alive.
pub fn end_all(tx: &mut Tx<'_>, account: &AccountId, keep: Option<&SessionId>) -> Result<Vec<LoginId>> {
    let ended = store::end_all(tx, account, keep)?;
    log_out::tell(tx, &ended)?;
    Ok(ended)
}

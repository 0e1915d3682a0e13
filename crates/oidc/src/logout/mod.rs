//! The end of a log-in (OpenID Connect RP-Initiated Logout, Session Management, Front-Channel and Back-Channel Logout 1.0).
//!
//! [`judge`] is pure: it says what a product's request proves, and so whether the log-out happens at once, needs a click,
//! and where the visitor may go afterwards. [`end`] does it. Clients are told in the [`back_channel`], by whatever cause a
//! log-in ends; and, where a browser is at hand, in the front channel, by [`frames`].

pub mod back_channel;
mod front_channel;
mod request;
#[cfg(test)]
mod tests;

pub use front_channel::{Frame, frames};
pub use request::{LogoutRequest, Return, Verdict, judge, judge_confirmed};

use account::audit::{self, Target};
use account::session::{self, Login, LoginId, Session};
use account::{AccountId, Tx, log_out};
use back_channel::Batch;
use db::Result;
use serde_json::json;

/// What is ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// One account's log-in; others in the same browser stay.
    Login(Login),
    /// Everything in this browser.
    Session(Session),
}

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// Whether the browser's session is gone altogether.
    pub session_is_gone: bool,
    /// The log-ins that were alive until now.
    pub logins: Vec<LoginId>,
    /// The clients that took part in what ended: for [`frames`].
    pub parts: Vec<(LoginId, String)>,
    /// Log-outs that the caller delivers before the browser goes on: [`Batch::deliver_now`].
    pub batch: Batch,
}

/// Ends it. Access tokens that hang on a log-in stop working with it; offline refresh tokens survive.
pub fn end(tx: &mut Tx<'_>, present: &Session, ending: &Ending, client_id: Option<&str>) -> Result<Ended> {
    let (ended, session_is_gone): (Vec<LoginId>, bool) = match ending {
        Ending::Login(login) => {
            let ended = session::end_login(tx, &login.id)?.then(|| login.id.clone());
            (ended.into_iter().collect(), present.logins.iter().all(|other| other.id == login.id))
        }
        Ending::Session(session) => (session::end_session(tx, &session.id)?, true),
    };
    for login in present.logins.iter().filter(|login| ended.contains(&login.id)) {
        record(tx, &login.account_id, client_id)?;
    }
    let parts = log_out::clients_of(tx.conn, &ended)?;
    let batch = Batch::claim(tx, &ended)?;
    Ok(Ended { session_is_gone, logins: ended, parts, batch })
}

fn record(tx: &mut Tx<'_>, account: &AccountId, client_id: Option<&str>) -> Result<()> {
    audit::record(tx, "session.ended", Target::account(account), json!({ "reason": "log-out", "client": client_id }))
}

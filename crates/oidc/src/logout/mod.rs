//! Log-out begun by a product (OpenID Connect RP-Initiated Logout 1.0).
//!
//! [`judge`] is pure: it says what the request proves, and so whether the log-out happens at once, needs a click, and
//! where the visitor may go afterwards. [`end`] does it.

mod request;
#[cfg(test)]
mod tests;

pub use request::{LogoutRequest, Return, Verdict, judge, judge_confirmed};

use account::audit::{self, Target};
use account::session::{self, Login, Session};
use account::{AccountId, Tx};
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

/// Ends it. Access tokens that hang on a log-in stop working with it; offline refresh tokens survive. Returns whether
/// the browser's session is gone altogether.
pub fn end(tx: &mut Tx<'_>, present: &Session, ending: &Ending, client_id: Option<&str>) -> Result<bool> {
    match ending {
        Ending::Login(login) => {
            if session::end_login(tx, &login.id)? {
                record(tx, &login.account_id, client_id)?;
            }
            Ok(present.logins.iter().all(|other| other.id == login.id))
        }
        Ending::Session(session) => {
            let ended = session::end_session(tx, &session.id)?;
            for login in session.logins.iter().filter(|login| ended.contains(&login.id)) {
                record(tx, &login.account_id, client_id)?;
            }
            Ok(true)
        }
    }
}

fn record(tx: &mut Tx<'_>, account: &AccountId, client_id: Option<&str>) -> Result<()> {
    audit::record(tx, "session.ended", Target::account(account), json!({ "reason": "log-out", "client": client_id }))
}

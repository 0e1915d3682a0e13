//! The end of every way in: a log-in in the browser's session, and a device that is known.

use super::devices;
use crate::secret::Token;
use crate::session::{self, Acr, Authentication, Lifetimes, Login, Session};
use crate::{AccountId, Tx, second_step_reset};
use db::Result;

/// What a browser brings along that logs in.
#[derive(Debug, Clone)]
pub struct Entering {
    /// Its session, when it has one.
    pub session: Option<Session>,
    /// Its device cookie, when it has one.
    pub device: Option<Token>,
    /// How long sessions live.
    pub lifetimes: Lifetimes,
}

impl Entering {
    /// Whether as many other accounts are logged in in this browser as can be.
    pub fn has_no_room_for(&self, account: &AccountId) -> bool {
        self.session.as_ref().is_some_and(|session| session.is_full_for(account))
    }

    /// Whether the session has a log-in of this account, which is then renewed.
    pub(super) fn renews(&self, account: &AccountId) -> bool {
        self.session.as_ref().is_some_and(|session| session.login_of(account).is_some())
    }
}

/// A log-in that succeeded, and the cookies to set.
#[derive(Debug)]
pub struct LoggedIn {
    /// The log-in.
    pub login: Login,
    /// The session cookie's new value.
    pub session: Token,
    /// The device cookie's new value.
    pub device: Token,
}

/// Logs in, after everything that was demanded is proved: whoever calls this has asked [`crate::second_step::demanded`],
/// or holds a proof that needs no second step.
///
/// The same log-in with a new time where the session has one of this account (`max_age`, `prompt=login`: products know
/// it by its `sid`), else a new one. The cookies are new in any case. Whoever proved more than a password stops a removal
/// of second steps that waits.
pub fn enter(
    tx: &mut Tx<'_>,
    entering: &Entering,
    account: &AccountId,
    authentication: Authentication,
) -> Result<LoggedIn> {
    if authentication.acr > Acr::Password {
        // A second step that was proved is not lost.
        second_step_reset::cancel(tx, account)?;
    }
    let device = devices::remember(tx, entering.device.as_ref(), account)?;
    let present = entering.session.as_ref();
    if let Some((session, login)) = present.and_then(|session| Some((session, session.login_of(account)?)))
        && let Some(token) = session::reauthenticate(tx, session, &login.id, &authentication)?
    {
        let Authentication { amr, acr } = authentication;
        let login = Login { authenticated_at: tx.now, amr, acr, ..login.clone() };
        return Ok(LoggedIn { login, session: token, device });
    }
    let (session, login) = session::log_in(tx, present, account, &authentication, &entering.lifetimes)?;
    Ok(LoggedIn { login, session, device })
}

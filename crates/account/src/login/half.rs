//! A log-in of which the first step is proved and the second is not: no session hangs on it yet.

use super::Entering;
use crate::audit::{self, Target};
use crate::credential::password;
use crate::second_step::Method;
use crate::session::Amr;
use crate::{AccountId, Conn, Timestamp, Tx, account, closure};
use db::Result;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Seconds for which the first step counts.
pub const HALF_SECONDS: i64 = 15 * 60;

/// What the first step proved. Whoever keeps it (an interaction) keeps it for the browser that proved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HalfLogin {
    /// Whose account.
    pub account: AccountId,
    /// By which methods the first step was proved.
    pub amr: Vec<Amr>,
    /// When.
    pub proved_at: Timestamp,
    /// Whether it renews a log-in of this browser.
    pub again: bool,
    /// By what the second step may be proved, the handiest first.
    pub methods: Vec<Method>,
    /// When the password was chosen that was proved: another one makes this void.
    pub password_changed_at: Option<Timestamp>,
}

impl HalfLogin {
    /// The password was right, and one of `methods` is to prove the second step.
    pub(super) fn begin(
        tx: &mut Tx<'_>,
        entering: &Entering,
        account: &AccountId,
        methods: Vec<Method>,
    ) -> Result<Self> {
        audit::record(tx, "login.second_step_demanded", Target::account(account), json!({ "methods": methods }))?;
        Ok(Self {
            account: account.clone(),
            amr: vec![Amr::Pwd],
            proved_at: tx.now,
            again: entering.renews(account),
            methods,
            password_changed_at: password::changed_at(tx.conn, account)?,
        })
    }

    /// There is no password to prove: one of `methods` alone proves again who somebody is that is logged in already.
    pub fn without_a_password(tx: &mut Tx<'_>, account: &AccountId, methods: Vec<Method>) -> Result<Self> {
        Ok(Self {
            account: account.clone(),
            amr: Vec::new(),
            proved_at: tx.now,
            again: true,
            methods,
            password_changed_at: password::changed_at(tx.conn, account)?,
        })
    }

    /// Whether it was proved recently enough. Whether it still holds, [`HalfLogin::holds`] says.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.proved_at.plus_seconds(HALF_SECONDS)
    }

    /// Whether it may be completed: proved recently, of an account that its owner may enter, with the password of then.
    pub fn holds(&self, conn: &mut Conn, now: Timestamp) -> Result<bool> {
        let Some(account) = account::find(conn, &self.account)? else { return Ok(false) };
        Ok(self.is_alive(now)
            && closure::may_enter(conn, &account)?
            && password::changed_at(conn, &self.account)? == self.password_changed_at)
    }

    /// Whether the second step may be proved by this.
    pub fn takes(&self, method: Method) -> bool {
        self.methods.contains(&method)
    }
}

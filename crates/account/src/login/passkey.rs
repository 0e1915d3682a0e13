//! Logging in by a passkey alone: it names the account, and its authenticator verified the person, so that it is two
//! factors in one and satisfies whatever second step is demanded.

use super::{Entering, HalfLogin, LoggedIn, enter};
use crate::account::{self, AccountStatus};
use crate::audit::{self, Target};
use crate::credential::passkey::{self, Answer, Assertion, Expected, Refusal, RelyingParty, Used};
use crate::credential::password;
use crate::session::{Acr, Amr, Authentication, Login};
use crate::{Accounts, Actor, Tx, closure};
use db::Result;
use serde_json::json;

/// What came of it.
#[derive(Debug)]
pub enum PasskeyOutcome {
    /// Logged in.
    LoggedIn(LoggedIn),
    /// The answer proves nothing.
    Refused(Refusal),
    /// The passkey of an account that an operator deactivated.
    Deactivated,
    /// The passkey of an account whose address is not confirmed yet.
    Unverified,
    /// The passkey of an account whose door its owner locked: a new password has to be chosen first, by mail.
    Void,
    /// As many accounts are logged in in this browser as can be.
    Full,
}

/// Logs in by a passkey. `noted` runs in the transaction of a log-in that succeeds, so that whoever waits for it (an
/// interaction) knows of it at once.
///
/// # Errors
/// When the database fails.
pub async fn log_in_by_passkey<F>(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    browser_hash: &[u8],
    answer: &Answer,
    entering: Entering,
    noted: F,
) -> Result<PasskeyOutcome>
where
    F: Fn(&mut Tx<'_>, &Login) -> Result<()> + Send + Sync + 'static,
{
    match passkey::verify(accounts, party, actor, &Expected::Anybodys, browser_hash, answer).await? {
        Ok(assertion) => accounts.write(actor, move |tx| decide(tx, &assertion, &entering, &noted)).await,
        Err(refusal) => {
            let kind = refusal.as_str();
            let noted = accounts.write(actor, move |tx| {
                let target = Target { kind: "passkey", id: "" };
                audit::record(tx, "login.failed", target, json!({ "reason": kind }))
            });
            noted.await?;
            Ok(PasskeyOutcome::Refused(refusal))
        }
    }
}

fn decide(
    tx: &mut Tx<'_>,
    assertion: &Assertion,
    entering: &Entering,
    noted: &dyn Fn(&mut Tx<'_>, &Login) -> Result<()>,
) -> Result<PasskeyOutcome> {
    let id = &assertion.account_id;
    match passkey::note_use(tx, assertion)? {
        Used::Accepted => {}
        Used::Gone => return Ok(PasskeyOutcome::Refused(Refusal::Unknown)),
        Used::Copied => return Ok(PasskeyOutcome::Refused(Refusal::Copied)),
    }
    let Some(account) = account::find(tx.conn, id)? else { return Ok(PasskeyOutcome::Refused(Refusal::Unknown)) };
    match account.status {
        // Who closed the account opens it again by a whole log-in, whatever the way.
        AccountStatus::Active | AccountStatus::Deactivated if closure::may_enter(tx.conn, &account)? => {}
        AccountStatus::Unverified => return Ok(PasskeyOutcome::Unverified),
        AccountStatus::Active | AccountStatus::Deactivated => {
            audit::record(tx, "login.refused", Target::account(id), json!({ "reason": "deactivated" }))?;
            return Ok(PasskeyOutcome::Deactivated);
        }
        AccountStatus::Deleted => return Ok(PasskeyOutcome::Refused(Refusal::Unknown)),
    }
    // "This was not me" may be about the passkey: a thief adds one of their own.
    if password::find_any(tx.conn, id)?.is_some_and(|kept| kept.is_void) {
        audit::record(tx, "login.refused", Target::account(id), json!({ "reason": "void password" }))?;
        return Ok(PasskeyOutcome::Void);
    }
    if entering.has_no_room_for(id) {
        return Ok(PasskeyOutcome::Full);
    }
    let logged_in = enter(tx, entering, id, alone(assertion))?;
    let login = &logged_in.login;
    let details = json!({ "login": login.id, "amr": login.amr, "passkey": assertion.passkey });
    audit::record(tx, "login.succeeded", Target::account(id), details)?;
    noted(tx, login)?;
    Ok(PasskeyOutcome::LoggedIn(logged_in))
}

/// What a passkey proves by itself: something that one has, and, verified, what one knows or is.
fn alone(assertion: &Assertion) -> Authentication {
    let mut amr = assertion.amr();
    amr.push(Amr::Mfa);
    Authentication { amr, acr: Acr::PhishingResistant }
}

/// The second step by a passkey, for [`super::finish`]: its use is written down, and both steps together are said.
/// `None`: it is another account's, or does not count any more.
pub fn prove_by_passkey(tx: &mut Tx<'_>, half: &HalfLogin, assertion: &Assertion) -> Result<Option<Authentication>> {
    if assertion.account_id != half.account || passkey::note_use(tx, assertion)? != Used::Accepted {
        return Ok(None);
    }
    let mut amr = half.amr.clone();
    amr.extend(assertion.amr());
    amr.push(Amr::Mfa);
    Ok(Some(Authentication { amr, acr: Acr::PhishingResistant }))
}

//! "Type your password again": before a logged-in person changes what the account hangs on.

use super::password::{self, Busy, Password, Phc};
use crate::throttle::{self, Purpose, Subject, Verdict};
use crate::{AccountId, Accounts, Actor, Tx};
use db::Result;

/// What a typed password turned out to be.
#[derive(Debug)]
pub enum Reconfirmed {
    /// The account's own.
    Right(Proof),
    /// Another one.
    Wrong,
    /// Too many wrong ones; again after so many seconds.
    Wait(i64),
    /// The account has no password.
    NoPassword,
}

/// That somebody typed the account's password just now. It counts as long as the password stays the same.
#[derive(Debug, Clone)]
pub struct Proof {
    account: AccountId,
    phc: Phc,
    counted: Option<Subject>,
}

impl Proof {
    /// Whose password it was.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Within the change: whether the password is still the one that was typed. Forgets wrong tries.
    pub fn still_holds(&self, tx: &mut Tx<'_>) -> Result<bool> {
        let holds = password::find(tx.conn, &self.account)?.as_ref() == Some(&self.phc);
        if holds && let Some(subject) = &self.counted {
            throttle::clear(tx, subject)?;
        }
        Ok(holds)
    }

    /// The hash that was verified.
    pub(crate) fn phc(&self) -> &Phc {
        &self.phc
    }
}

/// Checks the password of an account whose owner is logged in, or holds a link that the account's mail brought.
///
/// Wrong tries are counted for this account apart from those at the log-in page, so that a stranger there cannot keep
/// the owner from a change here. Returns `Busy` when too many passwords wait to be checked.
pub async fn reconfirm(
    accounts: &Accounts,
    actor: &Actor,
    account: &AccountId,
    typed: Password,
    throttled: bool,
) -> Result<std::result::Result<Reconfirmed, Busy>> {
    let counted = throttled.then(|| Subject::of(&accounts.key, Purpose::LogIn, account.as_str()));
    let (now, id, subjects) = (accounts.now(), account.clone(), Vec::from_iter(counted.clone()));
    let (verdict, phc) =
        accounts.read(move |conn| Ok((throttle::check(conn, &subjects, now)?, password::find(conn, &id)?))).await?;
    if let Verdict::Wait(seconds) = verdict {
        return Ok(Ok(Reconfirmed::Wait(seconds)));
    }
    let Some(phc) = phc else { return Ok(Ok(Reconfirmed::NoPassword)) };
    let verdict = match accounts.passwords.verify(typed, Some(phc.clone())).await {
        Ok(verdict) => verdict,
        Err(busy) => return Ok(Err(busy)),
    };
    if verdict.matches {
        return Ok(Ok(Reconfirmed::Right(Proof { account: account.clone(), phc, counted })));
    }
    if let Some(subject) = counted {
        accounts.write(actor, move |tx| throttle::count(tx, &subject).map(|_| ())).await?;
    }
    Ok(Ok(Reconfirmed::Wrong))
}

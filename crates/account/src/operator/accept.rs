//! Accepting an invitation.

use super::{Accepted, Invitation, Invited, Ticket, store};
use crate::account::{self, NewAccount};
use crate::audit::{self, Target};
use crate::credential::password::{self, Phc};
use crate::email::Email;
use crate::secret::Token;
use crate::{AccountId, Tx};
use db::Result;
use serde_json::json;

/// Remembers that this browser showed the link, so that its person can go and log in: the token itself then needs to
/// be kept nowhere. Returns whether the link is alive.
pub fn bind(tx: &mut Tx<'_>, token: &Token, browser_hash: &[u8]) -> Result<bool> {
    match store::find(tx.conn, &Ticket::Link(token.clone()), tx.now)? {
        Some(invitation) => store::bind(tx, &invitation.id, browser_hash),
        None => Ok(false),
    }
}

/// Makes the account that is logged in an operator.
pub fn accept(tx: &mut Tx<'_>, ticket: &Ticket, account: &AccountId) -> Result<Accepted> {
    let Some(invitation) = store::find(tx.conn, ticket, tx.now)? else { return Ok(Accepted::Void) };
    let theirs = match invitation.email.as_deref().map(Email::parse) {
        Some(Ok(email)) => store::holder_of(tx.conn, &email)? == Invited::Account(account.clone()),
        Some(Err(_)) => false,
        None => store::is_active(tx.conn, account)?,
    };
    if !theirs {
        return Ok(Accepted::NotTheirs);
    }
    if !store::spend(tx, &invitation.id)? {
        return Ok(Accepted::Void);
    }
    promote(tx, &invitation, account)
}

/// Makes an account for somebody who has none, and makes it an operator. The address counts as theirs: it got the
/// invitation's mail, or whoever runs the server typed it. An account that never confirmed the address gives way.
///
/// `phc` is the password's hash. The invitation has to be for the address that is written in `new`.
pub fn accept_with_new_account(tx: &mut Tx<'_>, ticket: &Ticket, new: &NewAccount, phc: &Phc) -> Result<Accepted> {
    let Some(invitation) = store::find(tx.conn, ticket, tx.now)? else { return Ok(Accepted::Void) };
    if let Some(invited) = &invitation.email
        && Email::parse(invited).ok().as_ref().map(Email::normalized) != Some(new.email.normalized())
    {
        return Ok(Accepted::NotTheirs);
    }
    if store::holder_of(tx.conn, &new.email)? != Invited::Nobody {
        return Ok(Accepted::AddressTaken);
    }
    if !store::spend(tx, &invitation.id)? {
        return Ok(Accepted::Void);
    }
    if let Some(unconfirmed) = account::find_by_email(tx.conn, &new.email)? {
        account::delete_unverified(tx, &unconfirmed.id)?;
    }
    let Some(made) = account::create(tx, new)? else { return Ok(Accepted::AddressTaken) };
    password::put(tx, &made.id, phc)?;
    promote(tx, &invitation, &made.id)
}

fn promote(tx: &mut Tx<'_>, invitation: &Invitation, account: &AccountId) -> Result<Accepted> {
    store::make_operator(tx, account)?;
    let via = if invitation.email.is_some() { "invitation" } else { "set-up link" };
    audit::record(tx, "operator.made", Target::account(account), json!({ "via": via }))?;
    Ok(Accepted::Operator(account.clone()))
}

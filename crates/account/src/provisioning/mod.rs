//! Accounts as the operator's file describes them: made when they are missing, brought to what the file says when they
//! are there. What it does not say is left alone.

mod model;
mod store;
#[cfg(test)]
mod tests;

pub use model::{AccountWish, Change, Difference};

use crate::account::{self as accounts, AccountStatus, Claims, DisplayName, NewAccount};
use crate::audit::{self, Target};
use crate::credential::password::{self, Phc};
use crate::{AccountId, Conn, Tx};
use db::{Error, Result};
use serde_json::json;

/// What would have to change.
pub fn compare(conn: &mut Conn, wish: &AccountWish) -> Result<Change> {
    Ok(model::decide(accounts::find_by_email(conn, &wish.email)?.as_ref(), wish))
}

/// Makes the account what the file says; `change` is what [`compare`] found in this transaction, `phc` the hash of the
/// file's password, needed when the account is made. Returns its id.
pub fn carry_out(tx: &mut Tx<'_>, wish: &AccountWish, change: &Change, phc: Option<&Phc>) -> Result<AccountId> {
    match change {
        Change::Create => create(tx, wish, phc),
        Change::Replace(unverified) => {
            accounts::delete_unverified(tx, unverified)?;
            create(tx, wish, phc)
        }
        Change::Update(id, differences) => {
            store::update(tx, id, wish)?;
            let fields: Vec<_> = differences.iter().map(|d| d.field.as_str()).collect();
            audit::record(tx, "account.provisioned", Target::account(id), json!({ "fields": fields }))?;
            Ok(id.clone())
        }
        Change::Nothing(id) => Ok(id.clone()),
    }
}

fn create(tx: &mut Tx<'_>, wish: &AccountWish, phc: Option<&Phc>) -> Result<AccountId> {
    let new = NewAccount {
        email: wish.email.clone(),
        name: wish.name.clone().unwrap_or_else(|| name_from(&wish.email)),
        verified: wish.verified == Some(true),
        operator: wish.operator == Some(true),
        claims: Claims(wish.claims.clone()),
    };
    let made = accounts::create(tx, &new)?;
    // `compare` saw in this transaction that nobody has the address as their primary one.
    let account = made.ok_or_else(|| Error::Corrupt("an address belongs to an account as a secondary one".into()))?;
    if let Some(phc) = phc {
        password::put(tx, &account.id, phc)?;
    }
    audit::record(tx, "account.created", Target::account(&account.id), json!({ "by": "apply" }))?;
    Ok(account.id)
}

/// The name of an account whose file gives none: the part of the address before the `@`.
fn name_from(email: &crate::email::Email) -> DisplayName {
    let local = email.address().split('@').next().unwrap_or_default();
    DisplayName::parse(local).or_else(|_| DisplayName::parse("Account")).expect("a word is a name")
}

/// Whether an account is in a state that a file may bring to another.
fn is_unverified(status: AccountStatus) -> bool {
    status == AccountStatus::Unverified
}

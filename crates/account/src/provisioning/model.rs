//! What the file says of an account, and how that differs from what is there.

use super::is_unverified;
use crate::AccountId;
use crate::account::{Account, DisplayName};
use crate::email::Email;
use serde_json::{Map, Value, json};

/// What the file says of one account; what is `None` is left alone.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountWish {
    /// The address, by which the account is found.
    pub email: Email,
    /// The display name.
    pub name: Option<DisplayName>,
    /// Whether the address is theirs, in the operator's word. Said of an account that nobody verified, the account is
    /// made anew: whoever signed up with the address has not shown that it is theirs, and must not keep the password.
    /// `false` speaks only of an account that is made.
    pub verified: Option<bool>,
    /// Whether it may use the console.
    pub operator: Option<bool>,
    /// Standard claims, already checked; others that the account has stay.
    pub claims: Map<String, Value>,
}

/// What has to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// There is no such account.
    Create,
    /// There is one that nobody verified, and the file vouches for the address.
    Replace(AccountId),
    /// It differs in these fields.
    Update(AccountId, Vec<Difference>),
    /// It is as the file says.
    Nothing(AccountId),
}

impl Change {
    /// Whether an account is made, and a password is needed if the file has one.
    pub fn makes_an_account(&self) -> bool {
        matches!(self, Self::Create | Self::Replace(_))
    }
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Its name in the file.
    pub field: String,
    /// What it is now; `null`: not set.
    pub old: Value,
    /// What the file says.
    pub new: Value,
}

/// Compares; a pure function.
pub(super) fn decide(account: Option<&Account>, wish: &AccountWish) -> Change {
    let Some(account) = account else { return Change::Create };
    if is_unverified(account.status) && wish.verified == Some(true) {
        return Change::Replace(account.id.clone());
    }
    let mut differences = Vec::new();
    let mut compare = |field: String, old: Value, new: Value| {
        if old != new {
            differences.push(Difference { field, old, new });
        }
    };
    if let Some(name) = &wish.name {
        compare("name".into(), json!(account.name), json!(name.as_str()));
    }
    if let Some(operator) = wish.operator {
        compare("operator".into(), json!(account.operator), json!(operator));
    }
    for (name, new) in &wish.claims {
        let old = account.claims.get(name).cloned().unwrap_or(Value::Null);
        compare(format!("claims.{name}"), old, new.clone());
    }
    if differences.is_empty() {
        Change::Nothing(account.id.clone())
    } else {
        Change::Update(account.id.clone(), differences)
    }
}

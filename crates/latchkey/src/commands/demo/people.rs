//! The ready-made accounts.

use super::data::{Data, made_up_password};
use account::account::{DisplayName, NewAccount, create, find_by_email};
use account::credential::password::{self, Password};
use account::email::Email;
use account::{Accounts, Actor};
use anyhow::Context;

/// Address, name, and whether the console is open to them.
const PEOPLE: [(&str, &str, bool); 3] = [
    ("alice@example.test", "Alice Example", false),
    ("bob@example.test", "Bob Baker", false),
    ("olga@example.test", "Olga Operator", true),
];

/// Stands in the place of a password that its person chose.
const CHANGED: &str = "(the password was changed)";

/// Makes the accounts that are missing.
pub(super) fn ensure(accounts: &Accounts, data: &mut Data) -> anyhow::Result<()> {
    for (address, name, operator) in PEOPLE {
        let password = data.kept.passwords.entry(address.to_owned()).or_insert_with(made_up_password).clone();
        let email = Email::parse(address).context("the demo's addresses are good")?;
        let is_there = {
            let email = email.clone();
            accounts.db.read_blocking(move |conn| find_by_email(conn, &email))?.is_some()
        };
        if is_there {
            continue;
        }
        let name = DisplayName::parse(name).context("the demo's names are good")?;
        let new = NewAccount { verified: true, operator, ..NewAccount::of_person(email, name) };
        let phc = accounts.passwords.hash_blocking(&Password::typed(&password));
        accounts.write_blocking(&Actor::command(), move |tx| {
            if let Some(made) = create(tx, &new)? {
                password::put(tx, &made.id, &phc)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// What is printed about them. A password that its person changed is not printed: it is not known.
pub(super) async fn lines(accounts: &Accounts, data: &Data) -> anyhow::Result<String> {
    let mut lines = String::new();
    for (address, _, operator) in PEOPLE {
        let made = data.kept.passwords.get(address).cloned().unwrap_or_default();
        let email = Email::parse(address).context("the demo's addresses are good")?;
        let found = accounts
            .read(move |conn| {
                let Some(account) = find_by_email(conn, &email)? else { return Ok(None) };
                password::find(conn, &account.id)
            })
            .await?;
        let verdict = accounts.passwords.verify(Password::typed(&made), found).await.ok();
        let words = if verdict.is_some_and(|verdict| !verdict.matches) { CHANGED.to_owned() } else { made };
        let role = if operator { "   (operator)" } else { "" };
        lines.push_str(&format!("  {address:<20} {words}{role}\n"));
    }
    Ok(lines)
}

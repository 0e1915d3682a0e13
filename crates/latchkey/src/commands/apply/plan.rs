//! What differs, and doing it. Both run inside one read or one transaction.

use std::collections::HashMap;

use account::credential::password::Phc;
use account::provisioning::{self, Change};
use account::{Conn, Error, Timestamp, Tx};
use oidc::client::store;

use super::clients::{self, ClientChange};
use super::file::File;

/// Hashes of passwords, by normalized address.
pub type Hashes = HashMap<String, Phc>;

/// What has to be done for each entry, in the order of the file.
#[derive(Debug, Default)]
pub struct Changes {
    /// Address and change.
    pub accounts: Vec<(String, Change)>,
    /// Id and change.
    pub clients: Vec<(String, ClientChange)>,
}

/// How it ended.
#[derive(Debug)]
pub enum Outcome {
    /// It was done, or would be.
    Done(Changes),
    /// The file says something wrong; nothing was changed.
    Wrong(Vec<String>),
    /// Accounts are made whose passwords are to be hashed first; nothing was changed.
    NeedsHashes(Vec<String>),
}

/// Finds what differs.
pub fn compare(conn: &mut Conn, file: &File, now: Timestamp) -> Result<Outcome, Error> {
    let (mut changes, mut problems) = (Changes::default(), Vec::new());
    for entry in &file.accounts {
        let change = provisioning::compare(conn, &entry.wish)?;
        changes.accounts.push((entry.wish.email.address().to_owned(), change));
    }
    for entry in &file.clients {
        match clients::compare(entry, store::find(conn, &entry.client_id)?.as_ref(), now) {
            Ok(change) => changes.clients.push((entry.client_id.clone(), change)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    Ok(if problems.is_empty() { Outcome::Done(changes) } else { Outcome::Wrong(problems) })
}

/// Finds what differs and changes it.
pub fn carry_out(tx: &mut Tx<'_>, file: &File, hashes: &Hashes) -> Result<Outcome, Error> {
    let changes = match compare(tx.conn, file, tx.now)? {
        Outcome::Done(changes) => changes,
        other => return Ok(other),
    };
    let entries = || file.accounts.iter().zip(&changes.accounts);
    let missing: Vec<_> = entries()
        .filter(|(entry, (_, change))| change.makes_an_account() && entry.password.is_some())
        .map(|(entry, _)| entry.wish.email.normalized().to_owned())
        .filter(|email| !hashes.contains_key(email))
        .collect();
    if !missing.is_empty() {
        return Ok(Outcome::NeedsHashes(missing));
    }
    for (entry, (_, change)) in entries() {
        provisioning::carry_out(tx, &entry.wish, change, hashes.get(entry.wish.email.normalized()))?;
    }
    for (_, change) in &changes.clients {
        match change {
            ClientChange::Create(record) => {
                store::insert(tx, record)?;
            }
            ClientChange::Update(record, _) => {
                store::update(tx, record)?;
            }
            ClientChange::Nothing => {}
        }
    }
    Ok(Outcome::Done(changes))
}

//! `latchkey keys`: the keys that sign tokens, and those that others encrypt to.

use account::clock::to_the_minute;
use account::{Accounts, Actor, Clock, Timestamp};
use anyhow::bail;
use clap::Subcommand;
use oidc::keys::{self, Key, Purpose, Start, State};

use crate::installation;
use crate::settings::Settings;

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// List the keys: id, algorithm, state, and since when.
    List,
    /// Make new keys.
    ///
    /// Without options the keys in use are replaced: the new ones are published now and sign once every product can
    /// have seen them; the old ones stay published until the last token they signed has expired.
    Rotate {
        /// Replace every key, and sign with the new ones at once. Products that cache keys may refuse tokens for a
        /// while.
        #[arg(long)]
        now: bool,
        /// Unpublish this key at once: it was compromised. Tokens it signed are refused from now on.
        // One key in 64 has a name that begins with a hyphen.
        #[arg(long, value_name = "KID", allow_hyphen_values = true)]
        withdraw: Option<String>,
    },
}

/// Does it.
///
/// # Errors
/// There is no such key, the key file does not open the stored keys, or the database cannot be opened.
pub fn run(settings: Settings, action: Action) -> anyhow::Result<()> {
    let database = installation::open_database(&settings)?;
    installation::require_current(&database)?;
    let accounts = installation::open_accounts(&settings, database, Clock::system())?;
    match action {
        Action::List => list(&accounts),
        // A withdrawn key is replaced alone; all are made anew only when that was asked for too.
        Action::Rotate { now, withdraw: Some(kid) } => {
            withdraw(&accounts, &kid)?;
            if now { rotate(&accounts, Start::Now) } else { Ok(()) }
        }
        Action::Rotate { now: true, withdraw: None } => rotate(&accounts, Start::Now),
        Action::Rotate { now: false, withdraw: None } => rotate(&accounts, Start::WhenKnown),
    }
}

fn list(accounts: &Accounts) -> anyhow::Result<()> {
    let keys = keys::list(accounts)?;
    if keys.is_empty() {
        println!("There are no keys yet; the first start of `latchkey serve` makes them.");
        return Ok(());
    }
    let now = accounts.now();
    println!("{:<44} {:<9} STATE", "KID", "ALGORITHM");
    for key in keys {
        println!("{:<44} {:<9} {}", key.kid, key.purpose, state(&key, now));
    }
    Ok(())
}

fn withdraw(accounts: &Accounts, kid: &str) -> anyhow::Result<()> {
    if !keys::withdraw(accounts, &Actor::command(), kid)? {
        bail!("There is no key \"{kid}\", or it was withdrawn before. `latchkey keys list` shows them all");
    }
    println!(
        "Withdrawn: {kid}. Tokens that it signed or that were encrypted to it are refused from now on; running servers follow within seconds."
    );
    Ok(())
}

fn rotate(accounts: &Accounts, start: Start) -> anyhow::Result<()> {
    let made = keys::rotate(accounts, &Actor::command(), start)?;
    match start {
        Start::Now => println!("{made} new keys serve from now on; running servers follow within seconds."),
        Start::WhenKnown => println!("{made} new keys are published. They sign once every product can have seen them."),
    }
    list(accounts)
}

/// Where a key is in its life, and since when.
fn state(key: &Key, now: Timestamp) -> String {
    let (what, at) = match key.state(now) {
        State::Published => ("published, signs from", Some(key.signs_from)),
        State::Active => match key.purpose {
            Purpose::Sign(_) => ("signing since", Some(key.signs_from)),
            Purpose::Decrypt(_) => ("for encryption since", Some(key.signs_from)),
        },
        State::Retired => ("retired since", key.retired_at),
        State::Withdrawn => ("withdrawn since", key.withdrawn_at),
    };
    format!("{what} {}", at.map(to_the_minute).unwrap_or_default())
}

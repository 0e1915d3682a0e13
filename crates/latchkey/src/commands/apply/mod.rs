//! `latchkey apply`: accounts and clients from a file.
//!
//! The file is read and checked as a whole first ([`file`]). Then what differs is found and carried out in one
//! transaction ([`plan`]), or only shown. Passwords are hashed between the two: never inside the transaction.

mod clients;
mod file;
mod plan;
mod report;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use account::{Accounts, Actor, Clock};
use anyhow::{Context, bail};
use clap::Args;

use crate::installation;
use crate::settings::Settings;
use file::File;
use plan::{Hashes, Outcome};

/// What `apply` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The TOML file with `[[account]]` and `[[client]]` entries.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Only show what would change.
    #[arg(long)]
    pub plan: bool,
}

/// How often passwords are hashed again because accounts were deleted in the meantime.
const TRIES: usize = 3;

/// Makes the installation what the file says.
///
/// # Errors
/// The file cannot be read or says something wrong, or the database cannot be opened.
pub fn run(settings: Settings, options: Options) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&options.file)
        .with_context(|| format!("The file {} cannot be read", options.file.display()))?;
    let file = File::parse(&text).map_err(|problems| wrong(&options, &problems))?;
    let accounts = open(&settings, options.plan)?;
    let outcome = if options.plan { plan(&accounts, file) } else { apply(&accounts, file) }?;
    match outcome {
        Outcome::Done(changes) => {
            print!("{}", report::Report { changes: &changes, plan: options.plan });
            Ok(())
        }
        Outcome::Wrong(problems) => Err(wrong(&options, &problems)),
        Outcome::NeedsHashes(_) => {
            bail!("Accounts of the file were deleted again and again meanwhile. Nothing was changed.")
        }
    }
}

fn open(settings: &Settings, plan: bool) -> anyhow::Result<Accounts> {
    let db = installation::open_database(settings)?;
    if plan {
        let pending = db.pending_migrations()?;
        if !pending.missing.is_empty() {
            bail!("The database is not up to date. Run `latchkey migrate`, then plan again.");
        }
    } else {
        db.migrate()?;
    }
    installation::open_accounts(settings, db, Clock::system())
}

/// Shows what would change.
fn plan(accounts: &Accounts, file: File) -> anyhow::Result<Outcome> {
    let now = accounts.now();
    Ok(accounts.db.read_blocking(|conn| plan::compare(conn, &file, now))?)
}

/// Changes what differs: everything or nothing.
fn apply(accounts: &Accounts, file: File) -> anyhow::Result<Outcome> {
    let mut hashes = Hashes::new();
    let file = std::sync::Arc::new(file);
    let mut outcome = Outcome::NeedsHashes(Vec::new());
    for _ in 0..TRIES {
        let (wanted, known) = (file.clone(), hashes.clone());
        outcome = accounts.write_blocking(&Actor::command(), move |tx| plan::carry_out(tx, &wanted, &known))?;
        let Outcome::NeedsHashes(emails) = &outcome else { break };
        for email in emails {
            if let Some(password) = file.password_of(email) {
                hashes.insert(email.clone(), accounts.passwords.hash_blocking(password));
            }
        }
    }
    Ok(outcome)
}

fn wrong(options: &Options, problems: &[String]) -> anyhow::Error {
    let name = options.file.display();
    let count = if problems.len() == 1 { "One thing".to_owned() } else { format!("{} things", problems.len()) };
    let are = if problems.len() == 1 { "is" } else { "are" };
    anyhow::anyhow!("{count} in {name} {are} wrong; nothing was changed:\n  {}", problems.join("\n  "))
}

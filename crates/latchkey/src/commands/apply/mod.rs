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
use fetch::{FetchSettings, Fetcher};
use file::{ClientEntry, File};
use oidc::client::{Record, Sector, store};
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
    let file = with_sectors(&settings, &accounts, file)?;
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

/// Reads what stands at the `sector_identifier_uri` of those clients that will have one: before the transaction.
fn with_sectors(settings: &Settings, accounts: &Accounts, mut file: File) -> anyhow::Result<File> {
    let ids: Vec<String> = file.clients.iter().map(|entry| entry.client_id.clone()).collect();
    let there = accounts
        .db
        .read_blocking(move |conn| ids.iter().map(|id| store::find(conn, id)).collect::<Result<Vec<_>, _>>())?;
    let wanted = |(entry, existing): (&ClientEntry, Option<Record>)| {
        clients::laid_over(existing.map(|record| record.metadata).as_ref(), &entry.metadata)
    };
    let wanted: Vec<_> = file.clients.iter().zip(there).map(wanted).collect();
    if wanted.iter().all(|metadata| metadata.sector_identifier_uri.is_none()) {
        return Ok(file);
    }
    let fetcher = Fetcher::new(FetchSettings {
        allow_private_networks: settings.fetch.allow_private_networks,
        extra_ca_file: settings.fetch.extra_ca_file.clone(),
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    for (entry, metadata) in file.clients.iter_mut().zip(&wanted) {
        entry.sector = runtime.block_on(Sector::fetch(&fetcher, metadata));
    }
    Ok(file)
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

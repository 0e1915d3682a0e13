//! `latchkey migrate`: the database's shape.

use anyhow::{Context, bail};
use clap::Args;

use crate::installation;
use crate::settings::Settings;

/// What `migrate` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only list what would be applied.
    #[arg(long)]
    pub plan: bool,
}

/// Applies, or lists, the migrations that the database lacks.
///
/// # Errors
/// The database cannot be opened, a newer version has changed it, or a migration fails.
pub fn run(settings: Settings, options: Options) -> anyhow::Result<()> {
    let database = installation::open_database(&settings)?;
    let pending = database.pending_migrations().context("The database's migrations cannot be read")?;
    if !pending.unknown.is_empty() {
        bail!(
            "A newer version of latchkey has changed this database ({}). Use that version to migrate it.",
            pending.unknown.join(", ")
        );
    }
    if pending.missing.is_empty() {
        println!("The database is up to date.");
        return Ok(());
    }
    if options.plan {
        println!("Would be applied:");
    } else {
        database.migrate().context("A migration failed; the database is as it was before that migration")?;
        println!("Applied:");
    }
    for name in pending.missing {
        println!("  {name}");
    }
    Ok(())
}

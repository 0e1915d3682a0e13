//! `latchkey serve`: production.

use clap::Args;

use crate::settings::Settings;

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Leave the database as it is; refuse to start when it is not up to date.
    #[arg(long)]
    pub no_migrate: bool,
}

/// Serves until a signal ends it.
///
/// # Errors
/// The database cannot be opened or brought up to date, a port is in use, a certificate cannot be read.
pub fn run(_settings: Settings, _options: Options) -> anyhow::Result<()> {
    anyhow::bail!("`serve` is not in this build")
}

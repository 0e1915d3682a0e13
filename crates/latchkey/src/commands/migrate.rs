//! `latchkey migrate`: the database's shape.

use clap::Args;

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
/// The database cannot be opened, or a migration fails.
pub fn run(_settings: Settings, _options: Options) -> anyhow::Result<()> {
    anyhow::bail!("`migrate` is not in this build")
}

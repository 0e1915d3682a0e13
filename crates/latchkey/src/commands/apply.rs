//! `latchkey apply`: accounts and clients from a file.

use std::path::PathBuf;

use clap::Args;

use crate::settings::Settings;

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

/// Makes the installation what the file says.
///
/// # Errors
/// The file cannot be read or says something wrong, or the database cannot be opened.
pub fn run(_settings: Settings, _options: Options) -> anyhow::Result<()> {
    anyhow::bail!("`apply` is not in this build")
}

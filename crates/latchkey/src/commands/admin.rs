//! `latchkey admin`: operators.

use clap::Subcommand;

use crate::settings::Settings;

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make a one-time link by which somebody becomes an operator.
    ///
    /// The link is printed, and mailed when mail is set up.
    Invite {
        /// The e-mail address of the operator to be.
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

/// Does it.
///
/// # Errors
/// The address is none, or the database cannot be opened.
pub fn run(_settings: Settings, _action: Action) -> anyhow::Result<()> {
    anyhow::bail!("`admin` is not in this build")
}

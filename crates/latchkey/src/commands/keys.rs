//! `latchkey keys`: the keys that sign tokens.

use clap::Subcommand;

use crate::settings::Settings;

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// List the keys: id, algorithm, state, and since when.
    List,
    /// Make new keys.
    ///
    /// Without options the new keys are published now and sign once every product can have seen them; the old ones
    /// stay published until the last token they signed has expired.
    Rotate {
        /// Sign with the new keys at once. Products that cache keys may refuse tokens for a while.
        #[arg(long)]
        now: bool,
        /// Unpublish this key at once: it was compromised. Tokens it signed are refused from now on.
        #[arg(long, value_name = "KID")]
        withdraw: Option<String>,
    },
}

/// Does it.
///
/// # Errors
/// There is no such key, the key file does not open the stored keys, or the database cannot be opened.
pub fn run(_settings: Settings, _action: Action) -> anyhow::Result<()> {
    anyhow::bail!("`keys` is not in this build")
}

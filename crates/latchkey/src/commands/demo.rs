//! `latchkey demo`: the newcomer's one command.

use clap::Args;

/// What `demo` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Throw away ./demo-data and start over.
    #[arg(long)]
    pub fresh: bool,
}

/// Runs provider, products and mail catcher on this machine until ctrl-C.
///
/// # Errors
/// A port is in use, or the data cannot be opened.
pub fn run(_options: Options) -> anyhow::Result<()> {
    anyhow::bail!("`demo` is not in this build")
}

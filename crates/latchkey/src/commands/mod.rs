//! The commands: what each is called, what it takes, and how the process ends.
//!
//! One file a command. Each gets checked settings, prints for people on standard output, logs on standard error, and
//! returns an error with its causes when it could not do its work.

mod admin;
mod apply;
mod demo;
mod doctor;
mod keys;
mod migrate;
mod registration;
mod serve;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::logs;
use crate::settings::{self, Problem, Problems, Settings};

/// The work was done.
pub const DONE: u8 = 0;
/// The command could not do its work; standard error says why.
pub const FAILED: u8 = 1;
/// The command line or the settings are wrong; nothing was touched.
pub const REFUSED: u8 = 2;

/// One account for a family of products: an OpenID Connect provider with accounts.
#[derive(Debug, Parser)]
#[command(
    name = "latchkey",
    version,
    about = "One account for a family of products: an OpenID Connect provider with accounts.",
    after_help = "Try it:  latchkey demo\n\n\
        Settings are read from ./latchkey.toml, or the file named by --config or LATCHKEY_CONFIG. Each is overridden\n\
        by the environment: LATCHKEY_SERVER__LISTEN stands for `listen` under `[server]`.\n\
        LATCHKEY_LOG (or RUST_LOG) chooses what is logged: info, debug, info,latchkey=debug.\n\n\
        Exit codes: 0 done; 1 failed, standard error says why; 2 wrong command line or settings, nothing touched."
)]
pub struct Cli {
    /// The settings file; when none is named, ./latchkey.toml if it is there.
    #[arg(long, global = true, env = "LATCHKEY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the process is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try everything on this machine: the provider, three products and a mail catcher.
    ///
    /// The provider on http://localhost:8080 keeps its data in ./demo-data; three product apps (Tracker, Wiki, Desk)
    /// on ports 8081 to 8083 log people in through it, and mails can be read on port 8025. Started again, everything
    /// is still there. Reads no settings file and listens on this machine only.
    Demo(demo::Options),
    /// Run the provider.
    ///
    /// Brings the database up to date, then serves pages and protocol until SIGTERM or ctrl-C; requests in progress
    /// are finished first. The first start prints a one-time link that makes the first operator.
    Serve(serve::Options),
    /// Bring the database up to date.
    ///
    /// `serve` does so too, unless it is told not to. Several nodes may try at once: one works, the others wait.
    Migrate(migrate::Options),
    /// Look over the installation, and say what to change.
    ///
    /// Checks settings, database, clock, key file, mail server, whether products reach the provider at its public
    /// address, and passkeys; changes nothing. Ends with 1 when something does not work.
    Doctor,
    /// Make the accounts and clients that a TOML file describes.
    ///
    /// Can be repeated: what is there already is changed to what the file says, and what the file leaves out is left
    /// alone. A running server sees the change within seconds.
    Apply(apply::Options),
    /// Operators of this installation.
    #[command(subcommand)]
    Admin(admin::Action),
    /// The keys that sign tokens.
    #[command(subcommand)]
    Keys(keys::Action),
    /// Tokens by which others may register clients (RFC 7591).
    #[command(subcommand)]
    Registration(registration::Action),
}

/// Runs the command to its end and says how it went.
pub fn run(cli: Cli) -> ExitCode {
    let outcome = logs::start()
        .map_err(|wrong| anyhow::Error::new(Problems(vec![Problem::from(wrong)])))
        .and_then(|()| dispatch(cli));
    match outcome {
        Ok(()) => ExitCode::from(DONE),
        Err(error) => {
            eprintln!("latchkey: {error:#}");
            ExitCode::from(if error.is::<Problems>() { REFUSED } else { FAILED })
        }
    }
}

/// Prints for whoever called the command. That nobody reads it is no reason to fail.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

fn dispatch(cli: Cli) -> anyhow::Result<()> {
    let settings = || -> anyhow::Result<Settings> {
        let settings = settings::load(cli.config.as_deref(), std::env::vars_os())?;
        for warning in settings.warnings() {
            tracing::warn!("{warning}");
        }
        Ok(settings)
    };
    match cli.command {
        Command::Demo(options) => demo::run(options),
        Command::Serve(options) => serve::run(settings()?, options),
        Command::Migrate(options) => migrate::run(settings()?, options),
        // It tells the warnings itself.
        Command::Doctor => doctor::run(settings::load(cli.config.as_deref(), std::env::vars_os())?),
        Command::Apply(options) => apply::run(settings()?, options),
        Command::Admin(action) => admin::run(settings()?, action),
        Command::Keys(action) => keys::run(settings()?, action),
        Command::Registration(action) => registration::run(settings()?, action),
    }
}

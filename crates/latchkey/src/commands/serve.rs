//! `latchkey serve`: production.

use super::say;
use crate::settings::Settings;
use crate::signals::StopSignals;
use crate::wire::{self, Node};
use crate::{installation, ops, running, tls};
use account::secret::Token;
use account::{Accounts, Actor, Clock, operator};
use anyhow::{Context, bail};
use clap::Args;
use db::Database;
use std::net::TcpListener;

/// What `serve` takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Leave the database as it is; refuse to start when it is not up to date.
    #[arg(long)]
    pub no_migrate: bool,
}

/// The sockets, taken before anything is touched: when a port is in use, nothing has changed yet.
struct Sockets {
    pages: TcpListener,
    ops: Option<TcpListener>,
}

/// Serves until a signal ends it.
///
/// # Errors
/// The database cannot be opened or brought up to date, a port is in use, a certificate cannot be read.
pub fn run(settings: Settings, options: Options) -> anyhow::Result<()> {
    let tls = tls::configuration(&settings.server)?;
    let ops = settings.server.ops_listen.map(|address| wire::bind(address, "`server.ops_listen`")).transpose()?;
    let sockets = Sockets { pages: wire::bind(settings.server.listen, "`server.listen`")?, ops };
    let db = installation::open_database(&settings)?;
    prepare(&db, &options)?;
    let accounts = installation::open_accounts(&settings, db, Clock::system())?;
    actix_web::rt::System::new().block_on(serve(settings, accounts, sockets, tls))
}

/// Brings the database up to date, or refuses it.
fn prepare(db: &Database, options: &Options) -> anyhow::Result<()> {
    let pending = db.pending_migrations()?;
    let is_new = pending.missing.iter().any(|name| name.ends_with("main_job"));
    if !is_new && installation::is_demo(db)? {
        bail!(
            "This database belongs to `latchkey demo`, whose accounts have passwords that were printed on a screen. Point \
             `database.url` and `secrets.key_file` to new files to begin an installation."
        );
    }
    if !pending.unknown.is_empty() {
        tracing::warn!(migrations = ?pending.unknown, "the database was migrated by a newer version of this program");
    }
    if options.no_migrate {
        if pending.missing.is_empty() {
            return Ok(());
        }
        bail!(
            "The database is not up to date: it lacks {}. Run `latchkey migrate` first, or start without --no-migrate.",
            pending.missing.join(", ")
        );
    }
    let applied = db.migrate()?;
    if !applied.is_empty() {
        tracing::info!(migrations = ?applied, "the database was brought up to date");
    }
    Ok(())
}

async fn serve(
    settings: Settings,
    accounts: Accounts,
    sockets: Sockets,
    tls: Option<rustls::ServerConfig>,
) -> anyhow::Result<()> {
    let stop = StopSignals::listen().context("Signals cannot be listened to")?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = sockets.pages.local_addr()?;
    let ops_address = sockets.ops.as_ref().map(TcpListener::local_addr).transpose()?;
    let node = Node::build(&settings, accounts.clone()).await?;
    let server = node.serve(sockets.pages, tls, workers(), |_| {}).context("The server cannot be started")?;
    let ops = sockets.ops.map(|listener| ops::serve(listener, node.clone())).transpose()?;
    say(&format!("Listening on {scheme}://{address}, for {}", settings.server.public_url.as_str()));
    if let Some(address) = ops_address {
        say(&format!("Health on http://{address}/health/ready"));
    }
    print_set_up_link(&node, &accounts).await?;
    running::run_until(&node, server, ops, stop.asked()).await?;
    say("Stopped.");
    Ok(())
}

/// As many as there are cores: each request stays on one thread.
pub(super) fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// An installation without operators gets a link that makes the first one.
async fn print_set_up_link(node: &Node, accounts: &Accounts) -> anyhow::Result<()> {
    let token = Token::generate();
    let link = admin::setup::link(node.site.public_url.as_str(), &token);
    if accounts.write(&Actor::system(), move |tx| operator::set_up(tx, &token)).await? {
        say(&format!(
            "This installation has no operator yet. Open this link once to become the first; it works for 24 hours:\n  {link}"
        ));
    }
    Ok(())
}

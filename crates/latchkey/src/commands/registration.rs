//! `latchkey registration`: initial access tokens for dynamic client registration (RFC 7591 §3).

use super::say;
use crate::installation;
use crate::settings::Settings;
use account::clock::to_the_minute;
use account::secret::Token;
use account::{Accounts, Actor, Clock};
use anyhow::bail;
use clap::Subcommand;
use oidc::endpoints;
use oidc::registration::Mode;
use oidc::registration::initial_token::{self, InitialTokenId, MAX_DAYS, MAX_USES};

/// The most tokens that are listed.
const LISTED: i64 = 1000;

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make an initial access token and print it, once.
    ///
    /// Whoever has it can register clients at the registration endpoint, in the header `Authorization: Bearer TOKEN`.
    Token {
        /// How many clients can be registered with it.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_USES)))]
        uses: u32,
        /// For how many days it works.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_DAYS)))]
        days: u32,
        /// For whom or what it is: shown in lists.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// List the tokens that can still be used: id, uses left, end, note.
    List,
    /// Make a token void. Clients that were registered with it stay.
    Revoke {
        /// Its id, as `list` shows it.
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Does it.
///
/// # Errors
/// The database cannot be opened or is not up to date, or there is no such token.
pub fn run(settings: Settings, action: Action) -> anyhow::Result<()> {
    let db = installation::open_database(&settings)?;
    installation::require_current(&db)?;
    let accounts = installation::open_accounts(&settings, db, Clock::system())?;
    match action {
        Action::Token { uses, days, note } => issue(&settings, &accounts, uses, days, &note),
        Action::List => list(&accounts),
        Action::Revoke { id } => revoke(&accounts, &id),
    }
}

fn issue(settings: &Settings, accounts: &Accounts, uses: u32, days: u32, note: &str) -> anyhow::Result<()> {
    let (secret, note) = (Token::generate(), note.to_owned());
    let shown = secret.clone();
    let token =
        accounts.write_blocking(&Actor::command(), move |tx| initial_token::issue(tx, &secret, &note, uses, days))?;
    let clients = if uses == 1 { "one client".to_owned() } else { format!("{uses} clients") };
    say(shown.reveal());
    eprintln!(
        "It registers {clients} at {}{} until {}; it is not shown again.",
        settings.server.public_url.as_str(),
        endpoints::REGISTER,
        to_the_minute(token.expires_at)
    );
    if settings.registration.mode.0 != Mode::Token {
        eprintln!("registration.mode is not \"token\" here, so the server does not look at it.");
    }
    Ok(())
}

fn list(accounts: &Accounts) -> anyhow::Result<()> {
    let now = accounts.now();
    let tokens = accounts.db.read_blocking(|conn| initial_token::usable(conn, now, LISTED))?;
    for token in tokens {
        say(&format!("{}  {:>7}  {}  {}", token.id, token.uses_left, to_the_minute(token.expires_at), token.note));
    }
    Ok(())
}

fn revoke(accounts: &Accounts, id: &str) -> anyhow::Result<()> {
    let parsed = InitialTokenId::parse(id);
    let revoked = match parsed {
        Some(id) => accounts.write_blocking(&Actor::command(), move |tx| initial_token::revoke(tx, &id))?,
        None => false,
    };
    if !revoked {
        bail!("There is no token \"{id}\" that could still be used. `latchkey registration list` shows them.");
    }
    say("Revoked.");
    Ok(())
}

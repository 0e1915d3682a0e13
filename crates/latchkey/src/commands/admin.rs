//! `latchkey admin`: operators.

use super::say;
use crate::installation;
use crate::settings::{Problem, Problems, Settings};
use account::email::Email;
use account::mail::Mail;
use account::secret::Token;
use account::{Actor, Clock, operator, outbox};
use clap::Subcommand;

/// What can be done.
#[derive(Debug, Clone, Subcommand)]
pub enum Action {
    /// Make a one-time link by which somebody becomes an operator.
    ///
    /// The link is printed, and mailed when mail is set up. It works for 7 days, and an earlier one for the same
    /// address stops working.
    Invite {
        /// The e-mail address of the operator to be.
        #[arg(value_name = "EMAIL")]
        email: String,
    },
}

/// Does it.
///
/// # Errors
/// The address is none, or the database cannot be opened or is not up to date.
pub fn run(settings: Settings, action: Action) -> anyhow::Result<()> {
    let Action::Invite { email } = action;
    invite(&settings, &email)
}

fn invite(settings: &Settings, email: &str) -> anyhow::Result<()> {
    let email = Email::parse(email).map_err(|problem| Problems(vec![Problem::new("EMAIL", problem.to_string())]))?;
    let db = installation::open_database(settings)?;
    installation::require_current(&db)?;
    let accounts = installation::open_accounts(settings, db, Clock::system())?;
    let token = Token::generate();
    let link = admin::setup::link(settings.server.public_url.as_str(), &token);
    let mailed = settings.mail.url.is_some();
    let (key, to, mail) = (accounts.clone(), email.clone(), Mail::OperatorInvitation { link: link.clone() });
    accounts.write_blocking(&Actor::command(), move |tx| {
        operator::invite(tx, &token, &to)?;
        if mailed {
            outbox::enqueue(tx, &key.key, to.address(), None, &mail)?;
        }
        Ok(())
    })?;
    say(&format!("This link makes {email} an operator. It works once, for 7 days:\n  {link}"));
    say(if mailed {
        "The running server mails it to them as well."
    } else {
        "Mail is not set up (`mail.url`), so hand it over yourself."
    });
    Ok(())
}

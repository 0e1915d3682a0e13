//! The console, as an operator's browser sees it.

mod accounts;
mod clients;
mod log_outs;
mod mail;
mod registration;
mod setup;

use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Provider};
use account::account::AccountStatus;
use account::provisioning::{self, AccountWish};
use account::{Actor, email::Email};

/// A browser in which an operator is logged in.
pub async fn operator(provider: &Provider) -> Browser {
    account(provider, ALICE, AccountStatus::Active).await;
    promote(provider, ALICE).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    browser
}

/// Makes an operator of the account with this address.
pub async fn promote(provider: &Provider, email: &str) {
    let wish = AccountWish {
        email: Email::parse(email).expect("an address"),
        name: None,
        verified: None,
        operator: Some(true),
        claims: serde_json::Map::new(),
    };
    let promote = move |tx: &mut ::account::Tx<'_>| {
        let change = provisioning::compare(tx.conn, &wish)?;
        provisioning::carry_out(tx, &wish, &change, None)
    };
    provider.accounts.write(&Actor::command(), promote).await.expect("written");
}

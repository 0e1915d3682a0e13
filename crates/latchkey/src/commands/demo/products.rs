//! The three products: registered as first-party clients, then started.

use super::data::Data;
use crate::settings::Server;
use account::{Accounts, Actor, Clock};
use anyhow::{Context, bail};
use demo::apps::{App, Bound, Product, Running};
use oidc::client::{self, Registration, Source, Terms, generate_secret, store, validate};
use protocol::ClientMetadata;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A product that serves.
pub(super) struct Started {
    pub product: Product,
    pub running: Running,
}

/// The products' addresses, one port after the other, behind the provider's.
fn addresses(port: u16) -> Vec<(Product, String)> {
    Product::ALL
        .into_iter()
        .zip(port + 1..)
        .map(|(product, port)| (product, format!("http://localhost:{port}")))
        .collect()
}

/// Registers the products, through the door that every client comes through; a later start changes what changed.
pub(super) fn register(accounts: &Accounts, data: &mut Data, port: u16) -> anyhow::Result<()> {
    for (product, url) in addresses(port) {
        let id = product.key();
        let secret =
            data.kept.client_secrets.entry(id.to_owned()).or_insert_with(|| generate_secret().to_string()).clone();
        let existing = accounts.db.read_blocking(|conn| store::find(conn, id))?;
        let wish = Registration {
            client_id: Some(id.to_owned()),
            client_secret: Some(Zeroizing::new(secret)),
            first_party: true,
            metadata: ClientMetadata {
                client_name: Some(product.name().to_owned()),
                client_uri: Some(url.clone()),
                redirect_uris: Some(vec![format!("{url}/callback")]),
                post_logout_redirect_uris: Some(vec![format!("{url}/logged-out")]),
                backchannel_logout_uri: Some(format!("{url}/backchannel-logout")),
                backchannel_logout_session_required: Some(true),
                ..ClientMetadata::default()
            },
            terms: Terms::default(),
        };
        let accepted = match validate(wish, Source::Apply, existing.as_ref(), accounts.now()) {
            Ok(accepted) => accepted,
            Err(problems) => bail!("{} cannot be registered: {}", product.name(), words(&problems)),
        };
        let record = accepted.client.record;
        accounts.write_blocking(&Actor::command(), move |tx| match &existing {
            None => store::insert(tx, &record).map(drop),
            Some(old) if is_same(old, &record) => Ok(()),
            Some(_) => store::update(tx, &record).map(drop),
        })?;
    }
    Ok(())
}

fn is_same(old: &client::Record, new: &client::Record) -> bool {
    old.metadata == new.metadata && old.secret_hash == new.secret_hash && old.first_party == new.first_party
}

fn words(problems: &[client::Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Starts the products.
pub(super) fn start(
    bound: Vec<(Product, Bound)>,
    clock: &Clock,
    data: &Data,
    provider: &Server,
) -> anyhow::Result<Vec<Started>> {
    let all = addresses(provider.listen.port());
    let mut started = Vec::new();
    for (product, bound) in bound {
        let url = all.iter().find(|(other, _)| *other == product).map(|(_, url)| url.clone()).unwrap_or_default();
        let clock = clock.clone();
        let app = App {
            url,
            client_id: product.key().to_owned(),
            client_secret: data.kept.client_secrets.get(product.key()).cloned().unwrap_or_default(),
            issuer: provider.public_url.as_str().to_owned(),
            siblings: all.iter().filter(|(other, _)| *other != product).cloned().collect(),
            clock: Arc::new(move || {
                chrono::DateTime::from_timestamp_micros(clock.now().as_micros()).unwrap_or_default()
            }),
        };
        let running = bound.start(app).with_context(|| format!("{} cannot be started", product.name()))?;
        started.push(Started { product, running });
    }
    Ok(started)
}

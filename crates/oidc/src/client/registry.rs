//! All clients in memory: an immutable snapshot, swapped on change.

use super::{Client, store};
use crate::revision;
use account::secret::InstallationKey;
use account::{Accounts, Actor, Tx};
use db::{Conn, Result};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The counter in the table `revisions` that moves with every change of a client.
pub const REVISION: &str = "clients";

/// How often another node's change is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The clients as this node knows them. Cheap to clone; clones share the snapshot.
#[derive(Clone, Default)]
pub struct Registry(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// `registration.allow_implicit`: see [`Client::relaxed`].
    allow_implicit: bool,
    snapshot: RwLock<Arc<Snapshot>>,
    /// One refresh at a time, so that an older read never replaces a newer one.
    refreshing: tokio::sync::Mutex<()>,
}

struct Snapshot {
    revision: i64,
    clients: HashMap<String, Arc<Client>>,
}

impl Default for Snapshot {
    /// Before anything was read: of no revision that a database can have.
    fn default() -> Self {
        Self { revision: -1, clients: HashMap::new() }
    }
}

/// Which clients a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, the id or a redirect URI; case does not matter. Empty: all.
    pub text: String,
    /// Only the disabled ones, or only the others.
    pub disabled: Option<bool>,
    /// Only those that registered themselves, or only the others.
    pub by_itself: Option<bool>,
    /// The client after which the page begins.
    pub after: Option<String>,
}

/// A page of a list of clients, ordered by name.
#[derive(Debug, Clone, Default)]
pub struct ListPage {
    /// The clients.
    pub clients: Vec<Arc<Client>>,
    /// How many there are on all pages.
    pub total: usize,
    /// [`Filter::after`] of the next page.
    pub next: Option<String>,
}

impl Registry {
    /// Reads the clients for the first time. `allow_implicit`: what the operator lets clients do that register
    /// themselves.
    pub async fn load(accounts: &Accounts, allow_implicit: bool) -> Result<Self> {
        let registry = Self(Arc::new(Shared { allow_implicit, ..Shared::default() }));
        registry.refresh(accounts).await?;
        Ok(registry)
    }

    /// The client of this id, also when it is disabled.
    pub fn find(&self, client_id: &str) -> Option<Arc<Client>> {
        self.snapshot().clients.get(client_id).cloned()
    }

    /// [`Registry::find`], with a look into the database for one that is not known yet: it may have registered a moment ago,
    /// by another node or by a command. When the database does not answer, it stays unknown.
    pub async fn meet(&self, accounts: &Accounts, client_id: &str) -> Option<Arc<Client>> {
        if let Some(known) = self.find(client_id) {
            return Some(known);
        }
        if let Err(error) = self.refresh(accounts).await {
            tracing::error!(%error, "clients could not be read again");
        }
        self.find(client_id)
    }

    /// Loads the clients anew when the database has another revision than this snapshot; else one cheap query.
    /// Returns whether it had.
    pub async fn refresh(&self, accounts: &Accounts) -> Result<bool> {
        let _alone = self.0.refreshing.lock().await;
        let known = self.snapshot().revision;
        let (domain, allow_implicit) = (accounts.clone(), self.0.allow_implicit);
        let read = accounts.read(move |conn| load(conn, known, &domain.key, allow_implicit));
        let Some(snapshot) = read.await? else { return Ok(false) };
        *self.0.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(true)
    }

    /// Keeps the snapshot present for as long as it is polled: sees changes of other nodes, and of commands, within
    /// seconds. Never returns; a failure is logged once and tried again.
    pub async fn keep_fresh(self, accounts: Accounts) {
        let mut failing = false;
        loop {
            let outcome = self.refresh(&accounts).await;
            match &outcome {
                Err(error) if !failing => tracing::error!(%error, "changes of clients cannot be followed"),
                _ => {}
            }
            failing = outcome.is_err();
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// One change of clients, by the operations of [`store`]: on this node it shows when this returns, on the others
    /// within seconds.
    pub async fn change<T, F>(&self, accounts: &Accounts, actor: &Actor, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let value = accounts.write(actor, f).await?;
        self.refresh(accounts).await?;
        Ok(value)
    }

    /// A page of the clients that the filter chooses, ordered by name.
    pub fn list(&self, filter: &Filter, limit: usize) -> ListPage {
        let wanted = filter.text.trim().to_lowercase();
        let mut fitting: Vec<_> =
            self.snapshot().clients.values().filter(|c| fits(c, &wanted, filter)).cloned().collect();
        fitting.sort_by_cached_key(|client| sort_key(client));
        let total = fitting.len();
        let begin = match filter.after.as_deref().and_then(|id| self.find(id)) {
            Some(last) => {
                let last = sort_key(&last);
                fitting.partition_point(|client| sort_key(client) <= last)
            }
            None => 0,
        };
        let mut clients = fitting.split_off(begin);
        let more = clients.len() > limit;
        clients.truncate(limit);
        let next = clients.last().filter(|_| more).map(|client| client.client_id.clone());
        ListPage { clients, total, next }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn sort_key(client: &Client) -> (String, String) {
    (client.name([]).to_lowercase(), client.client_id.clone())
}

fn fits(client: &Client, wanted: &str, filter: &Filter) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    let found =
        || has(client.name([])) || has(&client.client_id) || client.redirect_uris.iter().any(|u| has(u.as_str()));
    filter.disabled.is_none_or(|disabled| client.disabled == disabled)
        && filter.by_itself.is_none_or(|by_itself| client.source.is_operator() != by_itself)
        && (wanted.is_empty() || found())
}

/// The revision is read before the clients: a change between the two makes the snapshot newer than it says, and is
/// loaded once more.
fn load(conn: &mut Conn, known: i64, key: &InstallationKey, allow_implicit: bool) -> Result<Option<Snapshot>> {
    let revision = revision::current(conn, REVISION)?;
    if revision == known {
        return Ok(None);
    }
    let mut clients = HashMap::new();
    for record in store::all(conn)? {
        let client_id = record.client_id.clone();
        match Client::parse(record) {
            Ok(client) => {
                let client = if allow_implicit { client.relaxed() } else { client };
                clients.insert(client_id, Arc::new(client.keyed(key)));
            }
            // One bad row, written by a newer version perhaps, must not take the other products down.
            Err(field) => tracing::error!(%client_id, field, "a client cannot be read and is left out"),
        }
    }
    Ok(Some(Snapshot { revision, clients }))
}

//! Clients that registered themselves and were never used are removed.

use crate::Provider;
use crate::client::store;
use account::Actor;
use std::time::Duration;

/// After how long, in seconds: seven days.
pub const UNUSED_SECONDS: i64 = 7 * 24 * 3600;
/// How often a node looks.
const EVERY: Duration = Duration::from_secs(600);
/// Clients that one transaction removes at most.
const BATCH: i64 = 100;

/// Sweeps every few minutes, for as long as it is polled. Never returns; a failure is logged and tried again.
pub async fn keep_clean(provider: Provider) {
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = sweep(&provider).await {
            tracing::error!(%error, "unused clients cannot be removed");
        }
    }
}

/// Removes the clients that registered themselves more than [`UNUSED_SECONDS`] ago, and that neither asked for a token
/// nor were allowed anything since, nor were verified by an operator. Returns how many. Nodes may do it at once.
///
/// # Errors
/// When the database fails.
pub async fn sweep(provider: &Provider) -> db::Result<usize> {
    let mut total = 0;
    loop {
        let before = provider.accounts.now().plus_seconds(-UNUSED_SECONDS);
        let unused = provider.accounts.read(move |conn| store::unused_since(conn, before, BATCH)).await?;
        if unused.is_empty() {
            return Ok(total);
        }
        let system = Actor::system();
        let removed = provider.clients.change(&provider.accounts, &system, move |tx| {
            // Asked again: one may have been used meanwhile.
            let still = store::unused_since(tx.conn, before, BATCH)?;
            let mut removed = 0;
            for id in unused.iter().filter(|id| still.contains(id)) {
                removed += usize::from(store::delete(tx, id)?);
            }
            Ok(removed)
        });
        let removed = removed.await?;
        total += removed;
        if removed == 0 {
            return Ok(total);
        }
    }
}

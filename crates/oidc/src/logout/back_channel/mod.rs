//! Back-channel log-out (OpenID Connect Back-Channel Logout 1.0): clients are told, server to server, that a log-in ended.
//!
//! The rows are written by [`account::log_out`] with the end of the log-in, whatever its cause. Who ends one through a
//! browser takes its rows in the same transaction ([`Batch::claim`]) and delivers them at once ([`Batch::deliver_now`]),
//! before the browser goes on; everything else is left to the worker ([`deliver`]), which any node may run. A row is taken
//! by a conditional update that carries a lease, so two nodes never tell one client twice. What fails is tried again
//! after a growing pause, and given up after [`GIVEN_UP_AFTER_SECONDS`]. A client that does not answer costs one attempt a
//! round, however much waits for it.
//!
//! When a node dies between the client's answer and our note of it, the client is told again. That ends nothing twice.

mod batch;
mod model;
mod store;
#[cfg(test)]
mod tests;
mod token;
mod worker;

pub use batch::{Batch, GIVEN_UP_AFTER_SECONDS};
pub use model::{Counts, Delivered, State, Summary};
pub use store::{counts, list};
pub use token::EVENT;
pub use worker::{deliver, deliver_due};

use account::Tx;
use account::audit::{self, Target};
use account::log_out::{self, LogOutId};
use db::Result;
use serde_json::json;

/// Tells the client again at once that waits for its next attempt, or was given up. Returns `false` for one that heard of
/// it, that is being told at this moment, or that is not there.
pub fn retry_now(tx: &mut Tx<'_>, id: &LogOutId) -> Result<bool> {
    if !store::make_due(tx, id)? {
        return Ok(false);
    }
    audit::record(tx, "log_out.retried", Target { kind: "log_out", id: id.as_str() }, json!({}))?;
    log_out::wake_worker(tx);
    Ok(true)
}

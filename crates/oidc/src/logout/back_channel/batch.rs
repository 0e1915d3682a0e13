//! Log-outs that were taken together, and their delivery.

use super::store::{self, Claimed};
use super::{Delivered, token};
use crate::Provider;
use account::log_out::LogOutId;
use account::session::LoginId;
use account::{Actor, Tx};
use db::Result;
use fetch::Limits;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinSet;

/// Seconds after which a log-out that the client never heard of is given up: a day. Its own session has to end by itself.
pub const GIVEN_UP_AFTER_SECONDS: i64 = 24 * 3600;
/// Seconds for which a claim holds.
const LEASE_SECONDS: i64 = 60;
/// Log-outs that one claim of the worker takes at most.
const BATCH: i64 = 50;
/// What one request may cost: it is answered with hardly a word (§2.8).
const LIMITS: Limits = Limits { max_bytes: 16 * 1024, timeout: Duration::from_secs(5), max_redirects: 0 };
/// The latest instant in a lease at which a request may be begun that ends within it.
const BEGUN_WITHIN: Duration = Duration::from_secs(LEASE_SECONDS as u64 - 10);

/// Log-outs under one lease.
#[derive(Debug, Default)]
pub struct Batch {
    owner: String,
    claimed: Vec<Claimed>,
}

impl Batch {
    /// Takes the log-outs of log-ins that ended in this very transaction: no worker sees them before.
    pub fn claim(tx: &mut Tx<'_>, logins: &[LoginId]) -> Result<Self> {
        if logins.is_empty() {
            return Ok(Self::default());
        }
        let ids = store::of_logins(tx.conn, logins)?;
        Self::take(tx, ids)
    }

    /// Takes some that are due.
    pub(super) fn claim_due(tx: &mut Tx<'_>) -> Result<Self> {
        let ids = store::due(tx.conn, tx.now, BATCH)?;
        Self::take(tx, ids)
    }

    fn take(tx: &mut Tx<'_>, ids: Vec<LogOutId>) -> Result<Self> {
        let owner = uuid::Uuid::new_v4().to_string();
        let lease_until = tx.now.plus_seconds(LEASE_SECONDS);
        Ok(Self { claimed: store::claim(tx, ids, &owner, lease_until)?, owner })
    }

    /// Whether there is nobody to tell.
    pub fn is_empty(&self) -> bool {
        self.claimed.is_empty()
    }

    /// Tells all clients at the same time and waits for them, but no longer than `patience`: what takes longer goes on
    /// without the caller, and what fails is tried again by the worker.
    pub async fn deliver_now(self, provider: &Provider, patience: Duration) {
        if self.is_empty() {
            return;
        }
        let provider = provider.clone();
        let delivery = tokio::spawn(async move {
            if let Err(error) = self.deliver(&provider).await {
                tracing::error!(%error, "what became of a log-out cannot be noted");
            }
        });
        let _ = tokio::time::timeout(patience, delivery).await;
    }

    /// Tells all clients: each for itself, one log-out after the other, and no further one after a failure.
    pub(super) async fn deliver(self, provider: &Provider) -> Result<Delivered> {
        let begun = tokio::time::Instant::now();
        let mut of_clients: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
        for log_out in self.claimed {
            of_clients.entry(log_out.client_id.clone()).or_default().push(log_out);
        }
        let mut lanes = JoinSet::new();
        for log_outs in of_clients.into_values() {
            let lane = Lane { provider: provider.clone(), owner: self.owner.clone(), begun };
            lanes.spawn(lane.run(log_outs));
        }
        let mut total = Delivered::default();
        for done in lanes.join_all().await {
            let done = done?;
            total.delivered += done.delivered;
            total.postponed += done.postponed;
            total.failed += done.failed;
        }
        Ok(total)
    }
}

/// The way to one client.
struct Lane {
    provider: Provider,
    owner: String,
    begun: tokio::time::Instant,
}

impl Lane {
    async fn run(self, log_outs: Vec<Claimed>) -> Result<Delivered> {
        let mut done = Delivered::default();
        let mut waiting = log_outs.into_iter();
        while let Some(log_out) = waiting.next() {
            if self.begun.elapsed() > BEGUN_WITHIN {
                // The lease ends by itself, and they are due again.
                break;
            }
            match tell(&self.provider, &log_out).await {
                Ok(()) => {
                    let id = log_out.id.clone();
                    self.write(move |tx| store::delivered(tx, &id)).await?;
                    done.delivered += 1;
                }
                Err(trouble) => {
                    let rest: Vec<_> = waiting.map(|log_out| log_out.id).collect();
                    done.postponed += u32::try_from(rest.len()).unwrap_or(u32::MAX);
                    match self.note(log_out, rest, trouble).await? {
                        true => done.postponed += 1,
                        false => done.failed += 1,
                    }
                    break;
                }
            }
        }
        Ok(done)
    }

    /// Writes a failure down. Returns whether it is tried again.
    async fn note(&self, log_out: Claimed, rest: Vec<LogOutId>, trouble: Trouble) -> Result<bool> {
        let now = self.provider.accounts.now();
        let is_too_old = now >= log_out.created_at.plus_seconds(GIVEN_UP_AFTER_SECONDS);
        let pause = now.plus_seconds(pause_seconds(log_out.attempts));
        let (next, words) = match trouble {
            Trouble::ForNow(words) => (Some(pause).filter(|_| !is_too_old), words),
            Trouble::ForGood(words) => (None, words),
        };
        tracing::warn!(
            client_id = log_out.client_id,
            given_up = next.is_none(),
            "a client did not take a log-out; the console says why"
        );
        let owner = self.owner.clone();
        self.write(move |tx| {
            store::refused(tx, &log_out.id, &owner, next, &words)?;
            store::put_off(tx, &rest, &owner, pause, &words)
        })
        .await?;
        Ok(next.is_some())
    }

    async fn write(&self, f: impl FnMut(&mut Tx<'_>) -> Result<()> + Send + 'static) -> Result<()> {
        self.provider.accounts.write(&Actor::system(), f).await
    }
}

/// Why a client was not told.
enum Trouble {
    /// Another attempt may help.
    ForNow(String),
    /// No attempt will.
    ForGood(String),
}

/// Posts one logout token (§2.5). The client answers 200, or 204 as some frameworks do (§2.8).
async fn tell(provider: &Provider, log_out: &Claimed) -> std::result::Result<(), Trouble> {
    let gone = || Trouble::ForGood("the client has no backchannel_logout_uri any more".to_owned());
    let client = provider.clients.find(&log_out.client_id).ok_or_else(gone)?;
    let uri = client.backchannel_logout_uri().ok_or_else(gone)?;
    let token = token::make(provider, &client, log_out).map_err(|error| Trouble::ForNow(error.to_string()))?;
    // A JWT is letters, digits and three marks: nothing in it needs encoding.
    let body = format!("logout_token={token}").into_bytes();
    match provider.fetcher.post(uri, "application/x-www-form-urlencoded", body, LIMITS).await {
        Ok(answer) if answer.is_success() => Ok(()),
        Ok(answer) => Err(Trouble::ForNow(format!("the client answered with status {}", answer.status))),
        Err(error) => Err(Trouble::ForNow(error.to_string())),
    }
}

/// Seconds to wait after that many earlier attempts: half a minute, doubled each time, at most an hour.
fn pause_seconds(attempts: i64) -> i64 {
    30_i64.saturating_mul(1 << attempts.clamp(0, 7)).min(3600)
}

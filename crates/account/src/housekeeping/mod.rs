//! Housekeeping: rows that have served their time are removed, in small batches, so that no write waits long.
//!
//! Several rows are kept a while after they ended, so that whoever comes late with an old link learns that it is too
//! old, and not that it never was. Any node may sweep; a lease in the database lets one do it.

mod store;
#[cfg(test)]
mod tests;

use crate::{Accounts, Actor, Timestamp, Tx};
use db::Result;
use std::time::Duration;

/// How often a node looks whether it is time to sweep.
const EVERY: Duration = Duration::from_secs(300);
/// Seconds for which the sweep of one node serves all. Shorter than [`EVERY`], so that a node alone sweeps each time.
const LEASE_SECONDS: i64 = 270;
/// Rows that one transaction removes at most.
const BATCH: i64 = 200;

const DAY: i64 = 24 * 3600;
/// Seconds for which links and codes are remembered after their end.
const KEPT_LINKS_SECONDS: i64 = 7 * DAY;
/// Seconds for which a log-in or an authorization request is remembered after its end, for the page that says so.
const KEPT_INTERACTIONS_SECONDS: i64 = DAY;
/// Seconds for which mails are listed after they left or were given up.
const KEPT_MAILS_SECONDS: i64 = 30 * DAY;
/// Seconds for which log-outs are listed after the client heard of them or they were given up.
const KEPT_LOG_OUTS_SECONDS: i64 = 30 * DAY;
/// Seconds after which a device that nobody logged in with is a stranger again.
const KEPT_DEVICES_SECONDS: i64 = 180 * DAY;

/// Seconds for which API tokens that ended are listed for their owner.
const KEPT_API_TOKENS_SECONDS: i64 = 30 * DAY;

/// Removes at most so many rows that ended before that instant; says how many.
type Remove = fn(&mut Tx<'_>, Timestamp, i64) -> Result<usize>;

/// What is removed: the name for the log, for how many seconds it is kept after its end, and how.
const SHELVES: &[(&str, i64, Remove)] = &[
    ("verifications", KEPT_LINKS_SECONDS, store::verifications),
    ("recoveries", KEPT_LINKS_SECONDS, store::recoveries),
    ("email_additions", KEPT_LINKS_SECONDS, store::email_additions),
    ("email_changes", KEPT_LINKS_SECONDS, store::email_changes),
    ("invitations", KEPT_LINKS_SECONDS, store::invitations),
    ("initial_access_tokens", KEPT_LINKS_SECONDS, store::initial_access_tokens),
    ("api_tokens", KEPT_API_TOKENS_SECONDS, store::api_tokens),
    ("mailed_codes", 0, store::mailed_codes),
    ("remembered_devices", 0, store::remembered_devices),
    ("throttles", 0, store::throttles),
    ("known_devices", KEPT_DEVICES_SECONDS, store::known_devices),
    ("sessions", 0, store::sessions),
    ("interactions", KEPT_INTERACTIONS_SECONDS, store::interactions),
    ("grants", 0, store::grants),
    ("logins", 0, store::logins),
    ("revoked_tokens", 0, store::revoked_tokens),
    ("used_assertions", 0, store::used_assertions),
    ("passkey_challenges", 0, store::passkey_challenges),
    ("session_clients", 0, store::session_clients),
    ("backchannel_logouts", KEPT_LOG_OUTS_SECONDS, store::backchannel_logouts),
    ("totp_apps", 0, store::totp_apps),
    ("exports", 0, crate::export::remove_expired),
    ("second_step_resets", KEPT_LINKS_SECONDS, store::second_step_resets),
    ("outbox_mails", KEPT_MAILS_SECONDS, crate::outbox::store::delete_finished),
    ("accounts", crate::sign_up::STALE_SECONDS, crate::sign_up::remove_stale),
];

/// Sweeps every few minutes, for as long as it is polled. Never returns; a failure is logged and tried again.
pub async fn keep_clean(accounts: Accounts) {
    let me = uuid::Uuid::new_v4().to_string();
    loop {
        tokio::time::sleep(EVERY).await;
        if let Err(error) = sweep_as(&accounts, &me).await {
            tracing::error!(%error, "rows that have served their time cannot be removed");
        }
    }
}

/// Removes what has served its time. Returns how many rows went, or `None` when another node sees to it.
///
/// # Errors
/// When the database fails.
pub async fn sweep(accounts: &Accounts) -> Result<Option<usize>> {
    sweep_as(accounts, &uuid::Uuid::new_v4().to_string()).await
}

async fn sweep_as(accounts: &Accounts, owner: &str) -> Result<Option<usize>> {
    let owner = owner.to_owned();
    let lease = move |tx: &mut Tx<'_>| store::hold(tx, "housekeeping", &owner, tx.now.plus_seconds(LEASE_SECONDS));
    if !accounts.write(&Actor::system(), lease).await? {
        return Ok(None);
    }
    let mut total = 0;
    for (name, kept_seconds, remove) in SHELVES {
        let before = accounts.now().plus_seconds(-kept_seconds);
        let mut removed = 0;
        loop {
            let batch = accounts.write(&Actor::system(), move |tx| remove(tx, before, BATCH)).await?;
            removed += batch;
            if batch < usize::try_from(BATCH).unwrap_or(usize::MAX) {
                break;
            }
        }
        if removed > 0 {
            tracing::debug!(table = name, rows = removed, "removed what had served its time");
        }
        total += removed;
    }
    Ok(Some(total))
}

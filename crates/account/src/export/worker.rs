//! The worker that makes exports.

use super::contents::{self, PARTS};
use super::{ExportId, KEPT_SECONDS, archive, place, store};
use crate::account;
use crate::audit::{self, Target};
use crate::mail::Mail;
use crate::{AccountId, Accounts, Actor, outbox};
use db::Result;
use serde_json::json;
use std::time::Duration;

/// Seconds for which a node that says nothing is believed to be at work.
const LEASE_SECONDS: i64 = 120;
/// How often one is tried before it is given up.
const ATTEMPTS: i64 = 5;
/// The longest sleep: another node may have died over one, or a command asked for one without waking us.
const NAP: Duration = Duration::from_secs(30);

/// Makes what is asked for until `stop` is ready. Any number of nodes may run this.
pub async fn make(accounts: &Accounts, public_url: &str, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    loop {
        let round = async {
            if let Err(error) = make_due(accounts, public_url).await {
                tracing::error!(%error, "an export cannot be made");
            }
            tokio::select! {
                () = tokio::time::sleep(NAP) => {}
                () = accounts.exports_queued.notified() => {}
            }
        };
        tokio::select! {
            () = round => {}
            () = &mut stop => return,
        }
    }
}

/// Makes what waits now, and returns how many there were: one round of [`make`].
///
/// # Errors
/// When the database fails. What was being made is begun anew when its lease ends.
pub async fn make_due(accounts: &Accounts, public_url: &str) -> Result<usize> {
    let mut made = 0;
    loop {
        let now = accounts.now();
        if !accounts.read(move |conn| store::is_due(conn, now)).await? {
            return Ok(made);
        }
        let owner = uuid::Uuid::new_v4().to_string();
        let me = owner.clone();
        let claim = accounts
            .write(&Actor::system(), move |tx| store::claim(tx, &me, tx.now.plus_seconds(LEASE_SECONDS)))
            .await?;
        let Some((id, account, attempts)) = claim else { return Ok(made) };
        if attempts > ATTEMPTS {
            tracing::error!(export = %id, "an export was given up: it could not be made in several tries");
            accounts.write(&Actor::system(), move |tx| store::give_up(tx, &id)).await?;
            continue;
        }
        let work = Work { accounts, public_url, owner, id, account };
        made += usize::from(work.run().await?);
    }
}

/// One export in the making.
struct Work<'a> {
    accounts: &'a Accounts,
    public_url: &'a str,
    owner: String,
    id: ExportId,
    account: AccountId,
}

impl Work<'_> {
    /// Gathers, packs, seals and keeps. Returns `false` when it is not wanted any more, or another node took over.
    async fn run(self) -> Result<bool> {
        let mut files = vec![contents::guide(self.accounts.now())];
        for number in 0..PARTS {
            let account = self.account.clone();
            files.extend(self.accounts.read(move |conn| contents::part(conn, &account, number)).await?);
            if !self.note(number + 1).await? {
                return Ok(false);
            }
        }
        let (key, id) = (self.accounts.clone(), self.id.clone());
        let packed = tokio::task::spawn_blocking(move || -> Result<(Vec<u8>, i64)> {
            let packed = archive::pack(&files)?;
            let bytes = i64::try_from(packed.len()).unwrap_or(i64::MAX);
            Ok((key.key.seal(&place(&id), &packed), bytes))
        });
        let (sealed, bytes) = packed.await.map_err(|e| db::Error::Corrupt(format!("packing an export: {e}")))??;
        self.keep(sealed, bytes).await
    }

    async fn note(&self, done: usize) -> Result<bool> {
        let (id, owner) = (self.id.clone(), self.owner.clone());
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        self.accounts
            .write(&Actor::system(), move |tx| {
                store::progress(tx, &id, &owner, done, tx.now.plus_seconds(LEASE_SECONDS))
            })
            .await
    }

    /// Keeps the file and tells its owner, in one commit.
    async fn keep(self, sealed: Vec<u8>, bytes: i64) -> Result<bool> {
        let (domain, link) = (self.accounts.clone(), format!("{}/account/privacy/export", self.public_url));
        let (id, owner, account) = (self.id, self.owner, self.account);
        self.accounts
            .write(&Actor::system(), move |tx| {
                // Whoever left in the meantime gets nothing more.
                let address = account::primary_email(tx.conn, &account)?;
                let (true, Some(address)) = (store::is_active(tx.conn, &account)?, address) else {
                    store::give_up(tx, &id)?;
                    return Ok(false);
                };
                if !store::finish(tx, &id, &owner, &sealed, bytes)? {
                    return Ok(false);
                }
                audit::record(tx, "export.ready", Target::account(&account), json!({}))?;
                let mail = Mail::ExportReady { link: link.clone(), until: tx.now.plus_seconds(KEPT_SECONDS) };
                outbox::enqueue(tx, &domain.key, &address.address, Some(&account), &mail)?;
                Ok(true)
            })
            .await
    }
}

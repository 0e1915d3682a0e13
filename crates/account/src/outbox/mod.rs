//! The outbox: mails that are committed with the change they tell of, and delivered by a worker that any node may run.
//!
//! [`enqueue`] writes a row, its content sealed, and wakes the worker after the commit. [`deliver`] is that worker: it
//! takes due rows by a conditional update that carries a lease, so two nodes never send one mail twice; sends them;
//! erases the content of what the server took; and tries the others again after a growing pause. A mail is given up
//! only when the server refuses its recipient or its content for good, or after [`GIVEN_UP_AFTER_SECONDS`]; a server
//! that is away, or refuses us, costs no mail. What was given up is kept, and [`retry_now`] tries it again.
//!
//! One doubt no protocol removes: when a node dies between the server's answer and our note of it, the mail is sent
//! again, under the same `Message-ID`.

mod message;
mod model;
mod smtp;
pub mod store;
#[cfg(test)]
mod tests;
mod transport;
mod worker;

pub use model::{MailCounts, MailState, MailSummary};
pub use transport::{Transport, TransportError};
pub use worker::{Delivered, GIVEN_UP_AFTER_SECONDS, deliver, deliver_due};

use crate::audit::{self, Target};
use crate::mail::Mail;
use crate::secret::InstallationKey;
use crate::{AccountId, Tx, account};
use db::Result;

db::id!(
    /// A mail's id; its `Message-ID` is made of it.
    OutboxId
);

/// Puts a mail to the address `to` in the outbox; `account` is whom it concerns. The row is committed with the change,
/// and the worker is woken after the commit.
pub fn enqueue(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    to: &str,
    account: Option<&AccountId>,
    mail: &Mail,
) -> Result<OutboxId> {
    let id = OutboxId::new(tx.now);
    let content = serde_json::to_vec(mail).expect("mails are names and text, which serialise");
    let sealed = key.seal(&place(&id), &content);
    store::insert(tx, &id, mail.kind(), to, account, &sealed)?;
    tx.mail_queued = true;
    Ok(id)
}

/// Puts a notice about an account's security in the outbox: to each of its verified addresses, so that whoever got hold
/// of one mailbox cannot hide it.
pub fn notify(tx: &mut Tx<'_>, account: &AccountId, mail: &Mail) -> Result<()> {
    let key = tx.key;
    for address in account::verified_addresses(tx.conn, account)? {
        enqueue(tx, key, &address, Some(account), mail)?;
    }
    Ok(())
}

/// Tries a mail again at once that waits for its next attempt, or was given up. Returns `false` for one that the server
/// took, or that is being sent at this moment, or that is not there.
pub fn retry_now(tx: &mut Tx<'_>, id: &OutboxId) -> Result<bool> {
    if !store::make_due(tx, id)? {
        return Ok(false);
    }
    audit::record(tx, "mail.retried", Target { kind: "mail", id: id.as_str() }, serde_json::json!({}))?;
    tx.mail_queued = true;
    Ok(true)
}

/// Where the content is sealed for: links and codes are secrets, and open in no other row.
fn place(id: &OutboxId) -> String {
    format!("outbox_mails/sealed_content/{id}")
}

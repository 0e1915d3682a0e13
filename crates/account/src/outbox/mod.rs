//! The outbox: mails that are committed with the change they tell of, and delivered by a worker that any node may run.

pub mod store;

use crate::mail::Mail;
use crate::secret::InstallationKey;
use crate::{AccountId, Tx};
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

/// Where the content is sealed for: links and codes are secrets, and open in no other row.
fn place(id: &OutboxId) -> String {
    format!("outbox_mails/sealed_content/{id}")
}

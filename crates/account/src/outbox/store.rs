//! The table `outbox_mails`.

use super::OutboxId;
use crate::{AccountId, Tx};
use db::Result;
use db::schema::outbox_mails;
use diesel::prelude::*;

pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: &OutboxId,
    kind: &str,
    recipient: &str,
    account: Option<&AccountId>,
    sealed: &[u8],
) -> Result<()> {
    diesel::insert_into(outbox_mails::table)
        .values((
            outbox_mails::id.eq(id),
            outbox_mails::kind.eq(kind),
            outbox_mails::account_id.eq(account),
            outbox_mails::recipient.eq(recipient),
            outbox_mails::sealed_content.eq(sealed),
            outbox_mails::created_at.eq(tx.now),
            outbox_mails::next_attempt_at.eq(tx.now),
            outbox_mails::attempts.eq(0_i64),
        ))
        .execute(tx.conn)?;
    Ok(())
}

//! The table `verifications`.

use super::model::{CODE_TRIES, Verification, VerificationId};
use crate::account::AccountStatus;
use crate::audit::{self, Target};
use crate::outbox::{MailState, OutboxId};
use crate::{AccountId, Tx};
use db::schema::{accounts, outbox_mails, verifications};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

#[derive(Queryable, Selectable)]
#[diesel(table_name = verifications)]
struct Row {
    id: VerificationId,
    account_id: Option<AccountId>,
    address: String,
    mail_id: Option<OutboxId>,
    browser_hash: Vec<u8>,
    code_mac: Vec<u8>,
    code_expires_at: Timestamp,
    code_tries: i64,
    return_to: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
    consumed_at: Option<Timestamp>,
}

fn verification(conn: &mut Conn, row: Row) -> Result<Verification> {
    let mail = row.mail_id.as_ref().map(|id| crate::outbox::store::find(conn, id)).transpose()?.flatten();
    Ok(Verification {
        id: row.id,
        account_id: row.account_id,
        address: row.address,
        browser_hash: row.browser_hash,
        code_mac: row.code_mac,
        return_to: row.return_to,
        delivery: mail.map_or(MailState::Accepted, |mail| mail.state).into(),
        code_expires_at: row.code_expires_at,
        code_tries: row.code_tries,
        created_at: row.created_at,
        expires_at: row.expires_at,
        consumed_at: row.consumed_at,
    })
}

/// The verification that this browser began last, if it still waits to be confirmed.
pub fn latest_of_browser(conn: &mut Conn, browser_hash: &[u8], now: Timestamp) -> Result<Option<Verification>> {
    let row: Option<Row> = verifications::table
        .filter(verifications::browser_hash.eq(browser_hash))
        .order(verifications::created_at.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let found = row.map(|row| verification(conn, row)).transpose()?;
    Ok(found.filter(|found| found.is_open(now)))
}

/// The newest verification of an account, whatever its state.
pub(super) fn latest_of_account(conn: &mut Conn, account: &AccountId) -> Result<Option<Verification>> {
    let row: Option<Row> = verifications::table
        .filter(verifications::account_id.eq(account))
        .order(verifications::created_at.desc())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| verification(conn, row)).transpose()
}

/// The verification of a link.
pub(super) fn by_link(conn: &mut Conn, link_hash: &[u8]) -> Result<Option<Verification>> {
    let row: Option<Row> = verifications::table
        .filter(verifications::link_hash.eq(link_hash))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| verification(conn, row)).transpose()
}

/// A row to insert.
pub(super) struct New<'a> {
    pub id: &'a VerificationId,
    pub account_id: Option<&'a AccountId>,
    pub address: &'a str,
    pub mail_id: Option<&'a OutboxId>,
    pub browser_hash: &'a [u8],
    pub link_hash: Vec<u8>,
    pub code_mac: Vec<u8>,
    pub code_expires_at: Timestamp,
    pub expires_at: Timestamp,
    pub return_to: Option<&'a str>,
}

pub(super) fn insert(tx: &mut Tx<'_>, new: &New<'_>) -> Result<()> {
    // Later than the browser's last one even within one microsecond: which is the latest must be certain.
    let last: Option<Timestamp> = verifications::table
        .filter(verifications::browser_hash.eq(new.browser_hash))
        .select(diesel::dsl::max(verifications::created_at))
        .first(tx.conn)?;
    let after_last = last.map_or(tx.now, |last| Timestamp::from_micros(last.as_micros().saturating_add(1)));
    diesel::insert_into(verifications::table)
        .values((
            verifications::id.eq(new.id),
            verifications::account_id.eq(new.account_id),
            verifications::address.eq(new.address),
            verifications::mail_id.eq(new.mail_id),
            verifications::browser_hash.eq(new.browser_hash),
            verifications::link_hash.eq(&new.link_hash),
            verifications::code_mac.eq(&new.code_mac),
            verifications::code_expires_at.eq(new.code_expires_at),
            verifications::code_tries.eq(0_i64),
            verifications::return_to.eq(new.return_to),
            verifications::created_at.eq(tx.now.max(after_last)),
            verifications::expires_at.eq(new.expires_at),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Spends one try of a code. Returns whether there was one: of parallel guesses no more than five are compared.
pub(super) fn spend_try(tx: &mut Tx<'_>, id: &VerificationId) -> Result<bool> {
    let open = verifications::consumed_at
        .is_null()
        .and(verifications::code_tries.lt(CODE_TRIES))
        .and(verifications::code_expires_at.gt(tx.now));
    let changed = diesel::update(verifications::table.find(id).filter(open))
        .set(verifications::code_tries.eq(verifications::code_tries + 1))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Consumes a verification. Of two who try, one is told `true`.
pub(super) fn consume(tx: &mut Tx<'_>, id: &VerificationId) -> Result<bool> {
    let open = verifications::consumed_at.is_null().and(verifications::expires_at.gt(tx.now));
    let changed = diesel::update(verifications::table.find(id).filter(open))
        .set(verifications::consumed_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Removes at most `limit` accounts that were made before `before` ([`super::STALE_SECONDS`] ago) and never verified.
/// Returns how many.
pub fn remove_stale(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let unverified = AccountStatus::Unverified.as_str();
    let stale: Vec<AccountId> = accounts::table
        .filter(accounts::status.eq(unverified).and(accounts::created_at.le(before)))
        .order(accounts::created_at)
        .limit(limit)
        .select(accounts::id)
        .load(tx.conn)?;
    for id in &stale {
        audit::record(tx, "account.removed", Target::account(id), serde_json::json!({ "reason": "never verified" }))?;
    }
    // The content of their mails is of no use any more, and names a person.
    diesel::delete(outbox_mails::table.filter(outbox_mails::account_id.eq_any(stale.clone()))).execute(tx.conn)?;
    let gone = accounts::table.filter(accounts::id.eq_any(stale).and(accounts::status.eq(unverified)));
    Ok(diesel::delete(gone).execute(tx.conn)?)
}

//! The table `outbox_mails`.

use super::{MailCounts, MailState, MailSummary, OutboxId};
use crate::{AccountId, Tx};
use db::schema::outbox_mails::{self, dsl};
use db::{Conn, Result, Timestamp};
use diesel::prelude::*;

/// A mail that was taken to be sent.
pub(super) struct Claimed {
    pub id: OutboxId,
    pub kind: String,
    pub recipient: String,
    pub sealed_content: Option<Vec<u8>>,
    pub created_at: Timestamp,
    pub attempts: i64,
}

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
            dsl::id.eq(id),
            dsl::kind.eq(kind),
            dsl::account_id.eq(account),
            dsl::recipient.eq(recipient),
            dsl::sealed_content.eq(sealed),
            dsl::created_at.eq(tx.now),
            dsl::next_attempt_at.eq(tx.now),
            dsl::attempts.eq(0_i64),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// When the next mail is due: in the past when one is due now; `None` when none waits.
pub(super) fn next_due(conn: &mut Conn) -> Result<Option<Timestamp>> {
    let waiting = dsl::outbox_mails.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()));
    Ok(waiting.select(diesel::dsl::min(dsl::next_attempt_at)).first(conn)?)
}

/// Takes at most `limit` due mails until `lease_until`; they are due again then, if nothing is heard of them. A mail that
/// another node holds is left to it.
pub(super) fn claim(tx: &mut Tx<'_>, owner: &str, lease_until: Timestamp, limit: i64) -> Result<Vec<Claimed>> {
    let due = dsl::outbox_mails
        .filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()).and(dsl::next_attempt_at.le(tx.now)))
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now)));
    let ids: Vec<OutboxId> = due.order((dsl::next_attempt_at, dsl::id)).select(dsl::id).limit(limit).load(tx.conn)?;
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        type Row = (OutboxId, String, String, Option<Vec<u8>>, Timestamp, i64);
        let taken: Option<Row> = diesel::update(dsl::outbox_mails.find(&id))
            .filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()))
            .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now)))
            .set((dsl::lease_owner.eq(owner), dsl::lease_until.eq(lease_until), dsl::next_attempt_at.eq(lease_until)))
            .returning((dsl::id, dsl::kind, dsl::recipient, dsl::sealed_content, dsl::created_at, dsl::attempts))
            .get_result(tx.conn)
            .optional()?;
        claimed.extend(taken.map(|(id, kind, recipient, sealed_content, created_at, attempts)| Claimed {
            id,
            kind,
            recipient,
            sealed_content,
            created_at,
            attempts,
        }));
    }
    Ok(claimed)
}

/// Gives back, untried, what `owner` took.
pub(super) fn release(tx: &mut Tx<'_>, owner: &str) -> Result<()> {
    diesel::update(dsl::outbox_mails.filter(dsl::lease_owner.eq(owner).and(dsl::delivered_at.is_null())))
        .set((
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::next_attempt_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// The mail after which nothing is left of whom it went to, its address neither: its row goes when it is delivered or
/// given up.
const LAST: &str = "account_erased";

/// The server took it: its content is erased. Said even when the lease is gone, for it is true.
pub(super) fn accepted(tx: &mut Tx<'_>, id: &OutboxId) -> Result<()> {
    diesel::update(dsl::outbox_mails.find(id))
        .set((
            dsl::delivered_at.eq(tx.now),
            dsl::failed_at.eq(None::<Timestamp>),
            dsl::sealed_content.eq(None::<Vec<u8>>),
            dsl::attempts.eq(dsl::attempts + 1_i64),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(None::<String>),
        ))
        .execute(tx.conn)?;
    forget_last(tx, id)
}

fn forget_last(tx: &mut Tx<'_>, id: &OutboxId) -> Result<()> {
    let finished = dsl::delivered_at.is_not_null().or(dsl::failed_at.is_not_null());
    diesel::delete(dsl::outbox_mails.find(id).filter(dsl::kind.eq(LAST)).filter(finished)).execute(tx.conn)?;
    Ok(())
}

/// It was not taken: tried again at `next_attempt_at`, or given up when there is none.
pub(super) fn refused(
    tx: &mut Tx<'_>,
    id: &OutboxId,
    owner: &str,
    next_attempt_at: Option<Timestamp>,
    error: &str,
) -> Result<()> {
    let failed_at = if next_attempt_at.is_none() { Some(tx.now) } else { None };
    diesel::update(dsl::outbox_mails.find(id).filter(dsl::lease_owner.eq(owner)))
        .set((
            dsl::next_attempt_at.eq(next_attempt_at.unwrap_or(tx.now)),
            dsl::failed_at.eq(failed_at),
            dsl::attempts.eq(dsl::attempts + 1_i64),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(error),
        ))
        .execute(tx.conn)?;
    forget_last(tx, id)
}

pub(super) fn make_due(tx: &mut Tx<'_>, id: &OutboxId) -> Result<bool> {
    let changed = diesel::update(dsl::outbox_mails.find(id).filter(dsl::sealed_content.is_not_null()))
        .filter(dsl::delivered_at.is_null())
        .filter(dsl::lease_until.is_null().or(dsl::lease_until.le(tx.now)))
        .set((dsl::next_attempt_at.eq(tx.now), dsl::failed_at.eq(None::<Timestamp>)))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

type Summary = (
    OutboxId,
    String,
    Option<AccountId>,
    String,
    Timestamp,
    i64,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<String>,
);

type SummaryColumns = (
    dsl::id,
    dsl::kind,
    dsl::account_id,
    dsl::recipient,
    dsl::created_at,
    dsl::attempts,
    dsl::next_attempt_at,
    dsl::delivered_at,
    dsl::failed_at,
    dsl::last_error,
);

const SUMMARY: SummaryColumns = (
    dsl::id,
    dsl::kind,
    dsl::account_id,
    dsl::recipient,
    dsl::created_at,
    dsl::attempts,
    dsl::next_attempt_at,
    dsl::delivered_at,
    dsl::failed_at,
    dsl::last_error,
);

fn summary(row: Summary) -> MailSummary {
    let (id, kind, account_id, recipient, created_at, attempts, next_attempt_at, delivered_at, failed_at, last_error) =
        row;
    let state = match (delivered_at, failed_at) {
        (Some(_), _) => MailState::Accepted,
        (None, Some(_)) => MailState::Failed,
        (None, None) => MailState::Queued,
    };
    MailSummary {
        id,
        kind,
        account_id,
        recipient,
        state,
        created_at,
        attempts,
        next_attempt_at,
        finished_at: delivered_at.or(failed_at),
        last_error,
    }
}

/// One mail.
pub fn find(conn: &mut Conn, id: &OutboxId) -> Result<Option<MailSummary>> {
    let row: Option<Summary> = dsl::outbox_mails.find(id).select(SUMMARY).first(conn).optional()?;
    Ok(row.map(summary))
}

/// Mails, newest first, at most `limit`: of one state, or of all; those before (older than) the mail `before`.
pub fn list(
    conn: &mut Conn,
    state: Option<MailState>,
    before: Option<&OutboxId>,
    limit: i64,
) -> Result<Vec<MailSummary>> {
    let mut query = dsl::outbox_mails.select(SUMMARY).order(dsl::id.desc()).limit(limit).into_boxed();
    query = match state {
        None => query,
        Some(MailState::Queued) => query.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null())),
        Some(MailState::Accepted) => query.filter(dsl::delivered_at.is_not_null()),
        Some(MailState::Failed) => query.filter(dsl::failed_at.is_not_null()),
    };
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before.as_str().to_owned()));
    }
    Ok(query.load::<Summary>(conn)?.into_iter().map(summary).collect())
}

/// How many mails there are in each state.
pub fn counts(conn: &mut Conn) -> Result<MailCounts> {
    let waiting = || dsl::outbox_mails.filter(dsl::delivered_at.is_null().and(dsl::failed_at.is_null()));
    Ok(MailCounts {
        queued: waiting().count().get_result(conn)?,
        retrying: waiting().filter(dsl::attempts.gt(0)).count().get_result(conn)?,
        accepted: dsl::outbox_mails.filter(dsl::delivered_at.is_not_null()).count().get_result(conn)?,
        failed: dsl::outbox_mails.filter(dsl::failed_at.is_not_null()).count().get_result(conn)?,
    })
}

/// The newest mail about an account: what "did the mail leave?" is answered from.
pub fn latest_of_account(conn: &mut Conn, account: &AccountId) -> Result<Option<MailSummary>> {
    let theirs = dsl::outbox_mails.filter(dsl::account_id.eq(account)).order(dsl::id.desc());
    let row: Option<Summary> = theirs.select(SUMMARY).first(conn).optional()?;
    Ok(row.map(summary))
}

/// Deletes at most `limit` mails that were taken or given up before `before`. Returns how many.
pub(crate) fn delete_finished(tx: &mut Tx<'_>, before: Timestamp, limit: i64) -> Result<usize> {
    let finished = dsl::delivered_at.lt(before).or(dsl::failed_at.lt(before));
    let ids: Vec<OutboxId> =
        dsl::outbox_mails.filter(finished.assume_not_null()).select(dsl::id).limit(limit).load(tx.conn)?;
    Ok(diesel::delete(dsl::outbox_mails.filter(dsl::id.eq_any(ids))).execute(tx.conn)?)
}

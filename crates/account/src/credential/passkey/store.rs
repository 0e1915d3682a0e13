//! The tables `passkeys` and `passkey_challenges`.

use super::challenge::{ChallengeId, Purpose};
use super::model::{Passkey, PasskeyId, PasskeyName};
use crate::secret::InstallationKey;
use crate::{AccountId, Tx};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::schema::{passkey_challenges, passkeys};
use db::{Conn, Error, OnEach, Result, Timestamp};
use diesel::prelude::*;
use webauthn_rs::prelude::Credential;

/// A passkey with what its answers are checked against.
pub(super) struct Stored {
    pub passkey: Passkey,
    pub credential: Credential,
}

/// A passkey to keep.
pub(super) struct NewPasskey<'a> {
    pub passkey: &'a Passkey,
    pub credential: &'a Credential,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = passkeys)]
struct Row {
    id: PasskeyId,
    account_id: AccountId,
    name: String,
    verifies_person: bool,
    synced: bool,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    suspended_at: Option<Timestamp>,
}

impl From<Row> for Passkey {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            name: row.name,
            verifies_person: row.verifies_person,
            synced: row.synced,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            suspended_at: row.suspended_at,
        }
    }
}

fn place(account: &AccountId, id: &PasskeyId) -> String {
    format!("passkeys/sealed_credential/{account}/{id}")
}

fn corrupt() -> Error {
    Error::Corrupt("a passkey does not open".to_owned())
}

/// Keeps a passkey. Returns `false` when some account has it already.
pub(super) fn insert(tx: &mut Tx<'_>, new: &NewPasskey<'_>) -> Result<bool> {
    let NewPasskey { passkey, credential } = new;
    let plain = serde_json::to_vec(credential).map_err(|_| corrupt())?;
    let row = (
        passkeys::id.eq(&passkey.id),
        passkeys::account_id.eq(&passkey.account_id),
        passkeys::credential_id.eq(URL_SAFE_NO_PAD.encode(&credential.cred_id)),
        passkeys::sealed_credential.eq(tx.key.seal(&place(&passkey.account_id, &passkey.id), &plain)),
        passkeys::name.eq(&passkey.name),
        passkeys::verifies_person.eq(passkey.verifies_person),
        passkeys::synced.eq(passkey.synced),
        passkeys::backed_up.eq(credential.backup_state),
        passkeys::counter.eq(i64::from(credential.counter)),
        passkeys::created_at.eq(passkey.created_at),
    );
    let inserted =
        OnEach(diesel::insert_into(passkeys::table).values(row).on_conflict(passkeys::credential_id).do_nothing());
    Ok(inserted.execute(tx.conn)? == 1)
}

pub(super) fn list(conn: &mut Conn, account: &AccountId) -> Result<Vec<Passkey>> {
    let theirs = passkeys::table.filter(passkeys::account_id.eq(account)).order(passkeys::id);
    let rows: Vec<Row> = theirs.select(Row::as_select()).load(conn)?;
    Ok(rows.into_iter().map(Passkey::from).collect())
}

pub(super) fn count(conn: &mut Conn, account: &AccountId) -> Result<i64> {
    Ok(passkeys::table.filter(passkeys::account_id.eq(account)).count().get_result(conn)?)
}

type Full = (Row, Vec<u8>, i64, bool);

fn opened(key: &InstallationKey, (row, sealed, counter, backed_up): Full) -> Result<Stored> {
    let passkey = Passkey::from(row);
    let plain = key.open(&place(&passkey.account_id, &passkey.id), &sealed).ok_or_else(corrupt)?;
    let mut credential: Credential = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    // What changes with each use has columns of its own.
    credential.counter = u32::try_from(counter).map_err(|_| corrupt())?;
    credential.backup_state = backed_up;
    Ok(Stored { passkey, credential })
}

/// The passkeys of an account, with what their answers are checked against.
pub(super) fn credentials(conn: &mut Conn, key: &InstallationKey, account: &AccountId) -> Result<Vec<Stored>> {
    let theirs = passkeys::table.filter(passkeys::account_id.eq(account)).order(passkeys::id);
    let rows: Vec<Full> = theirs
        .select((Row::as_select(), passkeys::sealed_credential, passkeys::counter, passkeys::backed_up))
        .load(conn)?;
    rows.into_iter().map(|row| opened(key, row)).collect()
}

/// The passkey that browsers know by this id.
pub(super) fn by_credential_id(conn: &mut Conn, key: &InstallationKey, credential_id: &str) -> Result<Option<Stored>> {
    let row: Option<Full> = passkeys::table
        .filter(passkeys::credential_id.eq(credential_id))
        .select((Row::as_select(), passkeys::sealed_credential, passkeys::counter, passkeys::backed_up))
        .first(conn)
        .optional()?;
    row.map(|row| opened(key, row)).transpose()
}

pub(super) fn rename(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId, name: &PasskeyName) -> Result<bool> {
    let theirs = passkeys::table.filter(passkeys::id.eq(id).and(passkeys::account_id.eq(account)));
    Ok(diesel::update(theirs).set(passkeys::name.eq(name.as_str())).execute(tx.conn)? == 1)
}

/// Removes a passkey; returns its name.
pub(super) fn delete(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId) -> Result<Option<String>> {
    let theirs = passkeys::table.filter(passkeys::id.eq(id).and(passkeys::account_id.eq(account)));
    Ok(diesel::delete(theirs).returning(passkeys::name).get_result(tx.conn).optional()?)
}

/// Raises the counter (§6.1.1): it has to rise, or to stay 0 with authenticators that have none.
pub(super) fn delete_all(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    Ok(diesel::delete(passkeys::table.filter(passkeys::account_id.eq(account))).execute(tx.conn)?)
}

pub(super) fn note_use(
    tx: &mut Tx<'_>,
    account: &AccountId,
    id: &PasskeyId,
    counter: i64,
    backed_up: bool,
) -> Result<bool> {
    let rises = passkeys::counter.lt(counter).or(passkeys::counter.eq(0).and(passkeys::counter.eq(counter)));
    let usable =
        passkeys::id.eq(id).and(passkeys::account_id.eq(account)).and(passkeys::suspended_at.is_null()).and(rises);
    let used = diesel::update(passkeys::table.filter(usable))
        .set((
            passkeys::counter.eq(counter),
            passkeys::backed_up.eq(backed_up),
            passkeys::last_used_at.eq(Some(tx.now)),
        ))
        .execute(tx.conn)?;
    Ok(used == 1)
}

/// Suspends a passkey; returns its name, or `None` when it was suspended or removed before.
pub(super) fn suspend(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId) -> Result<Option<String>> {
    let usable = passkeys::id.eq(id).and(passkeys::account_id.eq(account)).and(passkeys::suspended_at.is_null());
    Ok(diesel::update(passkeys::table.filter(usable))
        .set(passkeys::suspended_at.eq(Some(tx.now)))
        .returning(passkeys::name)
        .get_result(tx.conn)
        .optional()?)
}

pub(super) fn insert_challenge(
    tx: &mut Tx<'_>,
    id: &ChallengeId,
    purpose: Purpose,
    browser_hash: &[u8],
    account: Option<&AccountId>,
    sealed_state: &[u8],
    expires_at: Timestamp,
) -> Result<()> {
    let row = (
        passkey_challenges::id.eq(id),
        passkey_challenges::purpose.eq(purpose.as_str()),
        passkey_challenges::browser_hash.eq(browser_hash),
        passkey_challenges::account_id.eq(account),
        passkey_challenges::sealed_state.eq(sealed_state),
        passkey_challenges::created_at.eq(tx.now),
        passkey_challenges::expires_at.eq(expires_at),
    );
    diesel::insert_into(passkey_challenges::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Takes a challenge away, and returns what was kept with it.
pub(super) fn take_challenge(
    tx: &mut Tx<'_>,
    id: &ChallengeId,
    purpose: Purpose,
    browser_hash: &[u8],
    account: Option<&AccountId>,
) -> Result<Option<Vec<u8>>> {
    let open = passkey_challenges::id
        .eq(id)
        .and(passkey_challenges::purpose.eq(purpose.as_str()))
        .and(passkey_challenges::browser_hash.eq(browser_hash))
        .and(passkey_challenges::expires_at.gt(tx.now));
    let taken: Option<(Vec<u8>, Option<AccountId>)> = diesel::delete(passkey_challenges::table.filter(open))
        .returning((passkey_challenges::sealed_state, passkey_challenges::account_id))
        .get_result(tx.conn)
        .optional()?;
    Ok(taken.filter(|(_, whose)| whose.as_ref() == account).map(|(state, _)| state))
}

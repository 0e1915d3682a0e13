//! Proving who one is by a passkey: as the second step of an account that is known, or as the whole log-in.

use super::challenge::{self, Answer, Offered, Purpose};
use super::model::{Passkey, PasskeyId};
use super::relying_party::{self, RelyingParty};
use super::store::{self, Stored};
use crate::account;
use crate::audit::{self, Target};
use crate::mail::{Circumstances, Mail};
use crate::session::Amr;
use crate::{AccountId, Accounts, Actor, Tx, outbox};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Error, Result};
use serde_json::json;
use webauthn_rs::prelude::{PublicKeyCredential, Uuid};
use zeroize::Zeroizing;

/// Whose passkey is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// One of this account's, as the second step.
    Of(AccountId),
    /// Anybody's, as the whole log-in: the authenticator has to verify the person.
    Anybodys,
}

impl Expected {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Of(_) => Purpose::SecondStep,
            Self::Anybodys => Purpose::LogIn,
        }
    }

    fn account(&self) -> Option<&AccountId> {
        match self {
            Self::Of(account) => Some(account),
            Self::Anybodys => None,
        }
    }
}

/// Why an answer proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The challenge was answered before, is too old, or was given to another browser.
    Stale,
    /// The passkey is none that we know (any more), or not one of the account that is expected.
    Unknown,
    /// It was suspended before.
    Suspended,
    /// The authenticator did not verify the person, and has to.
    NotVerified,
    /// Its counter went back: there may be a copy of it. It is suspended from now on.
    Copied,
    /// The answer does not hold what the standard demands: a wrong signature, another origin.
    NotGenuine,
}

impl Refusal {
    /// The word for it in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Unknown => "unknown",
            Self::Suspended => "suspended",
            Self::NotVerified => "not_verified",
            Self::Copied => "copied",
            Self::NotGenuine => "not_genuine",
        }
    }
}

/// A passkey whose answer was right. It counts only once [`note_use`] has written it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// Which.
    pub passkey: PasskeyId,
    /// Whose.
    pub account_id: AccountId,
    /// Whether the authenticator verified the person.
    pub user_verified: bool,
    /// Whether the passkey may be copied to other devices of its owner.
    pub synced: bool,
    backed_up: bool,
    counter: i64,
}

impl Assertion {
    /// What it says about how somebody proved who they are (RFC 8176 §2).
    pub fn amr(&self) -> Vec<Amr> {
        let key = if self.synced { Amr::Swk } else { Amr::Hwk };
        if self.user_verified { vec![key, Amr::User] } else { vec![key] }
    }
}

/// What became of a right answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// It counts.
    Accepted,
    /// The passkey was removed or suspended a moment ago.
    Gone,
    /// Another answer with a higher counter came first: it is suspended from now on.
    Copied,
}

/// Asks for a passkey of this account. `None`: it has none that could be used.
///
/// # Errors
/// When the database fails.
pub async fn begin_second_step(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    account: &AccountId,
    browser_hash: &[u8],
) -> Result<Option<Offered>> {
    let (whose, parts) = (account.clone(), accounts.clone());
    let present = accounts.read(move |conn| store::credentials(conn, &parts.key, &whose)).await?;
    let usable = present.into_iter().filter(|stored| stored.passkey.suspended_at.is_none());
    let usable: Vec<_> = usable.map(|stored| stored.credential).collect();
    if usable.is_empty() {
        return Ok(None);
    }
    let ceremony = party.offer_second_step(usable).map_err(|error| unusable(&error))?;
    let (whose, browser) = (account.clone(), browser_hash.to_vec());
    let kept =
        accounts.write(actor, move |tx| challenge::keep(tx, Purpose::SecondStep, &browser, Some(&whose), &ceremony));
    Ok(Some(kept.await?))
}

/// Asks for whichever passkey the person has. Says the same to everybody.
///
/// # Errors
/// When the database fails.
pub async fn begin_log_in(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    browser_hash: &[u8],
) -> Result<Offered> {
    let ceremony = party.offer_log_in().map_err(|error| unusable(&error))?;
    let browser = browser_hash.to_vec();
    accounts.write(actor, move |tx| challenge::keep(tx, Purpose::LogIn, &browser, None, &ceremony)).await
}

fn unusable(error: &dyn std::fmt::Display) -> Error {
    Error::Corrupt(format!("no passkey can be asked for: {error}"))
}

/// Checks an answer; its challenge is spent in any case. A passkey whose counter went back is suspended, and its owner
/// is told.
///
/// # Errors
/// When the database fails.
pub async fn verify(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    expected: &Expected,
    browser_hash: &[u8],
    answer: &Answer,
) -> Result<std::result::Result<Assertion, Refusal>> {
    let signed = relying_party::read_answer::<PublicKeyCredential>(&answer.credential);
    let credential_id = signed.as_ref().map(|signed| URL_SAFE_NO_PAD.encode(&signed.raw_id));
    let (id, browser, awaited) = (answer.challenge.clone(), browser_hash.to_vec(), expected.clone());
    let gathered = accounts.write(actor, move |tx| gather(tx, &id, &awaited, &browser, credential_id.as_deref()));
    let Some((state, found)) = gathered.await? else { return Ok(Err(Refusal::Stale)) };
    let Some(signed) = signed else { return Ok(Err(Refusal::NotGenuine)) };
    let Some(stored) = found else { return Ok(Err(Refusal::Unknown)) };
    if stored.passkey.suspended_at.is_some() {
        return Ok(Err(Refusal::Suspended));
    }
    if !names_its_owner(&signed, &stored.passkey.account_id, expected) {
        return Ok(Err(Refusal::NotGenuine));
    }
    let Passkey { id: passkey, account_id, .. } = stored.passkey;
    match party.check_assertion(&state, &signed, stored.credential) {
        Ok(result) => Ok(Ok(Assertion {
            passkey,
            account_id,
            user_verified: result.user_verified(),
            synced: result.backup_eligible(),
            backed_up: result.backup_state(),
            counter: result.counter().into(),
        })),
        Err(Refusal::Copied) => {
            accounts.write(actor, move |tx| suspend(tx, &account_id, &passkey)).await?;
            Ok(Err(Refusal::Copied))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}

type Gathered = (Zeroizing<Vec<u8>>, Option<Stored>);

fn gather(
    tx: &mut Tx<'_>,
    id: &challenge::ChallengeId,
    expected: &Expected,
    browser_hash: &[u8],
    credential_id: Option<&str>,
) -> Result<Option<Gathered>> {
    let spent = challenge::spend(tx, id, expected.purpose(), browser_hash, expected.account())?;
    let Some(state) = spent else { return Ok(None) };
    let found = match credential_id {
        Some(credential_id) => store::by_credential_id(tx.conn, tx.key, credential_id)?,
        None => None,
    };
    let theirs = |stored: &Stored| expected.account().is_none_or(|account| stored.passkey.account_id == *account);
    Ok(Some((state, found.filter(theirs))))
}

/// §7.2, step 6: the user handle names the owner; without a known account it has to be there.
fn names_its_owner(signed: &PublicKeyCredential, owner: &AccountId, expected: &Expected) -> bool {
    match signed.get_user_unique_id() {
        Some(handle) => Uuid::from_slice(handle).is_ok_and(|named| named.to_string() == owner.as_str()),
        None => *expected != Expected::Anybodys,
    }
}

/// Writes down that a passkey was used: its counter rises, and of two answers with the same counter one counts. In the
/// transaction of what it was used for.
pub fn note_use(tx: &mut Tx<'_>, assertion: &Assertion) -> Result<Used> {
    if store::note_use(tx, &assertion.account_id, &assertion.passkey, assertion.counter, assertion.backed_up)? {
        return Ok(Used::Accepted);
    }
    let suspended = suspend(tx, &assertion.account_id, &assertion.passkey)?;
    Ok(if suspended { Used::Copied } else { Used::Gone })
}

/// Stops taking a passkey, and tells its owner why. Returns `false` when it was suspended or removed before.
fn suspend(tx: &mut Tx<'_>, account: &AccountId, id: &PasskeyId) -> Result<bool> {
    let Some(name) = store::suspend(tx, account, id)? else { return Ok(false) };
    audit::record(tx, "passkey.suspended", Target::account(account), json!({ "passkey": id, "name": name }))?;
    if account::find(tx.conn, account)?.is_some() {
        let mail = Mail::PasskeySuspended { name, circumstances: Circumstances::of(tx) };
        outbox::notify(tx, account, &mail)?;
    }
    Ok(true)
}

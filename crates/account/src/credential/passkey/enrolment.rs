//! Adding a passkey to an account.

use super::challenge::{self, Answer, Offered, Purpose};
use super::model::{Passkey, PasskeyId};
use super::relying_party::{self, RelyingParty};
use super::store::{self, NewPasskey};
use super::{keeping, suggestion};
use crate::account::{self, Account};
use crate::audit::{self, Target};
use crate::credential::totp;
use crate::mail::{Circumstances, Mail, SecondStep};
use crate::{AccountId, Accounts, Actor, Tx, outbox};
use db::{Error, Result};
use serde_json::json;
use webauthn_rs::prelude::{Credential, RegisterPublicKeyCredential};

/// The most passkeys that an account has.
pub const MOST: usize = 25;

/// What came of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Enrolment {
    /// The account has it now, under a name that its owner may change.
    Added(Passkey),
    /// The challenge was answered before, is too old, or was given to another browser.
    Stale,
    /// The answer does not hold what the standard demands.
    NotGenuine,
    /// Some account has this passkey already.
    AlreadyThere,
    /// The account has as many as it may have, or is not active any more.
    NotNow,
}

/// Begins to add a passkey. `None`: the account has as many as it may have, or is not active any more.
///
/// # Errors
/// When the database fails.
pub async fn begin_enrolment(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    account: &AccountId,
    browser_hash: &[u8],
) -> Result<Option<Offered>> {
    let (id, parts) = (account.clone(), accounts.clone());
    let found = accounts.read(move |conn| {
        let Some(account) = account::find(conn, &id)?.filter(Account::is_active) else { return Ok(None) };
        Ok(Some((account, store::credentials(conn, &parts.key, &id)?)))
    });
    let Some((account, present)) = found.await?.filter(|(_, present)| present.len() < MOST) else { return Ok(None) };
    let present = present.into_iter().map(|stored| stored.credential.cred_id).collect();
    let ceremony = party.offer_enrolment(&account, present);
    let ceremony = ceremony.map_err(|error| Error::Corrupt(format!("no passkey can be asked for: {error}")))?;
    let browser = browser_hash.to_vec();
    let kept = accounts
        .write(actor, move |tx| challenge::keep(tx, Purpose::Enrolment, &browser, Some(&account.id), &ceremony));
    Ok(Some(kept.await?))
}

/// Takes the browser's answer. The owner is told by mail.
///
/// # Errors
/// When the database fails.
pub async fn finish_enrolment(
    accounts: &Accounts,
    party: &RelyingParty,
    actor: &Actor,
    account: &AccountId,
    browser_hash: &[u8],
    answer: &Answer,
) -> Result<Enrolment> {
    let (id, browser, whose) = (answer.challenge.clone(), browser_hash.to_vec(), account.clone());
    let spent =
        accounts.write(actor, move |tx| challenge::spend(tx, &id, Purpose::Enrolment, &browser, Some(&whose))).await?;
    let Some(state) = spent else { return Ok(Enrolment::Stale) };
    let Some(made) = relying_party::read_answer::<RegisterPublicKeyCredential>(&answer.credential) else {
        return Ok(Enrolment::NotGenuine);
    };
    let credential = match party.check_enrolment(&state, &made) {
        Ok(credential) => credential,
        Err(error) => {
            tracing::debug!(%error, "a new passkey was refused");
            return Ok(Enrolment::NotGenuine);
        }
    };
    let name = suggestion::name(party.id(), &made, &answer.credential, &actor.user_agent);
    let whose = account.clone();
    accounts.write(actor, move |tx| add(tx, &whose, &credential, &name)).await
}

fn add(tx: &mut Tx<'_>, whose: &AccountId, credential: &Credential, name: &str) -> Result<Enrolment> {
    if !account::find(tx.conn, whose)?.is_some_and(|owner| owner.is_active()) {
        return Ok(Enrolment::NotNow);
    }
    let present = keeping::list(tx.conn, whose)?;
    if present.len() >= MOST {
        return Ok(Enrolment::NotNow);
    }
    let passkey = Passkey {
        id: PasskeyId::new(tx.now),
        account_id: whose.clone(),
        name: suggestion::free_of(name, &present),
        verifies_person: credential.user_verified,
        synced: credential.backup_eligible,
        created_at: tx.now,
        last_used_at: None,
        suspended_at: None,
    };
    if !store::insert(tx, &NewPasskey { passkey: &passkey, credential })? {
        return Ok(Enrolment::AlreadyThere);
    }
    let details = json!({ "passkey": passkey.id, "name": passkey.name, "synced": passkey.synced });
    audit::record(tx, "passkey.added", Target::account(whose), details)?;
    let first = present.is_empty() && totp::count(tx.conn, whose)? == 0;
    let step = SecondStep::Passkey(passkey.name.clone());
    let mail = Mail::SecondStepAdded { step, first, circumstances: Circumstances::of(tx) };
    outbox::notify(tx, whose, &mail)?;
    Ok(Enrolment::Added(passkey))
}

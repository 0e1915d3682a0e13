//! Challenges: given to one browser for one purpose, answered within five minutes, spent by the first answer.

use super::relying_party::Ceremony;
use super::store;
use crate::{AccountId, Tx};
use db::{Error, Result};
use serde_json::Value;
use zeroize::Zeroizing;

db::id!(
    /// The id of a challenge that waits for its answer.
    ChallengeId
);

/// Seconds within which a challenge has to be answered.
pub const CHALLENGE_SECONDS: i64 = 5 * 60;

/// What a challenge is for: an answer to one counts for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To add a passkey.
    Enrolment,
    /// To prove the second step.
    SecondStep,
    /// To log in.
    LogIn,
}

impl Purpose {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Enrolment => "enrolment",
            Self::SecondStep => "second_step",
            Self::LogIn => "log_in",
        }
    }
}

/// A challenge for the browser.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Comes back with the answer.
    pub challenge: ChallengeId,
    /// The argument of `navigator.credentials.create` or `.get`, bytes as base64url.
    pub options: Value,
}

/// What the browser sends back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The challenge that it answers.
    pub challenge: ChallengeId,
    /// The authenticator's answer, as JSON (`PublicKeyCredential.toJSON`).
    pub credential: String,
}

impl Answer {
    /// Takes an answer from a form. `None`: there is none, because the browser did not get that far.
    pub fn of_form(challenge: &str, credential: &str) -> Option<Self> {
        let challenge = ChallengeId::parse(challenge)?;
        (!credential.is_empty()).then(|| Self { challenge, credential: credential.to_owned() })
    }
}

fn place(id: &ChallengeId) -> String {
    format!("passkey_challenges/sealed_state/{id}")
}

/// Keeps what belongs to a challenge until it is answered.
pub(super) fn keep(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    browser_hash: &[u8],
    account: Option<&AccountId>,
    ceremony: &Ceremony,
) -> Result<Offered> {
    let id = ChallengeId::new(tx.now);
    let sealed = tx.key.seal(&place(&id), &ceremony.state);
    let expires_at = tx.now.plus_seconds(CHALLENGE_SECONDS);
    store::insert_challenge(tx, &id, purpose, browser_hash, account, &sealed, expires_at)?;
    Ok(Offered { challenge: id, options: ceremony.options.clone() })
}

/// Spends a challenge: of many who try, one gets what belongs to it. `None`: it was answered before, is too old, or was
/// given to another browser, for another purpose or to another account.
pub(super) fn spend(
    tx: &mut Tx<'_>,
    id: &ChallengeId,
    purpose: Purpose,
    browser_hash: &[u8],
    account: Option<&AccountId>,
) -> Result<Option<Zeroizing<Vec<u8>>>> {
    let Some(sealed) = store::take_challenge(tx, id, purpose, browser_hash, account)? else { return Ok(None) };
    let opened = tx.key.open(&place(id), &sealed);
    opened.map(Some).ok_or_else(|| Error::Corrupt("a passkey challenge does not open".to_owned()))
}

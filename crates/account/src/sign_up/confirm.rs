//! Confirming the address: by the code, or by the link.

use super::model::{CODE_TRIES, CodeState, Confirmed, LinkView, Refused, Verification, code_mac};
use super::store;
use crate::account::{self, AccountStatus};
use crate::audit::{self, Target};
use crate::credential::password::{self, Phc};
use crate::secret::{self, InstallationKey, Token};
use crate::{Timestamp, Tx};
use db::{Conn, Result};
use serde_json::json;

/// Confirms by the six digits, in the browser that signed up. Each call spends a try.
pub fn confirm_by_code(
    tx: &mut Tx<'_>,
    key: &InstallationKey,
    browser_hash: &[u8],
    code: &str,
) -> Result<std::result::Result<Confirmed, Refused>> {
    let Some(here) = store::latest_of_browser(tx.conn, browser_hash, tx.now)? else { return Ok(Err(Refused::Over)) };
    match here.code_state(tx.now) {
        CodeState::Open => {}
        CodeState::Expired => return Ok(Err(Refused::CodeExpired)),
        CodeState::UsedUp => return Ok(Err(Refused::CodeUsedUp)),
    }
    // Counted before it is compared, and committed with the refusal.
    if !store::spend_try(tx, &here.id)? {
        return Ok(Err(Refused::CodeUsedUp));
    }
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_right = secret::equal(&code_mac(key, &here.id, &digits), &here.code_mac);
    if !is_right || here.account_id.is_none() {
        return Ok(Err(match CODE_TRIES - here.code_tries - 1 {
            0 => Refused::CodeUsedUp,
            left => Refused::WrongCode(left),
        }));
    }
    confirm(tx, here, "code")
}

/// What the page that a link opens shows. `None`: the link confirms nothing (any more).
pub fn look_at_link(conn: &mut Conn, token: &Token, browser_hash: &[u8], now: Timestamp) -> Result<Option<LinkView>> {
    let found = store::by_link(conn, &token.hash())?.filter(|found| found.is_open(now));
    Ok(found.and_then(|found| {
        let is_same_browser = found.browser_hash == browser_hash;
        found.account_id.map(|account_id| LinkView {
            id: found.id,
            account_id,
            address: found.address,
            is_same_browser,
        })
    }))
}

/// Confirms by the link: in the browser that signed up, or with the hash that the typed password was verified against.
pub fn confirm_by_link(
    tx: &mut Tx<'_>,
    token: &Token,
    browser_hash: &[u8],
    verified: Option<&Phc>,
) -> Result<std::result::Result<Confirmed, Refused>> {
    let found = store::by_link(tx.conn, &token.hash())?.filter(|found| found.is_open(tx.now));
    let Some((found, account)) = found.and_then(|found| found.account_id.clone().map(|id| (found, id))) else {
        return Ok(Err(Refused::Over));
    };
    if found.browser_hash != browser_hash {
        let present = password::find(tx.conn, &account)?;
        if verified.is_none() || verified != present.as_ref() {
            return Ok(Err(Refused::PasswordNeeded));
        }
    }
    confirm(tx, found, "link")
}

fn confirm(tx: &mut Tx<'_>, found: Verification, by: &str) -> Result<std::result::Result<Confirmed, Refused>> {
    let Some(account_id) = found.account_id else { return Ok(Err(Refused::Over)) };
    // One conditional update decides between two requests, another between two verifications of one account.
    if !store::consume(tx, &found.id)?
        || !account::set_status(tx, &account_id, AccountStatus::Unverified, AccountStatus::Active, None)?
    {
        return Ok(Err(Refused::Over));
    }
    if let Some(email) = account::primary_email(tx.conn, &account_id)? {
        account::mark_verified(tx, &email.id)?;
    }
    audit::record(tx, "email.verified", Target::account(&account_id), json!({ "by": by }))?;
    Ok(Ok(Confirmed { account_id, return_to: found.return_to }))
}

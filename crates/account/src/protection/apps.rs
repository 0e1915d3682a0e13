//! Authenticator apps: added, moved, renamed, removed.

use super::{is_on, notify};
use crate::audit::{self, Target};
use crate::credential::recovery_code::{self, RecoveryCode, SET};
use crate::credential::totp::{self, AppId, AppName, Confirmed};
use crate::login::remembered;
use crate::mail::{Circumstances, Mail, SecondStep};
use crate::session::SessionId;
use crate::{AccountId, Tx, account, revocation};
use db::Result;
use serde_json::json;

/// Makes an app whose secret can be shown and whose first code is waited for; see [`totp::begin`]. `None`: there is no
/// room for one more, nothing of that id to replace, or the account is not active.
pub fn begin(tx: &mut Tx<'_>, account: &AccountId, name: &AppName, replaces: Option<&AppId>) -> Result<Option<AppId>> {
    if !account::find(tx.conn, account)?.is_some_and(|account| account.is_active()) {
        return Ok(None);
    }
    totp::begin(tx, account, name, replaces)
}

/// What became of an app's first code.
#[derive(Debug)]
pub enum Added {
    /// The app is a second step from now on.
    Now {
        /// Whether another app gave way to it.
        moved: bool,
        /// New recovery codes, when the account had none: to be shown now and never again.
        codes: Option<[RecoveryCode; SET]>,
    },
    /// It is not the app's code now.
    Wrong,
    /// The app does not wait any more.
    Gone,
}

/// Takes the first code of an app. With the first second step of an account come its recovery codes; with
/// `keep_only` its log-ins in other sessions end.
pub fn add(
    tx: &mut Tx<'_>,
    account: &AccountId,
    app: &AppId,
    name: &AppName,
    typed: &str,
    keep_only: Option<&SessionId>,
) -> Result<Added> {
    let was_on = is_on(tx.conn, account)?;
    let replaced = match totp::confirm(tx, account, app, name, typed)? {
        Confirmed::Wrong => return Ok(Added::Wrong),
        Confirmed::Gone => return Ok(Added::Gone),
        Confirmed::Now { replaced } => replaced,
    };
    let (step, circumstances) = (SecondStep::App(name.as_str().to_owned()), Circumstances::of(tx));
    let moved = replaced.is_some();
    if moved {
        remembered::forget_all(tx, account)?;
    }
    let mail = match replaced {
        Some(before) => {
            audit::record(tx, "second_step.moved", Target::account(account), json!({ "method": "app" }))?;
            Mail::SecondStepChanged { step, before, replaced: true, circumstances }
        }
        None => {
            let details = json!({ "method": "app", "first": !was_on });
            audit::record(tx, "second_step.added", Target::account(account), details)?;
            Mail::SecondStepAdded { step, first: !was_on, circumstances }
        }
    };
    notify(tx, account, &mail)?;
    let mut codes = None;
    if !moved && recovery_code::left(tx.conn, account)? == 0 {
        codes = Some(recovery_code::make_new(tx, account)?);
        audit::record(tx, "recovery_codes.made", Target::account(account), json!({}))?;
    }
    if let Some(keep) = keep_only {
        revocation::everything_elsewhere(tx, account, keep)?;
    }
    Ok(Added::Now { moved, codes })
}

/// Gives an app another name. Returns whether the account has such an app.
pub fn rename(tx: &mut Tx<'_>, account: &AccountId, app: &AppId, name: &AppName) -> Result<bool> {
    let Some(before) = totp::rename(tx, account, app, name)? else { return Ok(false) };
    if before != name.as_str() {
        audit::record(tx, "second_step.renamed", Target::account(account), json!({ "method": "app" }))?;
        let step = SecondStep::App(name.as_str().to_owned());
        let mail = Mail::SecondStepChanged { step, before, replaced: false, circumstances: Circumstances::of(tx) };
        notify(tx, account, &mail)?;
    }
    Ok(true)
}

/// An app that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// Whether it was the last second step: the password alone logs in from now on, and the recovery codes are void.
    pub turned_off: bool,
}

/// Removes an app; no device is remembered any more. `None`: the account has no such app.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId, app: &AppId) -> Result<Option<Removed>> {
    let Some(removed) = totp::remove(tx, account, app)? else { return Ok(None) };
    remembered::forget_all(tx, account)?;
    let turned_off = !is_on(tx.conn, account)?;
    if turned_off {
        super::clear_up(tx, account)?;
    }
    let details = json!({ "method": "app", "last": turned_off });
    audit::record(tx, "second_step.removed", Target::account(account), details)?;
    let step = SecondStep::App(removed.name);
    let mail = Mail::SecondStepRemoved { step, last: turned_off, circumstances: Circumstances::of(tx) };
    notify(tx, account, &mail)?;
    Ok(Some(Removed { turned_off }))
}

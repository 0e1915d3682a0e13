//! Taking back what an account gave out: log-ins, tokens, known devices. Called when its owner recovers it or changes
//! the password, and when an operator deactivates it.

mod lock;
mod store;
#[cfg(test)]
mod tests;

pub use lock::lock;

use crate::login::remembered;
use crate::session::{self, SessionId};
use crate::{AccountId, Tx, api_token, login};
use db::Result;

/// Takes everything back: every log-in ends, every grant is revoked with the tokens it gave, every API token too, no
/// device is known or remembered.
pub fn everything(tx: &mut Tx<'_>, account: &AccountId) -> Result<()> {
    session::end_all(tx, account, None)?;
    store::revoke_grants(tx, account, false)?;
    api_token::revoke_all(tx, account)?;
    remembered::forget_all(tx, account)?;
    login::devices::forget_all(tx, account)
}

/// Ends the log-ins in other sessions than `keep`, whose tokens end with them, and revokes the grants that outlive
/// their log-in (`offline_access`, OpenID Connect Core §11). No device is remembered any more: each is asked for the
/// second step at its next log-in. API tokens stay: programs run with them.
pub fn everything_elsewhere(tx: &mut Tx<'_>, account: &AccountId, keep: &SessionId) -> Result<()> {
    session::end_all(tx, account, Some(keep))?;
    store::revoke_grants(tx, account, true)?;
    remembered::forget_all(tx, account)?;
    Ok(())
}

/// Revokes every grant of the account: codes, refresh tokens, and the access tokens that hang on them. Returns how many
/// were alive.
pub fn grants(tx: &mut Tx<'_>, account: &AccountId) -> Result<usize> {
    store::revoke_grants(tx, account, false)
}

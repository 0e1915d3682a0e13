//! The second step of a log-in: whether one is demanded, and by which methods it may be proved.
//!
//! [`demanded`] is the one place that says so; whatever rules about it come, come there. A right password of an account
//! from which a second step is demanded makes no session: it leaves a [`crate::login::HalfLogin`], and
//! [`crate::login::finish`] makes the session once the second step is proved.

pub mod mailed_code;
mod model;
mod spend;
#[cfg(test)]
mod tests;

pub use model::{Circumstances, Demand, Means, Method};
pub use spend::spend;

use crate::credential::{passkey, password, recovery_code, totp};
use crate::session::Acr;
use crate::{AccountId, Conn};
use db::Result;

/// Whether a second step is demanded of who just proved the first, and by which methods it may be proved.
pub fn demanded(conn: &mut Conn, account: &AccountId, circumstances: Circumstances) -> Result<Demand> {
    Ok(means(conn, account)?.demand(circumstances))
}

/// The highest level that the account can be proved to.
pub fn reachable(conn: &mut Conn, account: &AccountId) -> Result<Acr> {
    Ok(means(conn, account)?.reachable())
}

/// What the account can prove itself with.
pub fn means(conn: &mut Conn, account: &AccountId) -> Result<Means> {
    Ok(Means {
        password: password::find(conn, account)?.is_some(),
        apps: totp::count(conn, account)? > 0,
        // Also suspended ones: whoever makes one look copied has not switched two-step verification off by that.
        passkeys: passkey::count(conn, account)? > 0,
        recovery_codes: recovery_code::left(conn, account)? > 0,
    })
}

//! What a wish to leave is, and who may have one.

use crate::account::Account;
use db::Timestamp;

/// How long an account that is to be deleted can be kept, in seconds: 14 days.
pub const GRACE_SECONDS: i64 = 14 * 24 * 3600;
/// How long before the erasure its owner is reminded, in seconds: a day.
pub(super) const REMINDER_SECONDS: i64 = 24 * 3600;

/// An owner's wish to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// Since when.
    pub asked_at: Timestamp,
    /// When the account is erased; never, when it is deactivated only.
    pub erase_at: Option<Timestamp>,
}

/// Why an account stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is not active any more.
    NotActive,
    /// Nobody would be left to run the installation.
    LastOperator,
    /// The organisation that manages the account decides (none does yet).
    Managed,
}

/// The rule: whether the owner of an active account may leave, where there are so many active operators. All that
/// offers or does it asks here.
pub fn may_delete(account: &Account, active_operators: i64) -> Result<(), Reason> {
    if !account.is_active() {
        return Err(Reason::NotActive);
    }
    if account.operator && active_operators < 2 {
        return Err(Reason::LastOperator);
    }
    Ok(())
}

//! Taking a code as the second step.

use super::{Method, mailed_code};
use crate::credential::{recovery_code, totp};
use crate::session::{Acr, Amr, Authentication};
use crate::{AccountId, Tx};
use db::Result;

/// Takes what was typed as a code of this kind, once. `bound_to` says in which browser and for which log-in, which
/// matters for mailed codes. `amr` is what was proved before.
///
/// Returns what is proved with both steps, or `None` when it is no code of the account, or was taken before. A passkey
/// is no code.
pub fn spend(
    tx: &mut Tx<'_>,
    account: &AccountId,
    method: Method,
    typed: &str,
    bound_to: &[u8],
    amr: &[Amr],
) -> Result<Option<Authentication>> {
    let right = match method {
        Method::AppCode => totp::spend(tx, account, typed)?,
        Method::RecoveryCode => recovery_code::spend(tx, account, typed)?,
        Method::MailedCode => mailed_code::spend(tx, account, typed, bound_to)?,
        Method::Passkey => false,
    };
    Ok(right.then(|| with_code(amr)))
}

/// A code alone is one factor; after another proof it makes two.
fn with_code(amr: &[Amr]) -> Authentication {
    let mut amr = amr.to_vec();
    amr.push(Amr::Otp);
    if amr.len() == 1 {
        return Authentication { amr, acr: Acr::Password };
    }
    amr.push(Amr::Mfa);
    Authentication { amr, acr: Acr::TwoStep }
}

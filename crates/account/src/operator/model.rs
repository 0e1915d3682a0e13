//! What an invitation is.

use crate::AccountId;
use crate::secret::Token;
use db::Timestamp;

db::id!(
    /// An invitation's id (not its secret).
    InvitationId
);

/// What somebody holds who was invited.
#[derive(Debug, Clone)]
pub enum Ticket {
    /// The token of the link.
    Link(Token),
    /// The hash of the browser that showed the link before its person went to log in; see [`super::bind`].
    Browser(Vec<u8>),
}

/// An invitation that can still be accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whose it is; `None`: the set-up link, for whoever reads the server's output.
    pub email: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Who has the address that was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// Nobody, or an account that never confirmed the address and gives way.
    Nobody,
    /// This account: it has to log in.
    Account(AccountId),
    /// A deactivated account: it cannot accept.
    Deactivated,
}

/// How an invitation was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// The account is an operator now.
    Operator(AccountId),
    /// The link was used before, is too old, or was never made.
    Void,
    /// The invitation is for another address than this account's.
    NotTheirs,
    /// There is an account with this address: log in with it instead.
    AddressTaken,
}

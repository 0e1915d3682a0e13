//! What each mail needs to know.

use crate::{Timestamp, Tx};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// When, from where and with which browser something was done: what lets the owner of an account tell whether it was
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Circumstances {
    /// When.
    pub at: Timestamp,
    /// From which network address, where known.
    pub address: Option<IpAddr>,
    /// With which browser, in words ("Firefox on Linux"), where known.
    pub browser: Option<String>,
}

impl Circumstances {
    /// Those of what happens in this transaction.
    pub fn of(tx: &Tx<'_>) -> Self {
        let user_agent = tx.actor.user_agent.as_str();
        Self {
            at: tx.now,
            address: tx.actor.address,
            browser: (!user_agent.is_empty()).then(|| crate::user_agent::describe(user_agent)),
        }
    }
}

/// What somebody proves who they are with beside the password, under the name that its owner gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", content = "name", rename_all = "snake_case")]
pub enum SecondStep {
    /// An authenticator app.
    App(String),
    /// A passkey or a security key.
    Passkey(String),
}

/// A mail, before it has words. Links are whole addresses (`https://…`), ready to be clicked.
///
/// It waits in the outbox in this form, perhaps across an upgrade: give a new field a `#[serde(default)]`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mail {
    /// To a new account's address: confirm it.
    VerifyEmail {
        /// The name given at sign-up. Anybody may have typed it, so it is shown only when it looks like a name.
        name: String,
        /// Opens the page that confirms; lives 24 hours.
        link: String,
        /// Six digits for the page that is open in the browser; live 15 minutes.
        code: String,
    },
    /// Somebody signed up with an address that has an account already.
    AccountExists {
        /// Where to log in.
        login_link: String,
        /// Where to choose a new password.
        recover_link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// Somebody is guessing the password.
    LoginAttack {
        /// Wrong passwords so far.
        failures: i64,
        /// The latest try.
        circumstances: Circumstances,
    },
    /// Somebody who knows the password is guessing codes of the second step.
    SecondStepAttack {
        /// Wrong codes so far.
        failures: i64,
        /// The latest try.
        circumstances: Circumstances,
    },
    /// A code for the second step of a log-in that looks suspicious, or to prove again who somebody is.
    LoginCode {
        /// Six digits for the page that is open in the browser; live 15 minutes.
        code: String,
        /// Who logs in.
        circumstances: Circumstances,
    },
    /// A new password was asked for.
    Recovery {
        /// Opens the page that takes it; lives 60 minutes.
        link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// The password was changed, in the account's settings or by recovery.
    PasswordChanged {
        /// Who did it.
        circumstances: Circumstances,
    },
    /// Somebody logged in with a browser that the account did not know.
    NewDevice {
        /// Who did it.
        circumstances: Circumstances,
    },
    /// The owner said "this was not me": the account is locked until a new password is chosen.
    AccountLocked {
        /// Opens the page that takes the new password; lives 60 minutes.
        link: String,
        /// Who said so.
        circumstances: Circumstances,
    },
    /// To the new address: confirm the change of e-mail.
    EmailChangeConfirm {
        /// Opens the page that confirms; lives 24 hours.
        link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// To an address that has an account already: another account wanted to change to it.
    EmailChangeTaken {
        /// Who asked.
        circumstances: Circumstances,
    },
    /// To the old address: the account uses another one now.
    EmailChanged {
        /// The new address.
        new_address: String,
        /// Opens the page that takes the change back; lives 7 days.
        undo_link: String,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// A second step of log-in was added.
    SecondStepAdded {
        /// What was added.
        step: SecondStep,
        /// Whether it is the first: two-step verification is on from now on.
        first: bool,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// A second step of log-in has another name, or another phone took its place.
    SecondStepChanged {
        /// What it is now.
        step: SecondStep,
        /// What it was called before.
        before: String,
        /// Whether it is another one in the place of the former, which does not count any more.
        replaced: bool,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// A second step of log-in was removed.
    SecondStepRemoved {
        /// What was removed.
        step: SecondStep,
        /// Whether it was the last: two-step verification is off from now on.
        last: bool,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// New recovery codes were made; those before are void.
    RecoveryCodesMade {
        /// Who did it.
        circumstances: Circumstances,
    },
    /// A recovery code was used as the second step.
    RecoveryCodeUsed {
        /// How many are left.
        left: i64,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// A passkey is not taken any more, because there may be a copy of it.
    PasskeySuspended {
        /// What it is called.
        name: String,
        /// Who used it.
        circumstances: Circumstances,
    },
    /// Everything that is held about the person can be fetched.
    ExportReady {
        /// Opens the page where it is fetched, after a log-in.
        link: String,
        /// Until when it is kept.
        until: Timestamp,
    },
    /// Its owner closed the account for a while.
    ClosedByOwner {
        /// Where it is opened again: by logging in.
        login_link: String,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// Its owner opened the account again.
    OpenedByOwner {
        /// Who did it.
        circumstances: Circumstances,
    },
    /// Its owner wants the account deleted.
    DeletionAsked {
        /// When it is erased.
        erase_at: Timestamp,
        /// Where it is kept instead: by logging in.
        login_link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// The account is not deleted after all.
    DeletionCancelled {
        /// Whether an operator did it, on the owner's behalf.
        by_operator: bool,
        /// Who did it; nothing about an operator.
        circumstances: Circumstances,
    },
    /// The account is erased tomorrow.
    DeletionTomorrow {
        /// When it is erased.
        erase_at: Timestamp,
        /// Where it is kept instead: by logging in.
        login_link: String,
    },
    /// The account is erased. The address is forgotten when this mail is delivered.
    AccountErased {
        /// When.
        at: Timestamp,
    },
    /// Somebody who knows the password asked for the removal of the second steps.
    SecondStepResetAsked {
        /// When the waiting ends.
        ready_at: Timestamp,
        /// Stops it.
        cancel_link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// A day before the end of that waiting.
    SecondStepResetSoon {
        /// When the waiting ends.
        ready_at: Timestamp,
        /// Stops it.
        cancel_link: String,
    },
    /// The waiting is over.
    SecondStepResetReady {
        /// Removes the second steps, with the password; lives 7 days.
        link: String,
        /// Stops it.
        cancel_link: String,
    },
    /// The removal of the second steps was stopped.
    SecondStepResetCancelled {
        /// Who did it.
        circumstances: Circumstances,
    },
    /// Every second step was removed.
    SecondStepsReset {
        /// Whether by an operator, else by the owner after the waiting.
        by_operator: bool,
        /// When.
        at: Timestamp,
    },
    /// Become an operator of the installation.
    OperatorInvitation {
        /// Opens the page that takes the invitation; works once.
        link: String,
    },
    /// An operator deactivated the account.
    AccountDeactivated {
        /// When.
        at: Timestamp,
    },
    /// An operator activated the account again.
    AccountReactivated {
        /// When.
        at: Timestamp,
    },
    /// To an added address: confirm it.
    AddressConfirm {
        /// Opens the page that confirms; lives 24 hours.
        link: String,
        /// Who asked.
        circumstances: Circumstances,
    },
    /// To an address that has an account already: another account wanted to add it.
    AddressTaken {
        /// Who asked.
        circumstances: Circumstances,
    },
    /// To the addresses that were there before: the account has another one.
    AddressAdded {
        /// It.
        address: String,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// To an address that was removed, and to the others.
    AddressRemoved {
        /// It.
        address: String,
        /// Who did it.
        circumstances: Circumstances,
    },
    /// Somebody made an API token for the account.
    ApiTokenMade {
        /// Its name.
        name: String,
        /// Who did it.
        circumstances: Circumstances,
    },
}

impl Mail {
    /// The kind's name, for the log, the console and the column `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::VerifyEmail { .. } => "verify_email",
            Self::AccountExists { .. } => "account_exists",
            Self::LoginAttack { .. } => "login_attack",
            Self::SecondStepAttack { .. } => "second_step_attack",
            Self::LoginCode { .. } => "login_code",
            Self::Recovery { .. } => "recovery",
            Self::PasswordChanged { .. } => "password_changed",
            Self::NewDevice { .. } => "new_device",
            Self::AccountLocked { .. } => "account_locked",
            Self::EmailChangeConfirm { .. } => "email_change_confirm",
            Self::EmailChangeTaken { .. } => "email_change_taken",
            Self::EmailChanged { .. } => "email_changed",
            Self::SecondStepAdded { .. } => "second_step_added",
            Self::SecondStepChanged { .. } => "second_step_changed",
            Self::SecondStepRemoved { .. } => "second_step_removed",
            Self::RecoveryCodesMade { .. } => "recovery_codes_made",
            Self::RecoveryCodeUsed { .. } => "recovery_code_used",
            Self::PasskeySuspended { .. } => "passkey_suspended",
            Self::ExportReady { .. } => "export_ready",
            Self::ClosedByOwner { .. } => "closed_by_owner",
            Self::OpenedByOwner { .. } => "opened_by_owner",
            Self::DeletionAsked { .. } => "deletion_asked",
            Self::DeletionCancelled { .. } => "deletion_cancelled",
            Self::DeletionTomorrow { .. } => "deletion_tomorrow",
            Self::AccountErased { .. } => "account_erased",
            Self::SecondStepResetAsked { .. } => "second_step_reset_asked",
            Self::SecondStepResetSoon { .. } => "second_step_reset_soon",
            Self::SecondStepResetReady { .. } => "second_step_reset_ready",
            Self::SecondStepResetCancelled { .. } => "second_step_reset_cancelled",
            Self::SecondStepsReset { .. } => "second_steps_reset",
            Self::OperatorInvitation { .. } => "operator_invitation",
            Self::AccountDeactivated { .. } => "account_deactivated",
            Self::AccountReactivated { .. } => "account_reactivated",
            Self::AddressConfirm { .. } => "address_confirm",
            Self::AddressTaken { .. } => "address_taken",
            Self::AddressAdded { .. } => "address_added",
            Self::AddressRemoved { .. } => "address_removed",
            Self::ApiTokenMade { .. } => "api_token_made",
        }
    }
}

/// Links and codes are secrets, so only the kind prints.
impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mail({})", self.kind())
    }
}

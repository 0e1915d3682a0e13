//! The rules, as functions of values.

use crate::session::Acr;
use serde::{Deserialize, Serialize};

/// A way to prove the second step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A code of an authenticator app.
    AppCode,
    /// A passkey or security key.
    Passkey,
    /// A recovery code from paper.
    RecoveryCode,
    /// Six digits sent by mail.
    MailedCode,
}

impl Method {
    /// The word for it in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppCode => "app_code",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::MailedCode => "mailed_code",
        }
    }

    /// Whether somebody could guess it, so that tries are counted.
    pub fn is_a_code(self) -> bool {
        self != Self::Passkey
    }
}

/// What an account can prove itself with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Means {
    /// It has a password.
    pub password: bool,
    /// It has an authenticator app, at least one.
    pub apps: bool,
    /// It has a passkey, at least one.
    pub passkeys: bool,
    /// It has recovery codes left.
    pub recovery_codes: bool,
}

/// Under which circumstances the first step was proved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The browser is one that the owner trusts ([`crate::login::remembered`]).
    pub remembered: bool,
    /// Nothing may spare the second step: a log-in is being renewed or raised, or the client wants two steps.
    pub no_sparing: bool,
    /// Somebody is guessing the password, and this is no device of its owner.
    pub suspicious: bool,
}

/// What is demanded after the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// Nothing.
    Nothing,
    /// One of these, the handiest first. Never empty.
    Proof(Vec<Method>),
}

impl Means {
    /// Whether two-step verification is on. Recovery codes alone are none: they stand in for what was lost.
    pub fn has_second_step(self) -> bool {
        self.apps || self.passkeys
    }

    /// See [`super::demanded`].
    pub fn demand(self, circumstances: Circumstances) -> Demand {
        if self.has_second_step() {
            let spared = circumstances.remembered && !circumstances.no_sparing;
            return if spared { Demand::Nothing } else { Demand::Proof(self.methods()) };
        }
        if circumstances.suspicious { Demand::Proof(vec![Method::MailedCode]) } else { Demand::Nothing }
    }

    /// By what the second step can be proved, the handiest first.
    fn methods(self) -> Vec<Method> {
        let all = [
            (Method::Passkey, self.passkeys),
            (Method::AppCode, self.apps),
            (Method::RecoveryCode, self.recovery_codes),
        ];
        all.into_iter().filter_map(|(method, there)| there.then_some(method)).collect()
    }

    /// By what who has no password proves again who they are: a passkey where there is one, which the page of the
    /// password takes too, else a mailed code. `None` where there is a password.
    pub fn instead_of_a_password(self) -> Option<Vec<Method>> {
        (!self.password && !self.passkeys).then(|| vec![Method::MailedCode])
    }

    /// The highest level that the account can be proved to.
    pub fn reachable(self) -> Acr {
        if self.passkeys {
            Acr::PhishingResistant
        } else if self.apps && self.password {
            Acr::TwoStep
        } else {
            Acr::Password
        }
    }
}

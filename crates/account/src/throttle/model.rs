//! What is counted, and how long one waits.

use crate::secret::InstallationKey;
use crate::{AccountId, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::net::IpAddr;

/// What a try is for; each has counters of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A password that was wrong.
    LogIn,
    /// A mail about a sign-up.
    SignUpMail,
    /// A verification mail sent again.
    ResendMail,
    /// A mail with a recovery link.
    RecoveryMail,
    /// A mail about a changed e-mail address.
    EmailChangeMail,
    /// A link or a code that was wrong (verification, recovery, invitation).
    CodeTry,
    /// An invitation or set-up link that was wrong.
    Invitation,
    /// A client that registers itself or changes its registration.
    Registration,
    /// A code that was wrong at the second step of a log-in.
    SecondStep,
    /// The same, counted for a day, for the owner to be told.
    SecondStepWatch,
    /// A code for the second step sent by mail.
    SecondStepMail,
}

/// How many tries are free, and how the delay grows after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Tries without a delay.
    pub free: i64,
    /// Seconds to wait after the first try that is not free; doubled with each further one.
    pub first_wait_seconds: i64,
    /// The longest delay, in seconds.
    pub longest_wait_seconds: i64,
    /// Seconds without a try after which everything is forgotten.
    pub window_seconds: i64,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Guesses at a password: 2 s, 4 s … 15 min, under 110 a day for one address however many machines take part.
const GUESSES: Rule = Rule { free: 5, first_wait_seconds: 2, longest_wait_seconds: 15 * MINUTE, window_seconds: DAY };
/// A device that logged in before: its owner mistypes, so it forgets sooner.
const DEVICE: Rule = Rule { free: 8, first_wait_seconds: 2, longest_wait_seconds: 15 * MINUTE, window_seconds: HOUR };
/// Wrong codes at the second step of one account: ten, then none for an hour.
const CODES: Rule = Rule { free: 9, first_wait_seconds: HOUR, longest_wait_seconds: HOUR, window_seconds: HOUR };
/// Counts and slows nobody down.
const WATCH: Rule = Rule { free: i64::MAX, first_wait_seconds: 0, longest_wait_seconds: 0, window_seconds: DAY };
/// One home or office may hold many people.
const NETWORK: Rule = Rule { free: 40, first_wait_seconds: 2, longest_wait_seconds: 15 * MINUTE, window_seconds: HOUR };
/// The network around it.
const WIDER: Rule = Rule { free: 400, ..NETWORK };
/// Mails to one address.
const MAILS: Rule = Rule { free: 3, first_wait_seconds: MINUTE, longest_wait_seconds: HOUR, window_seconds: DAY };
/// Mails asked for from one network.
const MAILS_NETWORK: Rule =
    Rule { free: 20, first_wait_seconds: 10, longest_wait_seconds: 15 * MINUTE, window_seconds: HOUR };
/// The network around it.
const MAILS_WIDER: Rule = Rule { free: 200, ..MAILS_NETWORK };

/// Registrations of clients from one network.
const REGISTRATIONS_NETWORK: Rule =
    Rule { free: 60, first_wait_seconds: 10, longest_wait_seconds: HOUR, window_seconds: HOUR };
/// The network around it.
const REGISTRATIONS_WIDER: Rule = Rule { free: 300, ..REGISTRATIONS_NETWORK };

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::LogIn => "log-in",
            Purpose::SignUpMail => "sign-up-mail",
            Purpose::ResendMail => "resend-mail",
            Purpose::RecoveryMail => "recovery-mail",
            Purpose::EmailChangeMail => "email-change-mail",
            Purpose::CodeTry => "code",
            Purpose::Invitation => "invitation",
            Purpose::Registration => "registration",
            Purpose::SecondStep => "second-step",
            Purpose::SecondStepWatch => "second-step-watch",
            Purpose::SecondStepMail => "second-step-mail",
        }
    }

    /// For one e-mail address (or one account, one code), one network, and the wider network around it.
    fn rules(self) -> [&'static Rule; 3] {
        match self {
            Purpose::LogIn | Purpose::CodeTry | Purpose::Invitation => [&GUESSES, &NETWORK, &WIDER],
            Purpose::Registration => [&REGISTRATIONS_NETWORK, &REGISTRATIONS_NETWORK, &REGISTRATIONS_WIDER],
            Purpose::SecondStep => [&CODES, &NETWORK, &WIDER],
            Purpose::SecondStepWatch => [&WATCH, &WATCH, &WATCH],
            Purpose::SignUpMail
            | Purpose::ResendMail
            | Purpose::RecoveryMail
            | Purpose::EmailChangeMail
            | Purpose::SecondStepMail => [&MAILS, &MAILS_NETWORK, &MAILS_WIDER],
        }
    }
}

/// Something whose tries are counted, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    key: String,
    rule: &'static Rule,
}

impl Subject {
    fn new(key: &InstallationKey, purpose: Purpose, kind: &str, parts: &[&[u8]], rule: &'static Rule) -> Self {
        let mac = key.mac(&format!("throttle {} {kind}", purpose.name()), parts);
        Self { key: format!("{}/{kind}/{}", purpose.name(), URL_SAFE_NO_PAD.encode(mac)), rule }
    }

    /// Whatever is tried at: a normalised e-mail address, an account's id, a code's id.
    pub fn of(key: &InstallationKey, purpose: Purpose, tried: &str) -> Self {
        Self::new(key, purpose, "of", &[tried.as_bytes()], purpose.rules()[0])
    }

    /// A device on which this account logged in before.
    pub fn device(key: &InstallationKey, purpose: Purpose, token_hash: &[u8], account: &AccountId) -> Self {
        Self::new(key, purpose, "device", &[token_hash, account.as_str().as_bytes()], &DEVICE)
    }

    /// The network of an address, and the wider one around it.
    pub fn networks(key: &InstallationKey, purpose: Purpose, address: IpAddr) -> [Self; 2] {
        let [_, narrow, wide] = purpose.rules();
        let (network, wider) = networks(address);
        [
            Self::new(key, purpose, "network", &[&network], narrow),
            Self::new(key, purpose, "wider-network", &[&wider], wide),
        ]
    }

    /// The key of the row.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The rule it is counted by.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }
}

/// The usual set: what is tried at, and the networks it is tried from.
pub fn subjects(key: &InstallationKey, purpose: Purpose, tried: Option<&str>, from: Option<IpAddr>) -> Vec<Subject> {
    let tried = tried.map(|tried| Subject::of(key, purpose, tried));
    let networks = from.into_iter().flat_map(|address| Subject::networks(key, purpose, address));
    tried.into_iter().chain(networks).collect()
}

/// IPv4: the address and its /24. IPv6: the /64, which one customer has, and the /48 around it.
fn networks(address: IpAddr) -> (Vec<u8>, Vec<u8>) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (v4.octets().to_vec(), v4.octets()[..3].to_vec()),
        IpAddr::V6(v6) => (v6.octets()[..8].to_vec(), v6.octets()[..6].to_vec()),
    }
}

/// Whether one may try now. Ordered: the stricter verdict is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Go on.
    Allowed,
    /// Not for so many seconds (at least one).
    Wait(i64),
}

/// The tries counted under one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// How many.
    pub failures: i64,
    /// When the first of them was.
    pub first_failure_at: Timestamp,
    /// No try before this instant.
    pub blocked_until: Timestamp,
    /// When the owner was last warned.
    pub notified_at: Option<Timestamp>,
    /// When it is all forgotten.
    pub expires_at: Timestamp,
}

impl Counter {
    /// What a counter, or none, says now.
    pub fn verdict(counter: Option<&Counter>, now: Timestamp) -> Verdict {
        match counter {
            Some(counter) if now < counter.blocked_until && now < counter.expires_at => {
                let micros = counter.blocked_until.as_micros() - now.as_micros();
                Verdict::Wait(micros.saturating_add(999_999) / 1_000_000)
            }
            _ => Verdict::Allowed,
        }
    }

    /// Whether this many failures ask for a warning to the owner, of which there is one a day.
    pub fn warning_is_due(&self, least_failures: i64, now: Timestamp) -> bool {
        self.failures >= least_failures && self.notified_at.is_none_or(|at| at.plus_seconds(DAY) <= now)
    }
}

impl Rule {
    /// Seconds to wait after this many tries.
    pub fn wait_seconds(&self, tries: i64) -> i64 {
        let beyond = tries - self.free;
        if beyond <= 0 {
            return 0;
        }
        // Past 2^20 the longest wait has long been reached.
        let doubled = self.first_wait_seconds.saturating_mul(1_i64 << (beyond - 1).min(20));
        doubled.min(self.longest_wait_seconds)
    }

    /// The counter after one more try.
    pub fn after_try(&self, counter: Option<&Counter>, now: Timestamp) -> Counter {
        let alive = counter.filter(|counter| now < counter.expires_at);
        let failures = alive.map_or(0, |counter| counter.failures).saturating_add(1);
        Counter {
            failures,
            first_failure_at: alive.map_or(now, |counter| counter.first_failure_at),
            blocked_until: now.plus_seconds(self.wait_seconds(failures)),
            notified_at: alive.and_then(|counter| counter.notified_at),
            expires_at: now.plus_seconds(self.window_seconds),
        }
    }
}

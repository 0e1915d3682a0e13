//! Secrets of clients: 256 random bits shown once, or one that the operator brings. Only their SHA-256 is kept.

use super::{Problems, Record};
use account::secret::{Token, sha256};
use protocol::ClientAuthMethod;
use zeroize::Zeroizing;

/// A secret that an operator chooses has at least so many characters. They are not stretched: it has to come from a
/// generator.
pub const MIN_SECRET_CHARACTERS: usize = 32;
const MAX_SECRET_CHARACTERS: usize = 512;

/// A fresh secret: 256 bits, base64url.
pub fn generate_secret() -> Zeroizing<String> {
    Zeroizing::new(Token::generate().reveal().to_owned())
}

/// What the database keeps of a secret.
pub fn hash_secret(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).to_vec()
}

/// What becomes of the secret.
pub(super) enum Decided {
    /// The client has none.
    None,
    /// It stays, or the operator chose it: nothing to show.
    Kept(Vec<u8>),
    /// We made one.
    Made(Zeroizing<String>),
}

impl Decided {
    /// The hash to store, and the secret to show.
    pub(super) fn into_parts(self) -> (Option<Vec<u8>>, Option<Zeroizing<String>>) {
        match self {
            Self::None => (None, None),
            Self::Kept(hash) => (Some(hash), None),
            Self::Made(secret) => (Some(hash_secret(&secret)), Some(secret)),
        }
    }
}

pub(super) fn decide(
    chosen: Option<Zeroizing<String>>,
    method: ClientAuthMethod,
    existing: Option<&Record>,
    problems: &mut Problems,
) -> Decided {
    match chosen {
        Some(_) if !method.uses_secret() => {
            problems
                .add("client_secret", format!("a client that authenticates by {method} has no secret; leave it out"));
            Decided::None
        }
        Some(secret) => {
            check(&secret, problems);
            Decided::Kept(hash_secret(&secret))
        }
        None if !method.uses_secret() => Decided::None,
        None => match existing.and_then(|record| record.secret_hash.clone()) {
            Some(hash) => Decided::Kept(hash),
            None => Decided::Made(generate_secret()),
        },
    }
}

fn check(secret: &str, problems: &mut Problems) {
    let characters = secret.chars().count();
    if characters < MIN_SECRET_CHARACTERS {
        let message =
            format!("{characters} characters are too few: at least {MIN_SECRET_CHARACTERS}, made by a generator");
        problems.add("client_secret", message);
    } else if characters > MAX_SECRET_CHARACTERS {
        problems.add("client_secret", format!("at most {MAX_SECRET_CHARACTERS} characters"));
    } else if !secret.bytes().all(|byte| (0x20..=0x7e).contains(&byte)) {
        // RFC 6749 Appendix A.2: VSCHAR.
        problems.add("client_secret", "only printable ASCII characters");
    }
}

//! Secrets of clients: 256 random bits shown once, or one that the operator brings. Only their SHA-256 is kept, and with
//! `client_secret_jwt` the secret itself, sealed.

use super::{Problems, Record};
use crate::client::{SigningSecret, hash_signing_secret};
use account::secret::{Token, sha256};
use jose::MacAlgorithm;
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

/// A fresh secret for a client that signs with it: 512 bits, enough for each of the algorithms (RFC 7518 §3.2).
pub fn generate_signing_secret() -> Zeroizing<String> {
    Zeroizing::new([Token::generate().reveal(), Token::generate().reveal()].concat())
}

/// What the database keeps of a secret.
pub fn hash_secret(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).to_vec()
}

/// What becomes of the secret.
#[derive(Default)]
pub(super) struct Decided {
    /// The hash to store.
    pub(super) hash: Option<Vec<u8>>,
    /// The secret itself, for a client that signs with it.
    pub(super) signing: Option<SigningSecret>,
    /// The one that we made, to show.
    pub(super) made: Option<Zeroizing<String>>,
}

pub(super) fn decide(
    chosen: Option<Zeroizing<String>>,
    (method, algorithm): (ClientAuthMethod, Option<&str>),
    existing: Option<&Record>,
    problems: &mut Problems,
) -> Decided {
    let signs = method == ClientAuthMethod::ClientSecretJwt;
    if !method.uses_secret() {
        if chosen.is_some() {
            problems
                .add("client_secret", format!("a client that authenticates by {method} has no secret; leave it out"));
        }
        return Decided::default();
    }
    let of = |secret: &Zeroizing<String>| Decided {
        hash: Some(if signs { hash_signing_secret(secret) } else { hash_secret(secret) }),
        signing: signs.then(|| SigningSecret::New(secret.clone())),
        made: None,
    };
    if let Some(secret) = chosen {
        check(&secret, problems);
        if signs {
            check_length(&secret, algorithm, problems);
        }
        // The hash of it was kept until now, which may be in backups.
        if signs && existing.is_some_and(|record| record.signing_secret.is_none() && record.is_secret(&secret)) {
            problems.add("client_secret", "client_secret_jwt needs another secret than the present one");
        }
        let decided = of(&secret);
        // The one that it has: sealing it anew would be a change where there is none.
        let same = existing.filter(|record| signs && record.is_secret(&secret));
        let signing = same.and_then(|record| record.signing_secret.clone()).or(decided.signing);
        return Decided { signing, ..decided };
    }
    // Another algorithm may need a longer secret than the present one, whose length we do not look up.
    let needed = algorithm.and_then(|name| name.parse().ok()).map_or(0, MacAlgorithm::min_secret_bytes);
    let long_enough = |record: &Record| {
        needed <= MIN_SECRET_CHARACTERS || record.metadata.token_endpoint_auth_signing_alg.as_deref() == algorithm
    };
    // Of a secret that was only hashed until now nothing can be verified, and the other way round the hash is another.
    let keeps = |record: &&Record| record.signing_secret.is_some() == signs && (!signs || long_enough(record));
    match existing.filter(keeps) {
        Some(Record { secret_hash: Some(hash), signing_secret, .. }) => {
            Decided { hash: Some(hash.clone()), signing: signing_secret.clone(), made: None }
        }
        _ => {
            let made = if signs { generate_signing_secret() } else { generate_secret() };
            Decided { made: Some(made.clone()), ..of(&made) }
        }
    }
}

/// A secret to sign with has at least as many bytes as the hash (RFC 7518 §3.2, OpenID Connect Core §10.1).
fn check_length(secret: &str, algorithm: Option<&str>, problems: &mut Problems) {
    let Some(algorithm) = algorithm.and_then(|name| name.parse::<MacAlgorithm>().ok()) else { return };
    let needed = algorithm.min_secret_bytes();
    if secret.len() < needed {
        problems.add("client_secret", format!("{algorithm} needs at least {needed} characters, made by a generator"));
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

//! The claim `sub` (OpenID Connect Core §2, §8): how a client knows a person. Every `sub` that goes out is made here, and
//! every one that comes back is read here.
//!
//! A `public` subject is the account's id. A `pairwise` one is another for each sector, so that products of different
//! owners cannot tell by it that they know the same person (§8.1). It is the id, enciphered under a key of the sector:
//! a keyed hash of the id, and the id masked by a keyed hash of that. So it is always the same, nobody else can make or
//! read it, and we can read it without a table. The key hangs on the installation's key alone: it survives the rotation
//! of signing keys, and a move to other hardware.

use crate::Client;
use account::AccountId;
use account::secret::{DerivedKey, InstallationKey, equal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The kind of subjects of a client, with what makes them.
#[derive(Debug, Clone)]
pub enum Subjects {
    /// The same for all clients.
    Public,
    /// Those of a sector; the key is there once the client was read into the registry.
    Pairwise {
        /// The host that names the sector (§8.1).
        sector: String,
        /// The sector's key.
        key: Option<Box<DerivedKey>>,
    },
}

impl Subjects {
    /// With the sector's key.
    pub(crate) fn keyed(self, installation: &InstallationKey) -> Self {
        match self {
            Self::Pairwise { sector, .. } => {
                let key = Some(Box::new(installation.derive("oidc pairwise subjects v1", &[sector.as_bytes()])));
                Self::Pairwise { sector, key }
            }
            Self::Public => Self::Public,
        }
    }
}

/// The `sub` by which the client knows the account.
///
/// # Panics
/// When the client did not come out of the registry.
pub fn subject(client: &Client, account: &AccountId) -> String {
    match &client.subjects {
        Subjects::Public => account.as_str().to_owned(),
        Subjects::Pairwise { key, .. } => {
            let id = Uuid::parse_str(account.as_str()).expect("an account id is a UUID").into_bytes();
            seal(keyed(key), id)
        }
    }
}

/// The account that the client knows by this `sub`; `None` when it is none that it could have from us.
///
/// # Panics
/// When the client did not come out of the registry.
pub fn account(client: &Client, sub: &str) -> Option<AccountId> {
    match &client.subjects {
        Subjects::Public => AccountId::parse(sub),
        Subjects::Pairwise { key, .. } => {
            let id = open(keyed(key), sub)?;
            AccountId::parse(&Uuid::from_bytes(id).hyphenated().to_string())
        }
    }
}

/// [`account`] for a `sub` in a token that we signed for this client: one from before it became `pairwise` counts too.
pub(crate) fn account_of_signed(client: &Client, sub: &str) -> Option<AccountId> {
    account(client, sub).or_else(|| AccountId::parse(sub))
}

fn keyed(key: &Option<Box<DerivedKey>>) -> &DerivedKey {
    key.as_deref().expect("clients that meet people come out of the registry, which gives them their key")
}

fn seal(key: &DerivedKey, id: [u8; 16]) -> String {
    let tag = half(key.mac(&[b"tag", &id]));
    let masked = masked(key, tag, id);
    URL_SAFE_NO_PAD.encode([tag, masked].concat())
}

fn open(key: &DerivedKey, sub: &str) -> Option<[u8; 16]> {
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(sub).ok()?.try_into().ok()?;
    let (tag, rest) = bytes.split_first_chunk::<16>()?;
    let id = masked(key, *tag, rest.try_into().ok()?);
    equal(tag, &half(key.mac(&[b"tag", &id]))).then_some(id)
}

fn masked(key: &DerivedKey, tag: [u8; 16], id: [u8; 16]) -> [u8; 16] {
    let mask = half(key.mac(&[b"mask", &tag]));
    std::array::from_fn(|at| id[at] ^ mask[at])
}

fn half(mac: [u8; 32]) -> [u8; 16] {
    std::array::from_fn(|at| mac[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(sector: &str) -> DerivedKey {
        InstallationKey::new(&[7; 32]).derive("oidc pairwise subjects v1", &[sector.as_bytes()])
    }

    #[test]
    fn a_sector_has_one_subject_for_a_person_and_another_sector_another() {
        let id = *b"0123456789abcdef";
        let sub = seal(&key("a.example"), id);
        // A promise for ever: products keep it.
        assert_eq!(sub, seal(&key("a.example"), id));
        assert_eq!(sub.len(), 43);
        assert_eq!(open(&key("a.example"), &sub), Some(id));
        assert_ne!(sub, seal(&key("b.example"), id));
        assert_ne!(sub, seal(&key("a.example"), *b"0123456789abcdeg"));
    }

    #[test]
    fn nobody_else_makes_or_reads_one() {
        let sub = seal(&key("a.example"), *b"0123456789abcdef");
        assert_eq!(open(&key("b.example"), &sub), None);
        for at in 0..32 {
            let mut bytes = URL_SAFE_NO_PAD.decode(&sub).unwrap();
            bytes[at] ^= 1;
            assert_eq!(open(&key("a.example"), &URL_SAFE_NO_PAD.encode(bytes)), None);
        }
        for other in ["", "x", "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55"] {
            assert_eq!(open(&key("a.example"), other), None);
        }
    }

    #[test]
    fn it_is_what_it_was_in_the_first_version() {
        assert_eq!(seal(&key("a.example"), *b"0123456789abcdef"), "oVsSYVcHWUuZXGBKQ5MMamrMVCbccOpR-qso5rjrxHU");
    }
}

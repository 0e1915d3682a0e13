//! What a recovery code is.

use super::super::typed;
use crate::AccountId;
use crate::secret::{InstallationKey, random_bytes};
use zeroize::{Zeroize, Zeroizing};

/// Douglas Crockford's base 32: digits and letters without those that are taken for another (i, l, o) and without u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Characters of a code: 50 bits, far beyond what a throttled guesser reaches.
const LENGTH: usize = 10;

/// A code, as `xxxxx-xxxxx`. Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(Zeroizing<[u8; LENGTH]>);

impl RecoveryCode {
    /// A fresh one.
    pub(super) fn generate() -> Self {
        let mut random = random_bytes();
        let mut code = Zeroizing::new([0; LENGTH]);
        for (character, byte) in code.iter_mut().zip(random) {
            // 256 is a multiple of 32: no character is likelier.
            *character = ALPHABET[usize::from(byte % 32)];
        }
        random.zeroize();
        Self(code)
    }

    /// Reads what somebody typed: capitals, spaces and dashes do not matter, `o` is read as 0, `i` and `l` as 1. `None`
    /// when it cannot be a code.
    pub fn parse(typed: &str) -> Option<Self> {
        let plain = typed::characters(typed)?;
        let mut code = Zeroizing::new([0; LENGTH]);
        let mut characters = plain.chars();
        for place in code.iter_mut() {
            let meant = match characters.next()?.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            };
            *place = u8::try_from(meant).ok().filter(|byte| ALPHABET.contains(byte))?;
        }
        characters.next().is_none().then_some(Self(code))
    }

    /// The code in two groups, to be shown.
    pub fn reveal(&self) -> Zeroizing<String> {
        let text = str::from_utf8(self.0.as_slice()).expect("made of the alphabet, which is ASCII");
        let (first, second) = text.split_at(LENGTH / 2);
        Zeroizing::new([first, second].join("-"))
    }

    /// What the database keeps: a keyed hash for this account alone, as 50 bits could be tried out against a plain one.
    pub(super) fn mac(&self, key: &InstallationKey, account: &AccountId) -> [u8; 32] {
        key.mac("recovery code", &[account.as_str().as_bytes(), self.0.as_slice()])
    }
}

impl std::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

//! A typed password, and its hash.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// A password as somebody typed it, in Unicode's composed form (NFC), so that it is the same from every keyboard. It is
/// never cut, does not print, and its memory is wiped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed. Whether it may be somebody's new password, [`super::Passwords::choose`] says.
    pub fn typed(text: &str) -> Self {
        // Room enough from the start: no copy is left behind by growing. NFC triples UTF-8 at worst.
        let mut composed = Zeroizing::new(String::with_capacity(text.len() * 3));
        composed.extend(text.nfc());
        Self(composed)
    }

    /// Its length in characters (Unicode scalar values).
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// The text.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

impl<'de> serde::Deserialize<'de> for Password {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        Ok(Self::typed(&text))
    }
}

/// A password's hash with its algorithm, costs and salt (the PHC string format). Does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Phc(pub(super) String);

impl std::fmt::Debug for Phc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phc(…)")
    }
}

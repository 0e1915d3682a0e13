//! The token itself: a fixed beginning, 256 random bits, and a checksum, in letters and digits.
//!
//! Programs that look for leaked secrets know it by its beginning and its checksum, and need not ask us about each
//! text that looks similar; neither need we ask the database about one that was mistyped or made up.

use crate::secret::{random_bytes, sha256};
use zeroize::Zeroizing;

/// How every API token begins.
const PREFIX: &str = "lk_pat_";
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 is more than 2^256.
const SECRET_CHARACTERS: usize = 43;
/// 62^6 is more than 2^32.
const CHECKSUM_CHARACTERS: usize = 6;
/// Random characters that are shown again: they leave more than 230 bits unknown.
const SHOWN_CHARACTERS: usize = 4;

/// An API token as its owner holds it. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiSecret(Zeroizing<String>);

impl ApiSecret {
    /// A fresh one.
    pub fn generate() -> Self {
        let mut text = Zeroizing::new(String::with_capacity(64));
        text.push_str(PREFIX);
        while text.len() < PREFIX.len() + SECRET_CHARACTERS {
            // Bytes past the last whole multiple of 62 would make some characters likelier.
            let bytes = Zeroizing::new(random_bytes());
            let missing = PREFIX.len() + SECRET_CHARACTERS - text.len();
            let fitting = bytes.iter().filter(|byte| **byte < 248).take(missing);
            fitting.for_each(|byte| text.push(char::from(ALPHABET[usize::from(byte % 62)])));
        }
        let sum = checksum(&text);
        text.push_str(&sum);
        Self(text)
    }

    /// Whether a bearer token claims to be one of these.
    pub fn looks_like(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Takes one from outside. `None`: its length or its checksum is wrong, so it was never made here.
    pub fn parse(text: &str) -> Option<Self> {
        let random = text.strip_prefix(PREFIX)?;
        if random.len() != SECRET_CHARACTERS + CHECKSUM_CHARACTERS || !random.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return None;
        }
        let (body, sum) = text.split_at(PREFIX.len() + SECRET_CHARACTERS);
        (checksum(body) == sum).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token, to show to its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is shown again, so that its owner recognises it.
    pub fn beginning(&self) -> &str {
        &self.0[..PREFIX.len() + SHOWN_CHARACTERS]
    }

    /// What the database keeps: SHA-256, enough for 256 random bits.
    pub fn hash(&self) -> Vec<u8> {
        sha256(self.0.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for ApiSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiSecret(…)")
    }
}

/// The CRC-32 of all that stands before it, in base 62.
fn checksum(text: &str) -> String {
    let mut rest = crc32(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM_CHARACTERS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[usize::try_from(rest % 62).expect("less than 62")];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// CRC-32 as in ISO-HDLC (zip, PNG, Ethernet).
fn crc32(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(checksum("123456789"), "3jZRME");
    }

    #[test]
    fn a_token_is_known_by_its_beginning_and_its_checksum() {
        let secret = ApiSecret::generate();
        let text = secret.reveal().to_owned();
        assert_eq!((text.len(), &text[..7]), (56, "lk_pat_"));
        assert!(text[7..].bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_eq!(ApiSecret::parse(&text), Some(secret.clone()));
        assert_eq!(secret.beginning(), &text[..11]);
        assert_ne!(ApiSecret::generate(), secret);
        assert!(!format!("{secret:?}").contains(&text[11..20]));
    }

    #[test]
    fn what_was_not_made_here_is_refused_by_its_form() {
        let text = ApiSecret::generate().reveal().to_owned();
        for place in 7..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[place] = if wrong[place] == b'a' { b'b' } else { b'a' };
            assert!(ApiSecret::parse(&String::from_utf8(wrong).unwrap()).is_none(), "{place}");
        }
        for wrong in ["", "lk_pat_", &text[..55], &format!("{text}a"), &text[7..], &text.replace("lk_pat_", "lk_pat-")]
        {
            assert!(ApiSecret::parse(wrong).is_none(), "{wrong}");
        }
        assert!(ApiSecret::parse(&format!("lk_pat_{}", "é".repeat(24))).is_none());
        assert!(ApiSecret::looks_like("lk_pat_x") && !ApiSecret::looks_like("eyJ.x.y"));
    }
}

//! Secrets: random tokens that are kept as hashes, and the installation's key that seals what must be read back.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, Zeroizing};

/// A random secret of 256 bits that we hand out (a cookie, a link, a code) and keep only as its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A fresh one.
    pub fn generate() -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes())))
    }

    /// One that can be made again from the installation's key, so that it need not be kept: `bytes` are a keyed hash of
    /// what it is for.
    pub fn derived(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Takes one from outside. Returns `None` unless it has the form of a token; that it was ever issued, only a look
    /// into the database by [`Token::hash`] can tell.
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = (text.len() == 43).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()?;
        (decoded.len() == 32).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token itself, to put in a cookie, a link or an answer.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps: SHA-256, enough for 256 random bits.
    pub fn hash(&self) -> Vec<u8> {
        sha256(self.0.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// 32 bytes from the operating system's generator.
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random code of six decimal digits.
pub fn six_digits() -> String {
    loop {
        let b = random_bytes();
        let n = u32::from_be_bytes([b[0], b[1], b[2], b[3]]);
        // Values past the last whole million would make some codes likelier.
        if n < 4_294_000_000 {
            return format!("{:06}", n % 1_000_000);
        }
    }
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// Compares two secrets in a time that does not depend on where they differ.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// The installation's key: 32 random bytes in `secrets.key_file`. Keyed hashes and sealed values hang on it; each
/// purpose has a key of its own derived from it.
pub struct InstallationKey {
    sealing: LessSafeKey,
    root: hmac::Key,
    id: String,
}

impl InstallationKey {
    /// Takes the key file's bytes.
    pub fn new(bytes: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, bytes);
        let mut sealing = [0; 32];
        sealing.copy_from_slice(hmac::sign(&root, b"latchkey sealing v1").as_ref());
        let key = UnboundKey::new(&AES_256_GCM_SIV, &sealing).expect("32 bytes are a key of AES-256-GCM-SIV");
        sealing.zeroize();
        let id = URL_SAFE_NO_PAD.encode(&hmac::sign(&root, b"latchkey key id v1").as_ref()[..12]);
        Self { sealing: LessSafeKey::new(key), root, id }
    }

    /// Names the key without telling it: a database remembers the id of the key that it was sealed with.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// HMAC-SHA-256 of `parts`, under a key for this `purpose` alone. The parts are told apart by their lengths.
    pub fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        DerivedKey(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&self.root, purpose.as_bytes()).as_ref())).mac(parts)
    }

    /// A key of its own for this `purpose` and what `parts` name.
    pub fn derive(&self, purpose: &str, parts: &[&[u8]]) -> DerivedKey {
        DerivedKey(hmac::Key::new(hmac::HMAC_SHA256, &self.mac(purpose, parts)))
    }

    /// Seals a value (AES-256-GCM-SIV, random nonce). `place` says where it is kept (`table/column/row`), so that a
    /// sealed value copied to another place does not open.
    pub fn seal(&self, place: &str, value: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&random_bytes()[..NONCE_LEN]);
        let mut sealed = value.to_vec();
        self.sealing
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .expect("values are far below the cipher's length limit");
        [&nonce[..], &sealed].concat()
    }

    /// Opens what [`InstallationKey::seal`] made. `None`: another key, another place, or tampered with.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self.sealing.open_in_place(nonce, Aad::from(place), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }
}

/// A key derived from the installation's, for keyed hashes. It does not print.
#[derive(Clone)]
pub struct DerivedKey(hmac::Key);

impl DerivedKey {
    /// HMAC-SHA-256 of `parts`, told apart by their lengths.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

impl std::fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DerivedKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_under_its_key() {
        let key = InstallationKey::new(&[7; 32]);
        let sealed = key.seal("passwords/phc/1", b"secret");
        assert_eq!(key.open("passwords/phc/1", &sealed).as_deref().map(Vec::as_slice), Some(&b"secret"[..]));
        assert!(key.open("passwords/phc/2", &sealed).is_none());
        assert!(InstallationKey::new(&[8; 32]).open("passwords/phc/1", &sealed).is_none());
        assert!(key.open("passwords/phc/1", &sealed[..5]).is_none());
    }

    #[test]
    fn keyed_hashes_tell_purposes_and_parts_apart() {
        let key = InstallationKey::new(&[7; 32]);
        assert_ne!(key.mac("a", &[b"x"]), key.mac("b", &[b"x"]));
        assert_ne!(key.mac("a", &[b"xy", b"z"]), key.mac("a", &[b"x", b"yz"]));
    }

    #[test]
    fn tokens_are_recognised_by_form() {
        let token = Token::generate();
        assert_eq!(Token::parse(token.reveal()).unwrap().hash(), token.hash());
        assert!(Token::parse("short").is_none() && Token::parse(&"!".repeat(43)).is_none());
    }
}

//! Encrypting and decrypting the content (RFC 7518 §5.2.3 and §5.3).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, DecryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::iv::FixedLength;
use aws_lc_rs::{constant_time, hmac, rand};
use zeroize::Zeroizing;

use super::ContentEncryption;

/// Length of the authentication tag of both encryptions, in bytes; no shorter one is accepted.
const TAG_BYTES: usize = 16;
/// The initialisation vector of AES-CBC, in bytes: one block.
const CBC_IV_BYTES: usize = 16;
/// The initialisation vector of AES-GCM, in bytes.
const GCM_IV_BYTES: usize = 12;
/// AES-CBC takes whole blocks only.
const BLOCK_BYTES: usize = 16;

/// What an encryption gives: three parts of the token.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

impl ContentEncryption {
    /// Length of its key, in bytes; both encryptions here take 256 bits.
    pub(super) const fn key_bytes(self) -> usize {
        32
    }

    /// A fresh key of the right length.
    pub(super) fn random_key(self) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let mut key = Zeroizing::new(vec![0; self.key_bytes()]);
        rand::fill(&mut key)?;
        Ok(key)
    }

    /// Encrypts with a random initialisation vector. `aad` is the encoded header.
    pub(super) fn seal(self, key: &[u8], aad: &[u8], plaintext: &[u8]) -> Result<Sealed, Unspecified> {
        let mut in_out = plaintext.to_vec();
        match self {
            Self::A256Gcm => {
                let mut iv = [0; GCM_IV_BYTES];
                rand::fill(&mut iv)?;
                // The key was made for this one token, so that no two of its tokens can share a nonce.
                let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?);
                let nonce = Nonce::assume_unique_for_key(iv);
                let tag = key.seal_in_place_separate_tag(nonce, Aad::from(aad), &mut in_out)?;
                Ok(Sealed { iv: iv.to_vec(), ciphertext: in_out, tag: tag.as_ref().to_vec() })
            }
            Self::A128CbcHs256 => {
                let (mac_key, aes_key) = halves(key)?;
                let cipher = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, aes_key)?)?;
                let DecryptionContext::Iv128(iv) = cipher.encrypt(&mut in_out)? else { return Err(Unspecified) };
                let iv = iv.as_ref().to_vec();
                let tag = cbc_tag(mac_key, aad, &iv, &in_out);
                Ok(Sealed { iv, ciphertext: in_out, tag: tag.as_ref()[..TAG_BYTES].to_vec() })
            }
        }
    }

    /// Decrypts. Lengths and tag are checked before the cipher touches anything.
    pub(super) fn open(
        self,
        key: &[u8],
        aad: &[u8],
        iv: &[u8],
        mut ciphertext: Vec<u8>,
        tag: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        if tag.len() != TAG_BYTES {
            return Err(Unspecified);
        }
        let length = match self {
            Self::A256Gcm => {
                let iv: [u8; GCM_IV_BYTES] = iv.try_into().map_err(|_| Unspecified)?;
                let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?);
                ciphertext.extend_from_slice(tag);
                key.open_in_place(Nonce::assume_unique_for_key(iv), Aad::from(aad), &mut ciphertext)?.len()
            }
            Self::A128CbcHs256 => {
                let iv: [u8; CBC_IV_BYTES] = iv.try_into().map_err(|_| Unspecified)?;
                if ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK_BYTES) {
                    return Err(Unspecified);
                }
                let (mac_key, aes_key) = halves(key)?;
                let expected = cbc_tag(mac_key, aad, &iv, &ciphertext);
                constant_time::verify_slices_are_equal(&expected.as_ref()[..TAG_BYTES], tag)?;
                let cipher = PaddedBlockDecryptingKey::cbc_pkcs7(UnboundCipherKey::new(&AES_128, aes_key)?)?;
                cipher.decrypt(&mut ciphertext, DecryptionContext::Iv128(FixedLength::from(iv)))?.len()
            }
        };
        ciphertext.truncate(length);
        Ok(ciphertext)
    }
}

/// The key for the tag, then the key for the cipher (RFC 7518 §5.2.2.1).
fn halves(key: &[u8]) -> Result<(&[u8], &[u8]), Unspecified> {
    if key.len() != ContentEncryption::A128CbcHs256.key_bytes() {
        return Err(Unspecified);
    }
    Ok(key.split_at(key.len() / 2))
}

/// The whole HMAC over header, vector, ciphertext and the header's length in bits (RFC 7518 §5.2.2.1); the tag is its
/// first half.
fn cbc_tag(key: &[u8], aad: &[u8], iv: &[u8], ciphertext: &[u8]) -> hmac::Tag {
    let mut mac = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    mac.update(aad);
    mac.update(iv);
    mac.update(ciphertext);
    mac.update(&(aad.len() as u64 * 8).to_be_bytes());
    mac.sign()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 appendix B.1.
    #[test]
    fn the_aes_cbc_hmac_example_of_rfc_7518() {
        let key: Vec<u8> = (0..32).collect();
        let iv = hex("1af38c2dc2b96ffdd86694092341bc04");
        let aad = b"The second principle of Auguste Kerckhoffs";
        let plaintext =
            b"A cipher system must not be required to be secret, and it must be able to fall into the hands of \
            the enemy without inconvenience";
        let ciphertext = hex(
            "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f\
             399a221489f16362c703233609d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b384c486f3a54c510\
             78158ee5d79de59fbd34d848b3d69550a67646344427ade54b8851ffb598f7f80074b9473c82e2db",
        );
        let tag = hex("652c3fa36b0a7c5b3219fab3a30bc1c4");
        let opened = ContentEncryption::A128CbcHs256.open(&key, aad, &iv, ciphertext, &tag).unwrap();
        assert_eq!(opened, plaintext);
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
    }
}

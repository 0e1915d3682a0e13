//! `at_hash` and `c_hash`: the ID token's tie to what was issued beside it.

use aws_lc_rs::digest;
use base64::Engine;

use crate::BASE64;
use crate::algorithm::SigningAlgorithm;

/// The left half of the hash of an access token or code, base64url (OpenID Connect Core 1.0 §3.1.3.6, §3.3.2.11).
///
/// `algorithm` is the one that signs the ID token; it decides the hash: SHA-256, or SHA-512 with Ed25519, whose
/// signature uses that one.
pub fn half_hash(algorithm: SigningAlgorithm, value: &str) -> String {
    let hash = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 | SigningAlgorithm::Es256 => &digest::SHA256,
        SigningAlgorithm::EdDsa => &digest::SHA512,
    };
    let whole = digest::digest(hash, value.as_bytes());
    BASE64.encode(&whole.as_ref()[..whole.as_ref().len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_openid_connect_core_appendix_a() {
        // A.3 (code id_token), A.4 (code token id_token)
        assert_eq!(
            half_hash(SigningAlgorithm::Rs256, "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"),
            "LDktKdoQak3Pk0cnXxCltA"
        );
        assert_eq!(
            half_hash(SigningAlgorithm::Es256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn ed25519_takes_half_of_sha_512() {
        // SHA-512 of "abc" is an example of FIPS 180-4.
        assert_eq!(half_hash(SigningAlgorithm::EdDsa, "abc"), "3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05o");
    }
}

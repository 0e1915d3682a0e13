//! Keys and tokens as another crate uses them, against another implementation and against forgers.

mod encryption;
mod encryption_attacks;
mod interop;
mod key_sets;
mod keys;
mod macs;
mod properties;
mod refusals;

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{KeySet, PrivateKey, SigningAlgorithm};
use serde_json::{Value, json};

/// A key for each algorithm, in the order of [`SigningAlgorithm::ALL`]; made once, because RSA keys take their time.
static KEYS: LazyLock<Vec<PrivateKey>> =
    LazyLock::new(|| SigningAlgorithm::ALL.map(|algorithm| PrivateKey::generate(algorithm).unwrap()).into());

/// The public halves of [`KEYS`].
static OUR_SET: LazyLock<KeySet> = LazyLock::new(|| KeySet::ours(KEYS.iter(), []).unwrap());

fn key(algorithm: SigningAlgorithm) -> &'static PrivateKey {
    KEYS.iter().find(|key| key.algorithm() == algorithm).unwrap()
}

fn claims() -> Value {
    json!({ "iss": "https://id.example.test", "sub": "5", "aud": ["a", "b"], "exp": 1_900_000_000, "name": "Zoë 🗝" })
}

fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// A token with a header of the test's own, and a signature by the key on exactly that.
fn sign_with_header(key: &PrivateKey, header: &str, payload: &[u8]) -> String {
    use josekit::jws::{self, JwsSigner};
    let pkcs8 = key.to_pkcs8().unwrap();
    let signer: Box<dyn JwsSigner> = match key.algorithm() {
        SigningAlgorithm::Rs256 => Box::new(jws::RS256.signer_from_der(&*pkcs8).unwrap()),
        SigningAlgorithm::Ps256 => {
            // josekit takes PKCS#8 for PSS only with the PSS object identifier, but any JWK.
            let pair = josekit::jwk::alg::rsa::RsaKeyPair::from_der(&*pkcs8).unwrap();
            Box::new(jws::PS256.signer_from_jwk(&pair.to_jwk_private_key()).unwrap())
        }
        SigningAlgorithm::Es256 => Box::new(jws::ES256.signer_from_der(&*pkcs8).unwrap()),
        SigningAlgorithm::EdDsa => Box::new(jws::EdDSA.signer_from_der(&*pkcs8).unwrap()),
    };
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = signer.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", encode(signature))
}

//! An authenticator in the test's hand: it makes one passkey and signs with it, honestly or not.

use crate::secret::{random_bytes, sha256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const HAS_CREDENTIAL: u8 = 0x40;

/// A key as an authenticator keeps it. What it says of itself, the test may change at any time.
pub struct SoftKey {
    /// The origin of the page that it believes to be on.
    pub origin: String,
    /// Whether it verifies the person.
    pub verifies: bool,
    /// Whether it says that it is copied to other devices.
    pub synced: bool,
    /// The counter that it tells next; it rises by one each time, unless it is 0.
    pub counter: u32,
    /// Whom it says that it belongs to.
    pub user_handle: Option<Vec<u8>>,
    key: EcdsaKeyPair,
    credential_id: Vec<u8>,
}

impl SoftKey {
    /// A new one, for pages of this origin: it verifies the person, stays on its device and counts from 1.
    pub fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            verifies: true,
            synced: false,
            counter: 1,
            user_handle: None,
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key"),
            credential_id: random_bytes().to_vec(),
        }
    }

    /// What browsers know it by.
    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.credential_id)
    }

    /// The answer to the options of an enrolment (`navigator.credentials.create`).
    pub fn make(&mut self, options: &Value) -> String {
        let wanted = &options["publicKey"];
        let handle = wanted["user"]["id"].as_str().expect("a user");
        self.user_handle = Some(URL_SAFE_NO_PAD.decode(handle).expect("base64url"));
        let mut data = self.data(wanted["rp"]["id"].as_str().expect("an id"), HAS_CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential_id.len()).expect("short").to_be_bytes());
        data.extend(&self.credential_id);
        // A key of EC2, ES256, P-256 (RFC 9053 §7.1.1).
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        object.extend(data);
        let client_data = self.client_data("webauthn.create", wanted);
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key", "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": ["internal"],
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// The answer to the options of a log-in (`navigator.credentials.get`).
    pub fn sign(&mut self, options: &Value) -> String {
        let wanted = &options["publicKey"];
        let data = self.data(wanted["rpId"].as_str().expect("an id"), 0);
        let client_data = self.client_data("webauthn.get", wanted);
        let signed = [&data[..], &sha256(&client_data)].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).expect("signed");
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
                "userHandle": self.user_handle.as_ref().map(|handle| URL_SAFE_NO_PAD.encode(handle)),
            },
            "clientExtensionResults": {},
        })
        .to_string()
    }

    /// The authenticator data (§6.1), without the credential.
    fn data(&mut self, rp_id: &str, more: u8) -> Vec<u8> {
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        let flags =
            USER_PRESENT | more | flag(self.verifies, USER_VERIFIED) | flag(self.synced, BACKUP_ELIGIBLE | BACKED_UP);
        let counter = self.counter;
        self.counter += u32::from(counter > 0);
        [&sha256(rp_id.as_bytes())[..], &[flags], &counter.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, wanted: &Value) -> Vec<u8> {
        let data = json!({
            "type": kind, "challenge": wanted["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        data.to_string().into_bytes()
    }
}

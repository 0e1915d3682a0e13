//! What a new passkey is called, until its owner says otherwise.

use super::model::{Passkey, PasskeyName};
use crate::secret::sha256;
use crate::user_agent;
use serde_json::Value;
use webauthn_rs::prelude::RegisterPublicKeyCredential;

/// Makers of passkeys that tell who they are also without attestation, by their AAGUID (§6.5.2).
const MAKERS: [(&str, &str); 14] = [
    ("fbfc3007154e4ecc8c0b6e020557d7bd", "iCloud Keychain"),
    ("dd4ec289e01d41c9bb8970fa845d4bf2", "iCloud Keychain"),
    ("ea9b8d664d011d213ce4b6b48cb575d4", "Google Password Manager"),
    ("adce000235bcc60a648b0b25f1f05503", "Chrome on macOS"),
    ("08987058cadc4b81b6e130de50dcbe96", "Windows Hello"),
    ("9ddd1817af5a4672a2b93e3dd95000a9", "Windows Hello"),
    ("6028b017b1d44c02b4b3afcdafc96bb2", "Windows Hello"),
    ("bada5566a7aa401fbd9645619a55120d", "1Password"),
    ("d548826e79b4db40a3d811116f7e8349", "Bitwarden"),
    ("531126d6e717415c93203d9aa6981239", "Dashlane"),
    ("fdb141b25d84443e8a354698c205a502", "KeePassXC"),
    ("50726f746f6e5061737350726f746f6e", "Proton Pass"),
    ("53414d53554e47000000000000000000", "Samsung Pass"),
    ("b84e404815dc4dd08640f4f60813c8af", "NordPass"),
];

/// A name by what the authenticator tells of itself, or else by the browser that made it.
pub(super) fn name(party_id: &str, made: &RegisterPublicKeyCredential, text: &str, browser: &str) -> String {
    let told: Value = serde_json::from_str(text).unwrap_or_default();
    let transports = told["response"]["transports"].as_array().cloned().unwrap_or_default();
    let travels = |ways: &[&str]| transports.iter().any(|way| way.as_str().is_some_and(|way| ways.contains(&way)));
    let elsewhere = told["authenticatorAttachment"] == "cross-platform";
    if let Some(maker) = maker(party_id, &made.response.attestation_object) {
        maker.to_owned()
    } else if elsewhere && travels(&["usb", "nfc", "ble"]) {
        "Security key".to_owned()
    } else if elsewhere {
        "Phone or tablet".to_owned()
    } else {
        match user_agent::describe(browser) {
            unknown if unknown.starts_with("an unknown browser") => "Passkey".to_owned(),
            browser => browser,
        }
    }
}

/// Who made it. The AAGUID stands after the hash of our name, one byte of flags and four of the counter (§6.1).
fn maker(party_id: &str, attestation_object: &[u8]) -> Option<&'static str> {
    let hash = sha256(party_id.as_bytes());
    let begin = attestation_object.windows(hash.len()).position(|window| window == hash)? + hash.len() + 5;
    let aaguid = attestation_object.get(begin..begin + 16)?;
    let text: String = aaguid.iter().map(|byte| format!("{byte:02x}")).collect();
    MAKERS.iter().find(|(known, _)| *known == text).map(|(_, name)| *name)
}

/// The name, with a number behind it when another passkey of the account is called so.
pub(super) fn free_of(name: &str, present: &[Passkey]) -> String {
    let taken = |name: &str| present.iter().any(|other| other.name == name);
    let name = PasskeyName::parse(name).map_or_else(|_| "Passkey".to_owned(), |name| name.as_str().to_owned());
    let numbered = || (2..).map(|number| format!("{name} {number}")).find(|name| !taken(name));
    if taken(&name) { numbered().unwrap_or(name) } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_are_written_as_we_write_aaguids() {
        for (aaguid, name) in MAKERS {
            assert!(
                aaguid.len() == 32 && aaguid.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)),
                "{name}"
            );
        }
    }

    #[test]
    fn a_maker_is_read_behind_our_own_hash() {
        let mut object = vec![1, 2, 3];
        object.extend(sha256(b"id.example.test"));
        object.extend([0; 5]);
        object.extend((0..32).step_by(2).map(|at| u8::from_str_radix(&MAKERS[7].0[at..at + 2], 16).unwrap()));
        assert_eq!(maker("id.example.test", &object), Some("1Password"));
        assert_eq!(maker("other.example.test", &object), None);
        assert_eq!(maker("id.example.test", &object[..45]), None);
    }
}

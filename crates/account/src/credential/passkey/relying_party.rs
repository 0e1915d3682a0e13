//! This installation as authenticators know it (Web Authentication §4, "Relying Party").

use super::assertion::Refusal;
use crate::account::Account;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;
use webauthn_rs::prelude::{
    AuthenticationResult, Credential, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey,
    PublicKeyCredential, RegisterPublicKeyCredential, SecurityKey, SecurityKeyRegistration, Uuid, Webauthn,
    WebauthnBuilder, WebauthnError,
};

/// The installation as authenticators know it: passkeys are bound to the host of `public_url`, and answers count only
/// from that origin. Cheap to clone.
#[derive(Clone)]
pub struct RelyingParty {
    webauthn: Arc<Webauthn>,
    id: String,
}

/// What goes to the browser, and what is kept until it answers.
pub(super) struct Ceremony {
    /// The argument of `navigator.credentials.create` or `.get`, bytes as base64url.
    pub options: Value,
    /// The challenge and its circumstances.
    pub state: Vec<u8>,
}

impl RelyingParty {
    /// By the setting `server.public_url` and the installation's name. `None` where the host is an IP address: browsers
    /// bind passkeys to names only (§5.1.3, step 8).
    pub fn new(public_url: &str, name: &str) -> Option<Self> {
        let origin = Url::parse(public_url).ok()?;
        let id = origin.domain()?.to_owned();
        let webauthn = WebauthnBuilder::new(&id, &origin).ok()?.rp_name(name).build().ok()?;
        Some(Self { webauthn: Arc::new(webauthn), id })
    }

    /// The host that passkeys are bound to.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Asks for a new passkey. A key that cannot verify the person is welcome too: it serves as a second step.
    pub(super) fn offer_enrolment(
        &self,
        account: &Account,
        present: Vec<CredentialID>,
    ) -> Result<Ceremony, WebauthnError> {
        let user = Uuid::parse_str(account.id.as_str()).map_err(|_| WebauthnError::InvalidUserUniqueId)?;
        let address = account.email.address.as_str();
        let name = if account.name.trim().is_empty() { address } else { account.name.as_str() };
        let started = self.webauthn.start_securitykey_registration(user, address, name, Some(present), None, None)?;
        let mut options = as_json(&started.0)?;
        let wanted = &mut options["publicKey"];
        // Found without an e-mail address where the authenticator can keep it so; and not only keys on a stick.
        wanted["authenticatorSelection"]["residentKey"] = json!("preferred");
        wanted["authenticatorSelection"]["requireResidentKey"] = json!(false);
        // Without verification a key answers only to whom it is named by, after the password.
        wanted["extensions"]["credentialProtectionPolicy"] = json!("userVerificationOptionalWithCredentialIDList");
        if let Some(wanted) = wanted.as_object_mut() {
            wanted.remove("hints");
        }
        Ok(Ceremony { options, state: bytes(&started.1)? })
    }

    /// Checks the answer to [`RelyingParty::offer_enrolment`] (§7.1).
    pub(super) fn check_enrolment(
        &self,
        state: &[u8],
        answer: &RegisterPublicKeyCredential,
    ) -> Result<Credential, WebauthnError> {
        let state: SecurityKeyRegistration = serde_json::from_slice(state)?;
        self.webauthn.finish_securitykey_registration(answer, &state).map(Credential::from)
    }

    /// Asks for one of these passkeys, with verification of the person where it can.
    pub(super) fn offer_second_step(&self, present: Vec<Credential>) -> Result<Ceremony, WebauthnError> {
        let keys: Vec<SecurityKey> = present.into_iter().map(SecurityKey::from).collect();
        let (options, state) = self.webauthn.start_securitykey_authentication(&keys)?;
        let (mut options, mut state) = (as_json(&options)?, as_json(&state)?);
        if let Some(wanted) = options["publicKey"].as_object_mut() {
            wanted.remove("hints");
        }
        // The answer is checked against the passkey as it is then.
        state["ast"]["credentials"] = json!([]);
        Ok(Ceremony { options, state: bytes(&state)? })
    }

    /// Asks for whichever passkey the person has here, with verification.
    pub(super) fn offer_log_in(&self) -> Result<Ceremony, WebauthnError> {
        let (options, state) = self.webauthn.start_discoverable_authentication()?;
        let mut options = as_json(&options)?;
        // Whether the browser offers it in the field or at once, the page decides.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        Ok(Ceremony { options, state: bytes(&state)? })
    }

    /// Checks the answer to either (§7.2) against the passkey that it names.
    pub(super) fn check_assertion(
        &self,
        state: &[u8],
        answer: &PublicKeyCredential,
        credential: Credential,
    ) -> Result<AuthenticationResult, Refusal> {
        // Both kinds of state are the same inside.
        let state: DiscoverableAuthentication = serde_json::from_slice(state).map_err(|_| Refusal::NotGenuine)?;
        let key = DiscoverableKey::from(Passkey::from(credential));
        self.webauthn.finish_discoverable_authentication_v2(answer, state, &key).map_err(|error| match error {
            WebauthnError::UserNotVerified => Refusal::NotVerified,
            WebauthnError::CredentialPossibleCompromise => Refusal::Copied,
            error => {
                tracing::debug!(%error, "a passkey's answer was refused");
                Refusal::NotGenuine
            }
        })
    }
}

impl std::fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelyingParty").field("id", &self.id).finish_non_exhaustive()
    }
}

fn as_json(value: &impl Serialize) -> Result<Value, WebauthnError> {
    Ok(serde_json::to_value(value)?)
}

fn bytes(value: &impl Serialize) -> Result<Vec<u8>, WebauthnError> {
    Ok(serde_json::to_vec(value)?)
}

/// Reads what the browser sent as JSON. `None`: it is longer than any answer, or no answer.
pub(super) fn read_answer<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    const LONGEST: usize = 16 * 1024;
    (text.len() <= LONGEST).then(|| serde_json::from_str(text).ok()).flatten()
}

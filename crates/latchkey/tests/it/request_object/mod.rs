//! Request objects (OpenID Connect Core §6; RFC 9101): an authorization request as a JWT that the client signed.

mod anything;
mod attacks;
mod by_reference;
mod by_value;
mod encrypted;
mod web_server;

use crate::support::{Browser, CHALLENGE, Party, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{PrivateKey, SigningAlgorithm};
use serde_json::{Map, Value, json};

/// A client that signs its requests.
pub struct Signer {
    pub party: Party,
    pub key: PrivateKey,
    issuer: String,
    now: i64,
}

impl Signer {
    /// One of our own products with one key, of P-256.
    pub async fn register(provider: &Provider, more: Value) -> Self {
        let key = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
        let method = "client_secret_basic";
        let mut metadata = json!({ "jwks": { "keys": [key.public_jwk()] }, "token_endpoint_auth_method": method });
        metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let party = provider.party_of_all_flows(true, metadata).await;
        Self { party, key, issuer: provider.url.clone(), now: provider.accounts.now().as_seconds() }
    }

    /// What its objects say; `change` adds members or replaces them (`null` takes one out).
    pub fn members(&self, change: Value) -> Value {
        let mut members = json!({
            "iss": self.party.id, "aud": self.issuer, "exp": self.now + 300, "client_id": self.party.id,
            "response_type": "code", "redirect_uri": self.party.redirect_uri, "scope": "openid", "state": "signed-state",
            "nonce": "signed-nonce", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        });
        change_members(&mut members, change);
        members
    }

    /// A signed object.
    pub fn object(&self, change: Value) -> String {
        self.typed(None, change)
    }

    /// A signed object with a `typ`.
    pub fn typed(&self, typ: Option<&str>, change: Value) -> String {
        self.key.sign_compact(typ, &self.members(change)).expect("signed")
    }

    /// The request with an object, and openly what OpenID Connect Core §6.1 demands beside it, as the conformance suite
    /// sends it; `more` as in [`Party::authorize_url`].
    pub fn url(&self, object: &str, more: &[(&str, &str)]) -> String {
        self.url_with(("request", object), more)
    }

    /// The same with the address of an object.
    pub fn url_of(&self, address: &str, more: &[(&str, &str)]) -> String {
        self.url_with(("request_uri", address), more)
    }

    fn url_with(&self, object: (&str, &str), more: &[(&str, &str)]) -> String {
        let mut pairs = vec![object, ("state", ""), ("nonce", "")];
        pairs.extend([("code_challenge", ""), ("code_challenge_method", "")]);
        pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        pairs.extend(more);
        self.party.authorize_url(&pairs)
    }
}

fn change_members(members: &mut Value, change: Value) {
    let (members, Value::Object(change)) = (members.as_object_mut().expect("an object"), change) else {
        panic!("a change is an object");
    };
    for (name, value) in change {
        match value {
            Value::Null => drop(members.remove(&name)),
            value => drop(members.insert(name, value)),
        }
    }
}

/// Signs by another library, with the header as it is given.
fn sign_with_header(signer: &dyn josekit::jws::JwsSigner, header: Value, members: &Value) -> String {
    let Value::Object(header) = header else { panic!("a header is an object") };
    let header = josekit::jws::JwsHeader::from_map(header).expect("a header");
    josekit::jws::serialize_compact(members.to_string().as_bytes(), &header, signer).expect("signed")
}

/// An object with any header and signature.
fn compact(header: &Value, members: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(header), part(members), URL_SAFE_NO_PAD.encode(signature))
}

/// The metadata document.
async fn discovery(provider: &Provider) -> Map<String, Value> {
    let url = format!("{}/.well-known/openid-configuration", provider.url);
    reqwest::get(url).await.expect("an answer").json().await.expect("JSON")
}

/// A browser in which somebody is logged in.
async fn alice(provider: &Provider) -> Browser {
    let (browser, account) = (provider.browser(), provider.person("alice@example.test").await);
    provider.log_in(&browser, &account).await;
    browser
}

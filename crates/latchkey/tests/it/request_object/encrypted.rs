//! Request objects that are signed and then encrypted to us (OpenID Connect Core §6.1, §10.2; RFC 9101 §6.1).

use super::web_server::{Reply, WebServer};
use super::{Signer, alice, compact, discovery};
use crate::registration::open;
use crate::support::registrant::with;
use crate::support::{Answer, Browser, Provider};
use jose::{DecryptionKey, KeyKind, KeyManagement};
use josekit::jwe::{
    ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW, JweContext, JweEncrypter, JweHeader, RSA_OAEP, RSA_OAEP_256,
};
use josekit::jwk::Jwk;
use serde_json::{Value, json};

/// Our keys to encrypt to, as they are published.
struct Recipient(Vec<Value>);

impl Recipient {
    async fn of(provider: &Provider) -> Self {
        let set: Value =
            reqwest::get(format!("{}/oauth2/jwks", provider.url)).await.expect("an answer").json().await.expect("JSON");
        Self(set["keys"].as_array().expect("keys").iter().filter(|key| key["use"] == "enc").cloned().collect())
    }

    /// Encrypts by another library.
    fn encrypt(&self, alg: &str, header: Value, content: &str) -> String {
        let kind = if alg.starts_with("RSA") { "RSA" } else { "EC" };
        let jwk = self.0.iter().find(|key| key["kty"] == kind).expect("a key of the kind");
        let mut whole = json!({ "alg": alg, "enc": "A256GCM" });
        super::change_members(&mut whole, header);
        encrypt_to(jwk, whole, content)
    }
}

fn encrypt_to(jwk: &Value, header: Value, content: &str) -> String {
    let mut jwk = jwk.as_object().expect("an object").clone();
    jwk.remove("kid");
    let jwk = Jwk::from_map(jwk).expect("a key");
    let encrypter: Box<dyn JweEncrypter> = match header["alg"].as_str().expect("a name") {
        "RSA-OAEP" => Box::new(RSA_OAEP.encrypter_from_jwk(&jwk).expect("an encrypter")),
        "RSA-OAEP-256" => Box::new(RSA_OAEP_256.encrypter_from_jwk(&jwk).expect("an encrypter")),
        "ECDH-ES" => Box::new(ECDH_ES.encrypter_from_jwk(&jwk).expect("an encrypter")),
        "ECDH-ES+A128KW" => Box::new(ECDH_ES_A128KW.encrypter_from_jwk(&jwk).expect("an encrypter")),
        "ECDH-ES+A256KW" => Box::new(ECDH_ES_A256KW.encrypter_from_jwk(&jwk).expect("an encrypter")),
        #[expect(deprecated, reason = "an algorithm that must be refused")]
        "RSA1_5" => Box::new(josekit::jwe::RSA1_5.encrypter_from_jwk(&jwk).expect("an encrypter")),
        other => panic!("{other}"),
    };
    let header = JweHeader::from_map(header.as_object().expect("an object").clone()).expect("a header");
    JweContext::new().serialize_compact(content.as_bytes(), &header, &*encrypter).expect("encrypted")
}

async fn ask(browser: &Browser, signer: &Signer, object: &str) -> Answer {
    browser.open(&signer.url(object, &[("state", "open-state")])).await.answer()
}

/// Every algorithm that discovery names, with the keys of the JWK set; by value and by reference.
#[tokio::test]
async fn each_algorithm_that_is_offered_is_read() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let uri = format!("{}/object", server.url);
    let signer = Signer::register(&provider, json!({ "request_uris": [uri] })).await;
    let (ours, metadata) = (Recipient::of(&provider).await, discovery(&provider).await);
    let names = |field: &str| metadata[field].as_array().expect("an array").clone();
    let algorithms = names("request_object_encryption_alg_values_supported");
    let encryptions = names("request_object_encryption_enc_values_supported");
    assert_eq!((algorithms.len(), encryptions.len()), (5, 2));
    for (alg, enc) in algorithms.iter().flat_map(|alg| encryptions.iter().map(move |enc| (alg, enc))) {
        let header = json!({ "enc": enc, "cty": "JWT" });
        let object = ours.encrypt(alg.as_str().expect("a name"), header, &signer.object(json!({})));
        let answer = ask(&browser, &signer, &object).await;
        assert!(answer.get("code").is_some(), "{alg} {enc}: {answer:?}");
        assert_eq!(answer.expect("state"), "signed-state");
        server.put("/object", Reply::Text(object));
        assert!(browser.open(&signer.url_of(&uri, &[])).await.answer().get("code").is_some(), "{alg} {enc}");
    }
    // What the header says of the content is not needed, and names a type as any other does.
    for header in [json!({}), json!({ "cty": "oauth-authz-req+jwt", "typ": "oauth-authz-req+jwt" })] {
        let object =
            ours.encrypt("RSA-OAEP", header, &signer.typed(Some("oauth-authz-req+jwt"), json!({ "state": null })));
        assert_eq!(ask(&browser, &signer, &object).await.get("state"), None, "the object alone counts");
    }
}

/// To encrypt proves nothing: anybody can, to a public key.
#[tokio::test]
async fn only_a_signed_object_inside_counts() {
    let provider = Provider::start().await;
    let browser = alice(&provider).await;
    let (signer, other) = (Signer::register(&provider, json!({})).await, Signer::register(&provider, json!({})).await);
    let ours = Recipient::of(&provider).await;
    let stranger = DecryptionKey::generate(KeyKind::Rsa).expect("a key");
    let (good, members) = (signer.object(json!({})), signer.members(json!({})));
    let to_us = |content: &str| ours.encrypt("RSA-OAEP-256", json!({}), content);
    let encrypted = to_us(&good);
    let parts: Vec<_> = encrypted.split('.').collect();
    let unpacked = json!({ "zip": "DEF" });
    for (object, what) in [
        (to_us(&members.to_string()), "not signed at all"),
        (to_us(&compact(&json!({ "alg": "none" }), &members, &[])), "none"),
        (to_us(&other.key.sign_compact(None, &members).expect("signed")), "another client's key"),
        (to_us(&other.object(json!({}))), "another client's object"),
        (to_us(&signer.object(json!({ "exp": 1 }))), "expired"),
        (to_us(&encrypted), "encrypted twice"),
        (to_us(""), "nothing"),
        (encrypt_to(stranger.public_jwk(), json!({ "alg": "RSA-OAEP", "enc": "A256GCM" }), &good), "to somebody else"),
        (ours.encrypt("RSA1_5", json!({}), &good), "a padding oracle by nature"),
        (ours.encrypt("RSA-OAEP", unpacked, &good), "compressed: a little can become much"),
        (ours.encrypt("RSA-OAEP", json!({ "enc": "A128GCM" }), &good), "an encryption that is not offered"),
        (ours.encrypt("ECDH-ES", json!({ "kid": "x" }), &good), "a key that is not ours"),
        (format!("{}.{}.{}.{}.", parts[0], parts[1], parts[2], parts[3]), "no tag"),
        (format!("{}.{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[3], &parts[4][..4]), "a short tag"),
        (format!("{}..{}.{}.{}", parts[0], parts[2], parts[3], parts[4]), "no key"),
        ("....".to_owned(), "nothing in five parts"),
    ] {
        let answer = ask(&browser, &signer, &object).await;
        assert_eq!(
            (answer.expect("error"), answer.expect("state")),
            ("invalid_request_object", "open-state"),
            "{what}"
        );
    }
    assert!(ask(&browser, &signer, &encrypted).await.get("code").is_some());
}

/// OpenID Connect Registration §2: declared, with the default written out; and no more than declared.
#[tokio::test]
async fn what_a_client_declares_is_what_we_can_read() {
    let provider = Provider::start_with(open).await;
    let (browser, ours) = (alice(&provider).await, Recipient::of(&provider).await);
    for alg in KeyManagement::ALL {
        let told = provider.register_self(None, &with(json!({ "request_object_encryption_alg": alg }))).await;
        assert_eq!(told.text("request_object_encryption_alg"), alg.as_str());
        assert_eq!(told.text("request_object_encryption_enc"), "A128CBC-HS256");
    }
    for (wish, field) in [
        (json!({ "request_object_encryption_alg": "RSA1_5" }), "request_object_encryption_alg"),
        (json!({ "request_object_encryption_alg": "dir" }), "request_object_encryption_alg"),
        (json!({ "request_object_encryption_enc": "A256GCM" }), "request_object_encryption_enc"),
        (
            json!({ "request_object_encryption_alg": "RSA-OAEP", "request_object_encryption_enc": "A128GCM" }),
            "request_object_encryption_enc",
        ),
    ] {
        let told = provider.register_self(None, &with(wish)).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"));
        assert!(told.text("error_description").starts_with(field), "{}", told.body);
    }
    let declares = json!({ "request_object_encryption_alg": "ECDH-ES", "request_object_encryption_enc": "A256GCM" });
    let signer = Signer::register(&provider, declares).await;
    let plain = signer.object(json!({}));
    let otherwise = ours.encrypt("RSA-OAEP", json!({ "enc": "A128CBC-HS256" }), &plain);
    for object in [plain, otherwise] {
        assert!(ask(&browser, &signer, &object).await.get("code").is_some());
    }
}

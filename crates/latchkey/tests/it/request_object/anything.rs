//! Whatever an object says, signed or not, encrypted or not, here or elsewhere: an answer that the specifications know, or a page of ours, and nothing of it to
//! an address that is not registered.

use super::Signer;
use super::web_server::{Reply, WebServer};
use crate::authorize::anything::judge;
use crate::registration::open;
use crate::support::Provider;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{ContentEncryption, KeyManagement, KeySet};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};

const REGISTERED: [&str; 2] = crate::authorize::anything::REGISTERED;

/// A member's value: of the right type more often than not.
fn value() -> impl Strategy<Value = Value> {
    let texts = vec![
        "",
        "code",
        "id_token",
        "code id_token token",
        "form_post",
        "none",
        "login",
        "openid",
        "email",
        "\"",
        "plain",
        "S256",
        "a\u{0}b",
        "\r\nLocation: https://evil.example.test",
        "\u{202e}é",
        "https://evil.example.test/callback",
        "javascript:alert(1)",
        REGISTERED[1],
        "oauth-authz-req+jwt",
    ];
    let leaf = prop_oneof![
        6 => prop::sample::select(texts).prop_map(Value::from),
        2 => any::<String>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("userinfo|id_token|name|acr|sub|essential|value|[a-z]{1,3}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn member() -> impl Strategy<Value = (String, Value)> {
    let jwt = vec!["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "resource"];
    let name = prop_oneof![
        8 => prop::sample::select(protocol::authorize::SINGLE_PARAMETERS).prop_map(str::to_owned),
        3 => prop::sample::select(jwt).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    (name, value())
}

#[derive(Debug, Clone)]
enum Damage {
    None,
    /// Another header over the same signature.
    Header(Value),
    /// A byte that is another one.
    Flip(prop::sample::Index),
    /// Cut off.
    Cut(prop::sample::Index),
    /// Not an object at all.
    Other(String),
}

fn damage() -> impl Strategy<Value = Damage> {
    let header = prop_oneof![
        Just(json!({ "alg": "none" })),
        Just(json!({ "alg": "HS256" })),
        Just(json!({ "alg": "RSA-OAEP", "enc": "A256GCM" })),
        value(),
    ];
    prop_oneof![
        20 => Just(Damage::None),
        1 => header.prop_map(Damage::Header),
        1 => any::<prop::sample::Index>().prop_map(Damage::Flip),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        1 => prop_oneof!["[A-Za-z0-9_-]{0,20}(\\.[A-Za-z0-9_-]{0,20}){0,5}", any::<String>()].prop_map(Damage::Other),
    ]
}

fn damaged(mut object: String, damage: &Damage) -> String {
    match damage {
        Damage::None => object,
        Damage::Header(header) => {
            let rest = object.split_once('.').expect("three parts").1.to_owned();
            format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
        }
        Damage::Flip(at) => {
            let at = at.index(object.len());
            object.replace_range(at..=at, "x");
            object
        }
        Damage::Cut(at) => {
            object.truncate(at.index(object.len()));
            object
        }
        Damage::Other(text) => text.clone(),
    }
}

/// How the object comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Value,
    Reference,
    /// Damaged before it was encrypted, or afterwards.
    EncryptedInside,
    EncryptedOutside,
}

const WAYS: [Way; 4] = [Way::Value, Way::Reference, Way::EncryptedInside, Way::EncryptedOutside];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_object_gets_an_answer_that_is_known_and_none_elsewhere() {
    let provider = Provider::start_with(open).await;
    let server = WebServer::start().await;
    let uri = format!("{}/object", server.url);
    let signer = Signer::register(&provider, json!({ "redirect_uris": REGISTERED, "request_uris": [uri] })).await;
    let jwks: Value = serde_json::from_slice(&provider.node.provider.keys.current().jwks().body).expect("JSON");
    let ours = KeySet::from_jwks(&jwks).expect("a set").encryption_key(KeyManagement::EcdhEs).expect("a key");
    let encrypt = |text: &str| ours.encrypt(ContentEncryption::A256Gcm, Some("JWT"), text).expect("encrypted");
    let (stranger, alice) = (provider.browser(), super::alice(&provider).await);
    let handle = tokio::runtime::Handle::current();
    let wish = (
        prop::collection::vec(member(), 0..3),
        damage(),
        prop::option::of(prop::sample::select(vec!["JWT", "oauth-authz-req+jwt", "at+jwt"])),
        (any::<(bool, bool)>(), prop::sample::select(WAYS.to_vec())),
        prop::option::weighted(
            0.3,
            prop::sample::select(vec!["https://evil.example.test/callback", "", REGISTERED[1]]),
        ),
    );
    let codes = std::cell::Cell::new(0);
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 800, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&wish, |(members, damage, typ, ((logged_in, by_post), way), redirect)| {
            let mut whole = signer.members(json!({}));
            whole.as_object_mut().expect("an object").extend(members.clone());
            let signed = signer.key.sign_compact(typ, &whole).expect("signed");
            let object = match way {
                Way::Value | Way::Reference => damaged(signed, &damage),
                Way::EncryptedInside => encrypt(&damaged(signed, &damage)),
                Way::EncryptedOutside => damaged(encrypt(&signed), &damage),
            };
            let mut more = vec![];
            more.extend(redirect.map(|uri| ("redirect_uri", uri)));
            let url = if way == Way::Reference {
                server.put("/object", Reply::Text(object));
                signer.url_of(&uri, &more)
            } else {
                signer.url(&object, &more)
            };
            let query = url.split_once('?').expect("a query").1.to_owned();
            let browser = if logged_in { &alice } else { &stranger };
            let shown = if by_post {
                handle.block_on(browser.once(Method::POST, "/oauth2/authorize", Some(query), &[]))
            } else {
                handle.block_on(browser.once(Method::GET, &format!("/oauth2/authorize?{query}"), None, &[]))
            };
            let to = shown.headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
            codes.set(codes.get() + u32::from(to.contains("code=") && to.contains("state=signed-state")));
            if let Err(wrong) = judge(&shown) {
                prop_assert!(false, "{}: {} for {} ({:?}, {:?})", wrong, shown.brief(), whole, damage, way);
            }
            Ok(())
        });
        outcome.unwrap();
    });
    assert!(codes.get() > 20, "only {} objects meant something", codes.get());
}

//! Whatever is sent, the answer is one of those that the specifications know.

use super::open;
use crate::support::Provider;
use crate::support::registrant::{tell, with};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::registration::FIELDS;
use reqwest::Method;
use serde_json::{Map, Value, json};

/// Values that a field may be sent with.
fn value() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "",
        "none",
        "RS256",
        "HS256",
        "RSA-OAEP",
        "code",
        "id_token",
        "implicit",
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "native",
        "web",
        "pairwise",
        "public",
        "openid",
        "private_key_jwt",
        "client_secret_post",
        "client_secret_jwt",
        "https://a.example/x",
        "http://localhost/x",
        "javascript:alert(1)",
        "https://a.example/#x",
        "com.example.app:/cb",
        "\u{202e}",
        "\u{0}",
        "\"\\",
        "é",
    ])
    .prop_map(|text| json!(text));
    let leaf = prop_oneof![
        6 => word,
        1 => any::<String>().prop_map(|text| json!(text)),
        1 => any::<i64>().prop_map(|number| json!(number)),
        1 => any::<bool>().prop_map(|flag| json!(flag)),
        1 => Just(Value::Null),
    ];
    prop_oneof![
        4 => leaf.clone(),
        3 => prop::collection::vec(leaf.clone(), 0..4).prop_map(|list| json!(list)),
        1 => prop::collection::vec(leaf, 0..3).prop_map(|list| json!({ "keys": list })),
    ]
}

/// Fields with values, some of them on top of metadata that is right.
fn metadata() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        8 => prop::sample::select(FIELDS).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["client_id", "client_secret", "client_name#de", "logo_uri#", "x"]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    (prop::collection::vec((name, value()), 0..6), any::<bool>()).prop_map(|(fields, right)| {
        let fields = Value::Object(fields.into_iter().collect::<Map<_, _>>());
        if right { with(fields) } else { fields }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_metadata_is_registered_or_refused_in_the_words_of_the_specification() {
    const CODES: [&str; 3] = ["invalid_redirect_uri", "invalid_client_metadata", "invalid_software_statement"];
    let provider = Provider::start_with(|settings| {
        open(settings);
        settings.registration.allow_implicit = true;
        // Nothing is asked for outside.
        settings.fetch.allow_private_networks = false;
    })
    .await;
    let handle = tokio::runtime::Handle::current();
    let url = format!("{}/oauth2/register", provider.url);
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&metadata(), |metadata| {
            let told = handle.block_on(tell(Method::POST, &url, None, Some(metadata.to_string())));
            match told.status.as_u16() {
                201 => {
                    let uri = told.text("registration_client_uri").to_owned();
                    let token = told.text("registration_access_token").to_owned();
                    let read = handle.block_on(tell(Method::GET, &uri, Some(&token), None));
                    prop_assert_eq!(read.status.as_u16(), 200);
                    // What was accepted is accepted again.
                    let mut same = read.body;
                    for ours in ["registration_access_token", "registration_client_uri", "client_id_issued_at"] {
                        same.as_object_mut().unwrap().remove(ours);
                    }
                    same.as_object_mut().unwrap().remove("client_secret_expires_at");
                    let again = handle.block_on(tell(Method::PUT, &uri, Some(&token), Some(same.to_string())));
                    prop_assert_eq!(again.status.as_u16(), 200, "{} {}", same, again.body);
                }
                400 => {
                    let (_, code) = told.error();
                    prop_assert!(CODES.contains(&code), "{}", code);
                    let sentence = told.text("error_description");
                    let legal = |b: u8| matches!(b, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
                    prop_assert!(!sentence.is_empty() && sentence.bytes().all(legal), "{}", sentence);
                }
                other => prop_assert!(false, "{} for {}", other, metadata),
            }
            Ok(())
        });
        outcome.unwrap();
    });
}

//! A client comes to `client_secret_jwt`, leaves it, and gets other secrets.

use super::{believed, claims, signed};
use crate::registration::open;
use crate::support::Provider;
use crate::support::registrant::{Told, tell, with};
use ::account::Actor;
use jose::MacAlgorithm;
use oidc::client::{ClientMetadata, Record, Registration, Source, generate_signing_secret, store, validate};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

fn wish(method: &str) -> Value {
    with(json!({ "grant_types": ["client_credentials"], "response_types": [], "token_endpoint_auth_method": method }))
}

async fn replace(provider: &Provider, told: &Told, mut metadata: Value, secret: Option<&str>) -> Told {
    metadata["client_id"] = told.body["client_id"].clone();
    if let Some(secret) = secret {
        metadata["client_secret"] = json!(secret);
    }
    let (url, token) = (told.text("registration_client_uri"), told.text("registration_access_token"));
    let answer = tell(Method::PUT, url, Some(token), Some(metadata.to_string())).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(url.starts_with(&provider.url));
    answer
}

/// Of a secret that was only hashed nothing can be verified, so there is another one; and so on the way back.
#[tokio::test]
async fn who_changes_to_it_is_given_a_new_secret() {
    let provider = Provider::start_with(open).await;
    let told = provider.register_self(None, &wish("client_secret_basic")).await;
    let (id, first) = (told.text("client_id").to_owned(), told.text("client_secret").to_owned());
    let by = |secret: &str, jti: &str| signed(MacAlgorithm::Hs256, secret.as_bytes(), &claims(&provider, &id, jti));
    let changed = replace(&provider, &told, wish("client_secret_jwt"), Some(&first)).await;
    let second = changed.text("client_secret").to_owned();
    assert!(second != first && second.len() >= 64);
    assert_eq!(changed.body["client_secret_expires_at"], 0);
    assert!(believed(&provider, &by(&second, "1")).await);
    assert!(!believed(&provider, &by(&first, "2")).await, "the old one is over");

    let mut renamed = wish("client_secret_jwt");
    renamed["client_name"] = json!("Tracker 2");
    let same = replace(&provider, &changed, renamed, Some(&second)).await;
    assert_eq!(same.text("client_secret"), second, "another change keeps it");
    let same = replace(&provider, &same, wish("client_secret_jwt"), None).await;
    assert!(same.body["client_secret"].is_null() && believed(&provider, &by(&second, "3")).await);

    let back = replace(&provider, &same, wish("client_secret_basic"), Some(&second)).await;
    assert!(back.text("client_secret") != second && back.text("client_secret").len() == 43);
    assert!(!believed(&provider, &by(&second, "4")).await);
    let record = provider.accounts.read(move |conn| store::find(conn, &id)).await.expect("read").expect("there");
    assert!(record.signing_secret.is_none(), "what is not signed with is not kept");
}

fn registration(secret: Option<&str>, more: Value) -> Registration {
    let mut metadata = json!({
        "token_endpoint_auth_method": "client_secret_jwt", "grant_types": ["client_credentials"], "response_types": [],
    });
    metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let metadata: ClientMetadata = serde_json::from_value(metadata).expect("metadata");
    Registration { client_secret: secret.map(|text| Zeroizing::new(text.to_owned())), metadata, ..Default::default() }
}

/// RFC 7518 §3.2: as many bytes as the hash has. The same validation for `apply` and the console.
#[tokio::test]
async fn a_secret_that_is_too_short_for_its_algorithm_is_refused() {
    let provider = Provider::start().await;
    let judge = |length: usize, more: Value| {
        let secret = "s".repeat(length);
        validate(registration(Some(&secret), more), Source::Apply, None, provider.accounts.now()).map(drop)
    };
    assert!(judge(31, json!({})).is_err());
    assert!(judge(32, json!({})).is_ok());
    for (algorithm, needed) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let more = json!({ "token_endpoint_auth_signing_alg": algorithm });
        assert!(judge(needed - 1, more.clone()).is_err(), "{algorithm}");
        assert!(judge(needed, more).is_ok(), "{algorithm}");
    }
    for (method, algorithm) in
        [("client_secret_jwt", "RS256"), ("client_secret_jwt", "none"), ("client_secret_basic", "HS256")]
    {
        let more = json!({ "token_endpoint_auth_method": method, "token_endpoint_auth_signing_alg": algorithm });
        let problems = judge(64, more).expect_err("refused");
        assert_eq!(problems[0].field, "token_endpoint_auth_signing_alg", "{method} {algorithm}");
    }
}

/// Of the secret that a client has had so far there is a hash in each backup.
#[tokio::test]
async fn the_secret_of_another_method_is_not_taken_over() {
    let provider = Provider::start().await;
    let (now, secret) = (provider.accounts.now(), "chosen by an operator, 40 bytes at least");
    let basic = registration(Some(secret), json!({ "token_endpoint_auth_method": "client_secret_basic" }));
    let existing = validate(basic, Source::Apply, None, now).expect("valid").client.record;
    let same = validate(registration(Some(secret), json!({})), Source::Apply, Some(&existing), now);
    assert_eq!(same.expect_err("refused")[0].field, "client_secret");
    let another = registration(Some("another one by an operator, 40 bytes long"), json!({}));
    assert!(validate(another, Source::Apply, Some(&existing), now).is_ok());
}

/// A secret that the operator chose, applied again, is no change; a longer algorithm with the old one is.
#[tokio::test]
async fn a_chosen_secret_stays_what_it_is() {
    let provider = Provider::start().await;
    let (registry, accounts) = (&provider.node.provider.clients, &provider.accounts);
    let secret = "chosen by an operator, 40 bytes at least";
    let now = accounts.now();
    let first = validate(registration(Some(secret), json!({})), Source::Apply, None, now).expect("valid").client.record;
    let id = first.client_id.clone();
    let stored = registry.change(accounts, &Actor::command(), move |tx| store::insert(tx, &first)).await;
    assert!(stored.expect("stored"));
    let find = |id: &str| registry.find(id).expect("it is there");
    let by = |jti: &str| signed(MacAlgorithm::Hs256, secret.as_bytes(), &claims(&provider, &id, jti));
    assert!(believed(&provider, &by("1")).await);
    let existing = find(&id).record.clone();
    let again = validate(registration(Some(secret), json!({})), Source::Apply, Some(&existing), now).expect("valid");
    assert_eq!(Record { updated_at: existing.updated_at, ..again.client.record }, existing);
    let longer = json!({ "token_endpoint_auth_signing_alg": "HS512" });
    let longer = validate(registration(None, longer), Source::Console, Some(&existing), now).expect("valid");
    assert!(longer.secret.is_some_and(|made| made.len() >= 64), "the old one is too short for it");

    // The console's button.
    let (new, gone) = (generate_signing_secret(), id.clone());
    let other = new.clone();
    let set = registry.change(accounts, &Actor::command(), move |tx| store::set_secret(tx, &gone, &other)).await;
    assert!(set.expect("stored"));
    assert!(!believed(&provider, &by("2")).await);
    let token = signed(MacAlgorithm::Hs512, new.as_bytes(), &claims(&provider, &id, "3"));
    assert!(believed(&provider, &token).await);
}

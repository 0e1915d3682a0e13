//! Signing keys (RFC 7517, OpenID Connect Core §10.1) from outside.

use crate::support::Provider;
use ::account::Actor;
use oidc::keys::{self, Start};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

async fn kids(provider: &Provider) -> BTreeSet<String> {
    let answer = reqwest::get(format!("{}/oauth2/jwks", provider.url)).await.expect("an answer");
    assert_eq!(answer.headers()["cache-control"], "public, max-age=600");
    assert!(answer.headers().contains_key("etag"));
    let set: Value = answer.json().await.expect("JSON");
    let keys = set["keys"].as_array().expect("keys").clone();
    for key in &keys {
        assert!(["d", "p", "q", "k"].iter().all(|private| key[private].is_null()));
        // Keys to encrypt to serve several algorithms each.
        assert!(key["use"] == "sig" && key["alg"].is_string() || key["use"] == "enc" && key["alg"].is_null());
    }
    keys.iter().map(|key| key["kid"].as_str().expect("a kid").to_owned()).collect()
}

#[tokio::test]
async fn keys_are_published_and_rotated() {
    let provider = Provider::start().await;
    let before = kids(&provider).await;
    assert_eq!(before.len(), 6);
    provider.node.provider.keys.rotate(&Actor::command(), Start::WhenKnown).await.expect("rotated");
    let after = kids(&provider).await;
    assert!(after.is_superset(&before) && after.len() == 10);
}

/// oidcc-server-rotate-keys: a command, or another node, makes new keys. Whoever comes for the set finds them there at
/// once, and the old ones still. Keys that sign for nobody stay as they are, but after a break-in: some relying parties
/// (that module is one) do not know their kind.
#[tokio::test]
async fn keys_that_another_process_made_are_published_at_once() {
    let provider = Provider::start().await;
    let mut before = kids(&provider).await;
    for (start, algorithm, new) in
        [(Start::WhenKnown, "RS256", 4), (Start::WhenKnown, "EdDSA", 5), (Start::Now, "PS256", 6)]
    {
        provider.register(false, json!({ "id_token_signed_response_alg": algorithm })).await;
        provider.wait(Duration::from_secs(1));
        let accounts = provider.accounts.clone();
        let made = tokio::task::spawn_blocking(move || keys::rotate(&accounts, &Actor::command(), start)).await;
        let made = made.expect("it ends").expect("rotated");
        let after = kids(&provider).await;
        assert_eq!((made, after.difference(&before).count()), (new, new), "{algorithm}");
        assert!(after.intersection(&before).count() >= 6, "the old ones are there still");
        before = after;
    }
}

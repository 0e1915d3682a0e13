//! Signing keys (RFC 7517, OpenID Connect Core §10.1) from outside.

use crate::support::Provider;
use ::account::Actor;
use oidc::keys::Start;
use serde_json::Value;
use std::collections::BTreeSet;

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
    assert!(after.is_superset(&before) && after.len() == 12);
}

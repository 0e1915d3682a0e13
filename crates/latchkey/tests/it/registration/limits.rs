//! Limits where anybody may register.

use super::open;
use crate::support::Provider;
use crate::support::registrant::{plain, with};
use oidc::registration::{UNUSED_SECONDS, sweep};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;

/// A network that registers one client after the other has to wait.
#[tokio::test]
async fn too_many_from_one_network_wait() {
    let provider = Provider::start_with(|settings| {
        open(settings);
        settings.limits.throttle = true;
    })
    .await;
    let mut last = None;
    for _ in 0..70 {
        let told = provider.register_self(None, &plain()).await;
        if told.status != StatusCode::CREATED {
            last = Some(told);
            break;
        }
    }
    let told = last.expect("refused at last");
    assert_eq!(told.error(), (429, "temporarily_unavailable"));
    let seconds: u64 = told.headers["retry-after"].to_str().expect("ASCII").parse().expect("a number");
    provider.wait(Duration::from_secs(seconds));
    assert_eq!(provider.register_self(None, &plain()).await.status, StatusCode::CREATED);
}

/// Whom nobody uses within a week goes; who asked for a token, or was verified, stays.
#[tokio::test]
async fn an_unused_client_is_removed_after_a_week() {
    let provider = Provider::start_with(open).await;
    let machine = json!({ "grant_types": ["client_credentials"], "response_types": [] });
    let (unused, used, young) =
        (provider.register_self(None, &plain()).await, provider.register_self(None, &with(machine)).await, async {
            provider.wait(Duration::from_secs(3600));
            provider.register_self(None, &plain()).await
        });
    let token = reqwest::Client::new()
        .post(format!("{}/oauth2/token", provider.url))
        .basic_auth(used.text("client_id"), Some(used.text("client_secret")))
        .form(&[("grant_type", "client_credentials")]);
    assert_eq!(token.send().await.expect("an answer").status(), StatusCode::OK);
    let young = young.await;
    provider.wait(Duration::from_secs(UNUSED_SECONDS.unsigned_abs() - 1800));
    assert_eq!(sweep(&provider.node.provider).await.expect("swept"), 1);
    let is_there = |id: &str| provider.node.provider.clients.find(id).is_some();
    assert!(!is_there(unused.text("client_id")));
    assert!(is_there(used.text("client_id")) && is_there(young.text("client_id")));
}

/// Many who come at once are all taken in.
#[tokio::test]
async fn registrations_at_the_same_moment_do_not_disturb_each_other() {
    let provider = Provider::start_with(open).await;
    let body = plain();
    let told = futures_util::future::join_all((0..24).map(|_| provider.register_self(None, &body))).await;
    for told in told {
        assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    }
}

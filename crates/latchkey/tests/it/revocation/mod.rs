//! Revocation (RFC 7009) from outside.

use crate::support::Provider;
use crate::token::{code, someone};
use reqwest::StatusCode;

#[tokio::test]
async fn a_token_that_was_taken_back_opens_nothing() {
    let provider = Provider::start().await;
    let (party, other) = (provider.party().await, provider.third_party().await);
    let login = someone(&provider).await;
    let (_, tokens) = party.exchange(&code(&provider, &party, &login, "openid offline_access").await).await;
    let access = tokens["access_token"].as_str().expect("a token");
    let refresh = tokens["refresh_token"].as_str().expect("a token");
    for token in [access, refresh, "nonsense"] {
        assert_eq!(other.call("/oauth2/revoke", &[("token", token)]).await.0, StatusCode::OK);
    }
    assert_eq!(party.userinfo(access).await.0, StatusCode::OK, "another client takes nothing back");
    assert_eq!(party.call("/oauth2/revoke", &[("token", access)]).await.0, StatusCode::OK);
    assert_eq!(party.userinfo(access).await.0, StatusCode::UNAUTHORIZED);
    let (status, next) = party.refresh(refresh).await;
    assert_eq!(status, StatusCode::OK);
    let token = next["refresh_token"].as_str().expect("a token");
    assert_eq!(party.call("/oauth2/revoke", &[("token", token)]).await.0, StatusCode::OK);
    assert_eq!(party.userinfo(next["access_token"].as_str().expect("a token")).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(party.refresh(token).await.0, StatusCode::BAD_REQUEST);
}

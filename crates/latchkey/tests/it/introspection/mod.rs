//! Introspection (RFC 7662) from outside.

use crate::support::Provider;
use crate::token::{code, someone};
use reqwest::StatusCode;
use serde_json::json;

#[tokio::test]
async fn a_token_is_nobody_elses_business() {
    let provider = Provider::start().await;
    let (party, other) = (provider.party().await, provider.third_party().await);
    let login = someone(&provider).await;
    let (_, tokens) = party.exchange(&code(&provider, &party, &login, "openid").await).await;
    let token = tokens["access_token"].as_str().expect("a token");
    let (status, found) = party.call("/oauth2/introspect", &[("token", token), ("token_type_hint", "x")]).await;
    assert_eq!((status, &found["active"], &found["client_id"]), (StatusCode::OK, &json!(true), &json!(party.id)));
    assert_eq!(found["sub"], login.account_id.as_str());
    let inactive = (StatusCode::OK, json!({ "active": false }));
    assert_eq!(other.call("/oauth2/introspect", &[("token", token)]).await, inactive);
    assert_eq!(party.call("/oauth2/introspect", &[("token", "nonsense")]).await, inactive);
}

#[tokio::test]
async fn who_asks_has_to_prove_who_they_are() {
    let provider = Provider::start().await;
    let public = json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"] });
    let public = provider.register(true, public).await;
    let (status, error) = public.call("/oauth2/introspect", &[("token", "x")]).await;
    assert_eq!((status, &error["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_client")));
    let (status, error) = provider.party().await.call("/oauth2/introspect", &[]).await;
    assert_eq!((status, &error["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_request")));
}

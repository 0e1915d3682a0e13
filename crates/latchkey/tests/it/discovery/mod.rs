//! Metadata (OpenID Connect Discovery §4, RFC 8414 §3) from outside.

use crate::support::Provider;
use reqwest::{Client, StatusCode};
use serde_json::Value;

#[tokio::test]
async fn both_addresses_say_the_same_and_every_endpoint_is_there() {
    let provider = Provider::start().await;
    let http = Client::new();
    let get = |path: &str| http.get(format!("{}/.well-known/{path}", provider.url)).send();
    let answer = get("openid-configuration").await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.headers()["access-control-allow-origin"], "*");
    let etag = answer.headers()["etag"].to_str().expect("ASCII").to_owned();
    let text = answer.text().await.expect("a body");
    assert_eq!(get("oauth-authorization-server").await.expect("an answer").text().await.expect("a body"), text);
    let unchanged =
        http.get(format!("{}/.well-known/openid-configuration", provider.url)).header("if-none-match", etag);
    assert_eq!(unchanged.send().await.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    let head = http.head(format!("{}/.well-known/openid-configuration", provider.url)).send().await.expect("an answer");
    assert_eq!(head.status(), StatusCode::OK);

    let metadata: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(metadata["issuer"], provider.url.as_str());
    assert_eq!(metadata["request_uri_parameter_supported"], false);
    let endpoints = metadata.as_object().expect("an object").iter();
    let endpoints: Vec<_> = endpoints.filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri").collect();
    assert_eq!(endpoints.len(), 8);
    for (name, url) in endpoints {
        let answer = http.get(url.as_str().expect("a URL")).send().await.expect("an answer");
        assert_ne!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
    let none = http.post(format!("{}/.well-known/openid-configuration", provider.url)).send().await.expect("an answer");
    assert_eq!(none.status(), StatusCode::METHOD_NOT_ALLOWED);
}

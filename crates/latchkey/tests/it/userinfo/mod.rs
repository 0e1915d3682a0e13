//! Userinfo (OpenID Connect Core §5.3, RFC 6750) from outside.

use crate::support::Provider;
use crate::token::{code, post, someone};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// oidcc-userinfo-get, oidcc-userinfo-post-header (its body is empty), oidcc-userinfo-post-body
#[tokio::test]
async fn the_token_comes_in_the_header_or_the_body_and_never_in_the_query() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let login = someone(&provider).await;
    let (_, tokens) = party.exchange(&code(&provider, &party, &login, "openid email").await).await;
    let token = tokens["access_token"].as_str().expect("a token");
    let claims = json!({ "sub": login.account_id, "email": "alice@example.test", "email_verified": true });
    let url = format!("{}/oauth2/userinfo", provider.url);

    assert_eq!(party.userinfo(token).await, (StatusCode::OK, claims.clone()));
    let lower = Client::new().get(&url).header("authorization", format!("bearer {token}")).send().await.expect("sent");
    assert_eq!(lower.headers()["content-type"], "application/json");
    assert_eq!(lower.headers()["cache-control"], "no-store");
    assert_eq!(lower.json::<Value>().await.expect("JSON"), claims);
    let empty = Client::new().post(&url).bearer_auth(token).send().await.expect("sent");
    assert_eq!(empty.json::<Value>().await.expect("JSON"), claims);
    let body = post(&provider, "/oauth2/userinfo", &[], format!("access_token={token}").into_bytes()).await;
    assert_eq!(body.json::<Value>().await.expect("JSON"), claims);

    let query = Client::new().get(format!("{url}?access_token={token}")).send().await.expect("sent");
    assert_eq!(query.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(query.headers()["www-authenticate"], "Bearer realm=\"latchkey\"", "no error code for no try");
    let auth = format!("Bearer {token}");
    let twice = [("authorization", auth.as_str())];
    let twice = post(&provider, "/oauth2/userinfo", &twice, format!("access_token={token}").into_bytes()).await;
    assert_eq!(twice.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_token_that_is_no_good_is_told_so() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let login = someone(&provider).await;
    let (_, tokens) = party.exchange(&code(&provider, &party, &login, "openid").await).await;
    for bad in [tokens["id_token"].as_str().expect("a token"), "nonsense", "a.b.c"] {
        let request = Client::new().get(format!("{}/oauth2/userinfo", provider.url)).bearer_auth(bad);
        let answer = request.send().await.expect("sent");
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let challenge = answer.headers()["www-authenticate"].to_str().expect("ASCII").to_owned();
        assert!(challenge.starts_with("Bearer error=\"invalid_token\""), "{challenge}");
    }
    let (_, own) = party.token(&[("grant_type", "client_credentials")]).await;
    let own = own["access_token"].as_str().expect("a token");
    let (status, error) = party.userinfo(own).await;
    assert_eq!((status, &error["error"]), (StatusCode::FORBIDDEN, &json!("insufficient_scope")));
    provider.wait(std::time::Duration::from_secs(600));
    assert_eq!(party.userinfo(tokens["access_token"].as_str().expect("a token")).await.0, StatusCode::UNAUTHORIZED);
}

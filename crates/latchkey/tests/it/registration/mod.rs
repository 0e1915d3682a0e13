//! Dynamic client registration (RFC 7591; OpenID Connect Registration 1.0) from outside.

mod anything;
mod attacks;
mod fields;
mod limits;
mod public_clients;

use crate::support::Provider;
use crate::support::registrant::{plain, tell, with};
use latchkey::settings::Settings;
use latchkey::settings::value::RegistrationMode;
use oidc::registration::Mode;
use reqwest::{Client, Method, StatusCode};
use serde_json::json;

/// Anybody may register.
pub fn open(settings: &mut Settings) {
    settings.registration.mode = RegistrationMode(Mode::Open);
    settings.limits.throttle = false;
    settings.fetch.allow_private_networks = true;
}

/// Everything that was accepted comes back, defaults included (RFC 7591 §3.2.1).
#[tokio::test]
async fn the_answer_has_all_that_was_registered() {
    let provider = Provider::start_with(open).await;
    let told = provider.register_self(None, &with(json!({ "contacts": ["team@tracker.example.test"] }))).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    assert_eq!(told.headers["cache-control"], "no-store");
    assert_eq!(told.headers["content-type"], "application/json");
    for (name, value) in [
        ("client_name", json!("Tracker")),
        ("redirect_uris", json!(["https://tracker.example.test/callback"])),
        ("contacts", json!(["team@tracker.example.test"])),
        ("response_types", json!(["code"])),
        ("grant_types", json!(["authorization_code"])),
        ("application_type", json!("web")),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("client_secret_expires_at", json!(0)),
        ("scope", json!("openid profile email address phone offline_access")),
    ] {
        assert_eq!(told.body[name], value, "{name}");
    }
    assert_eq!(told.text("client_secret").len(), 43);
    assert_eq!(told.text("registration_access_token").len(), 43);
    let issued = told.body["client_id_issued_at"].as_i64().expect("seconds");
    assert_eq!(issued, provider.accounts.now().as_seconds());
    let uri = format!("{}/oauth2/register/{}", provider.url, told.text("client_id"));
    assert_eq!(told.text("registration_client_uri"), uri);
    let client = provider.node.provider.clients.find(told.text("client_id")).expect("it can be used at once");
    assert!(client.shown_as_unverified() && client.secret_matches(told.text("client_secret")));
}

/// A client without a secret is told of none.
#[tokio::test]
async fn a_public_client_gets_no_secret() {
    let provider = Provider::start_with(open).await;
    let told = provider.register_self(None, &with(json!({ "token_endpoint_auth_method": "none" }))).await;
    assert_eq!(told.status, StatusCode::CREATED);
    assert!(told.body.get("client_secret").is_none() && told.body.get("client_secret_expires_at").is_none());
}

/// RFC 7591 §3: by default an operator's token is needed, and it says for how many clients.
#[tokio::test]
async fn an_initial_access_token_opens_the_door_so_often_and_so_long() {
    let provider = Provider::start().await;
    let token = provider.initial_token(2, 7).await;
    let none = provider.register_self(None, &plain()).await;
    assert_eq!(none.error(), (401, "invalid_token"));
    assert_eq!(none.headers["www-authenticate"], "Bearer realm=\"latchkey\"");
    for wrong in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let told = provider.register_self(Some(wrong), &plain()).await;
        assert_eq!(told.error(), (401, "invalid_token"));
        assert!(
            told.headers["www-authenticate"].to_str().expect("ASCII").starts_with("Bearer error=\"invalid_token\"")
        );
    }
    let mistake = provider.register_self(Some(&token), &json!({ "redirect_uris": ["x"] })).await;
    assert_eq!(mistake.error(), (400, "invalid_redirect_uri"), "a mistake costs no use");
    for _ in 0..2 {
        assert_eq!(provider.register_self(Some(&token), &plain()).await.status, StatusCode::CREATED);
    }
    assert_eq!(provider.register_self(Some(&token), &plain()).await.error(), (401, "invalid_token"));
    let late = provider.initial_token(1, 1).await;
    provider.wait(std::time::Duration::from_secs(24 * 3600 + 1));
    assert_eq!(provider.register_self(Some(&late), &plain()).await.error(), (401, "invalid_token"));
}

/// Nobody may: the endpoint is not there, nor is it advertised.
#[tokio::test]
async fn a_closed_door_is_no_door() {
    let metadata = async |provider: &Provider| {
        let url = format!("{}/.well-known/openid-configuration", provider.url);
        let answer = Client::new().get(url).send().await.expect("an answer");
        answer.json::<serde_json::Value>().await.expect("JSON")
    };
    let closed = Provider::start_with(|settings| settings.registration.mode = RegistrationMode(Mode::Closed)).await;
    assert_eq!(closed.register_self(None, &plain()).await.status, StatusCode::NOT_FOUND);
    assert!(metadata(&closed).await.get("registration_endpoint").is_none());
    let provider = Provider::start().await;
    assert_eq!(metadata(&provider).await["registration_endpoint"], format!("{}/oauth2/register", provider.url));
}

/// The body is JSON, and says so.
#[tokio::test]
async fn what_is_no_metadata_is_refused_plainly() {
    let provider = Provider::start_with(open).await;
    let url = format!("{}/oauth2/register", provider.url);
    for (body, code) in [
        ("", "invalid_client_metadata"),
        ("[]", "invalid_client_metadata"),
        ("{\"redirect_uris\": ", "invalid_client_metadata"),
        ("{\"redirect_uris\": \"https://a.example/cb\"}", "invalid_redirect_uri"),
        ("{\"redirect_uris\": [1]}", "invalid_redirect_uri"),
        ("{\"default_max_age\": \"soon\"}", "invalid_client_metadata"),
        ("{\"client_name\": {}}", "invalid_client_metadata"),
        ("{}", "invalid_redirect_uri"),
    ] {
        let told = tell(Method::POST, &url, None, Some(body.to_owned())).await;
        assert_eq!(told.error(), (400, code), "{body}: {}", told.body);
        assert_eq!(told.headers["cache-control"], "no-store");
    }
    let told = tell(Method::POST, &url, None, Some("{\"default_max_age\": \"soon\"}".to_owned())).await;
    assert!(told.text("error_description").starts_with("default_max_age: "), "{}", told.body);
    let form = Client::new().post(&url).form(&[("redirect_uris", "x")]).send().await.expect("an answer");
    assert_eq!(form.status(), StatusCode::BAD_REQUEST);
    let get = Client::new().get(&url).send().await.expect("an answer");
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
}

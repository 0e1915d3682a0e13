//! What somebody tries who should not be there.

use super::open;
use crate::support::Provider;
use crate::support::registrant::{plain, tell, with};
use futures_util::future::join_all;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

/// Mass assignment: nothing in the body makes a client more than one that registered itself.
#[tokio::test]
async fn a_client_cannot_give_itself_an_id_a_secret_or_a_standing() {
    let provider = Provider::start_with(open).await;
    let told = provider
        .register_self(
            None,
            &with(json!({
                "client_id": "tracker", "client_secret": "0123456789abcdef0123456789abcdef", "first_party": true,
                "source": "console", "verified_at": 1, "disabled_at": null, "registration_access_token": "mine",
                "registration_client_uri": "https://evil.example/", "client_id_issued_at": 1,
                "client_secret_expires_at": 9, "registration_token_hash": "x",
            })),
        )
        .await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    let id = told.text("client_id");
    assert_ne!(id, "tracker");
    assert_ne!(told.text("client_secret"), "0123456789abcdef0123456789abcdef");
    assert_ne!(told.text("registration_access_token"), "mine");
    assert!(told.body.get("first_party").is_none() && told.body.get("source").is_none());
    assert!(told.text("registration_client_uri").starts_with(&provider.url));
    let client = provider.node.provider.clients.find(id).expect("registered");
    assert!(!client.first_party && client.shown_as_unverified() && !client.disabled);
    assert!(provider.node.provider.clients.find("tracker").is_none());
}

/// Scopes that the operator made are not for everybody.
#[tokio::test]
async fn a_scope_of_the_operators_own_is_not_given_away() {
    let provider = Provider::start_with(open).await;
    let told = provider.register_self(None, &with(json!({ "scope": "openid admin" }))).await;
    assert_eq!(told.error(), (400, "invalid_client_metadata"));
    assert!(told.text("error_description").starts_with("scope: "));
}

/// Server-side request forgery: addresses in our own network are not asked (by default), nor are odd schemes.
#[tokio::test]
async fn addresses_in_our_network_are_not_fetched() {
    let provider = Provider::start_with(|settings| {
        open(settings);
        settings.fetch.allow_private_networks = false;
    })
    .await;
    let inside = crate::support::registrant::Documentary::start();
    let uri = inside.put("/sector", json!(["https://tracker.example.test/callback"]));
    for uri in [
        uri.as_str(),
        "http://localhost:1/sector",
        "https://127.0.0.1/sector",
        "https://[::1]/sector",
        "https://10.0.0.1/sector",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/sector",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://10.0.0.1/sector",
        "https://user:secret@example.com/",
    ] {
        let told = provider.register_self(None, &with(json!({ "sector_identifier_uri": uri }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{uri}");
    }
    for uri in ["file:///etc/passwd", "http://10.0.0.1/jwks", "ftp://a.example/jwks", "//a.example/jwks", "jwks"] {
        let told = provider
            .register_self(None, &with(json!({ "jwks_uri": uri, "token_endpoint_auth_method": "private_key_jwt" })))
            .await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{uri}");
    }
    assert_eq!(inside.asked("/sector"), 0);
}

/// Script in what people will see and click on.
#[tokio::test]
async fn nothing_that_is_shown_runs_or_leads_astray() {
    let provider = Provider::start_with(open).await;
    for field in ["logo_uri", "client_uri", "policy_uri", "tos_uri", "logo_uri#de", "tos_uri#fr", "initiate_login_uri"]
    {
        for uri in ["javascript:alert(1)", "data:text/html,x", "JaVaScRiPt:alert(1)", "vbscript:x", "https://", "x"] {
            let told = provider.register_self(None, &with(json!({ field: uri }))).await;
            assert_eq!(told.error(), (400, "invalid_client_metadata"), "{field} {uri}");
        }
    }
    for uri in ["javascript:alert(1)", "data:text/html,x", "https://a.example/cb#x", "https://*.a.example/", "a:b c"] {
        let told = provider.register_self(None, &json!({ "redirect_uris": [uri] })).await;
        assert_eq!(told.error(), (400, "invalid_redirect_uri"), "{uri}");
    }
    let name = "<script>alert(1)</script>\"'&";
    let told = provider.register_self(None, &with(json!({ "client_name": name, "scope": "openid" }))).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let url = format!(
        "{}/oauth2/authorize?response_type=code&scope=openid&client_id={}&redirect_uri=https%3A%2F%2Ftracker.example.test%2Fcallback",
        provider.url,
        told.text("client_id")
    );
    let shown = provider.browser().open(&url).await;
    assert!(!shown.body.contains("<script>alert"), "{}", shown.brief());
    assert_eq!(shown.text("client-name"), name);
}

/// A one-use token that many use at once registers one client.
#[tokio::test]
async fn a_race_for_the_last_use_has_one_winner() {
    let provider = Provider::start().await;
    let token = provider.initial_token(1, 7).await;
    let body = plain();
    let told = join_all((0..8).map(|_| provider.register_self(Some(&token), &body))).await;
    let made = told.iter().filter(|told| told.status == StatusCode::CREATED).count();
    assert_eq!(made, 1);
    assert!(told.iter().all(|told| told.status == StatusCode::CREATED || told.error() == (401, "invalid_token")));
}

/// Bodies that are meant to hurt.
#[tokio::test]
async fn huge_deep_and_odd_bodies_are_refused_cheaply() {
    let provider = Provider::start_with(open).await;
    let url = format!("{}/oauth2/register", provider.url);
    let huge = with(json!({ "client_uri": format!("https://a.example/{}", "x".repeat(70_000)) }));
    let told = tell(Method::POST, &url, None, Some(huge.to_string())).await;
    assert_eq!(told.error(), (413, "invalid_client_metadata"));
    let deep = format!("{{\"jwks\": {}{}}}", "[".repeat(20_000), "]".repeat(20_000));
    assert_eq!(tell(Method::POST, &url, None, Some(deep)).await.error(), (400, "invalid_client_metadata"));
    let many: Value = (0..500).map(|n| (format!("x{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(tell(Method::POST, &url, None, Some(many.to_string())).await.error(), (400, "invalid_client_metadata"));
    let uris: Vec<_> = (0..500).map(|n| format!("https://a.example/{n}")).collect();
    let told = provider.register_self(None, &json!({ "redirect_uris": uris })).await;
    assert_eq!(told.error(), (400, "invalid_redirect_uri"));
    let bytes = Client::new().post(&url).header("content-type", "application/json").body(vec![0xff; 100]);
    assert_eq!(bytes.send().await.expect("an answer").status(), StatusCode::BAD_REQUEST);
}

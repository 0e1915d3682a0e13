//! A client's own registration in its hands (RFC 7592) from outside.

use crate::registration::open;
use crate::support::Provider;
use crate::support::registrant::{Told, plain, tell, with};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn get(of: &Told, token: &str) -> Told {
    tell(Method::GET, of.text("registration_client_uri"), Some(token), None).await
}

async fn put(of: &Told, metadata: Value) -> Told {
    let body = Some(metadata.to_string());
    tell(Method::PUT, of.text("registration_client_uri"), Some(of.text("registration_access_token")), body).await
}

/// RFC 7592 §2.1: what was registered is read back, except for the secret.
#[tokio::test]
async fn a_client_reads_its_registration() {
    let provider = Provider::start_with(open).await;
    let made = provider.register_self(None, &with(json!({ "client_name#de": "Fährte" }))).await;
    let read = get(&made, made.text("registration_access_token")).await;
    assert_eq!(read.status, StatusCode::OK);
    assert_eq!(read.headers["cache-control"], "no-store");
    let mut expected = made.body.clone();
    expected.as_object_mut().expect("an object").remove("client_secret");
    assert_eq!(read.body, expected);
}

/// RFC 7592 §2.2: all is replaced; what is left out goes back to its default; id, tokens and secret stay.
#[tokio::test]
async fn a_client_replaces_its_registration() {
    let provider = Provider::start_with(open).await;
    let made = provider.register_self(None, &with(json!({ "contacts": ["a@example.test"] }))).await;
    let (id, secret) = (made.text("client_id"), made.text("client_secret"));
    let changed = put(
        &made,
        json!({
            "client_id": id, "client_secret": secret, "client_name": "Tracker 2",
            "redirect_uris": ["https://tracker.example.test/other"],
        }),
    )
    .await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    assert_eq!(changed.body["client_name"], "Tracker 2");
    assert_eq!(changed.body["redirect_uris"], json!(["https://tracker.example.test/other"]));
    assert!(changed.body.get("contacts").is_none());
    for name in ["client_id", "client_secret", "registration_access_token", "registration_client_uri"] {
        assert_eq!(changed.body[name], made.body[name], "{name}");
    }
    let client = provider.node.provider.clients.find(id).expect("there");
    assert!(client.secret_matches(secret) && client.name([]) == "Tracker 2" && client.shown_as_unverified());

    // A method without a secret ends it; one with a secret gets a new one.
    let public = put(&made, with(json!({ "client_id": id, "token_endpoint_auth_method": "none" }))).await;
    assert!(public.status == StatusCode::OK && public.body.get("client_secret").is_none());
    let again = put(&made, with(json!({ "client_id": id }))).await;
    assert_ne!(again.text("client_secret"), secret);
}

/// RFC 7592 §2.2: what is ours to say is not the client's to change.
#[tokio::test]
async fn a_client_changes_neither_its_id_nor_its_secret_nor_its_tokens() {
    let provider = Provider::start_with(open).await;
    let (made, other) = (provider.register_self(None, &plain()).await, provider.register_self(None, &plain()).await);
    let id = made.text("client_id");
    for (body, field) in [
        (plain(), "client_id"),
        (with(json!({ "client_id": other.text("client_id") })), "client_id"),
        (with(json!({ "client_id": id, "client_secret": "0123456789abcdef0123456789abcdef" })), "client_secret"),
        (with(json!({ "client_id": id, "client_secret": 5 })), "client_secret"),
        (with(json!({ "client_id": id, "client_id_issued_at": 1 })), "client_id_issued_at"),
        (with(json!({ "client_id": id, "client_secret_expires_at": 1 })), "client_secret_expires_at"),
        (with(json!({ "client_id": id, "registration_access_token": "x" })), "registration_access_token"),
        (with(json!({ "client_id": id, "registration_client_uri": "x" })), "registration_client_uri"),
    ] {
        let told = put(&made, body.clone()).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{body}");
        assert!(told.text("error_description").starts_with(field), "{}", told.body);
    }
    let told = put(&made, with(json!({ "client_id": id, "first_party": true, "source": "console" }))).await;
    assert_eq!(told.status, StatusCode::OK);
    let client = provider.node.provider.clients.find(id).expect("there");
    assert!(!client.first_party && client.shown_as_unverified() && client.secret_matches(made.text("client_secret")));
}

/// RFC 7592 §2.3; a client that is gone and another's token look alike (§2.1: 401).
#[tokio::test]
async fn a_client_deletes_itself_and_nobody_elses() {
    let provider = Provider::start_with(open).await;
    let (made, other) = (provider.register_self(None, &plain()).await, provider.register_self(None, &plain()).await);
    let uri = made.text("registration_client_uri");
    for token in [None, Some("x"), Some(other.text("registration_access_token")), Some(made.text("client_secret"))] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let body =
                (method == Method::PUT).then(|| with(json!({ "client_id": made.text("client_id") })).to_string());
            let told = tell(method.clone(), uri, token, body).await;
            assert_eq!(told.error(), (401, "invalid_token"), "{method} {token:?}");
            assert!(told.headers["www-authenticate"].to_str().expect("ASCII").starts_with("Bearer"));
        }
    }
    let token = made.text("registration_access_token");
    let gone = tell(Method::DELETE, uri, Some(token), None).await;
    assert_eq!((gone.status, gone.body), (StatusCode::NO_CONTENT, Value::Null));
    assert!(provider.node.provider.clients.find(made.text("client_id")).is_none());
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(tell(method, uri, Some(token), None).await.error(), (401, "invalid_token"));
    }
    let nobody = format!("{}/oauth2/register/nobody", provider.url);
    assert_eq!(tell(Method::GET, &nobody, Some(token), None).await.error(), (401, "invalid_token"));
    assert_eq!(get(&other, other.text("registration_access_token")).await.status, StatusCode::OK);
}

/// A client that an operator made has no such token, and one that an operator disabled cannot free itself.
#[tokio::test]
async fn the_operators_word_stands() {
    let provider = Provider::start_with(open).await;
    let party = provider.party().await;
    let uri = format!("{}/oauth2/register/{}", provider.url, party.id);
    for token in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_eq!(tell(Method::GET, &uri, Some(token), None).await.error(), (401, "invalid_token"));
    }
    let made = provider.register_self(None, &plain()).await;
    let id = made.text("client_id").to_owned();
    let clients = &provider.node.provider.clients;
    let command = account::Actor::command();
    let off = clients.change(&provider.accounts, &command, move |tx| oidc::client::store::set_disabled(tx, &id, true));
    assert!(off.await.expect("written"));
    let told = put(&made, with(json!({ "client_id": made.text("client_id") }))).await;
    assert_eq!(told.error(), (403, "access_denied"));
}

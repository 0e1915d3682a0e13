//! Clients that register themselves, in the console: tokens made, listed and revoked; clients verified; further metadata.

use super::operator;
use crate::registration::open;
use crate::support::Provider;
use crate::support::registrant::{Documentary, plain, tell, with};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn a_token_is_made_shown_once_listed_and_revoked() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let page = browser.open(&browser.open("/admin/clients").await.link("registration-tokens")).await;
    assert!(page.expect("/admin/registration-tokens").plain().contains("No tokens"));
    let refused = browser.click(&page, "make", &[("uses", "0"), ("days", "soon")]).await;
    assert!(refused.status == 422 && refused.has("uses-error") && refused.has("days-error"));
    let made = browser.click(&refused, "make", &[("uses", "2"), ("days", "3"), ("note", "<b>Team</b>")]).await;
    let token = made.text("registration-token");
    let told = provider.register_self(Some(token.trim()), &plain()).await;
    assert_eq!(told.status, StatusCode::CREATED);
    let list = browser.open("/admin/registration-tokens").await;
    assert!(list.plain().contains("<b>Team</b>") && !list.body.contains(token.trim()));
    let id = list.body.split("id=\"revoke-").nth(1).expect("a button").split('"').next().expect("its id").to_owned();
    let gone = browser.click(&list, &format!("revoke-{id}"), &[]).await;
    assert!(gone.plain().contains("The token is revoked"));
    assert_eq!(provider.register_self(Some(token.trim()), &plain()).await.error(), (401, "invalid_token"));
}

#[tokio::test]
async fn an_operator_verifies_a_client_until_it_changes() {
    let provider = Provider::start_with(open).await;
    let browser = operator(&provider).await;
    let told = provider.register_self(None, &plain()).await;
    let id = told.text("client_id");
    let unverified = || provider.node.provider.clients.find(id).expect("there").shown_as_unverified();
    let list = browser.open("/admin/clients?source=itself").await;
    assert!(list.plain().contains(id) && list.plain().contains("Not verified"));
    assert!(browser.open("/admin/clients?source=operator").await.plain().contains("No client fits"));
    let page = browser.open(&format!("/admin/clients/{id}")).await;
    let verified = browser.click(&page, "verify", &[]).await;
    assert!(verified.plain().contains("The client is verified") && !unverified());
    let body = |name: &str| Some(with(json!({ "client_id": id, "client_name": name })).to_string());
    let put = async |name: &str| {
        let (uri, token) = (told.text("registration_client_uri"), told.text("registration_access_token"));
        tell(Method::PUT, uri, Some(token), body(name)).await.status
    };
    assert!(put("Tracker").await == StatusCode::OK && !unverified(), "nothing changed");
    assert!(put("Your Bank").await == StatusCode::OK && unverified());
    let page = browser.open(&format!("/admin/clients/{id}")).await;
    let verified = browser.click(&page, "verify", &[]).await;
    browser.click(&verified, "unverify", &[]).await;
    assert!(unverified());
}

/// Metadata without a field of its own goes through the same validation, and is told by its name.
#[tokio::test]
async fn further_metadata_is_typed_as_json() {
    let provider = Provider::start_with(open).await;
    let browser = operator(&provider).await;
    let host = Documentary::start();
    let sector = host.put("/sector", json!(["https://a.example/cb"]));
    let form = browser.open("/admin/register-client").await;
    let fields = |advanced: &str, uris: &str| {
        [("client_name", "Tracker"), ("client_id", "tracker"), ("redirect_uris", uris), ("advanced", advanced)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    let click = async |advanced: &str, uris: &str| {
        let fields = fields(advanced, uris);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.click(&form, "save", &fields).await
    };
    let pairwise = json!({ "subject_type": "pairwise", "sector_identifier_uri": sector }).to_string();
    for (advanced, said) in [
        ("{", "This is not JSON"),
        ("{\"colour\": 1}", "colour: there is no such field"),
        ("{\"subject_type\": \"secret\"}", "subject_type: Write"),
        ("{\"response_types\": [\"code\", \"nothing\"]}", "response_types: "),
    ] {
        let refused = click(advanced, "https://a.example/cb").await;
        assert!(refused.status == 422 && refused.text("advanced-error").contains(said), "{}", refused.brief());
        assert_eq!(refused.text("advanced").trim(), advanced);
    }
    let refused = click(&pairwise, "https://a.example/cb\nhttps://b.example/cb").await;
    assert!(refused.text("advanced-error").contains("sector_identifier_uri: "), "{}", refused.brief());
    let more = json!({
        "subject_type": "pairwise", "sector_identifier_uri": sector, "client_name#de": "Fährte",
        "response_types": ["code", "id_token"],
    });
    let shown = click(&more.to_string(), "https://a.example/cb").await;
    assert!(shown.has("client-secret"), "{}", shown.brief());
    let client = provider.node.provider.clients.find("tracker").expect("registered");
    assert_eq!(client.record.metadata.subject_type.as_deref(), Some("pairwise"));
    // What is edited and saved again stays as it is.
    let edit = browser.open("/admin/clients/tracker/edit").await;
    let saved = browser.click(&edit, "save", &[]).await;
    assert!(saved.expect("/admin/clients/tracker").plain().contains("The client is saved."), "{}", saved.brief());
    let again = provider.node.provider.clients.find("tracker").expect("there");
    assert_eq!(again.record.metadata, client.record.metadata);
    assert!(saved.plain().contains("a.example") || saved.plain().contains("127.0.0.1"));
}

/// The four fields about log-outs have no field of their own: what is wrong is told by name beside what was typed, and what is
/// right is saved, shown, and still there after the next edit (Back-Channel Logout §2.2, Front-Channel Logout §2).
#[tokio::test]
async fn where_a_client_hears_of_log_outs_is_typed_as_further_metadata() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let form = browser.open("/admin/register-client").await;
    let click = async |advanced: &str| {
        let uris = "https://a.example/cb";
        let fields =
            [("client_name", "Tracker"), ("client_id", "tracker"), ("redirect_uris", uris), ("advanced", advanced)];
        browser.click(&form, "save", &fields).await
    };
    for (advanced, said) in [
        (json!({ "backchannel_logout_uri": "http://a.example/out" }), "backchannel_logout_uri: Write a whole address"),
        (json!({ "backchannel_logout_uri": "https://a.example/out#<b>" }), "backchannel_logout_uri: Write the address"),
        (json!({ "backchannel_logout_uri": ["https://a.example/out"] }), "backchannel_logout_uri: "),
        (json!({ "backchannel_logout_session_required": true }), "backchannel_logout_session_required: This says what"),
        (json!({ "backchannel_logout_session_required": "yes" }), "backchannel_logout_session_required: "),
        (json!({ "frontchannel_logout_uri": "https://evil.example/out" }), "frontchannel_logout_uri: Scheme, host"),
        (json!({ "frontchannel_logout_uri": "javascript:alert(1)" }), "frontchannel_logout_uri: Write a whole address"),
        (
            json!({ "frontchannel_logout_session_required": true }),
            "frontchannel_logout_session_required: This says what",
        ),
    ] {
        let typed = advanced.to_string();
        let refused = click(&typed).await;
        let told = refused.text("advanced-error");
        assert!(refused.status == 422 && told.contains(said), "{advanced}: {told}: {}", refused.brief());
        assert_eq!(refused.text("advanced").trim(), typed);
        assert!(provider.node.provider.clients.find("tracker").is_none(), "{advanced}");
    }
    let good = json!({
        "backchannel_logout_uri": "https://hooks.example/out?of=tracker", "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "https://a.example/out", "frontchannel_logout_session_required": true,
    });
    let shown = click(&good.to_string()).await;
    assert!(shown.has("client-secret"), "{}", shown.brief());
    let saved = provider.node.provider.clients.find("tracker").expect("registered").record.metadata.clone();
    let stored = serde_json::to_value(&saved).expect("JSON");
    for (name, value) in good.as_object().expect("an object") {
        assert_eq!(&stored[name], value, "{name}");
    }
    let page = browser.open("/admin/clients/tracker").await;
    assert!(page.plain().contains("https://hooks.example/out?of=tracker"), "{}", page.brief());
    let edit = browser.open("/admin/clients/tracker/edit").await;
    let shown: serde_json::Value = serde_json::from_str(&edit.text("advanced")).expect("JSON");
    assert_eq!(shown["frontchannel_logout_uri"], good["frontchannel_logout_uri"]);
    let again = browser.click(&edit, "save", &[]).await;
    assert!(again.expect("/admin/clients/tracker").plain().contains("The client is saved."), "{}", again.brief());
    assert_eq!(provider.node.provider.clients.find("tracker").expect("there").record.metadata, saved);
}

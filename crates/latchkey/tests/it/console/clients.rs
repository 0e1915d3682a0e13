//! Clients: registered by a form, the secret shown once, edited, switched off, deleted.

use super::operator;
use crate::log_in::{PASSWORD, account, log_in};
use crate::support::Provider;
use account::account::AccountStatus;

const CALLBACK: &str = "https://tracker.example.test/callback";

#[tokio::test]
async fn a_client_lives_from_its_form_to_its_end() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let registry = &provider.node.provider.clients;

    let list = browser.open("/admin/clients").await;
    assert!(list.expect("/admin/clients").plain().contains("No clients yet"));
    let form = browser.open(&list.link("first-client")).await;
    let filled =
        [("client_name", "Tracker"), ("client_id", "tracker"), ("redirect_uris", "http://tracker.example.test/")];
    let refused = browser.click(&form, "save", &filled).await;
    assert_eq!(refused.status, 422, "{}", refused.brief());
    assert!(
        refused.has("redirect_uris-error") && refused.text("redirect_uris").contains("http://tracker.example.test/")
    );
    let shown = browser.click(&refused, "save", &[("redirect_uris", CALLBACK)]).await;
    let secret = shown.text("client-secret");
    assert_eq!(shown.text("client-id"), "tracker", "{}", shown.brief());
    assert!(registry.find("tracker").unwrap().secret_matches(secret.trim()));
    let again = browser.click(&refused, "save", &[("redirect_uris", CALLBACK)]).await;
    assert_eq!(again.status, 422, "sent twice, one client: {}", again.brief());

    let page = browser.open("/admin/clients/tracker").await;
    assert!(page.plain().contains(&provider.url) && !page.body.contains(secret.trim()));
    let edit = browser.open(&page.link("edit")).await;
    let saved = browser.click(&edit, "save", &[("client_name", "Tracker 2"), ("first_party", "true")]).await;
    assert!(saved.expect("/admin/clients/tracker").plain().contains("The client is saved."));
    let client = registry.find("tracker").unwrap();
    assert!(client.first_party && client.name([]) == "Tracker 2" && client.secret_matches(secret.trim()));

    let asked = browser.open(&saved.link("new-secret")).await;
    let renewed = browser.click(&asked, "renew", &[]).await;
    let newer = renewed.text("client-secret");
    let client = registry.find("tracker").unwrap();
    assert!(client.secret_matches(newer.trim()) && !client.secret_matches(secret.trim()));

    let page = browser.open("/admin/clients/tracker").await;
    let off = browser.click(&page, "disable", &[]).await;
    assert!(registry.find("tracker").unwrap().disabled, "{}", off.brief());
    browser.click(&off, "enable", &[]).await;
    assert!(!registry.find("tracker").unwrap().disabled);
    let asked = browser.open(&off.link("delete")).await;
    let gone = browser.click(&asked, "delete", &[]).await;
    assert!(gone.expect("/admin/clients").plain().contains("The client is deleted."));
    assert!(registry.find("tracker").is_none());
    assert_eq!(browser.open("/admin/clients/tracker").await.error_code().as_deref(), Some("client_not_found"));
}

#[tokio::test]
async fn the_list_is_filtered_by_its_address() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let party = provider.party().await;
    let page = browser.open("/admin/clients?q=TRACK&state=active").await;
    assert!(page.plain().contains(&party.id), "{}", page.brief());
    assert!(browser.open("/admin/clients?q=nothing").await.plain().contains("No client fits"));
    assert!(browser.open("/admin/clients?state=disabled").await.plain().contains("No client fits"));
}

#[tokio::test]
async fn nobody_but_operators_gets_in() {
    let provider = Provider::start().await;
    let stranger = provider.browser();
    assert_eq!(stranger.open("/admin/clients").await.path(), "/login");
    account(&provider, "bob@example.test", AccountStatus::Active).await;
    log_in(&stranger, "bob@example.test", PASSWORD).await;
    for path in ["/admin/clients", "/admin/register-client", "/admin/clients/tracker"] {
        assert_eq!(stranger.open(path).await.error_code().as_deref(), Some("not_found"), "{path}");
    }
}

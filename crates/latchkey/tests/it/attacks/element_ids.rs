//! The ids that programs of others click and fill: for each page, all of them on one of its states.

use crate::support::{Provider, html};
use serde_json::json;
use std::collections::BTreeSet;

/// The page, and what has to be on one of its states together.
const PROMISED: &[(&str, &[&str])] = &[
    ("/login", &["login-form", "email", "continue", "sign-up", "resend-verification"]),
    ("/login on the way to a product", &["login-form", "cancel", "client-name", "client-policy", "client-tos"]),
    ("/login/password", &["password", "log-in", "forgot-password", "not-you"]),
    ("/login/password on the way to a product", &["log-in", "cancel", "client-name"]),
    ("/consent", &["allow", "deny", "client-name", "client-policy", "client-tos"]),
    ("/choose-account", &["account-1", "account-2", "use-another"]),
    ("/choose-account on the way to a product", &["account-1", "use-another", "cancel"]),
    ("/signup", &["email", "name", "password", "sign-up"]),
    ("/verify-email", &["code", "verify", "resend"]),
    ("/recover", &["email", "send"]),
    ("/recover/password", &["password", "save"]),
    ("/logout", &["log-out", "stay"]),
    ("/logout afterwards", &["logged-out"]),
    ("/account", &["name", "avatar", "save", "email-address"]),
    ("an error", &["error-page"]),
];

#[test]
fn the_promised_ids_are_on_the_pages() {
    let specimens = server::specimens().into_iter().chain(web::components::specimens());
    let pages: Vec<(&str, BTreeSet<String>)> = specimens
        .map(|specimen| {
            let ids = html::tags(&specimen.html).iter().map(|tag| tag.get("id").to_owned()).collect();
            (specimen.name, ids)
        })
        .collect();
    for (page, ids) in PROMISED {
        let found = pages.iter().any(|(_, there)| ids.iter().all(|id| there.contains(*id)));
        assert!(found, "no state of {page} has all of {ids:?}");
    }
}

#[test]
fn an_error_tells_its_code_twice() {
    let mut errors = 0;
    for specimen in server::specimens().into_iter().chain(web::components::specimens()) {
        let main = html::tags(&specimen.html).into_iter().find(|tag| tag.get("id") == "error-page");
        if let Some(main) = main {
            let code = main.get("data-error");
            assert!(!code.is_empty() && main.name == "main", "{}", specimen.name);
            assert!(html::plain(&specimen.html).contains(code), "{}", specimen.name);
            errors += 1;
        }
    }
    assert!(errors > 0);
}

/// A product's name, logo, policy and terms stand on each page on the way to it, as does the way back.
#[tokio::test]
async fn the_product_is_told_on_each_page_of_the_way() {
    let provider = Provider::start().await;
    let about = json!({
        "client_uri": "https://tracker.example.test/",
        "logo_uri": "https://tracker.example.test/logo.png",
        "policy_uri": "https://tracker.example.test/privacy",
        "tos_uri": "https://tracker.example.test/terms",
    });
    let party = provider.register(false, about).await;
    let browser = provider.browser();
    let log_in = browser.open(&party.authorize_url(&[])).await;
    let password = browser.click(log_in.expect("/login"), "continue", &[("email", "alice@example.test")]).await;
    let sign_up = browser.open(&log_in.link("sign-up")).await;
    let recover = browser.open(&password.link("forgot-password")).await;
    for shown in [sign_up.expect("/signup"), recover.expect("/recover")] {
        assert!(shown.has("client-name") && shown.has("cancel"), "{}", shown.brief());
        assert!(shown.form_with("cancel").action.starts_with("/oauth2/authorize/cancel"), "{}", shown.brief());
    }
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let choose = browser.open(&party.authorize_url(&[("prompt", "select_account")])).await;
    let consent = browser.open(&party.authorize_url(&[])).await;
    for (shown, path) in
        [(log_in, "/login"), (password, "/login/password"), (choose, "/choose-account"), (consent, "/consent")]
    {
        for id in ["client-name", "client-logo", "client-policy", "client-tos"] {
            assert!(shown.expect(path).has(id), "#{id} on {}", shown.brief());
        }
        assert!(shown.has("cancel") || shown.has("deny"), "{}", shown.brief());
    }
}

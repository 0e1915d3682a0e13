//! Forged forms: another site makes the browser of somebody who is logged in post to every form of ours.

use super::csrf_of;
use super::routes::ROUTES;
use crate::console::operator;
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Provider, html};
use account::account::AccountStatus;
use reqwest::Method;
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// What would do harm, if it were taken.
fn harm(parameter: &str) -> &str {
    match parameter {
        "email" => "eve@example.test",
        "password" => "the words of the attacker",
        "current" => PASSWORD,
        "choice" => "log-out",
        "redirect_uris" => "https://evil.example.test/",
        "application_type" => "web",
        "token_endpoint_auth_method" => "client_secret_basic",
        "first_party" => "true",
        _ => "Eve",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_form_takes_what_another_site_sends() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let party = provider.party().await;
    let bob = account(&provider, "bob@example.test", AccountStatus::Active).await;
    let own = csrf_of(&browser.open("/account").await);
    let others = provider.browser();
    let foreign = csrf_of(&others.open("/login").await);
    let details = browser.open("/account/details").await.body.replace(&own, "");
    let sent = provider.mails.messages().len();
    let tries: [(&str, &[(&str, &str)]); 8] = [
        ("", &[]),
        ("x", &[]),
        (&foreign, &[]),
        (&own, &[("origin", "https://evil.example")]),
        (&own, &[("origin", "null")]),
        (&own, &[("origin", "http://localhost.evil.example")]),
        (&own, &[("sec-fetch-site", "cross-site")]),
        (&own, &[("sec-fetch-site", "same-site")]),
    ];
    for route in ROUTES.iter().filter(|route| route.needs_csrf() && route.path != "/account") {
        let id = if route.path.starts_with("/admin/accounts/") { bob.as_str() } else { &party.id };
        let address = route.path.replace("{segment}", id);
        for (token, headers) in tries {
            let mut body = Serializer::new(String::new());
            body.append_pair("csrf", token);
            body.extend_pairs(route.parameters.iter().map(|name| (*name, harm(name))));
            let shown = browser.once(Method::POST, &address, Some(body.finish()), headers).await;
            let what = format!("{address} with {headers:?}: {}", shown.brief());
            assert_eq!(shown.status.as_u16(), 403, "{what}");
            assert!(shown.error_code().is_some() && shown.headers.get("location").is_none(), "{what}");
        }
        let bare = browser.once(Method::POST, &address, Some(String::new()), &[]).await;
        assert_eq!(bare.status.as_u16(), 403, "{address} with nothing: {}", bare.brief());
    }
    // Nothing changed: session, person, client, accounts, mails.
    assert!(session_of(&provider, &browser).is_some());
    assert_eq!(browser.open("/account/details").await.body.replace(&own, ""), details);
    assert_eq!(party.token(&[("grant_type", "client_credentials")]).await.0.as_u16(), 200, "the secret is the same");
    assert!(!browser.open("/admin/clients").await.plain().contains("Eve"));
    assert_eq!(provider.mails.messages().len(), sent);
    for email in [ALICE, "bob@example.test"] {
        log_in(&provider.browser(), email, PASSWORD).await.expect("/account");
    }
}

/// The endpoints that scripts of any origin may ask look at no cookie: a browser's session opens nothing there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_is_no_credential_for_products() {
    let provider = Provider::start().await;
    let browser = operator(&provider).await;
    let party = provider.party().await;
    let userinfo = browser.once(Method::GET, "/oauth2/userinfo", None, &[]).await;
    assert_eq!(userinfo.status.as_u16(), 401);
    let body = format!("grant_type=client_credentials&client_id={}", party.id);
    let token = browser.once(Method::POST, "/oauth2/token", Some(body), &[]).await;
    assert_eq!(token.status.as_u16(), 401);
    for path in ["/oauth2/userinfo", "/oauth2/token", "/.well-known/openid-configuration"] {
        let shown = browser.once(Method::OPTIONS, path, None, &[("origin", "https://spa.example")]).await;
        assert!(!shown.headers.contains_key("access-control-allow-credentials"), "{path}");
    }
    for path in ["/account", "/admin", "/login"] {
        let shown = browser.once(Method::GET, path, None, &[("origin", "https://evil.example")]).await;
        assert!(!shown.headers.contains_key("access-control-allow-origin"), "{path}");
    }
    let _: Value = serde_json::from_str(&token.body).expect("an error in JSON");
}

/// No form of any page is missing in the list that these tests go through.
#[test]
fn every_form_is_in_the_list() {
    let fits = |pattern: &str, path: &str| {
        let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
        pattern.len() == path.len() && pattern.iter().zip(&path).all(|(p, s)| p == s || *p == "{segment}")
    };
    let mut seen = 0;
    for specimen in server::specimens().into_iter().chain(admin::specimens()) {
        let forms = html::forms(&specimen.html).into_iter();
        for form in forms.filter(|form| form.method == "post" && form.action.starts_with('/')) {
            let path = form.action.split('?').next().unwrap_or_default();
            let known = ROUTES.iter().any(|route| route.needs_csrf() && fits(route.path, path));
            assert!(known, "{path} of {} is not in the list", specimen.name);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen} forms");
}

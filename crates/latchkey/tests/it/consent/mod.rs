//! Consent: asked once per account, client and scope; remembered; theirs to deny.

use crate::support::{Browser, Party, Provider, Shown};
use reqwest::Method;
use serde_json::json;

struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.third_party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    Scene { provider, party, browser }
}

impl Scene {
    async fn ask(&self, more: &[(&str, &str)]) -> Shown {
        self.browser.open(&self.party.authorize_url(more)).await
    }
}

#[tokio::test]
async fn what_was_allowed_is_remembered_and_more_is_asked_for() {
    let s = scene().await;
    let shown = s.ask(&[("scope", "openid email")]).await;
    shown.expect("/consent");
    assert_eq!(shown.text("client-name"), "Tracker");
    let text = shown.plain();
    for part in ["Alice Example", "alice@example.test", "See that it is you", "See your e-mail address"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(shown.link("not-you").starts_with("/choose-account?interaction="));
    let back = s.browser.click(&shown, "allow", &[]).await;
    assert_eq!(s.party.exchange(&s.party.code_of(&back)).await.0.as_u16(), 200);

    s.party.code(&s.browser, &[("scope", "openid email"), ("prompt", "none")]).await;
    s.party.code(&s.browser, &[("scope", "openid")]).await;
    let more = s.ask(&[("scope", "openid phone")]).await;
    more.expect("/consent");
    s.party.code_of(&s.browser.click(&more, "allow", &[]).await);
    s.party.code(&s.browser, &[("scope", "openid email phone")]).await;
    s.ask(&[("prompt", "consent")]).await.expect("/consent");

    let other = s.provider.third_party().await;
    s.browser.open(&other.authorize_url(&[])).await.expect("/consent");
}

#[tokio::test]
async fn no_is_an_answer() {
    let s = scene().await;
    let shown = s.ask(&[]).await;
    let back = s.browser.click(&shown, "deny", &[]).await;
    assert!(back.url.starts_with("https://tracker.example.test/callback?error=access_denied&"), "{}", back.url);
    assert_eq!(back.parameter("state").as_deref(), Some("a-state"));
    assert_eq!(back.parameter("iss").as_deref(), Some(s.provider.url.as_str()));
    let again = s.browser.click(&shown, "allow", &[]).await;
    assert_eq!(again.error_code().as_deref(), Some("interaction_over"), "{}", again.brief());
    s.ask(&[]).await.expect("/consent");
}

#[tokio::test]
async fn refresh_tokens_come_with_offline_access_that_was_allowed() {
    let s = scene().await;
    let offline = ("scope", "openid offline_access");
    let shown = s.ask(&[offline]).await;
    shown.expect("/consent");
    assert!(!shown.plain().contains("while you are away"), "ignored without prompt=consent");
    let code = s.party.code_of(&s.browser.click(&shown, "allow", &[]).await);
    assert!(s.party.exchange(&code).await.1.get("refresh_token").is_none());

    let shown = s.ask(&[offline, ("prompt", "consent")]).await;
    assert!(shown.plain().contains("while you are away"), "{}", shown.brief());
    let code = s.party.code_of(&s.browser.click(&shown, "allow", &[]).await);
    assert!(s.party.exchange(&code).await.1["refresh_token"].is_string());

    let code = s.party.code(&s.browser, &[offline]).await;
    assert!(s.party.exchange(&code).await.1["refresh_token"].is_string(), "allowed before");
}

#[tokio::test]
async fn products_of_ours_do_not_ask() {
    let s = scene().await;
    let ours = s.provider.party().await;
    let code = ours.code(&s.browser, &[("scope", "openid email offline_access")]).await;
    assert!(ours.exchange(&code).await.1["refresh_token"].is_string());
}

#[tokio::test]
async fn a_program_on_a_device_that_nobody_can_prove_asks_each_time() {
    let s = scene().await;
    let native = json!({
        "application_type": "native", "token_endpoint_auth_method": "none",
        "redirect_uris": ["http://127.0.0.1/callback"], "post_logout_redirect_uris": [],
        "grant_types": ["authorization_code"],
    });
    let party = s.provider.register(false, native).await;
    for port in [40000, 50000] {
        let uri = format!("http://127.0.0.1:{port}/callback");
        let shown = s.browser.open(&party.authorize_url(&[("redirect_uri", &uri)])).await;
        shown.expect("/consent");
        let back = s.browser.click(&shown, "allow", &[]).await;
        assert!(back.url.starts_with(&format!("{uri}?code=")), "{}", back.url);
    }
}

#[tokio::test]
async fn the_form_is_no_use_to_another_site_or_browser() {
    let s = scene().await;
    let shown = s.ask(&[]).await;
    let form = shown.form_with("allow");
    let mut fields = form.fields.clone();
    fields.push(("choice".into(), "allow".into()));
    let body = |fields: &[(String, String)]| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let foreign = [("origin", "https://evil.example.test")];
    let refused = s.browser.once(Method::POST, "/consent", Some(body(&fields)), &foreign).await;
    assert_eq!(refused.status.as_u16(), 403);
    let without: Vec<_> = fields.iter().filter(|(name, _)| name != "csrf").cloned().collect();
    assert_eq!(s.browser.once(Method::POST, "/consent", Some(body(&without)), &[]).await.status.as_u16(), 403);

    // Another browser with a form token of its own.
    let other = s.provider.browser();
    let bob = s.provider.person("bob@example.test").await;
    s.provider.log_in(&other, &bob).await;
    let own = other.open(&s.party.authorize_url(&[])).await;
    let csrf = own.form_with("allow").fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let mixed: Vec<_> =
        fields.iter().map(|(n, v)| (n.clone(), if n == "csrf" { csrf.clone() } else { v.clone() })).collect();
    let refused = other.once(Method::POST, "/consent", Some(body(&mixed)), &[]).await;
    assert_eq!((refused.status.as_u16(), refused.error_code().as_deref()), (400, Some("interaction_over")));
}

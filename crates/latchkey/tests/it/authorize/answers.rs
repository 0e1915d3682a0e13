//! Answers to the client.

use super::{header, location, rows};
use crate::support::Provider;
use reqwest::Method;

#[tokio::test]
async fn a_visitor_who_is_logged_in_enters_a_product_of_ours_at_once() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let shown = browser.open(&party.authorize_url(&[])).await;
    assert!(shown.url.starts_with("https://tracker.example.test/callback?"), "{}", shown.brief());
    assert_eq!(shown.status.as_u16(), 303);
    let url = url::Url::parse(&shown.url).unwrap();
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["code", "session_state", "state", "iss"]);
    assert_eq!(shown.parameter("state").as_deref(), Some("a-state"));
    assert_eq!(shown.parameter("iss").as_deref(), Some(provider.url.as_str()));
    assert_eq!(header(&shown, "cache-control"), "no-store");
    assert_eq!(rows(&provider).await, (0, 1), "nothing is stored but the grant");
    let (status, tokens) = party.exchange(&party.code_of(&shown)).await;
    assert_eq!(status.as_u16(), 200, "{tokens}");
    assert!(tokens["id_token"].is_string() && tokens.get("refresh_token").is_none());
}

#[tokio::test]
async fn the_answer_travels_in_a_form_when_it_is_asked_for_so() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let shown = browser.open(&party.authorize_url(&[("response_mode", "form_post"), ("state", "\"><script>&")])).await;
    assert_eq!(shown.status.as_u16(), 200);
    let form = shown.form_with("go-on");
    assert_eq!((form.action.as_str(), form.method.as_str()), ("https://tracker.example.test/callback", "post"));
    let value = |name: &str| form.fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    assert_eq!((value("state"), value("iss")), ("\"><script>&".to_owned(), provider.url.clone()));
    assert_eq!(form.fields.len(), 4, "{:?}", form.fields);
    let policy = header(&shown, "content-security-policy");
    assert!(policy.contains("form-action https://tracker.example.test") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(
        (header(&shown, "cache-control"), header(&shown, "x-frame-options")),
        ("no-store".into(), "DENY".into())
    );
    assert_eq!(party.exchange(&value("code")).await.0.as_u16(), 200);

    let refused = browser.open(&party.authorize_url(&[("response_mode", "form_post"), ("prompt", "none login")])).await;
    let form = refused.form_with("go-on");
    assert!(form.fields.contains(&("error".into(), "invalid_request".into())), "{:?}", form.fields);
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let provider = Provider::start().await;
    let (ours, theirs, browser) = (provider.party().await, provider.third_party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    let error = |location: String| {
        url::Url::parse(&location).unwrap().query_pairs().find(|(n, _)| n == "error").map(|(_, v)| v.into_owned())
    };
    let (status, to) = location(&browser, &ours.authorize_url(&[("prompt", "none")])).await;
    assert_eq!((status, error(to)), (303, Some("login_required".into())));
    provider.log_in(&browser, &alice).await;
    for (party, more, expected) in [
        (&ours, ("max_age", "3600"), None),
        (&ours, ("max_age", "0"), Some("login_required")),
        (&theirs, ("max_age", "3600"), Some("consent_required")),
    ] {
        let (_, to) = location(&browser, &party.authorize_url(&[("prompt", "none"), more])).await;
        assert!(to.starts_with(&party.redirect_uri) && to.contains("&iss=") && to.contains("state=a-state"), "{to}");
        assert_eq!(error(to).as_deref(), expected, "{more:?}");
    }
    assert_eq!(rows(&provider).await.0, 0);
}

#[tokio::test]
async fn an_id_token_comes_back_as_a_hint() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let (alice, bob) = (provider.person("alice@example.test").await, provider.person("bob@example.test").await);
    provider.log_in(&browser, &alice).await;
    let code = party.code(&browser, &[]).await;
    let id_token = party.exchange(&code).await.1["id_token"].as_str().unwrap().to_owned();
    provider.wait(std::time::Duration::from_secs(7200));
    let hint = [("prompt", "none"), ("id_token_hint", id_token.as_str())];
    party.code(&browser, &hint).await;

    let other = provider.browser();
    provider.log_in(&other, &bob).await;
    let shown = other.open(&party.authorize_url(&hint)).await;
    assert_eq!(shown.parameter("error").as_deref(), Some("login_required"), "{}", shown.brief());
    let (_, to) = location(&other, &party.authorize_url(&[hint[1]])).await;
    assert!(to.starts_with("/login?interaction="), "{to}");
}

#[tokio::test]
async fn a_request_may_come_by_post_from_another_site() {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    browser.open("/logout").await;
    provider.log_in(&browser, &alice).await;
    let url = url::Url::parse(&party.authorize_url(&[])).unwrap();
    let body = url.query().unwrap().to_owned();
    // The browser keeps its cookies back: they are SameSite=Lax.
    let bare = provider.browser();
    let foreign = [("origin", "https://tracker.example.test"), ("sec-fetch-site", "cross-site")];
    let posted = bare.once(Method::POST, "/oauth2/authorize", Some(body.clone()), &foreign).await;
    assert_eq!(posted.status.as_u16(), 303);
    assert!(posted.headers.get("set-cookie").is_none(), "a browser that kept its cookies back gets no others");
    let resume = header(&posted, "location");
    let shown = browser.open(&resume).await;
    assert_eq!(party.exchange(&party.code_of(&shown)).await.0.as_u16(), 200);
    assert_eq!(browser.open(&resume).await.error_code().as_deref(), Some("interaction_over"));
    assert_eq!(provider.browser().open(&resume).await.error_code().as_deref(), Some("cookies_blocked"));

    let bad = bare.once(Method::POST, "/oauth2/authorize", Some(body.replace("callback", "evil")), &foreign).await;
    assert_eq!((bad.status.as_u16(), bad.error_code().as_deref()), (400, Some("invalid_redirect_uri")));
    let bad = bare.once(Method::POST, "/oauth2/authorize", Some(format!("{body}&prompt=none+login")), &foreign).await;
    assert!(header(&bad, "location").contains("error=invalid_request"));
}

//! `prompt` and `max_age`: what the visitor sees (§3.1.2.1), with every response type and through the real pages.

use super::{ALL, scene, through};
use crate::log_in::PASSWORD;
use crate::support::Place;
use std::time::Duration;

/// oidcc-prompt-none-not-logged-in
#[tokio::test]
async fn prompt_none_without_a_log_in_is_an_error_in_the_right_place() {
    let s = scene().await;
    for (mode, place) in [("", None), ("form_post", Some(Place::Form))] {
        for response_type in ALL {
            let url = s.url(response_type, &[("prompt", "none"), ("response_mode", mode)]);
            let answer = s.provider.browser().open(&url).await.answer();
            let default = if response_type == "code" { Place::Query } else { Place::Fragment };
            assert_eq!((answer.place, answer.get("error")), (place.unwrap_or(default), Some("login_required")));
            assert_eq!((answer.expect("state"), answer.expect("iss")), ("a-state", s.provider.url.as_str()));
        }
    }
}

/// oidcc-prompt-none-logged-in, oidcc-max-age-10000: silent, the same person, the same auth_time.
#[tokio::test]
async fn what_was_allowed_once_is_silent_afterwards() {
    for response_type in ALL {
        let s = scene().await;
        let browser = s.provider.browser();
        let before = s.ask(&browser, response_type, &[("max_age", "15000")]).await.id_token;
        s.provider.wait(Duration::from_secs(100));
        for more in [("prompt", "none"), ("max_age", "10000")] {
            let url = s.url(response_type, &[more]);
            let shown = browser.open(&url).await;
            assert!(shown.url.starts_with(&s.party.redirect_uri), "no page: {}", shown.brief());
            let after = s.follow(&browser, shown).await.id_token;
            assert_eq!((&after["sub"], &after["auth_time"]), (&before["sub"], &before["auth_time"]), "{response_type}");
            assert!(after["auth_time"].is_i64());
        }
    }
}

/// oidcc-prompt-login, oidcc-max-age-1: the password again, once, and a later auth_time, however long consent takes.
#[tokio::test]
async fn a_fresh_log_in_is_asked_for_once_and_is_told_as_later() {
    for (response_type, demand) in
        [("code", ("prompt", "login")), ("id_token", ("max_age", "1")), ("code id_token token", ("max_age", "0"))]
    {
        let s = scene().await;
        let browser = s.provider.browser();
        let before = s.ask(&browser, response_type, &[]).await.id_token;
        s.provider.wait(Duration::from_secs(2));
        let shown = browser.open(&s.url(response_type, &[demand, ("scope", "openid email")])).await;
        shown.expect("/login/password");
        let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        s.provider.wait(Duration::from_secs(60));
        shown.expect("/consent");
        let shown = browser.click(&shown, "allow", &[]).await;
        let after = s.follow(&browser, shown).await.id_token;
        let time = |claims: &serde_json::Value| claims["auth_time"].as_i64().unwrap();
        assert_eq!(time(&after), time(&before) + 2, "{response_type}: when the password was given");
        assert_eq!(after["sub"], before["sub"]);
    }
}

/// oidcc-prompt-login with a client that says how old a log-in may be for it (`default_max_age`, Registration §2).
#[tokio::test]
async fn the_clients_own_max_age_counts_where_the_request_has_none() {
    let s = scene().await;
    let party = s.provider.party_of_all_flows(true, serde_json::json!({ "default_max_age": 60 })).await;
    let browser = s.browser().await;
    let url = party.authorize_url(&[("response_type", "id_token")]);
    browser.open(&url).await.answer();
    s.provider.wait(Duration::from_secs(61));
    browser.open(&url).await.expect("/login/password");
    let url = party.authorize_url(&[("response_type", "id_token"), ("max_age", "100")]);
    browser.open(&url).await.answer();
}

/// Combinations (§3.1.2.1): `none` stands alone, the others add up, in whatever order.
#[tokio::test]
async fn prompts_add_up() {
    let s = scene().await;
    let browser = s.browser().await;
    s.ask(&browser, "code", &[]).await;
    for bad in ["none login", "consent none", "none create", "unknown", "login,consent"] {
        let answer = browser.open(&s.url("code id_token", &[("prompt", bad)])).await.answer();
        assert_eq!((answer.place, answer.get("error")), (Place::Fragment, Some("invalid_request")), "{bad}");
    }
    for (prompt, pages) in [
        ("consent", &["/consent"][..]),
        ("login consent", &["/login/password", "/consent"]),
        ("consent login", &["/login/password", "/consent"]),
        ("select_account", &["/choose-account"]),
        ("select_account login", &["/choose-account", "/login/password"]),
        ("select_account consent", &["/choose-account", "/consent"]),
        ("none none", &[]),
    ] {
        s.provider.wait(Duration::from_secs(2));
        let mut shown = browser.open(&s.url("code", &[("prompt", prompt)])).await;
        for page in pages {
            shown.expect(page);
            shown = match *page {
                "/choose-account" => browser.click(&shown, "account-1", &[]).await,
                "/login/password" => browser.click(&shown, "log-in", &[("password", PASSWORD)]).await,
                _ => browser.click(&shown, "allow", &[]).await,
            };
        }
        assert!(shown.answer().get("code").is_some(), "{prompt}: {}", shown.brief());
    }
}

/// Initiating User Registration §4.1: straight to the sign-up page, whoever is logged in; from there one may log in.
#[tokio::test]
async fn prompt_create_begins_with_sign_up() {
    let s = scene().await;
    for browser in [s.browser().await, s.provider.browser()] {
        let shown = browser.open(&s.url("code", &[("prompt", "create"), ("login_hint", "new@example.test")])).await;
        shown.expect("/signup");
        assert!(shown.form_with("sign-up").fields.contains(&("email".into(), "new@example.test".into())));
        let log_in = shown.link("log-in");
        let shown = through(&browser, browser.open(&log_in).await).await;
        assert!(shown.answer().get("code").is_some(), "{}", shown.brief());
    }
    let metadata: serde_json::Value =
        serde_json::from_slice(&s.provider.node.provider.discovery().body).expect("metadata");
    assert!(metadata["prompt_values_supported"].as_array().unwrap().contains(&"create".into()));
    let closed = crate::support::Provider::start_with(|settings| settings.sign_up.enabled = false).await;
    let metadata: serde_json::Value = serde_json::from_slice(&closed.node.provider.discovery().body).expect("metadata");
    assert!(!metadata["prompt_values_supported"].as_array().unwrap().contains(&"create".into()));
}

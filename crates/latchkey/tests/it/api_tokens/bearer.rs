//! An API token as a bearer token (RFC 6750): at userinfo, and introspected (RFC 7662) by products.

use super::{alice, make, token};
use crate::log_in::{ALICE, PASSWORD};
use crate::recovery::{NEW, link};
use crate::support::Provider;
use account::Actor;
use account::administration;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn its_scopes_say_what_userinfo_tells() {
    let provider = Provider::start().await;
    let (id, browser) = alice(&provider).await;
    let party = provider.party().await;
    let bare = token(&browser, &[]).await;
    assert_eq!(party.userinfo(&bare).await, (StatusCode::OK, json!({ "sub": id })));
    let email = token(&browser, &["email"]).await;
    let (_, claims) = party.userinfo(&email).await;
    assert_eq!(claims, json!({ "sub": id, "email": ALICE, "email_verified": true }));
    let (_, claims) = party.userinfo(&token(&browser, &["profile"]).await).await;
    assert_eq!((&claims["name"], claims.get("email")), (&json!("Alice"), None));
    // In the body of a POST too, never in the query.
    let url = format!("{}/oauth2/userinfo", provider.url);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let posted = crate::token::post(&provider, "/oauth2/userinfo", &form, format!("access_token={bare}").into()).await;
    assert_eq!(posted.json::<Value>().await.expect("JSON"), json!({ "sub": id }));
    let query = reqwest::get(format!("{url}?access_token={bare}")).await.expect("sent");
    assert_eq!(query.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_without_openid_is_not_for_userinfo() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let form = browser.open("/account/tokens/new").await;
    let csrf = crate::attacks::csrf_of(&form);
    let fields = form.form_with("make").fields;
    let name = fields.iter().find(|(name, _)| name == "form").expect("a name of the form").1.clone();
    let typed = [("csrf", csrf.as_str()), ("form", &name), ("name", "A"), ("days", "1"), ("scope-email", "true")];
    let token = browser.post("/account/tokens/new", &typed).await.text("api-token");
    let party = provider.party().await;
    let (status, error) = party.userinfo(&token).await;
    assert_eq!((status, &error["error"]), (StatusCode::FORBIDDEN, &json!("insufficient_scope")));
    let (_, found) = party.call("/oauth2/introspect", &[("token", &token)]).await;
    assert_eq!((&found["active"], &found["scope"]), (&json!(true), &json!("email")));
}

#[tokio::test]
async fn the_installations_own_products_may_introspect_it_and_no_others() {
    let provider = Provider::start().await;
    let (id, browser) = alice(&provider).await;
    let token = token(&browser, &["profile"]).await;
    let own = provider.party().await;
    let (status, found) = own.call("/oauth2/introspect", &[("token", &token)]).await;
    let now = provider.accounts.now().as_seconds();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&found["active"], &found["sub"], &found["scope"], &found["token_type"]),
        (&json!(true), &json!(id), &json!("openid profile"), &json!("Bearer"))
    );
    assert_eq!((&found["iat"], &found["exp"]), (&json!(now), &json!(now + 30 * 24 * 3600)));
    assert_eq!((&found["iss"], found.get("client_id")), (&json!(provider.url), None), "issued to no client");
    let pairwise = provider.register(true, json!({ "subject_type": "pairwise" })).await;
    let (_, found) = pairwise.call("/oauth2/introspect", &[("token", &token)]).await;
    assert!(found["active"] == true && found["sub"].is_string() && found["sub"] != json!(id), "{found}");

    let inactive = (StatusCode::OK, json!({ "active": false }));
    assert_eq!(provider.third_party().await.call("/oauth2/introspect", &[("token", &token)]).await, inactive);
    let public =
        provider.register(true, json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"] }));
    let (status, _) = public.await.call("/oauth2/introspect", &[("token", &token)]).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    // RFC 7009 section 2.1: a client takes back only what was issued to it. This was issued to its owner.
    assert_eq!(own.call("/oauth2/revoke", &[("token", &token)]).await.0, StatusCode::OK);
    assert_eq!(own.userinfo(&token).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_token_is_told_nothing() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let token = token(&browser, &[]).await;
    let party = provider.party().await;
    let mut mistyped = token.clone().into_bytes();
    mistyped[20] = if mistyped[20] == b'a' { b'b' } else { b'a' };
    let mistyped = String::from_utf8(mistyped).expect("ASCII");
    let never_made = account::api_token::ApiSecret::generate();
    for bad in ["lk_pat_", &mistyped, &token[..55], &format!("{token}0"), never_made.reveal(), &token.to_lowercase()] {
        let (status, error) = party.userinfo(bad).await;
        assert_eq!((status, &error["error"]), (StatusCode::UNAUTHORIZED, &json!("invalid_token")), "{bad}");
        let (_, found) = party.call("/oauth2/introspect", &[("token", bad)]).await;
        assert_eq!(found, json!({ "active": false }), "{bad}");
    }
    // It is no access to anything else: neither pages nor registration.
    let pages = browser.once(reqwest::Method::GET, "/account", None, &[]).await;
    assert_eq!(pages.status.as_u16(), 200);
    let stranger = provider.browser();
    let bearer = format!("Bearer {token}");
    for path in ["/account", "/account/tokens", "/admin"] {
        let answer = stranger.once(reqwest::Method::GET, path, None, &[("authorization", &bearer)]).await;
        assert_ne!(answer.status.as_u16(), 200, "{path}");
    }
    let answer = stranger.once(reqwest::Method::POST, "/oauth2/register", None, &[("authorization", &bearer)]).await;
    assert!(answer.status.is_client_error());
}

#[tokio::test]
async fn it_ends_with_its_time() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let token = make(&browser, "Backup", "1", &[]).await.text("api-token");
    let party = provider.party().await;
    provider.wait(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(party.userinfo(&token).await.0, StatusCode::OK);
    provider.wait(Duration::from_secs(1));
    assert_eq!(party.userinfo(&token).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(party.call("/oauth2/introspect", &[("token", &token)]).await.1, json!({ "active": false }));
}

#[tokio::test]
async fn a_new_password_leaves_it_and_recovery_and_deactivation_end_it() {
    let provider = Provider::start().await;
    let (id, browser) = alice(&provider).await;
    let party = provider.party().await;
    let first = token(&browser, &[]).await;
    let shown = browser.open("/account/security/password").await;
    browser.click(&shown, "save", &[("current-password", PASSWORD), ("password", NEW)]).await;
    assert_eq!(party.userinfo(&first).await.0, StatusCode::OK, "programs go on");
    let shown = browser.open("/recover").await;
    browser.click(&shown, "send", &[("email", ALICE)]).await;
    let shown = browser.open(&link(&provider, ALICE, "/recover/password").await).await;
    browser.click(&shown, "save", &[("password", PASSWORD)]).await.expect("/login");
    assert_eq!(party.userinfo(&first).await.0, StatusCode::UNAUTHORIZED);

    crate::log_in::log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    let second = token(&browser, &[]).await;
    let domain = provider.accounts.clone();
    let done = provider
        .accounts
        .write(&Actor::command(), move |tx| administration::deactivate(tx, &domain.key, &id, "left"))
        .await;
    assert_eq!(done.expect("written"), Ok(()));
    assert_eq!(party.userinfo(&second).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(party.call("/oauth2/introspect", &[("token", &second)]).await.1, json!({ "active": false }));
}

#[tokio::test]
async fn its_last_use_is_shown() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let party = provider.party().await;
    let token = token(&browser, &[]).await;
    provider.wait(Duration::from_secs(3600));
    party.userinfo(&token).await;
    let list = browser.open("/account/tokens").await;
    assert!(list.plain().contains("Last used 2026-01-01 01:00 UTC"), "{}", list.brief());
}

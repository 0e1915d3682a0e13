//! What must not be possible at the log-in.

use super::{ALICE, PASSWORD, SESSION, account, log_in, password_page, session_of};
use crate::support::{Provider, Shown};
use account::account::AccountStatus;
use reqwest::Method;

/// A page without what differs from one showing to the next: ids of interactions, CSRF tokens, the address typed.
fn bare(shown: &Shown, email: &str) -> String {
    let mut text = shown.body.replace(email, "EMAIL");
    for value in [shown.parameter("interaction").expect("an interaction"), csrf(shown)] {
        text = text.replace(&value, "…");
    }
    format!("{} {text}", shown.status)
}

fn csrf(shown: &Shown) -> String {
    let fields = shown.form_with("email").fields;
    fields.into_iter().find(|(name, _)| name == "csrf").expect("a CSRF token").1
}

/// Enumeration by text or status, and by how the waiting grows.
#[tokio::test]
async fn an_unknown_address_looks_like_a_known_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    account(&provider, "off@example.test", AccountStatus::Deactivated).await;
    account(&provider, "new@example.test", AccountStatus::Unverified).await;
    let mut courses: Vec<Vec<String>> = Vec::new();
    for email in [ALICE, "off@example.test", "new@example.test", "nobody@example.test"] {
        let browser = provider.browser();
        let mut shown = password_page(&browser, email).await;
        let mut course = vec![bare(&shown, email)];
        for _ in 0..8 {
            shown = browser.click(&shown, "log-in", &[("password", "wrong")]).await;
            course.push(bare(&shown, email));
        }
        courses.push(course);
    }
    assert!(courses[0][1].contains("is not right"), "{}", courses[0][1]);
    for course in &courses[1..] {
        assert_eq!(*course, courses[0]);
    }
}

#[tokio::test]
async fn a_deactivated_account_learns_so_only_after_the_right_password() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Deactivated).await;
    let browser = provider.browser();
    let shown = log_in(&browser, ALICE, "wrong").await;
    assert!(!shown.plain().contains("deactivated"));
    let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    assert_eq!(shown.status.as_u16(), 403);
    assert!(shown.plain().contains("deactivated"), "{}", shown.brief());
    assert!(browser.cookie(SESSION).is_none());
}

#[tokio::test]
async fn an_unconfirmed_account_enters_nothing_and_gets_its_code_here() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Unverified).await;
    let browser = provider.browser();
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    assert_eq!(shown.path(), "/verify-email", "{}", shown.brief());
    assert!(browser.cookie(SESSION).is_none());
    let now = provider.accounts.now();
    let token = account::secret::Token::parse(&browser.cookie("latchkey-browser").expect("a cookie")).expect("a token");
    let latest = provider
        .accounts
        .db
        .read_blocking(|conn| account::sign_up::latest_of_browser(conn, &token.hash(), now))
        .expect("read")
        .expect("a verification of this browser");
    assert_eq!(latest.address, ALICE);
    assert!(latest.return_to.is_some_and(|to| to.starts_with("/oauth2/authorize/resume?")));
}

/// Session fixation: whatever cookie an attacker planted, the log-in makes a new one, and theirs opens nothing.
#[tokio::test]
async fn a_planted_session_cookie_is_worth_nothing() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    account(&provider, "eve@example.test", AccountStatus::Active).await;
    let (eve, victim) = (provider.browser(), provider.browser());
    log_in(&eve, "eve@example.test", PASSWORD).await;
    let planted = [eve.cookie(SESSION).expect("a session"), account::secret::Token::generate().reveal().to_owned()];
    for cookie in planted {
        victim.forget_cookies();
        let shown = password_page(&victim, ALICE).await;
        victim.plant_cookie(SESSION, &cookie);
        victim.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        assert!(session_of(&provider, &victim).is_some());
        assert_ne!(victim.cookie(SESSION).as_ref(), Some(&cookie));
        eve.plant_cookie(SESSION, &cookie);
        assert!(session_of(&provider, &eve).is_none());
    }
}

/// CSRF: log-in and log-out take forms of our own pages, shown to this browser, and nothing else.
#[tokio::test]
async fn forged_forms_are_refused() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (browser, other) = (provider.browser(), provider.browser());
    let shown = password_page(&browser, ALICE).await;
    let foreign_token = csrf(&password_page(&other, ALICE).await);
    let own_token = csrf(&shown);
    let body = |token: &str| format!("csrf={token}&email=alice%40example.test&password=plinth+gumbo+weather");
    let tries: [(&str, &[(&str, &str)]); 5] = [
        ("", &[]),
        (&foreign_token, &[]),
        (&own_token, &[("origin", "https://evil.example")]),
        (&own_token, &[("origin", "null")]),
        (&own_token, &[("sec-fetch-site", "cross-site")]),
    ];
    for (token, headers) in tries {
        let refused = browser.once(Method::POST, &shown.url, Some(body(token)), headers).await;
        assert_eq!(refused.status.as_u16(), 403, "{headers:?}");
        assert!(refused.error_code().is_some() && browser.cookie(SESSION).is_none());
    }
    // The same form, honestly sent.
    let origin = provider.url.as_str();
    browser.once(Method::POST, &shown.url, Some(body(&own_token)), &[("origin", origin)]).await;
    assert!(session_of(&provider, &browser).is_some());
    let refused = browser.post("/logout", &[("choice", "log-out")]).await;
    assert_eq!(refused.status.as_u16(), 403);
    assert!(session_of(&provider, &browser).is_some());
}

#[tokio::test]
async fn an_interaction_of_another_browser_is_of_no_use() {
    let provider = Provider::start().await;
    let (victim, eve) = (provider.browser(), provider.browser());
    let shown = password_page(&victim, ALICE).await;
    eve.open("/login").await;
    let refused = eve.open(&shown.url).await;
    assert_eq!(refused.error_code().as_deref(), Some("interaction_over"), "{}", refused.brief());
    assert!(!refused.body.contains(ALICE));
    eve.forget_cookies();
    let refused = eve.open(&shown.url).await;
    assert_eq!(refused.error_code().as_deref(), Some("cookies_blocked"), "a browser that keeps no cookies is told so");
}

/// Open redirects.
#[tokio::test]
async fn the_log_in_leads_nowhere_else() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    for to in ["https://evil.example/", "//evil.example", "/%5Cevil.example", "%2F%2Fevil.example", "javascript:1"] {
        let shown = browser.open(&format!("/login?to={to}")).await;
        shown.expect("/login");
    }
    log_in(&browser, ALICE, PASSWORD).await;
    for to in ["https://evil.example/", "//evil.example", "/%5Cevil.example", "%2F%2Fevil.example"] {
        let shown = browser.open(&format!("/login?to={to}")).await;
        assert!(shown.url.starts_with(&format!("{}/account", provider.url)), "{to}: {}", shown.url);
    }
}

/// Malformed, doubled and oversized input.
#[tokio::test]
async fn odd_input_is_refused_kindly() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = password_page(&browser, ALICE).await;
    let token = csrf(&shown);
    let long = "x".repeat(70_000);
    for (path, body, status) in [
        (shown.url.as_str(), format!("csrf={token}&email=a%40b.example&password=x&password=y"), 400),
        (&shown.url, format!("csrf={token}&email=a%40b.example&password=%FF"), 400),
        (&shown.url, format!("csrf={token}&email=a%40b.example"), 400),
        (&shown.url, format!("csrf={token}&password={long}"), 413),
        ("/login/password?interaction=1&interaction=2", format!("csrf={token}"), 400),
        ("/login/password?interaction=nonsense", format!("csrf={token}&email=a%40b.example&password=x"), 400),
        ("/choose-account?interaction=%FF", format!("csrf={token}&account=x"), 400),
    ] {
        let refused = browser.once(Method::POST, path, Some(body), &[]).await;
        assert_eq!(refused.status.as_u16(), status, "{path}: {}", refused.brief());
        assert!(refused.error_code().is_some());
    }
}

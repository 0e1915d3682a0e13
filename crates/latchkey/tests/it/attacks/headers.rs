//! Clickjacking, sniffing, leaking: the headers of every page, and the flags of every cookie.

use super::routes::{Kind, ROUTES};
use crate::console::operator;
use crate::log_in::{ALICE, PASSWORD, account};
use crate::support::{Browser, Provider, Shown};
use account::account::AccountStatus;
use latchkey::settings::value::PublicUrl;
use reqwest::Method;

fn header<'a>(shown: &'a Shown, name: &str) -> &'a str {
    shown.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// Every page that one can look at, with those that say no.
async fn look_at_all(provider: &Provider, browser: &Browser, who: &str) -> usize {
    let mut pages = 0;
    let wrong =
        ["/no-such-page", "/login?interaction=1&interaction=2", "/consent?interaction=x", "/oauth2/authorize?x=%FF"];
    let routes = ROUTES.iter().filter(|route| route.method == "GET" && route.kind != Kind::Api);
    let addresses = routes.map(super::routes::Route::address).chain(wrong.map(str::to_owned));
    for address in addresses.chain(["/admin/accounts?q=x".to_owned()]) {
        let shown = browser.once(Method::GET, &address, None, &[]).await;
        let what = format!("{who}: {address} {} {:?}", shown.status, shown.headers);
        assert_eq!(header(&shown, "x-content-type-options"), "nosniff", "{what}");
        assert_eq!(header(&shown, "referrer-policy"), "same-origin", "{what}");
        assert!(shown.headers.get("server").is_none() && shown.headers.get("x-powered-by").is_none(), "{what}");
        if header(&shown, "content-type").starts_with("text/html") {
            pages += 1;
            guarded(&shown, &what);
        }
        if shown.status.as_u16() == 303 && address != "/favicon.ico" {
            let cache = header(&shown, "cache-control");
            assert!(cache.contains("no-store"), "a redirect that depends on who asks is not kept: {what}");
        }
    }
    let _ = provider;
    pages
}

#[track_caller]
fn guarded(shown: &Shown, what: &str) {
    let policy = header(shown, "content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}");
    assert!(policy.contains("base-uri 'none'") && !policy.contains("unsafe"), "{what}");
    let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap_or_default().trim();
    assert!(scripts == "script-src 'self'" || scripts.starts_with("script-src 'nonce-"), "{what}");
    assert_eq!(header(shown, "x-frame-options"), "DENY", "{what}");
    assert!(header(shown, "cache-control").contains("no-store"), "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_is_guarded() {
    let provider = Provider::start().await;
    let stranger = provider.browser();
    let pages = look_at_all(&provider, &stranger, "stranger").await;
    assert!(pages >= 10, "{pages} pages");
    let browser = operator(&provider).await;
    let pages = look_at_all(&provider, &browser, "operator").await;
    assert!(pages >= 30, "{pages} pages");
    // The pages on the way to a product.
    let (first, third) = (provider.party().await, provider.third_party().await);
    for url in [
        third.authorize_url(&[]),
        first.authorize_url(&[("prompt", "select_account")]),
        first.authorize_url(&[("prompt", "login")]),
        first.authorize_url(&[("response_mode", "form_post")]),
        first.authorize_url(&[("redirect_uri", "https://evil.example/")]),
    ] {
        let shown = browser.open(&url).await;
        guarded(&shown, &shown.brief());
    }
    let one = browser.open(&first.authorize_url(&[("response_mode", "form_post")])).await;
    let other = browser.open(&first.authorize_url(&[("response_mode", "form_post")])).await;
    let nonce = |shown: &Shown| header(shown, "content-security-policy").split("'nonce-").nth(1).map(str::to_owned);
    assert!(nonce(&one).is_some() && nonce(&one) != nonce(&other), "a nonce is used once");
}

/// All `Set-Cookie` lines of an answer.
fn cookies(shown: &Shown) -> Vec<String> {
    shown.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("ascii").to_owned()).collect()
}

/// Logs in at `base` and gives every cookie that was set on the way.
async fn cookies_of_a_log_in(browser: &Browser) -> Vec<String> {
    let first = browser.once(Method::GET, "/login", None, &[]).await;
    let mut lines = cookies(&first);
    let page = browser.open("/login").await;
    let page = browser.click(&page, "continue", &[("email", ALICE)]).await;
    let form = page.form_with("log-in");
    let mut fields = form.fields.clone();
    fields.retain(|(name, _)| name != "password");
    fields.push(("password".to_owned(), PASSWORD.to_owned()));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let answer = browser.once(Method::POST, &page.url, Some(body), &[]).await;
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.brief());
    lines.extend(cookies(&answer));
    assert!(lines.iter().any(|line| line.contains("latchkey-session=")), "{lines:?}");
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_are_out_of_reach() {
    let mut port = None;
    let https = Provider::start_with(|settings| {
        let own = settings.server.public_url.as_str().to_owned();
        port = Some(own.rsplit(':').next().expect("a port").to_owned());
        let url = own.replacen("http://", "https://", 1);
        settings.server.public_url = PublicUrl::try_from(url).expect("an address");
    })
    .await;
    account(&https, ALICE, AccountStatus::Active).await;
    let browser = Browser::new(&format!("http://localhost:{}", port.expect("a port")));
    for line in cookies_of_a_log_in(&browser).await {
        assert!(line.starts_with("__Host-latchkey-"), "{line}");
        for attribute in ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
            assert!(line.contains(attribute), "{attribute} in {line}");
        }
        assert!(!line.to_ascii_lowercase().contains("domain="), "{line}");
    }
    let page = browser.open("/login").await;
    assert!(header(&page, "strict-transport-security").starts_with("max-age="));

    let http = Provider::start().await;
    account(&http, ALICE, AccountStatus::Active).await;
    for line in cookies_of_a_log_in(&http.browser()).await {
        assert!(line.contains("; HttpOnly") && line.contains("; SameSite=Lax") && line.contains("; Path=/"), "{line}");
        assert!(!line.contains("; Secure") && !line.starts_with("__Host-"), "{line}");
    }
}

//! OpenID Connect Session Management 1.0.

mod in_chromium;

use crate::support::{Browser, Party, Provider};
use account::AccountId;
use reqwest::Method;
use serde_json::Value;

const STATE: &str = "latchkey-state";

struct Scene {
    provider: Provider,
    party: Party,
    browser: Browser,
    alice: AccountId,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let (party, browser) = (provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    Scene { provider, party, browser, alice }
}

impl Scene {
    async fn session_state(&self) -> String {
        let shown = self.browser.open(&self.party.authorize_url(&[])).await;
        shown.parameter("session_state").unwrap_or_else(|| panic!("{}", shown.brief()))
    }

    /// What the script of the frame would answer.
    fn is_unchanged(&self, session_state: &str) -> bool {
        let (hash, salt) = session_state.split_once('.').expect("a salt");
        let cookie = self.browser.cookie(STATE).expect("a cookie");
        let text = format!("{} https://tracker.example.test {cookie} {salt}", self.party.id);
        let again: String = account::secret::sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        again == hash
    }
}

/// `oidcc-session-management-discovery-endpoint-verification`
#[tokio::test]
async fn discovery_names_a_page_that_may_be_framed() {
    let provider = Provider::start().await;
    let document = provider.browser().open("/.well-known/openid-configuration").await.body;
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let address = document["check_session_iframe"].as_str().expect("an address");
    assert_eq!(address, format!("{}/oauth2/check-session", provider.url));
    let shown = provider.browser().once(Method::GET, address, None, &[]).await;
    assert_eq!((shown.status.as_u16(), shown.headers.get("x-frame-options")), (200, None));
    let policy = shown.headers["content-security-policy"].to_str().expect("ascii");
    assert!(!policy.contains("frame-ancestors") && policy.contains("script-src 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"));
    assert!(shown.headers.get("set-cookie").is_none(), "a frame in somebody else's page brings us no cookie");
    assert!(shown.body.contains(&format!("data-cookie=\"{STATE}\"")));
}

/// `oidcc-session-management-rp-initiated-logout`: `session_state` fits until the log-out, and then no longer.
#[tokio::test]
async fn the_state_is_what_it_was_until_the_log_out() {
    let s = scene().await;
    let first = s.session_state().await;
    assert!(!first.contains(' '));
    let second = s.session_state().await;
    assert_ne!(first, second, "salted");
    s.browser.open("/account").await;
    assert!(s.is_unchanged(&first) && s.is_unchanged(&second));
    let page = s.browser.open("/logout").await;
    s.browser.click(&page, "log-out", &[]).await;
    assert!(!s.is_unchanged(&first), "and there is still a cookie, so that the frame can tell");
    let out = s.browser.cookie(STATE);
    s.browser.open("/login").await;
    assert_eq!(s.browser.cookie(STATE), out);
}

/// A second account in the browser changes it, and so does a log-in anew.
#[tokio::test]
async fn a_log_in_changes_it() {
    let s = scene().await;
    let before = s.session_state().await;
    let bob = s.provider.person("bob@example.test").await;
    s.provider.log_in(&s.browser, &bob).await;
    s.browser.open("/account").await;
    assert!(!s.is_unchanged(&before));
    s.provider.log_in(&s.browser, &s.alice).await;
    s.browser.open("/account").await;
    assert!(!s.is_unchanged(&before));
}

/// A request from another site's page comes without our `Lax` cookies: it must not make us say that nobody is logged in.
#[tokio::test]
async fn a_request_without_our_cookies_says_nothing_about_the_session() {
    let s = scene().await;
    s.session_state().await;
    let bare = s.provider.browser();
    let cookie = s.browser.cookie(STATE).expect("a cookie");
    bare.plant_cookie(STATE, &cookie);
    let shown = bare.once(Method::GET, &s.party.authorize_url(&[("prompt", "none")]), None, &[]).await;
    let set: Vec<_> = shown.headers.get_all("set-cookie").iter().map(|line| line.to_str().expect("ascii")).collect();
    assert!(set.iter().all(|line| !line.starts_with(STATE)), "{set:?}");
}

/// Products of one person cannot compare notes: without the salt and the cookie the value says nothing, and an answer
/// without `openid` has none.
#[tokio::test]
async fn only_openid_has_one() {
    let s = scene().await;
    let shown = s.browser.open(&s.party.authorize_url(&[("scope", "profile"), ("nonce", "")])).await;
    assert!(shown.parameter("session_state").is_none(), "{}", shown.brief());
}

//! Logging in by password and logging out, on the pages of the provider (design §7.5 names their elements).

mod at_once;
mod attacks;
mod products;
mod throttling;

use crate::support::{Browser, Provider, Shown};
use account::account::{self as accounts, AccountStatus, DisplayName, NewAccount};
use account::credential::password::{self, Password};
use account::email::Email;
use account::session::{self, Session};
use account::{AccountId, Actor};

pub const ALICE: &str = "alice@example.test";
pub const PASSWORD: &str = "plinth gumbo weather";
pub const SESSION: &str = "latchkey-session";
/// What the browser carries from one page to the next.
const CARRIED: &str = "latchkey-carried";

/// Makes an account with [`PASSWORD`].
pub async fn account(provider: &Provider, email: &str, status: AccountStatus) -> AccountId {
    let new = NewAccount {
        verified: status != AccountStatus::Unverified,
        ..NewAccount::of_person(Email::parse(email).expect("an address"), DisplayName::parse("Alice").expect("a name"))
    };
    let phc = provider.accounts.passwords.hash(Password::typed(PASSWORD)).await.expect("a hash");
    let make = move |tx: &mut ::account::Tx<'_>| {
        let id = accounts::create(tx, &new)?.expect("a free address").id;
        password::put(tx, &id, &phc)?;
        if status == AccountStatus::Deactivated {
            accounts::set_status(tx, &id, AccountStatus::Active, status, None)?;
        }
        Ok(id)
    };
    provider.accounts.write(&Actor::system(), make).await.expect("written")
}

/// The password page for an address.
pub async fn password_page(browser: &Browser, email: &str) -> Shown {
    let shown = browser.open("/login").await;
    browser.click(shown.expect("/login"), "continue", &[("email", email)]).await
}

/// Both steps of the log-in.
pub async fn log_in(browser: &Browser, email: &str, password: &str) -> Shown {
    let shown = password_page(browser, email).await;
    browser.click(shown.expect("/login/password"), "log-in", &[("password", password)]).await
}

/// The session of a browser, if it is alive.
pub fn session_of(provider: &Provider, browser: &Browser) -> Option<Session> {
    let token = ::account::secret::Token::parse(&browser.cookie(SESSION)?)?;
    let (now, lifetimes) = (provider.accounts.now(), provider.node.site.lifetimes);
    provider.accounts.db.read_blocking(|conn| session::find(conn, &token.hash(), now, &lifetimes)).expect("read")
}

#[tokio::test]
async fn the_pages_have_the_promised_elements() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = browser.open("/login").await;
    for id in ["login-form", "email", "continue", "sign-up", "resend-verification"] {
        assert!(shown.has(id), "#{id} on {}", shown.brief());
    }
    assert!(!shown.has("cancel"), "no product asked, so there is nobody to go back to");
    assert!(shown.body.contains(r#"autocomplete="username webauthn""#));
    let shown = browser.click(&shown, "continue", &[("email", ALICE)]).await;
    for id in ["password", "log-in", "forgot-password", "not-you"] {
        assert!(shown.has(id), "#{id} on {}", shown.brief());
    }
    // Password managers find the address beside the password; the address bar does not show it.
    assert!(shown.body.contains(r#"autocomplete="current-password""#));
    let form = shown.form_with("log-in");
    assert!(form.fields.contains(&("email".to_owned(), ALICE.to_owned())), "{:?}", form.fields);
    assert!(!shown.url.contains("alice"), "{}", shown.url);
    let shown = browser.open(&shown.link("not-you")).await;
    assert!(shown.form_with("continue").fields.contains(&("email".to_owned(), ALICE.to_owned())));
}

#[tokio::test]
async fn the_right_password_logs_in_and_log_out_ends_it() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let shown = log_in(&browser, "Alice@Example.TEST", PASSWORD).await;
    let session = session_of(&provider, &browser).unwrap_or_else(|| panic!("{}", shown.brief()));
    assert_eq!(session.current().map(|login| &login.account_id), Some(&id));
    let asked = browser.open("/logout").await;
    assert!(asked.has("log-out") && asked.has("stay"), "{}", asked.brief());
    browser.click(&asked, "stay", &[]).await;
    assert!(session_of(&provider, &browser).is_some());
    let cookie = browser.cookie(SESSION).expect("a session");
    let shown = browser.click(&asked, "log-out", &[]).await;
    assert!(shown.expect("/logout").has("logged-out"));
    assert!(browser.cookie(SESSION).is_none());
    browser.plant_cookie(SESSION, &cookie);
    assert!(session_of(&provider, &browser).is_none(), "the old cookie is worth nothing");
}

#[tokio::test]
async fn two_accounts_in_one_browser_are_chosen_between() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let mut ids = Vec::new();
    for email in [ALICE, "bob@example.test"] {
        ids.push(account(&provider, email, AccountStatus::Active).await);
        let shown = browser.open("/choose-account").await;
        let shown = if shown.has("use-another") {
            assert!(shown.has("account-1") && !shown.has("account-2"));
            browser.click(&shown, "use-another", &[]).await
        } else {
            shown
        };
        let shown = browser.click(shown.expect("/login"), "continue", &[("email", email)]).await;
        browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        provider.wait(std::time::Duration::from_secs(1));
    }
    let current = || session_of(&provider, &browser).and_then(|s| s.current().map(|login| login.account_id.clone()));
    assert_eq!(session_of(&provider, &browser).expect("a session").logins.len(), 2);
    assert_eq!(current().as_ref(), Some(&ids[1]));
    let shown = browser.open("/choose-account").await;
    assert!(shown.has("account-2") && shown.text("account-2").contains(ALICE), "{}", shown.brief());
    browser.click(&shown, "account-2", &[]).await;
    assert_eq!(current().as_ref(), Some(&ids[0]));
}

#[tokio::test]
async fn a_mistyped_address_is_kept_and_explained() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = browser.open("/login").await;
    let shown = browser.click(&shown, "continue", &[("email", "alice.example.test")]).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(shown.form_with("continue").fields.contains(&("email".to_owned(), "alice.example.test".to_owned())));
    assert!(shown.body.contains("aria-invalid"), "the error is tied to the field");
}

#[tokio::test]
async fn strength_is_judged_for_our_own_forms_only() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = browser.open("/login").await;
    let csrf = shown.form_with("continue").fields.into_iter().find(|(name, _)| name == "csrf").expect("csrf").1;
    let ask = async |csrf: &str, password: &str| {
        browser.post("/password-strength", &[("csrf", csrf), ("password", password), ("email", ALICE)]).await
    };
    let weak: serde_json::Value = serde_json::from_str(&ask(&csrf, "alice123").await.body).expect("json");
    assert!(weak["score"].as_i64() <= Some(1) && weak["text"].as_str().is_some_and(|text| !text.is_empty()), "{weak}");
    let strong: serde_json::Value = serde_json::from_str(&ask(&csrf, PASSWORD).await.body).expect("json");
    assert!(strong["score"].as_i64() >= Some(3), "{strong}");
    assert_eq!(ask("nonsense", PASSWORD).await.status.as_u16(), 403);
    let mut slowed = false;
    for _ in 0..60 {
        slowed |= ask(&csrf, "x").await.status.as_u16() == 429;
    }
    assert!(slowed);
}

/// Nothing is written for whoever types an address and goes away.
#[tokio::test]
async fn a_typed_address_stays_with_the_browser_and_nobody_else_reads_it() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let shown = password_page(&browser, ALICE).await;
    let carried = browser.cookie(CARRIED).expect("the address");
    assert!(!carried.contains("alice"));
    let again = browser.open(&shown.url).await;
    assert!(
        again.expect("/login/password").form_with("log-in").fields.contains(&("email".to_owned(), ALICE.to_owned()))
    );
    // Another browser opens neither the page nor the address, and a made-up one is no address.
    let other = provider.browser();
    let theirs = other.open("/login").await;
    other.plant_cookie(CARRIED, &carried);
    assert!(!other.open(&theirs.url).await.body.contains(ALICE));
    browser.plant_cookie(CARRIED, "AAAA");
    browser.open(&shown.url).await.expect("/login");
}

#[tokio::test]
async fn two_windows_each_keep_the_address_that_was_typed_there() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let first = password_page(&browser, ALICE).await;
    let second = password_page(&browser, "bob@example.test").await;
    for (shown, email) in [(first, ALICE), (second, "bob@example.test")] {
        let form = browser.open(&shown.url).await.expect("/login/password").form_with("log-in");
        assert!(form.fields.contains(&("email".to_owned(), email.to_owned())), "{:?}", form.fields);
    }
}

#[tokio::test]
async fn the_address_typed_last_is_the_one_that_counts() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let shown = password_page(&browser, "alcie@example.test").await;
    let shown = browser.open(&shown.link("not-you")).await;
    let shown = browser.click(&shown, "continue", &[("email", ALICE)]).await;
    browser.click(shown.expect("/login/password"), "log-in", &[("password", PASSWORD)]).await;
    let session = session_of(&provider, &browser).expect("a session");
    assert_eq!(session.current().map(|login| &login.account_id), Some(&id));
    assert_eq!(browser.cookie(CARRIED), None, "it is put down at the end");
}

//! Logging in with a second step, and proving again who one is before risky acts.

mod attacks;
mod in_chromium;
mod level;
mod mailed;
mod remembered;
mod step_up;

use crate::console::promote;
use crate::log_in::{self as pages, ALICE, PASSWORD, password_page, session_of};
use crate::recovery::{NEW, link};
use crate::support::{Browser, Provider, Shown};
use account::account::AccountStatus;
use account::credential::recovery_code;
use account::credential::totp::{self, AppName, Confirmed, Secret};
use account::{AccountId, Actor};
use std::time::Duration;

/// Alice, whose account has an authenticator app.
pub struct Scene {
    pub provider: Provider,
    pub alice: AccountId,
    pub app: Secret,
}

pub async fn scene() -> Scene {
    scene_on(Provider::start().await).await
}

pub async fn scene_on(provider: Provider) -> Scene {
    let alice = pages::account(&provider, ALICE, AccountStatus::Active).await;
    let app = enrol(&provider, &alice).await;
    Scene { provider, alice, app }
}

/// Gives an account an authenticator app.
pub async fn enrol(provider: &Provider, account: &AccountId) -> Secret {
    let (id, now) = (account.clone(), provider.accounts.now());
    let domain = provider.accounts.clone();
    let actor = Actor::system();
    let secret = provider.accounts.write(&actor, move |tx| {
        let name = AppName::parse("Phone").expect("a name");
        let app = totp::begin(tx, &id, &name, None)?.expect("room for an app");
        let waiting = totp::waiting(tx.conn, &domain.key, &id, &app, now)?.expect("it waits");
        let code = waiting.secret.code_at(now);
        assert!(matches!(totp::confirm(tx, &id, &app, &name, &code)?, Confirmed::Now { .. }));
        Ok(waiting.secret)
    });
    secret.await.expect("enrolled")
}

impl Scene {
    /// The next code that was not used yet.
    pub fn code(&self) -> String {
        self.provider.wait(Duration::from_secs(30));
        self.app.code_at(self.provider.accounts.now())
    }

    /// A code that is none of the app's.
    pub fn wrong_code(&self) -> String {
        let now = self.provider.accounts.now();
        let right = [-30, 0, 30].map(|seconds| self.app.code_at(now.plus_seconds(seconds)));
        let others = (0..10).map(|n| format!("{n:06}"));
        others.into_iter().find(|code| !right.contains(code)).expect("ten codes are more than three")
    }

    /// Ten recovery codes.
    pub async fn recovery_codes(&self) -> Vec<String> {
        let id = self.alice.clone();
        let actor = Actor::system();
        let made = self.provider.accounts.write(&actor, move |tx| recovery_code::make_new(tx, &id));
        made.await.expect("made").iter().map(|code| code.reveal().to_string()).collect()
    }

    /// The page of the second step, after the right password.
    pub async fn two_step_page(&self, browser: &Browser) -> Shown {
        let shown = pages::log_in(browser, ALICE, PASSWORD).await;
        shown.expect("/login/two-step");
        shown
    }

    /// Both steps.
    pub async fn log_in(&self, browser: &Browser) -> Shown {
        let shown = self.two_step_page(browser).await;
        browser.click(&shown, "verify", &[("code", &self.code())]).await
    }

    pub fn is_logged_in(&self, browser: &Browser) -> bool {
        session_of(&self.provider, browser).is_some()
    }
}

#[tokio::test]
async fn the_page_has_the_promised_elements_and_takes_the_code_as_people_type_it() {
    let s = scene().await;
    s.recovery_codes().await;
    let browser = s.provider.browser();
    let shown = s.two_step_page(&browser).await;
    for id in ["code", "verify", "remember-device", "use-recovery-code", "not-you"] {
        assert!(shown.has(id), "#{id} on {}", shown.brief());
    }
    assert!(!shown.has("use-passkey"), "there is none");
    for promised in ["autocomplete=\"one-time-code\"", "inputmode=\"numeric\""] {
        assert!(shown.body.contains(promised), "{promised}");
    }
    assert!(!s.is_logged_in(&browser), "no session before the second step");
    let code = s.code();
    let (first, last) = code.split_at(3);
    let shown = browser.click(&shown, "verify", &[("code", &format!(" {first} {last} "))]).await;
    shown.expect("/account");
    let session = session_of(&s.provider, &browser).expect("a session");
    assert_eq!(session.current().map(|login| &login.account_id), Some(&s.alice));
    // The button back: nothing is asked twice.
    let back = browser.open("/login/two-step").await;
    assert_eq!(back.error_code().as_deref(), Some("interaction_over"));
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_the_app_once() {
    let s = scene().await;
    let codes = s.recovery_codes().await;
    let browser = s.provider.browser();
    let shown = s.two_step_page(&browser).await;
    let paper = browser.open(&shown.link("use-recovery-code")).await;
    paper.expect("/login/two-step/recovery-code");
    let app = browser.open(&paper.link("use-app-code")).await;
    app.expect("/login/two-step");
    let shown = browser.click(&paper, "verify", &[("code", &codes[0].to_uppercase())]).await;
    shown.expect("/account");
    let elsewhere = s.provider.browser();
    let shown = s.two_step_page(&elsewhere).await;
    let paper = elsewhere.open(&shown.link("use-recovery-code")).await;
    let again = elsewhere.click(&paper, "verify", &[("code", &codes[0])]).await;
    assert_eq!(again.status.as_u16(), 422, "a used one");
    assert!(again.body.contains("aria-invalid"), "the error is tied to the field");
    assert!(!s.is_logged_in(&elsewhere));
    elsewhere.click(&again, "verify", &[("code", &codes[1])]).await.expect("/account");
}

/// A table of every way in. Each passes the password page, and none ends before the second step.
#[tokio::test]
async fn every_way_in_demands_the_second_step() {
    let s = scene().await;
    let party = s.provider.party().await;
    promote(&s.provider, crate::log_in::ALICE).await;
    let product = |more: &[(&str, &str)]| party.authorize_url(more);
    let essential = r#"{"id_token":{"acr":{"essential":true,"values":["urn:latchkey:acr:two-step"]}}}"#;
    let ways: Vec<(String, &str)> = vec![
        ("/".into(), "/account"),
        ("/login".into(), "/account"),
        ("/account".into(), "/account"),
        ("/account/security".into(), "/account/security"),
        ("/account/security/password".into(), "/account/security/password"),
        ("/account/email".into(), "/account/email"),
        ("/admin".into(), "/admin"),
        ("/admin/clients".into(), "/admin/clients"),
        ("/choose-account".into(), "/account"),
        (product(&[]), "/callback"),
        (product(&[("prompt", "login")]), "/callback"),
        (product(&[("prompt", "select_account")]), "/callback"),
        (product(&[("max_age", "0")]), "/callback"),
        (product(&[("acr_values", "urn:latchkey:acr:two-step")]), "/callback"),
        (product(&[("claims", essential)]), "/callback"),
        (product(&[("login_hint", ALICE)]), "/callback"),
    ];
    for (address, destination) in ways {
        let browser = s.provider.browser();
        let shown = browser.open(&address).await;
        let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
        let shown = browser.click(&shown, "log-in", &[("password", PASSWORD)]).await;
        shown.expect("/login/two-step");
        assert!(!s.is_logged_in(&browser), "{address}: no session yet");
        let shown = browser.click(&shown, "verify", &[("code", &s.code())]).await;
        assert_eq!(shown.path(), destination, "{address}: {}", shown.brief());
        assert!(s.is_logged_in(&browser), "{address}");
        assert!(browser.cookie("latchkey-session").is_some());
    }
}

#[tokio::test]
async fn a_recovery_by_mail_leads_to_the_second_step_too() {
    let s = scene().await;
    let browser = s.provider.browser();
    let shown = password_page(&browser, ALICE).await;
    let shown = browser.open(&shown.link("forgot-password")).await;
    browser.click(&shown, "send", &[("email", ALICE)]).await;
    let shown = browser.open(&link(&s.provider, ALICE, "/recover/password").await).await;
    let shown = browser.click(&shown, "save", &[("password", NEW)]).await;
    assert!(!s.is_logged_in(&browser), "a link is no log-in");
    let shown = browser.click(shown.expect("/login"), "continue", &[("email", ALICE)]).await;
    let shown = browser.click(&shown, "log-in", &[("password", NEW)]).await;
    shown.expect("/login/two-step");
    assert!(!s.is_logged_in(&browser));
    browser.click(&shown, "verify", &[("code", &s.code())]).await.expect("/account");
}

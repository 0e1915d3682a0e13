//! Signing up and confirming the address, on the pages of the provider (design §7.5 names their elements).

mod privacy;

use crate::support::{Browser, Provider, Shown};
use demo::mail::Message;
use std::sync::Arc;
use std::time::Duration;

pub const ALICE: &str = "alice@example.test";
pub const PASSWORD: &str = "plinth gumbo weather";

/// Fills in the form.
pub async fn sign_up_as(browser: &Browser, form: &Shown, email: &str, name: &str, password: &str) -> Shown {
    browser.click(form, "sign-up", &[("email", email), ("name", name), ("password", password)]).await
}

/// Signs up at the page of the provider, and comes to the page that asks for the code.
pub async fn sign_up(browser: &Browser, email: &str, password: &str) -> Shown {
    let form = browser.open("/signup").await;
    sign_up_as(browser, form.expect("/signup"), email, "Alice Example", password).await
}

/// The next mail to the address after those that the test has seen.
pub async fn next_mail(provider: &Provider, to: &str, seen: &mut Vec<u64>) -> Arc<Message> {
    let known = seen.clone();
    let address = to.to_owned();
    let mail = provider.mails.wait_for(move |mail| mail.is_to(&address) && !known.contains(&mail.id)).await;
    seen.push(mail.id);
    mail
}

/// The six digits of a mail.
pub fn code_of(mail: &Message) -> String {
    let words = mail.text.split(|c: char| !c.is_ascii_digit());
    words.into_iter().find(|word| word.len() == 6).expect("a code in the mail").to_owned()
}

/// The link of a mail.
pub fn link_of(mail: &Message) -> String {
    let links = mail.links();
    links.into_iter().find(|link| link.contains("/verify-email/confirm?token=")).expect("a link").to_owned()
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)
}

#[tokio::test]
async fn the_pages_have_the_promised_elements() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let form = browser.open("/signup").await;
    for id in ["email", "name", "password", "sign-up"] {
        assert!(form.expect("/signup").has(id), "#{id}");
    }
    for autocomplete in ["username", "name", "new-password"] {
        assert!(form.body.contains(&format!(r#"autocomplete="{autocomplete}""#)), "{autocomplete}");
    }
    let shown = sign_up_as(&browser, &form, ALICE, "Alice", PASSWORD).await;
    for id in ["code", "verify", "resend", "delivery"] {
        assert!(shown.expect("/verify-email").has(id), "#{id}");
    }
    assert!(shown.body.contains(r#"autocomplete="one-time-code""#));
    assert_eq!(shown.text("address"), ALICE);
    assert!(!shown.url.contains("alice"), "the address bar does not show it: {}", shown.url);
}

#[tokio::test]
async fn the_code_confirms_logs_in_and_goes_on_to_the_product() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let browser = provider.browser();
    let login = browser.open(&party.authorize_url(&[])).await;
    let form = browser.open(&login.link("sign-up")).await;
    assert_eq!(form.expect("/signup").text("client-name"), "Tracker");
    let shown = sign_up_as(&browser, &form, ALICE, "Alice Example", PASSWORD).await;
    assert_eq!(shown.expect("/verify-email").text("client-name"), "Tracker");
    let code = code_of(&*next_mail(&provider, ALICE, &mut Vec::new()).await);
    let refused = browser.click(&shown, "verify", &[("code", &wrong(&code))]).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.plain().contains("4 tries are left"), "{}", refused.brief());
    let shown = browser.click(&refused, "verify", &[("code", &code)]).await;
    party.code_of(&shown);
}

#[tokio::test]
async fn the_link_needs_a_click_and_confirms_in_the_browser_that_signed_up() {
    let provider = Provider::start().await;
    let party = provider.party().await;
    let browser = provider.browser();
    let login = browser.open(&party.authorize_url(&[])).await;
    let form = browser.open(&login.link("sign-up")).await;
    sign_up_as(&browser, &form, ALICE, "Alice", PASSWORD).await;
    let link = link_of(&*next_mail(&provider, ALICE, &mut Vec::new()).await);
    // Mail scanners open links, several times.
    for _ in 0..2 {
        provider.browser().open(&link).await.expect("/verify-email/confirm");
    }
    let shown = browser.open(&link).await;
    assert!(!shown.expect("/verify-email/confirm").has("password"));
    let shown = browser.click(&shown, "confirm", &[]).await;
    party.code_of(&shown);
    let over = browser.open(&link).await;
    assert_eq!(over.status.as_u16(), 410);
    assert!(over.has("link-over") && over.has("log-in") && over.has("resend-verification"));
}

#[tokio::test]
async fn a_day_later_the_link_says_that_it_is_over() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    sign_up(&browser, ALICE, PASSWORD).await;
    let link = link_of(&*next_mail(&provider, ALICE, &mut Vec::new()).await);
    provider.wait(Duration::from_secs(24 * 3600 - 1));
    let good = browser.open(&link).await;
    assert_eq!(good.status.as_u16(), 200);
    provider.wait(Duration::from_secs(1));
    assert_eq!(browser.click(&good, "confirm", &[]).await.status.as_u16(), 410);
    assert_eq!(browser.open("/verify-email/confirm?token=nonsense").await.status.as_u16(), 410);
    assert_eq!(browser.open("/verify-email/confirm").await.status.as_u16(), 410);
}

/// The interaction lives for an hour, the link for a day: the person is logged in, at the account page.
#[tokio::test]
async fn a_link_opened_hours_later_still_logs_in() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    sign_up(&browser, ALICE, PASSWORD).await;
    let link = link_of(&*next_mail(&provider, ALICE, &mut Vec::new()).await);
    provider.wait(Duration::from_secs(5 * 3600));
    let shown = browser.open(&link).await;
    browser.click(&shown, "confirm", &[]).await.expect("/account");
}

#[tokio::test]
async fn what_was_typed_stays_and_each_mistake_is_at_its_field() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let form = browser.open("/signup").await;
    let shown = sign_up_as(&browser, &form, "alice.example.test", "Alice <Example>", "alice123").await;
    assert_eq!((shown.path().as_str(), shown.status.as_u16()), ("/signup", 422));
    assert!(shown.has("email-error") && shown.has("password-error") && !shown.has("name-error"));
    let fields = shown.form_with("sign-up").fields;
    let value = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    assert_eq!((value("email"), value("name")), ("alice.example.test".into(), "Alice <Example>".into()));
    assert_eq!(value("password"), "");
    assert!(!shown.body.contains("alice123"), "the password is not sent back");
    let shown = sign_up_as(&browser, &shown, ALICE, " ", "short").await;
    assert!(shown.text("name-error").contains("Write your name"));
    assert!(shown.text("password-error").contains("at least 8 characters"));
}

#[tokio::test]
async fn another_mail_can_be_asked_for_and_its_fate_is_shown() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let mut seen = Vec::new();
    let shown = sign_up(&browser, ALICE, PASSWORD).await;
    let first = code_of(&*next_mail(&provider, ALICE, &mut seen).await);
    provider.wait(Duration::from_secs(16 * 60));
    let late = browser.click(&shown, "verify", &[("code", &first)]).await;
    assert!(late.has("code-over") && !late.has("verify"), "{}", late.brief());
    let shown = browser.click(&late, "resend", &[]).await;
    assert!(shown.expect("/verify-email").has("verify"));
    let second = code_of(&*next_mail(&provider, ALICE, &mut seen).await);
    browser.click(&shown, "verify", &[("code", &second)]).await.expect("/account");
    // Nothing waits here any more.
    browser.open("/verify-email").await.expect("/account");
}

#[tokio::test]
async fn the_log_in_page_leads_to_another_mail() {
    let provider = Provider::start().await;
    let (home, away) = (provider.browser(), provider.browser());
    let mut seen = Vec::new();
    sign_up(&home, ALICE, PASSWORD).await;
    next_mail(&provider, ALICE, &mut seen).await;
    let login = away.open("/login").await;
    let page = away.open(&login.link("resend-verification")).await;
    let shown = away.click(page.expect("/verify-email/resend"), "resend", &[("email", ALICE)]).await;
    assert!(shown.expect("/verify-email/resend").plain().contains("another mail is on its way"));
    let code = code_of(&*next_mail(&provider, ALICE, &mut seen).await);
    let shown = home.open("/verify-email").await;
    home.click(shown.expect("/verify-email"), "verify", &[("code", &code)]).await.expect("/account");
}

#[tokio::test]
async fn a_right_password_at_the_log_in_leads_to_the_code_in_that_browser() {
    let provider = Provider::start().await;
    let (home, away) = (provider.browser(), provider.browser());
    let mut seen = Vec::new();
    sign_up(&home, ALICE, PASSWORD).await;
    next_mail(&provider, ALICE, &mut seen).await;
    let shown = away.open("/login").await;
    let shown = away.click(&shown, "continue", &[("email", ALICE)]).await;
    let shown = away.click(&shown, "log-in", &[("password", PASSWORD)]).await;
    let code = code_of(&*next_mail(&provider, ALICE, &mut seen).await);
    away.click(shown.expect("/verify-email"), "verify", &[("code", &code)]).await.expect("/account");
}

#[tokio::test]
async fn a_closed_sign_up_says_so_and_makes_no_account() {
    let open = Provider::start().await;
    let closed = Provider::start_with(|settings| settings.sign_up.enabled = false).await;
    let browser = closed.browser();
    let shown = browser.open("/signup").await;
    assert_eq!(shown.status.as_u16(), 403);
    assert!(shown.plain().contains("made by whoever runs"), "{}", shown.brief());
    assert!(!browser.open("/login").await.has("sign-up"));
    // Posted all the same, with the form that an open installation would show.
    let url = shown.url.clone();
    let csrf = browser.open("/login").await.form_with("continue").fields;
    let csrf = &csrf.iter().find(|(name, _)| name == "csrf").expect("a token").1;
    let fields = [("csrf", csrf.as_str()), ("email", ALICE), ("name", "Alice"), ("password", PASSWORD)];
    assert_eq!(browser.post(&url, &fields).await.status.as_u16(), 403);
    let email = account::email::Email::parse(ALICE).expect("an address");
    let found = closed.accounts.read(move |conn| account::account::find_by_email(conn, &email)).await.expect("read");
    assert_eq!(found, None);
    drop(open);
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let form = browser.open("/signup").await;
    browser.forget_cookies();
    let shown = sign_up_as(&browser, &form, ALICE, "Alice", PASSWORD).await;
    assert_eq!(shown.error_code().as_deref(), Some("cookies_blocked"), "{}", shown.brief());
    assert!(shown.plain().contains("Allow cookies"));
}

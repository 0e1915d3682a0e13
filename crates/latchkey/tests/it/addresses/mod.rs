//! Several addresses of one account: added, confirmed, made primary, removed; each confirmed one logs in and gets back
//! in.

mod attacks;
mod in_chromium;

use crate::log_in::{ALICE, PASSWORD, account, log_in, password_page, session_of};
use crate::recovery::{NEW, link};
use crate::support::{Browser, Provider, Shown, html};
use ::account::AccountId;
use ::account::account::AccountStatus;

pub const SECOND: &str = "alice@second.example";

/// Alice, logged in.
pub async fn alice(provider: &Provider) -> (AccountId, Browser) {
    let id = account(provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await.expect("/account");
    (id, browser)
}

/// Asks for another address.
pub async fn ask(browser: &Browser, email: &str) -> Shown {
    let shown = browser.open("/account").await;
    let shown = browser.open(&shown.link("change-email")).await;
    let shown = browser.open(&shown.expect("/account/email").link("add-email")).await;
    browser.click(shown.expect("/account/email/add"), "add", &[("email", email)]).await
}

/// Adds an address and confirms it; the list afterwards.
pub async fn add(provider: &Provider, browser: &Browser, email: &str) -> Shown {
    ask(browser, email).await.expect("/account/email");
    let shown = browser.open(&link(provider, email, "/account/email/added").await).await;
    browser.click(&shown, "confirm", &[]).await
}

/// The ids of elements that begin like this: `make-primary-…`.
pub fn ids(shown: &Shown, start: &str) -> Vec<String> {
    let tags = html::tags(&shown.body);
    tags.iter().map(|tag| tag.get("id").to_owned()).filter(|id| id.starts_with(start)).collect()
}

#[tokio::test]
async fn an_added_address_logs_in_once_it_is_confirmed() {
    let provider = Provider::start().await;
    let (id, browser) = alice(&provider).await;
    for wrong in ["alice.second.example", ALICE, "Alice@EXAMPLE.test"] {
        let refused = ask(&browser, wrong).await;
        assert!(refused.status.as_u16() == 422 && refused.has("email-error"), "{}", refused.brief());
        assert!(refused.form_with("add").fields.contains(&("email".to_owned(), wrong.to_owned())), "it stays typed");
    }
    let shown = ask(&browser, SECOND).await;
    assert!(shown.expect("/account/email").plain().contains("Not confirmed"), "{}", shown.brief());
    let other = provider.browser();
    assert_eq!(log_in(&other, SECOND, PASSWORD).await.status.as_u16(), 422, "not yet");

    let confirm = link(&provider, SECOND, "/account/email/added").await;
    let shown = browser.open(&confirm).await;
    assert!(!shown.has("password") && shown.text("new-address") == SECOND, "logged in as that account");
    let shown = browser.click(&shown, "confirm", &[]).await;
    assert_eq!(shown.expect("/account/email").text("email-address"), ALICE, "the primary one is the same");
    assert!(shown.plain().contains(SECOND) && !shown.plain().contains("Not confirmed"));
    assert_eq!(browser.open(&confirm).await.error_code().as_deref(), Some("link_expired"));
    let told = provider.mails.wait_for(|mail| mail.is_to(ALICE) && mail.subject.contains("was added")).await;
    assert!(told.text.contains(SECOND), "{}", told.text);

    log_in(&other, "Alice@Second.EXAMPLE", PASSWORD).await.expect("/account");
    let session = session_of(&provider, &other).expect("a session");
    assert_eq!(session.current().map(|login| &login.account_id), Some(&id));
}

#[tokio::test]
async fn another_browser_confirms_with_the_password() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    ask(&browser, SECOND).await;
    let phone = provider.browser();
    let shown = phone.open(&link(&provider, SECOND, "/account/email/added").await).await;
    assert!(!shown.body.contains(ALICE), "whoever got the mail by mistake learns no address");
    for wrong in [&[][..], &[("password", "a guess")][..]] {
        assert_eq!(phone.click(&shown, "confirm", wrong).await.status.as_u16(), 422);
    }
    phone.click(&shown, "confirm", &[("password", PASSWORD)]).await.expect("/login");
    assert!(browser.open("/account/email").await.plain().contains(SECOND));
}

#[tokio::test]
async fn products_see_the_primary_address_and_it_can_be_another() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let party = provider.party().await;
    let email = async || {
        let (_, tokens) = party.exchange(&party.code(&browser, &[("scope", "openid email")]).await).await;
        let (_, claims) = party.userinfo(tokens["access_token"].as_str().expect("a token")).await;
        assert_eq!(claims["email_verified"], true);
        claims["email"].as_str().expect("an address").to_owned()
    };
    let list = add(&provider, &browser, SECOND).await;
    assert_eq!(email().await, ALICE);
    let button = ids(&list, "make-primary-").swap_remove(0);
    let list = browser.click(&list, &button, &[]).await;
    assert_eq!(list.expect("/account/email").text("email-address"), SECOND);
    assert_eq!(email().await, SECOND);
    assert_eq!(browser.open("/account").await.text("email-address"), SECOND);
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");

    let undo = link(&provider, ALICE, "/account/email/undo").await;
    let owner = provider.browser();
    let shown = owner.open(&undo).await;
    let shown = owner.click(&shown, "undo", &[]).await;
    shown.expect("/recover/password");
    assert!(session_of(&provider, &browser).is_none(), "everybody is logged out");
    owner.click(&shown, "save", &[("password", NEW)]).await.expect("/login");
    assert_eq!(log_in(&owner, ALICE, NEW).await.expect("/account").text("email-address"), ALICE);
    assert_eq!(log_in(&provider.browser(), SECOND, NEW).await.status.as_u16(), 422, "what was just added is gone");
}

#[tokio::test]
async fn an_address_is_removed_after_a_question_and_the_primary_one_is_not() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let list = add(&provider, &browser, SECOND).await;
    let remove = ids(&list, "remove-");
    assert_eq!(remove.len(), 1, "none for the primary one");
    let question = browser.open(&list.link(&remove[0])).await;
    assert_eq!(question.text("address"), SECOND);
    // Meanwhile it is made primary in another window.
    browser.click(&list, &ids(&list, "make-primary-")[0], &[]).await;
    let refused = browser.click(&question, "remove", &[]).await;
    assert_eq!(refused.error_code().as_deref(), Some("address_is_primary"));
    let list = browser.open("/account/email").await;
    let question = browser.open(&list.link(&ids(&list, "remove-")[0])).await;
    let list = browser.click(&question, "remove", &[]).await;
    assert!(!list.expect("/account/email").plain().contains(ALICE));
    assert_eq!(log_in(&provider.browser(), ALICE, PASSWORD).await.status.as_u16(), 422);
    log_in(&provider.browser(), SECOND, PASSWORD).await.expect("/account");
    for to in [ALICE, SECOND] {
        provider.mails.wait_for(|mail| mail.is_to(to) && mail.subject.contains("was removed")).await;
    }
}

#[tokio::test]
async fn what_waits_is_sent_again_or_given_up() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let list = ask(&browser, SECOND).await;
    let first = link(&provider, SECOND, "/account/email/added").await;
    let list = browser.click(&list, &ids(&list, "resend-")[0], &[]).await;
    assert!(list.expect("/account/email").plain().contains("on its way"));
    assert_eq!(browser.open(&first).await.error_code().as_deref(), Some("link_expired"), "the last one alone works");
    let list = browser.click(&list, &ids(&list, "cancel-")[0], &[]).await;
    assert!(!list.plain().contains(SECOND));
    assert!(list.has("add-email"));
}

#[tokio::test]
async fn recovery_and_sign_up_know_every_confirmed_address() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    add(&provider, &browser, SECOND).await;
    let stranger = provider.browser();
    let shown = stranger.open("/signup").await;
    let typed = [("email", SECOND), ("name", "Somebody"), ("password", NEW)];
    stranger.click(&shown, "sign-up", &typed).await.expect("/verify-email");
    let mail = provider.mails.wait_for(|mail| mail.is_to(SECOND) && mail.subject.contains("already have")).await;
    assert!(mail.text.contains("has an account already"), "{}", mail.text);

    let shown = stranger.open("/recover").await;
    stranger.click(&shown, "send", &[("email", SECOND)]).await.expect("/recover/sent");
    let shown = stranger.open(&link(&provider, SECOND, "/recover/password").await).await;
    stranger.click(&shown, "save", &[("password", NEW)]).await.expect("/login");
    log_in(&stranger, SECOND, NEW).await.expect("/account");
    for to in [ALICE, SECOND] {
        provider.mails.wait_for(|mail| mail.is_to(to) && mail.subject.contains("password was changed")).await;
    }
}

#[tokio::test]
async fn a_log_in_hint_by_any_address_fills_the_field() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    add(&provider, &browser, SECOND).await;
    let shown = password_page(&provider.browser(), SECOND).await;
    assert!(shown.form_with("log-in").fields.contains(&("email".to_owned(), SECOND.to_owned())));
}

#[tokio::test]
async fn the_console_shows_all_addresses_and_finds_by_any() {
    let provider = Provider::start().await;
    let id = account(&provider, "zoe@example.test", AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, "zoe@example.test", PASSWORD).await;
    add(&provider, &browser, SECOND).await;
    let operator = crate::console::operator(&provider).await;
    for sought in ["alice@second", "zoe@example"] {
        let list = operator.open(&format!("/admin/accounts?q={}", sought.replace('@', "%40"))).await;
        assert_eq!(list.body.matches(&format!("/admin/accounts/{id}\"")).count(), 1, "{sought}: {}", list.brief());
        assert!(list.plain().contains("zoe@example.test"), "by its primary one");
    }
    let shown = operator.open(&format!("/admin/accounts/{id}")).await;
    let plain = shown.plain();
    assert!(plain.contains(SECOND) && plain.contains("Primary"), "{plain}");
}

//! Another e-mail address: asked for with the password, confirmed at the new one, taken back at the old one.

use super::{NEW, link};
use crate::log_in::{ALICE, PASSWORD, account, log_in, session_of};
use crate::support::{Browser, Provider, Shown};
use account::account::AccountStatus;

const OTHER: &str = "alice@new.example";

async fn ask(browser: &Browser, email: &str, password: &str) -> Shown {
    let shown = browser.open("/account").await;
    let shown = browser.open(&shown.link("change-email")).await;
    let shown = browser.open(&shown.expect("/account/email").link("replace-email")).await;
    browser.click(shown.expect("/account/email/change"), "save", &[("email", email), ("password", password)]).await
}

#[tokio::test]
async fn a_change_is_confirmed_at_the_new_address_and_taken_back_at_the_old_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let wrong = ask(&browser, OTHER, "a guess").await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert!(wrong.form_with("save").fields.contains(&("email".to_owned(), OTHER.to_owned())), "what was typed stays");
    let shown = ask(&browser, OTHER, PASSWORD).await;
    assert_eq!(shown.expect("/account/email").text("pending-email"), OTHER);
    let shown = browser.open("/account").await;
    assert_eq!(shown.text("email-address"), ALICE, "until it is confirmed");
    let confirm = link(&provider, OTHER, "/account/email/confirm").await;
    let shown = browser.open(&confirm).await;
    assert!(!shown.has("password"), "logged in as that account");
    let shown = browser.click(&shown, "confirm", &[]).await;
    assert_eq!(shown.expect("/account").text("email-address"), OTHER);
    assert_eq!(browser.open(&confirm).await.error_code().as_deref(), Some("link_expired"));

    let undo = link(&provider, ALICE, "/account/email/undo").await;
    let owner = provider.browser();
    let shown = owner.open(&undo).await;
    assert_eq!(shown.text("old-address"), ALICE);
    let shown = owner.click(&shown, "undo", &[]).await;
    assert!(shown.expect("/recover/password").plain().contains("again"), "{}", shown.brief());
    assert!(session_of(&provider, &browser).is_none(), "everybody is logged out");
    owner.click(&shown, "save", &[("password", NEW)]).await.expect("/login");
    log_in(&owner, ALICE, NEW).await.expect("/account");
    assert_eq!(owner.open(&undo).await.error_code().as_deref(), Some("link_expired"));
}

#[tokio::test]
async fn another_browser_confirms_with_the_password() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let (browser, phone) = (provider.browser(), provider.browser());
    log_in(&browser, ALICE, PASSWORD).await;
    ask(&browser, OTHER, PASSWORD).await;
    let confirm = link(&provider, OTHER, "/account/email/confirm").await;
    let shown = phone.open(&confirm).await;
    assert!(!shown.body.contains(ALICE), "whoever got the mail by mistake learns no address");
    for wrong in [&[][..], &[("password", "a guess")][..]] {
        assert_eq!(phone.click(&shown, "confirm", wrong).await.status.as_u16(), 422);
    }
    phone.click(&shown, "confirm", &[("password", PASSWORD)]).await.expect("/login");
    assert_eq!(browser.open("/account").await.text("email-address"), OTHER);
}

#[tokio::test]
async fn an_address_in_use_looks_like_a_free_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    account(&provider, "bob@example.test", AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let free = ask(&browser, OTHER, PASSWORD).await;
    let taken = ask(&browser, "bob@example.test", PASSWORD).await;
    assert_eq!(free.plain().replace(OTHER, "EMAIL"), taken.plain().replace("bob@example.test", "EMAIL"));
    let to_bob = |mail: &demo::mail::Message| mail.to.iter().any(|to| to == "bob@example.test");
    let mail = provider.mails.wait_for(to_bob).await;
    assert!(mail.text.contains("belongs to another account"), "{}", mail.text);
    browser.click(&taken, "cancel-change", &[]).await.expect("/account/email");
    assert!(!browser.open("/account/email").await.has("pending-email"));
}

//! What somebody with an account of their own tries with addresses of others.

use super::{SECOND, add, alice, ask, ids};
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::recovery::link;
use crate::support::Provider;
use account::account::AccountStatus;

const EVE: &str = "eve@example.test";

/// Whether an address has an account shows only in its mailbox.
#[tokio::test]
async fn an_address_in_use_looks_like_a_free_one() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    account(&provider, "bob@example.test", AccountStatus::Active).await;
    account(&provider, "off@example.test", AccountStatus::Deactivated).await;
    let mut pages = Vec::new();
    for email in ["free@example.test", "bob@example.test", "off@example.test"] {
        let shown = ask(&browser, email).await;
        pages.push(shown.expect("/account/email").plain().replace(email, "EMAIL"));
        browser.click(&shown, &ids(&shown, "cancel-")[0], &[]).await.expect("/account/email");
    }
    assert!(pages.iter().all(|page| page == &pages[0]), "{pages:#?}");
    let mail = provider.mails.wait_for(|mail| mail.is_to("bob@example.test")).await;
    assert!(mail.text.contains("belongs to another account"), "{}", mail.text);
}

/// IDOR: ids of another account's addresses are as good as none.
#[tokio::test]
async fn addresses_of_others_are_out_of_reach() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    add(&provider, &browser, SECOND).await;
    let list = ask(&browser, "waits@example.test").await;
    let id = |start: &str| ids(&list, start).swap_remove(0)[start.len()..].to_owned();
    let (second, waits) = (id("make-primary-"), id("resend-"));
    let eve = provider.browser();
    account(&provider, EVE, AccountStatus::Active).await;
    let shown = log_in(&eve, EVE, PASSWORD).await;
    let csrf = crate::attacks::csrf_of(&shown);
    for path in [
        format!("/account/email/{second}/primary"),
        format!("/account/email/{second}/remove"),
        format!("/account/email/waiting/{waits}/resend"),
        format!("/account/email/waiting/{waits}/cancel"),
    ] {
        let answer = eve.post(&path, &[("csrf", &csrf)]).await;
        assert_eq!(answer.error_code().as_deref(), Some("address_not_found"), "{path}");
    }
    let answer = eve.open(&format!("/account/email/{second}/remove")).await;
    assert!(answer.status.as_u16() == 404 && !answer.body.contains(SECOND));
    // A link that went to somebody's mailbox does not add their address to the account of whoever opens it.
    let confirm = link(&provider, "waits@example.test", "/account/email/added").await;
    let shown = eve.open(&confirm).await;
    assert!(shown.has("password"), "asked for the password of the account that it is for");
    assert_eq!(eve.click(&shown, "confirm", &[("password", "a guess")]).await.status.as_u16(), 422);
    let own = browser.open("/account/email").await;
    assert_eq!(own.text("email-address"), ALICE);
    assert!(own.plain().contains(SECOND) && own.plain().contains("waits@example.test"));
}

/// Somebody signs up with an address, or asks to add it, and never confirms it: its owner is not kept out.
#[tokio::test]
async fn an_address_that_was_not_confirmed_reserves_nothing() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    account(&provider, EVE, AccountStatus::Active).await;
    account(&provider, SECOND, AccountStatus::Unverified).await;
    let eve = provider.browser();
    log_in(&eve, EVE, PASSWORD).await;
    ask(&eve, SECOND).await;
    let to_eve = link(&provider, SECOND, "/account/email/added").await;
    let waits = eve.open(&to_eve).await;
    ask(&browser, SECOND).await;
    let (start, of_eve) = (format!("{}/account/email/added?token=", provider.url), &to_eve);
    let mail = provider.mails.wait_for(|mail| mail.text.contains(&start) && !mail.text.contains(of_eve)).await;
    let at = mail.text.find(&start).expect("a link");
    let shown = browser.open(mail.text[at..].split_whitespace().next().expect("a link")).await;
    let list = browser.click(&shown, "confirm", &[]).await;
    assert!(list.expect("/account/email").plain().contains("is confirmed"));
    let late = eve.click(&waits, "confirm", &[]).await;
    assert_eq!(late.error_code().as_deref(), Some("address_taken"));
    log_in(&provider.browser(), SECOND, PASSWORD).await.expect("/account");
}

/// Ten addresses, and no flood of mails from one account.
#[tokio::test]
async fn mails_to_many_addresses_are_slowed_down() {
    let provider = Provider::start().await;
    let (_, browser) = alice(&provider).await;
    let mut refused = 0;
    for n in 0..6 {
        let shown = ask(&browser, &format!("somebody{n}@example.test")).await;
        refused += u32::from(shown.status.as_u16() == 422 && shown.plain().contains("too many tries"));
    }
    assert!(refused > 0);
}

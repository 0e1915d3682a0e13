//! The mail about a log-in with a browser that the account did not know.

use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::Provider;
use ::account::account::AccountStatus;
use std::time::Duration;

fn told(provider: &Provider) -> usize {
    provider.mails.messages().iter().filter(|mail| mail.subject.starts_with("New log-in")).count()
}

#[tokio::test]
async fn an_unknown_browser_is_told_once_an_hour_and_never_the_first_one() {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let first = provider.browser();
    log_in(&first, ALICE, PASSWORD).await.expect("/account");
    let out = first.open("/logout").await;
    first.click(&out, "log-out", &[]).await;
    log_in(&first, ALICE, PASSWORD).await.expect("/account");
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");
    let mail = provider.mails.wait_for(|mail| mail.subject.starts_with("New log-in")).await;
    assert_eq!(mail.to, [ALICE]);
    assert!(mail.text.contains("127.0.0.1") && mail.text.contains("Linux"), "{}", mail.text);
    assert!(mail.text.contains(&format!("{}/account/activity/not-me", provider.url)), "{}", mail.text);
    provider.wait(Duration::from_secs(3599));
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");
    provider.wait(Duration::from_secs(2));
    log_in(&provider.browser(), ALICE, PASSWORD).await.expect("/account");
    for _ in 0..200 {
        if told(&provider) >= 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(told(&provider), 2, "one in the first hour, and one after it");
}

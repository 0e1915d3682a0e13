//! `/account/activity`: the person's own log, and "this was not me".

mod in_chromium;
mod new_device;
mod not_me;
mod words;

use crate::devices::places::{behind_a_proxy, log_in_from};
use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::Provider;
use ::account::account::AccountStatus;
use ::account::administration::{deactivate, reactivate};
use ::account::audit::{self, Target};
use ::account::{Actor, ActorKind};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn what_happened_stands_there_with_browser_address_and_place() {
    let (provider, _folder) = behind_a_proxy(true).await;
    let browser = provider.browser();
    log_in_from(&browser, "198.51.100.7").await.expect("/account");
    provider.wait(Duration::from_secs(60));
    let stranger = provider.browser();
    log_in(&stranger, ALICE, "wrong").await;
    let shown = browser.open("/account/activity").await;
    let (first, second) = (shown.text("entry-1"), shown.text("entry-2"));
    assert!(first.contains("Wrong password") && first.contains("2026-01-01 00:01 UTC"), "{first}");
    assert!(second.contains("Logged in") && second.contains("Linux, 198.51.100.7 (Vienna, Austria)"), "{second}");
}

#[tokio::test]
async fn a_log_is_read_page_by_page_without_a_gap() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let other = account(&provider, "bob@example.test", AccountStatus::Active).await;
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    for number in 0..60_i32 {
        provider.wait(Duration::from_secs(60));
        let (id, other) = (id.clone(), other.clone());
        let actor = Actor { kind: ActorKind::Account(id.clone()), ..Actor::system() };
        let write = provider.accounts.write(&actor, move |tx| {
            let (what, whose) = if number % 3 == 0 { ("avatar.changed", &other) } else { ("profile.changed", &id) };
            audit::record(tx, what, Target::account(whose), json!({}))?;
            audit::record(tx, "authorization.granted", Target::account(&id), json!({ "client": "x" }))
        });
        write.await.expect("written");
    }
    let (mut shown, mut pages, mut entries) = (browser.open("/account/activity").await, 1, 0);
    loop {
        let page = shown.expect("/account/activity").plain();
        assert!(!page.contains("picture") && !page.contains("authorization"), "others' or hidden: {page}");
        entries += (1..=25).filter(|number| shown.has(&format!("entry-{number}"))).count();
        if !shown.has("next-page") {
            break;
        }
        (shown, pages) = (browser.open(&shown.link("next-page")).await, pages + 1);
    }
    assert_eq!((pages, entries), (2, 41), "40 changes and the log-in");
    assert!(browser.open(&shown.link("previous-page")).await.has("next-page"));
    for nonsense in ["x", "", "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55"] {
        assert_eq!(browser.open(&format!("/account/activity?before={nonsense}")).await.status.as_u16(), 200);
    }
}

/// What an operator did is told; where the operator sits is not. And nobody reads another person's log.
#[tokio::test]
async fn operators_are_not_shown_and_logs_are_ones_own() {
    let provider = Provider::start().await;
    let id = account(&provider, ALICE, AccountStatus::Active).await;
    let operator = account(&provider, "olga@example.test", AccountStatus::Active).await;
    let actor = Actor {
        kind: ActorKind::Account(operator),
        address: "203.0.113.77".parse().ok(),
        user_agent: "Firefox/1 Windows".into(),
        ..Actor::system()
    };
    let accounts = provider.accounts.clone();
    let change = provider.accounts.write(&actor, move |tx| {
        deactivate(tx, &accounts.key, &id, "the reason is for operators")?.expect("deactivated");
        reactivate(tx, &accounts.key, &id)
    });
    change.await.expect("written").expect("reactivated");
    let browser = provider.browser();
    log_in(&browser, ALICE, PASSWORD).await;
    let page = browser.open("/account/activity").await.plain();
    assert!(page.contains("The account was deactivated") && page.contains("By an operator"), "{page}");
    for secret in ["203.0.113.77", "Windows", "Olga", "for operators"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
    let stranger = provider.browser();
    stranger.open("/account/activity").await.expect("/login");
    log_in(&stranger, "olga@example.test", PASSWORD).await;
    assert!(!stranger.open("/account/activity").await.plain().contains("deactivated"));
}

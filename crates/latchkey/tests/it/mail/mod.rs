//! Outgoing mail: from a commit to a mail server, by the node's own worker.

mod over_tls;

use crate::support::Provider;
use account::mail::{Letterhead, Mail};
use account::outbox::{self, MailCounts, MailState, OutboxId, Transport};
use account::secret::InstallationKey;
use account::testing::START;
use account::{Accounts, Actor, Clock};
use db::testing::TestDatabase;
use std::time::Duration;

/// Queues an invitation.
async fn queue(accounts: &Accounts, to: &str) -> OutboxId {
    let (sealing, to) = (accounts.clone(), to.to_owned());
    let mail = Mail::OperatorInvitation { link: "https://id.example.test/join".to_owned() };
    accounts
        .write(&Actor::system(), move |tx| outbox::enqueue(tx, &sealing.key, &to, None, &mail))
        .await
        .expect("it is queued")
}

async fn counts(accounts: &Accounts) -> MailCounts {
    accounts.read(outbox::store::counts).await.expect("counts")
}

#[actix_web::test]
async fn a_mail_refused_for_now_arrives_later_and_once() {
    let provider = Provider::start().await;
    provider.mails.refuse_next(1);
    let id = queue(&provider.accounts, "olga@example.test").await;
    provider.mails.wait_until_refused().await;
    // It was tried, so it waits a minute; the worker looks again by itself.
    while counts(&provider.accounts).await.retrying == 0 {
        tokio::task::yield_now().await;
    }
    provider.wait(Duration::from_secs(61));
    let mail = provider.mails.wait_for(|mail| mail.is_to("olga@example.test")).await;
    assert_eq!(mail.links(), ["https://id.example.test/join", provider.url.as_str()]);
    while counts(&provider.accounts).await.accepted == 0 {
        tokio::task::yield_now().await;
    }
    let id = id.clone();
    let found = provider.accounts.read(move |conn| outbox::store::find(conn, &id)).await.unwrap().unwrap();
    assert_eq!((found.state, found.attempts), (MailState::Accepted, 2));
    assert_eq!(provider.mails.messages().len(), 1);
}

#[actix_web::test]
async fn mail_that_waited_through_a_restart_is_delivered() {
    let database = TestDatabase::create();
    let clock = Clock::manual(START);
    // A node without a mail server, which ends with its mail unsent.
    let before = Accounts::new(database.open(), clock.clone(), InstallationKey::new(&[42; 32]));
    for number in 0..5 {
        queue(&before, &format!("person{number}@example.test")).await;
    }
    drop(before);
    let provider = Provider::start_on(database, clock, |_| {}).await;
    for number in 0..5 {
        provider.mails.wait_for(|mail| mail.is_to(&format!("person{number}@example.test"))).await;
    }
    assert_eq!(provider.mails.messages().len(), 5);
}

#[actix_web::test]
async fn two_nodes_deliver_each_of_fifty_mails_once() {
    let provider = Provider::start().await;
    let other = Accounts::new(provider.database.open(), provider.clock.clone(), InstallationKey::new(&[42; 32]));
    let head = Letterhead { brand_name: "Other node".to_owned(), public_url: provider.url.clone(), support_url: None };
    let url = url::Url::parse(&provider.mails.smtp_url()).unwrap();
    let transport = Transport::open(&url, "id@example.test", head, None).unwrap();
    for number in 0..50 {
        queue(&provider.accounts, &format!("person{number}@example.test")).await;
        if number == 25 {
            outbox::deliver_due(&other, &transport).await.expect("a round");
        }
    }
    while counts(&provider.accounts).await.accepted < 50 {
        outbox::deliver_due(&other, &transport).await.expect("a round");
        // The mail server runs on this thread too.
        tokio::task::yield_now().await;
    }
    let messages = provider.mails.messages();
    assert_eq!(messages.len(), 50);
    for number in 0..50 {
        let to = format!("person{number}@example.test");
        assert_eq!(messages.iter().filter(|mail| mail.is_to(&to)).count(), 1, "{to}");
    }
}

//! The worker against a mail server over a real socket.

mod sink;

use super::*;
use crate::mail::Letterhead;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use sink::Sink;
use std::time::Duration;
use url::Url;

fn head() -> Letterhead {
    Letterhead {
        brand_name: "Example ID".to_owned(),
        public_url: "https://id.example.test".to_owned(),
        support_url: None,
    }
}

fn transport(url: &str) -> Transport {
    Transport::open(&Url::parse(url).unwrap(), "Example ID <id@example.test>", head(), None).unwrap()
}

async fn queue(accounts: &Accounts, to: &str) -> OutboxId {
    let (key, to) = (accounts.clone(), to.to_owned());
    let mail = Mail::OperatorInvitation { link: "https://id.example.test/join?token=secret".to_owned() };
    accounts.write(&Actor::system(), move |tx| enqueue(tx, &key.key, &to, None, &mail)).await.unwrap()
}

async fn summary(accounts: &Accounts, id: &OutboxId) -> MailSummary {
    let id = id.clone();
    accounts.read(move |conn| store::find(conn, &id)).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_sent_once_and_its_content_erased() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let transport = transport(&sink.url());
    let id = queue(&test.accounts, "alice@example.test").await;
    assert_eq!(summary(&test.accounts, &id).await.state, MailState::Queued);
    let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
    assert_eq!(delivered, Delivered { accepted: 1, ..Delivered::default() });
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap(), Delivered::default());

    let after = summary(&test.accounts, &id).await;
    assert_eq!((after.state, after.attempts, after.last_error), (MailState::Accepted, 1, None));
    let again = id.clone();
    assert!(!test.accounts.write(&Actor::system(), move |tx| retry_now(tx, &again)).await.unwrap());
    let erased = test.accounts.read(|conn| {
        use diesel::prelude::*;
        let outbox = db::schema::outbox_mails::dsl::outbox_mails;
        Ok(outbox.select(db::schema::outbox_mails::sealed_content).first::<Option<Vec<u8>>>(conn)?)
    });
    assert_eq!(erased.await.unwrap(), None);

    let mails = sink.mails();
    assert_eq!(mails.len(), 1);
    let text = &mails[0];
    for line in [
        "From: \"Example ID\" <id@example.test>",
        "To: alice@example.test",
        "Subject: Become an operator of Example ID",
        &format!("Message-ID: <{id}@example.test>"),
        "Auto-Submitted: auto-generated",
        "Date: Thu, 01 Jan 2026 00:00:00 +0000",
    ] {
        assert!(text.contains(&format!("{line}\r\n")), "{line} in {text}");
    }
    assert!(text.contains("multipart/alternative") && text.contains("/join?token"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_deliver_each_mail_once() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    for number in 0..50 {
        queue(&test.accounts, &format!("person{number}@example.test")).await;
    }
    let other = Accounts::new(test.database.open(), test.clock.clone(), crate::secret::InstallationKey::new(&[42; 32]));
    let (one, two) = (transport(&sink.url()), transport(&sink.url()));
    let (one, two) = tokio::join!(deliver_due(&test.accounts, &one), deliver_due(&other, &two));
    assert_eq!(one.unwrap().accepted + two.unwrap().accepted, 50);
    let mut recipients = sink.recipients();
    assert_eq!(recipients.len(), 50);
    recipients.sort();
    recipients.dedup();
    assert_eq!(recipients.len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_away_costs_no_mail() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let transport = transport(&sink.url());
    sink.answer("MAIL", "550 5.7.1 we do not know this sender");
    for number in 0..5 {
        queue(&test.accounts, &format!("person{number}@example.test")).await;
    }
    let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
    assert_eq!((delivered.accepted, delivered.failed), (0, 0));
    assert!(delivered.outage.unwrap().contains("we do not know this sender") && transport.is_out());
    let waiting = test.accounts.read(|conn| store::list(conn, Some(MailState::Queued), None, 10)).await.unwrap();
    let mut tried = waiting.into_iter().filter(|mail| mail.attempts == 1);
    assert!(tried.next().unwrap().last_error.unwrap().contains("we do not know this sender"));
    let counts = test.accounts.read(store::counts).await.unwrap();
    assert!(counts.queued == 5 && counts.retrying >= 1 && counts.failed == 0, "{counts:?}");

    sink.answer("MAIL", "250 fine");
    test.clock.advance(Duration::from_secs(60));
    let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
    assert_eq!((delivered.accepted, delivered.outage), (5, None));
    assert!(!transport.is_out());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_mail_waits_longer_each_time_and_is_given_up_after_three_days() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let transport = transport(&sink.url());
    sink.answer("RCPT", "451 4.7.1 greylisted");
    let id = queue(&test.accounts, "alice@example.test").await;
    let mut pauses = Vec::new();
    loop {
        let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
        let after = summary(&test.accounts, &id).await;
        if after.state == MailState::Failed {
            assert_eq!(delivered.failed, 1);
            assert!(after.last_error.unwrap().contains("greylisted"));
            break;
        }
        assert_eq!(delivered, Delivered { postponed: 1, ..Delivered::default() });
        let pause = after.next_attempt_at.since(test.accounts.now());
        pauses.push(pause.as_secs());
        test.clock.advance(pause);
    }
    assert_eq!(pauses[..8], [60, 120, 240, 480, 960, 1920, 3600, 3600]);
    assert!(pauses.len() > 70);

    // What was given up is kept, and the operator can try it again.
    sink.answer("RCPT", "250 fine");
    let again = id.clone();
    assert!(test.accounts.write(&Actor::system(), move |tx| retry_now(tx, &again)).await.unwrap());
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap().accepted, 1);
    assert_eq!(summary(&test.accounts, &id).await.state, MailState::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_refused_for_good_is_given_up_and_the_others_get_theirs() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let transport = transport(&sink.url());
    sink.refuse_recipient("nobody@example.test", "550 5.1.1 no such mailbox");
    let unknown = queue(&test.accounts, "nobody@example.test").await;
    test.clock.advance(Duration::from_millis(1));
    let no_address = queue(&test.accounts, "alice@example.test\r\nRCPT TO:<evil@example.test>").await;
    for _ in 0..6 {
        queue(&test.accounts, "alice@example.test").await;
    }
    let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
    assert_eq!((delivered.accepted, delivered.failed, delivered.outage), (6, 2, None));
    assert!(summary(&test.accounts, &unknown).await.last_error.unwrap().contains("no such mailbox"));
    assert_eq!(summary(&test.accounts, &no_address).await.state, MailState::Failed);
    assert!(sink.recipients().iter().all(|recipient| recipient == "alice@example.test"));
    let failed = test.accounts.read(|conn| store::list(conn, Some(MailState::Failed), None, 10)).await.unwrap();
    assert_eq!(failed.iter().map(|mail| &mail.id).collect::<Vec<_>>(), [&no_address, &unknown]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_died_leaves_its_mails_to_the_others_when_the_lease_ends() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    queue(&test.accounts, "alice@example.test").await;
    let lease_until = test.accounts.now().plus_seconds(600);
    let claim = move |tx: &mut Tx<'_>| store::claim(tx, "a node that dies", lease_until, 10).map(|rows| rows.len());
    assert_eq!(test.accounts.write(&Actor::system(), claim).await.unwrap(), 1);
    assert_eq!(test.accounts.write(&Actor::system(), claim).await.unwrap(), 0);
    let transport = transport(&sink.url());
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap(), Delivered::default());
    test.clock.advance(Duration::from_secs(600));
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap().accepted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_is_woken_by_the_commit_and_stops_when_told() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (accounts, transport) = (test.accounts.clone(), transport(&sink.url()));
    let worker = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        deliver(&accounts, &transport, stopped).await;
    });
    for number in 1..=3 {
        queue(&test.accounts, "alice@example.test").await;
        sink.wait_for(number).await;
    }
    // All by one conversation: the server was greeted once.
    assert_eq!(sink.conversations(), 1);
    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(10), worker).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_takes_mails_as_files() {
    let test = TestAccounts::create();
    let folder = tempfile::tempdir().unwrap();
    let transport = transport(Url::from_directory_path(folder.path().join("mails")).unwrap().as_str());
    let id = queue(&test.accounts, "alice@example.test").await;
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap().accepted, 1);
    let text = std::fs::read_to_string(folder.path().join("mails").join(format!("{id}.eml"))).unwrap();
    assert!(text.contains("To: alice@example.test\r\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_goes_to_no_server_without_tls_when_tls_is_required() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let transport = transport(&format!("{}?tls=required", sink.url()));
    queue(&test.accounts, "alice@example.test").await;
    let delivered = deliver_due(&test.accounts, &transport).await.unwrap();
    assert!(delivered.outage.unwrap().contains("STARTTLS"));
    assert_eq!(sink.mails().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_breaks_out_of_its_header() {
    let test = TestAccounts::create();
    let sink = Sink::start().await;
    let evil = "Evil\r\nBcc: victim@example.test\r\n\r\nHello";
    let head = Letterhead { brand_name: evil.to_owned(), ..head() };
    let url = Url::parse(&sink.url()).unwrap();
    assert!(Transport::open(&url, "Evil\r\nBcc: victim@example.test <id@example.test>", head.clone(), None).is_err());
    let transport = Transport::open(&url, "id@example.test", head, None).unwrap();
    let (accounts, mail) = (
        test.accounts.clone(),
        Mail::VerifyEmail { name: evil.to_owned(), link: "https://x.test/".to_owned(), code: "123456".to_owned() },
    );
    test.accounts
        .write(&Actor::system(), move |tx| enqueue(tx, &accounts.key, "alice@example.test", None, &mail))
        .await
        .unwrap();
    assert_eq!(deliver_due(&test.accounts, &transport).await.unwrap().accepted, 1);
    let mails = sink.mails();
    let headers = mails[0].split("\r\n\r\n").next().unwrap();
    assert!(headers.contains("\r\nSubject: Confirm"), "{headers}");
    assert!(!headers.to_lowercase().contains("\r\nbcc:"), "{headers}");
    assert_eq!(sink.recipients(), ["alice@example.test"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_and_the_latest_of_an_account() {
    let test = TestAccounts::create();
    let account = AccountId::new(test.accounts.now());
    let (accounts, of) = (test.accounts.clone(), account.clone());
    let ids: Vec<OutboxId> = test
        .accounts
        .write(&Actor::system(), move |tx| {
            let mail = Mail::AccountReactivated { at: tx.now };
            (0..5).map(|n| enqueue(tx, &accounts.key, "a@example.test", Some(&of).filter(|_| n == 2), &mail)).collect()
        })
        .await
        .unwrap();
    let mut newest_first = ids.clone();
    newest_first.sort();
    newest_first.reverse();
    let page = test.accounts.read(|conn| store::list(conn, Some(MailState::Queued), None, 3)).await.unwrap();
    assert_eq!(page.iter().map(|mail| mail.id.clone()).collect::<Vec<_>>(), newest_first[..3]);
    let last = page[2].id.clone();
    let page = test.accounts.read(move |conn| store::list(conn, None, Some(&last), 3)).await.unwrap();
    assert_eq!(page.iter().map(|mail| mail.id.clone()).collect::<Vec<_>>(), newest_first[3..]);
    let latest = test.accounts.read(move |conn| store::latest_of_account(conn, &account)).await.unwrap().unwrap();
    assert_eq!((latest.id, latest.kind.as_str()), (ids[2].clone(), "account_reactivated"));
}

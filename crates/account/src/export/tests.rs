use super::*;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use std::io::{Cursor, Read as _};
use std::time::Duration;

const URL: &str = "https://id.example.test";

async fn asked(t: &TestAccounts, account: &AccountId) -> Asked {
    let account = account.clone();
    t.accounts.write(&Actor::system(), move |tx| ask(tx, &account)).await.unwrap()
}

fn shown(t: &TestAccounts, account: &AccountId) -> Option<Export> {
    let now = t.accounts.now();
    t.read(|conn| latest(conn, account, now))
}

async fn opened(t: &TestAccounts, account: &AccountId, id: &ExportId) -> Option<Vec<u8>> {
    let (accounts, account, id): (Accounts, _, _) = (t.accounts.clone(), account.clone(), id.clone());
    let file = t.accounts.write(&Actor::system(), move |tx| open(tx, &accounts.key, &account, &id)).await.unwrap();
    file.map(|bytes| bytes.to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_holds_what_is_held_and_no_secret() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let bob = t.person("bob@example.test").id;
    assert_eq!(asked(&t, &alice).await, Asked::Begun);
    assert_eq!(asked(&t, &alice).await, Asked::AlreadyWorking);
    assert_eq!(make_due(&t.accounts, URL).await.unwrap(), 1);
    let Some(Export { id, state: State::Ready { bytes, .. }, .. }) = shown(&t, &alice) else { panic!("not ready") };
    assert_eq!(opened(&t, &bob, &id).await, None, "another one's id opens nothing");
    let file = opened(&t, &alice, &id).await.unwrap();
    assert_eq!(i64::try_from(file.len()).unwrap(), bytes);
    let mut zip = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(text("account.json").contains("Alice Example"));
    assert!(text("addresses.json").contains("alice@example.test"));
    assert!(text("activity.json").contains("export.requested"));
    assert!(!text("addresses.json").contains("bob@"));
    insta::assert_snapshot!("README", text("README.txt"));
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert!(names.iter().all(|name| name.ends_with(".json") || name == "README.txt"), "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_may_be_asked_for_in_a_day_even_when_they_are_thrown_away() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    for _ in 0..A_DAY {
        assert_eq!(asked(&t, &alice).await, Asked::Begun);
        let id = shown(&t, &alice).unwrap().id;
        let (who, what) = (alice.clone(), id.clone());
        assert!(t.accounts.write(&Actor::system(), move |tx| discard(tx, &who, &what)).await.unwrap());
        assert_eq!((shown(&t, &alice), opened(&t, &alice, &id).await), (None, None));
        t.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(make_due(&t.accounts, URL).await.unwrap(), 0, "what was thrown away is not made");
    let Asked::Wait(seconds) = asked(&t, &alice).await else { panic!("no wait") };
    t.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
    assert_eq!(asked(&t, &alice).await, Asked::Begun);
}

/// A node that is killed leaves a lease, and when that ends another one makes the export anew; what the dead one would
/// have written, were it not dead, is not taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_survives_the_node_that_was_making_it() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    asked(&t, &alice).await;
    let until = t.accounts.now().plus_seconds(120);
    let claim = move |tx: &mut Tx<'_>| store::claim(tx, "dead node", until);
    let (id, ..) = t.accounts.write(&Actor::system(), claim).await.unwrap().unwrap();
    let note = |id: ExportId| move |tx: &mut Tx<'_>| store::progress(tx, &id, "dead node", 3, until);
    assert!(t.accounts.write(&Actor::system(), note(id.clone())).await.unwrap());
    assert_eq!(shown(&t, &alice).map(|export| export.state), Some(State::Working(3)));
    assert_eq!(make_due(&t.accounts, URL).await.unwrap(), 0, "somebody is at it");
    t.clock.advance(Duration::from_secs(121));
    assert_eq!(make_due(&t.accounts, URL).await.unwrap(), 1);
    assert!(!t.accounts.write(&Actor::system(), note(id)).await.unwrap());
    assert!(matches!(shown(&t, &alice).unwrap().state, State::Ready { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_kills_every_node_is_given_up() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    asked(&t, &alice).await;
    for _ in 0..5 {
        let claim = |tx: &mut Tx<'_>| store::claim(tx, "dead node", tx.now.plus_seconds(120));
        assert!(t.accounts.write(&Actor::system(), claim).await.unwrap().is_some());
        t.clock.advance(Duration::from_secs(121));
    }
    assert_eq!(make_due(&t.accounts, URL).await.unwrap(), 0);
    assert_eq!(shown(&t, &alice).map(|export| export.state), Some(State::Failed));
    assert_eq!(asked(&t, &alice).await, Asked::Begun, "it may be asked for again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_ask_at_once_get_one() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let (one, two) = tokio::join!(asked(&t, &alice), asked(&t, &alice));
    assert!([one, two].contains(&Asked::Begun) && [one, two].contains(&Asked::AlreadyWorking), "{one:?} {two:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_is_kept_a_week_and_sealed() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    asked(&t, &alice).await;
    make_due(&t.accounts, URL).await.unwrap();
    let id = shown(&t, &alice).unwrap().id;
    let now = t.accounts.now();
    let sealed = t.read(|conn| store::sealed(conn, &alice, &id, now)).unwrap();
    assert!(!sealed.windows(4).any(|bytes| bytes == b"PK\x03\x04"), "a ZIP file lies open");
    t.clock.advance(Duration::from_secs(7 * 24 * 3600));
    assert_eq!((shown(&t, &alice), opened(&t, &alice, &id).await), (None, None));
}

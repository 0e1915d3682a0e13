use super::*;
use crate::credential::password::{self, Password};
use crate::credential::reconfirm::{Reconfirmed, reconfirm};
use crate::credential::totp::{self, AppName};
use crate::login::HalfLogin;
use crate::session::Amr;
use crate::testing::TestAccounts;
use crate::{Actor, administration};
use std::time::Duration;

const URL: &str = "https://id.example.test";
const RIGHT: &str = "plinth gumbo weather";

/// Alice with a password and an app.
fn alice(t: &TestAccounts) -> AccountId {
    let (id, phc) = (t.person("alice@example.test").id, t.accounts.passwords.hash_blocking(&Password::typed(RIGHT)));
    let account = id.clone();
    t.write(move |tx| {
        password::put(tx, &account, &phc)?;
        let name = AppName::parse("Phone").unwrap();
        let app = protection::begin(tx, &account, &name, None)?.expect("room");
        let waiting = totp::waiting(tx.conn, tx.key, &account, &app, tx.now)?.expect("it waits");
        protection::add(tx, &account, &app, &name, &waiting.secret.code_at(tx.now), None)
    });
    id
}

/// What the right password leaves.
fn half(t: &TestAccounts, account: &AccountId) -> HalfLogin {
    HalfLogin {
        account: account.clone(),
        amr: vec![Amr::Pwd],
        proved_at: t.accounts.now(),
        again: false,
        methods: vec![Method::AppCode, Method::RecoveryCode],
        password_changed_at: t.read(|c| password::changed_at(c, account)),
    }
}

fn asked(t: &TestAccounts, account: &AccountId) -> Asked {
    let half = half(t, account);
    t.write(move |tx| ask(tx, URL, &half))
}

fn pass(t: &TestAccounts, seconds: i64) {
    t.clock.advance(Duration::from_secs(seconds.unsigned_abs()));
}

/// The mails since the last call: recipient and kind, by recipient.
fn told(t: &TestAccounts, from: &mut usize) -> Vec<(String, &'static str)> {
    let mails = t.mails();
    let mut new: Vec<_> = mails[*from..].iter().map(|(to, mail)| (to.clone(), mail.kind())).collect();
    new.sort();
    *from = mails.len();
    new
}

fn token_of(link: &str) -> Token {
    Token::parse(link.split_once("?token=").expect("a token").1).expect("a token")
}

fn links(t: &TestAccounts) -> (Option<Token>, Option<Token>) {
    let (mut remove, mut stop) = (None, None);
    for (_, mail) in t.mails() {
        match mail {
            Mail::SecondStepResetAsked { cancel_link, .. } | Mail::SecondStepResetSoon { cancel_link, .. } => {
                stop = Some(token_of(&cancel_link));
            }
            Mail::SecondStepResetReady { link, cancel_link } => {
                (remove, stop) = (Some(token_of(&link)), Some(token_of(&cancel_link)));
            }
            _ => {}
        }
    }
    (remove, stop)
}

async fn proof(t: &TestAccounts, id: &AccountId) -> Proof {
    let typed = Password::typed(RIGHT);
    match reconfirm(&t.accounts, &Actor::system(), id, typed, false).await.unwrap().unwrap() {
        Reconfirmed::Right(proof) => proof,
        other => panic!("{other:?}"),
    }
}

async fn redeemed(t: &TestAccounts, id: &AccountId, token: &Token) -> bool {
    // Mails are in the order of their instants.
    t.clock.advance(Duration::from_millis(1));
    let (token, proof) = (token.clone(), proof(t, id).await);
    t.accounts.write(&Actor::system(), move |tx| redeem(tx, &token, &proof)).await.unwrap()
}

fn is_on(t: &TestAccounts, id: &AccountId) -> bool {
    t.read(|c| protection::is_on(c, id))
}

/// A second, verified address.
fn second_address(t: &TestAccounts, id: &AccountId) {
    use db::schema::emails;
    use diesel::prelude::*;
    let id = id.clone();
    t.write(move |tx| {
        let row = (
            emails::id.eq("0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55"),
            emails::account_id.eq(&id),
            emails::address.eq("other@example.test"),
            emails::normalized.eq("other@example.test"),
            emails::is_primary.eq(false),
            emails::verified_at.eq(tx.now),
            emails::created_at.eq(tx.now),
        );
        diesel::insert_into(emails::table).values(row).execute(tx.conn)?;
        Ok(())
    });
}

#[tokio::test]
async fn after_a_week_and_three_notices_the_link_and_the_password_remove_the_second_steps() {
    let t = TestAccounts::create();
    let id = alice(&t);
    second_address(&t, &id);
    let mut seen = t.mails().len();
    let both =
        |kind: &'static str| ["alice@example.test", "other@example.test"].map(|to| (to.to_owned(), kind)).to_vec();
    let ready_at = t.accounts.now().plus_seconds(WAITING_SECONDS);
    assert!(matches!(asked(&t, &id), Asked::Waits(at) if at >= ready_at));
    assert_eq!(told(&t, &mut seen), both("second_step_reset_asked"));
    let first = t.read(|c| pending(c, &id, t.accounts.now()));
    pass(&t, 3 * DAY);
    assert!(matches!(asked(&t, &id), Asked::Waits(at) if Some(at) == first), "asking again moves nothing");
    notice_due(&t.accounts, URL).await.unwrap();
    assert!(told(&t, &mut seen).is_empty());
    pass(&t, 3 * DAY);
    for expected in [both("second_step_reset_soon"), vec![]] {
        notice_due(&t.accounts, URL).await.unwrap();
        assert_eq!(told(&t, &mut seen), expected);
    }
    assert!(links(&t).0.is_none());
    pass(&t, DAY);
    let primary = vec![("alice@example.test".to_owned(), "second_step_reset_ready")];
    for expected in [primary, vec![]] {
        notice_due(&t.accounts, URL).await.unwrap();
        assert_eq!(told(&t, &mut seen), expected);
    }
    let token = links(&t).0.expect("a link");
    assert!(is_on(&t, &id));
    assert!(redeemed(&t, &id, &token).await && !redeemed(&t, &id, &token).await);
    assert!(!is_on(&t, &id) && t.read(session_count) == 0, "nobody is logged in by it");
    assert_eq!(told(&t, &mut seen), both("second_steps_reset"));
}

fn session_count(conn: &mut Conn) -> Result<i64> {
    use diesel::prelude::*;
    Ok(db::schema::sessions::table.count().get_result(conn)?)
}

#[tokio::test]
async fn each_notice_stops_it_and_so_does_an_operator_who_was_faster() {
    for days in [0, 6, 7] {
        let t = TestAccounts::create();
        let id = alice(&t);
        asked(&t, &id);
        pass(&t, days * DAY);
        notice_due(&t.accounts, URL).await.unwrap();
        let (remove, stop) = links(&t);
        let stop = stop.expect("a link that stops it");
        let token = stop.clone();
        assert!(t.write(move |tx| cancel_by_link(tx, &token)));
        assert!(matches!(t.mails().pop(), Some((_, Mail::SecondStepResetCancelled { .. }))));
        let token = stop.clone();
        assert!(!t.write(move |tx| cancel_by_link(tx, &token)));
        if let Some(token) = remove {
            assert!(!redeemed(&t, &id, &token).await);
        }
        pass(&t, 8 * DAY);
        let mails = t.mails().len();
        notice_due(&t.accounts, URL).await.unwrap();
        assert!(t.mails().len() == mails && is_on(&t, &id));
    }
    let t = TestAccounts::create();
    let id = alice(&t);
    asked(&t, &id);
    let account = id.clone();
    assert!(t.write(move |tx| administration::reset_second_steps(tx, &account, "showed a passport")).is_ok());
    assert!(!is_on(&t, &id) && t.read(|c| pending(c, &id, t.accounts.now())).is_none());
    assert!(matches!(t.mails().pop(), Some((_, Mail::SecondStepsReset { by_operator: true, .. }))));
}

#[tokio::test]
async fn the_link_is_for_a_week_and_for_its_own_account() {
    let t = TestAccounts::create();
    let id = alice(&t);
    asked(&t, &id);
    pass(&t, 7 * DAY);
    notice_due(&t.accounts, URL).await.unwrap();
    let token = links(&t).0.expect("a link");
    let eve = t.person("eve@example.test").id;
    let (account, phc) = (eve.clone(), t.accounts.passwords.hash_blocking(&Password::typed(RIGHT)));
    t.write(move |tx| password::put(tx, &account, &phc));
    assert!(!redeemed(&t, &eve, &token).await, "with the password of another account");
    // A password that was changed after it was typed counts no more.
    let (old, account) = (proof(&t, &id).await, id.clone());
    let phc = t.accounts.passwords.hash_blocking(&Password::typed("another one"));
    t.write(move |tx| password::put(tx, &account, &phc));
    let link = token.clone();
    assert!(!t.write(move |tx| redeem(tx, &link, &old)));
    pass(&t, LINK_SECONDS);
    assert!(t.read(|c| owner(c, &token, t.accounts.now())).is_none());
    assert!(is_on(&t, &id));
}

#[tokio::test]
async fn of_two_nodes_one_tells_and_of_many_requests_one_removes() {
    let t = TestAccounts::create();
    let id = alice(&t);
    asked(&t, &id);
    pass(&t, 7 * DAY);
    let before = t.mails().len();
    let (one, two) = tokio::join!(notice_due(&t.accounts, URL), notice_due(&t.accounts, URL));
    one.unwrap();
    two.unwrap();
    assert_eq!(t.mails().len(), before + 1);
    let (token, proof) = (links(&t).0.expect("a link"), proof(&t, &id).await);
    let done: Vec<bool> = std::thread::scope(|scope| {
        let try_it = || {
            let (token, proof, node) = (token.clone(), proof.clone(), &t.accounts);
            scope.spawn(move || {
                node.write_blocking(&Actor::system(), move |tx| redeem(tx, &token, &proof)).expect("written")
            })
        };
        let threads: Vec<_> = (0..6).map(|_| try_it()).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{done:?}");
}

#[test]
fn only_a_password_that_still_counts_asks() {
    let t = TestAccounts::create();
    let id = alice(&t);
    let stale = half(&t, &id);
    pass(&t, 15 * 60);
    assert_eq!(t.write(move |tx| ask(tx, URL, &stale)), Asked::Void);
    let before = half(&t, &id);
    let (account, phc) = (id.clone(), t.accounts.passwords.hash_blocking(&Password::typed("another one")));
    t.write(move |tx| password::put(tx, &account, &phc));
    assert_eq!(t.write(move |tx| ask(tx, URL, &before)), Asked::Void);
    let bare = t.person("bob@example.test").id;
    assert_eq!(asked(&t, &bare), Asked::Void, "nothing to lose");
}

use super::*;
use crate::account::{self, Account, AccountStatus, DisplayName};
use crate::credential::password::{self, Password, Phc};
use crate::email::Email;
use crate::mail::Mail;
use crate::outbox;
use crate::secret::Token;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor, Tx};
use db::schema::outbox_mails;
use diesel::prelude::*;
use std::time::Duration;

const HOME: &[u8] = b"the browser that signs up";
const AWAY: &[u8] = b"another browser";

fn write<T: Send + 'static>(
    accounts: &Accounts,
    mut f: impl FnMut(&mut Tx<'_>, &Accounts) -> db::Result<T> + Send + 'static,
) -> T {
    let parts = accounts.clone();
    accounts.write_blocking(&Actor::system(), move |tx| f(tx, &parts)).unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

fn links() -> Links {
    Links::under("https://id.example.test")
}

fn person(t: &TestAccounts, address: &str, password: &str, browser: &[u8]) -> SignUp {
    SignUp {
        email: email(address),
        name: DisplayName::parse("Alice Example").unwrap(),
        phc: t.accounts.passwords.hash_blocking(&Password::typed(password)),
        browser_hash: browser.to_vec(),
        return_to: Some("/wiki".into()),
        links: links(),
        throttle: false,
    }
}

fn signs_up(t: &TestAccounts, new: SignUp) -> Sent {
    write(&t.accounts, move |tx, accounts| sign_up(tx, &accounts.key, &new))
}

fn alice_signs_up(t: &TestAccounts) -> (Token, String) {
    assert_eq!(signs_up(t, person(t, "alice@example.test", "her own words", HOME)), Sent::Done);
    last_verification(t)
}

/// All mails, oldest first: to whom, and what.
fn mails(t: &TestAccounts) -> Vec<(String, Mail)> {
    let rows: Vec<(outbox::OutboxId, String, Option<Vec<u8>>)> = t
        .accounts
        .db
        .read_blocking(|conn| {
            let columns = (outbox_mails::id, outbox_mails::recipient, outbox_mails::sealed_content);
            Ok(outbox_mails::table.select(columns).load(conn)?)
        })
        .unwrap();
    let open = |(id, to, sealed): (outbox::OutboxId, String, Option<Vec<u8>>)| {
        let plain = t.accounts.key.open(&format!("outbox_mails/sealed_content/{id}"), &sealed.unwrap()).unwrap();
        (to, serde_json::from_slice(&plain).unwrap())
    };
    rows.into_iter().map(open).collect()
}

fn verification_mails(t: &TestAccounts) -> Vec<(Token, String)> {
    let parts = |(_, mail)| match mail {
        Mail::VerifyEmail { link, code, .. } => {
            let token = link.strip_prefix("https://id.example.test/verify-email/confirm?token=").unwrap();
            Some((Token::parse(token).unwrap(), code))
        }
        _ => None,
    };
    mails(t).into_iter().filter_map(parts).collect()
}

/// The link and the code of the one mail that was not there before.
fn last_verification(t: &TestAccounts) -> (Token, String) {
    let all = verification_mails(t);
    assert_eq!(all.len(), 1);
    all.into_iter().next().unwrap()
}

fn newer(t: &TestAccounts, old: &[(Token, String)]) -> (Token, String) {
    verification_mails(t).into_iter().find(|mail| !old.contains(mail)).expect("another mail")
}

fn by_code(t: &TestAccounts, browser: &'static [u8], code: &str) -> Result<Confirmed, Refused> {
    let code = code.to_owned();
    write(&t.accounts, move |tx, accounts| confirm_by_code(tx, &accounts.key, browser, &code))
}

fn by_link(t: &TestAccounts, browser: &'static [u8], token: &Token, phc: Option<Phc>) -> Result<Confirmed, Refused> {
    let token = token.clone();
    write(&t.accounts, move |tx, _| confirm_by_link(tx, &token, browser, phc.as_ref()))
}

fn account_of(t: &TestAccounts, address: &str) -> Option<Account> {
    let email = email(address);
    t.accounts.db.read_blocking(move |c| account::find_by_email(c, &email)).unwrap()
}

fn phc_of(t: &TestAccounts, address: &str) -> Phc {
    let id = account_of(t, address).unwrap().id;
    t.accounts.db.read_blocking(|c| password::find(c, &id)).unwrap().unwrap()
}

fn status(t: &TestAccounts, address: &str) -> Option<AccountStatus> {
    account_of(t, address).map(|account| account.status)
}

fn here(t: &TestAccounts, browser: &'static [u8]) -> Option<Verification> {
    let now = t.accounts.now();
    t.accounts.db.read_blocking(|c| latest_of_browser(c, browser, now)).unwrap()
}

fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn the_code_confirms_in_the_browser_that_signed_up() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    assert_eq!(status(&t, "alice@example.test"), Some(AccountStatus::Unverified));
    assert_eq!(by_code(&t, AWAY, &code), Err(Refused::Over), "another browser has nothing to confirm");
    let confirmed = by_code(&t, HOME, &format!(" {}-{} ", &code[..3], &code[3..])).unwrap();
    assert_eq!(confirmed.return_to.as_deref(), Some("/wiki"));
    let account = account_of(&t, "alice@example.test").unwrap();
    assert!(account.is_active() && account.email.is_verified() && account.id == confirmed.account_id);
    assert_eq!(by_code(&t, HOME, &code), Err(Refused::Over), "once");
}

#[test]
fn the_link_confirms_in_the_browser_that_signed_up() {
    let t = TestAccounts::create();
    let (token, _) = alice_signs_up(&t);
    assert!(by_link(&t, HOME, &token, None).is_ok());
    assert_eq!(status(&t, "alice@example.test"), Some(AccountStatus::Active));
    assert_eq!(by_link(&t, HOME, &token, None), Err(Refused::Over), "once");
}

#[test]
fn elsewhere_the_link_confirms_only_with_the_password_of_the_sign_up() {
    let t = TestAccounts::create();
    let (token, _) = alice_signs_up(&t);
    let other = t.accounts.passwords.hash_blocking(&Password::typed("something else"));
    assert_eq!(by_link(&t, AWAY, &token, None), Err(Refused::PasswordNeeded));
    assert_eq!(by_link(&t, AWAY, &token, Some(other)), Err(Refused::PasswordNeeded));
    assert!(by_link(&t, AWAY, &token, Some(phc_of(&t, "alice@example.test"))).is_ok());
}

/// Pre-hijacking: an attacker signs up with a stranger's address, hoping that the stranger confirms the account.
#[test]
fn a_stranger_who_clicks_the_link_of_an_attackers_sign_up_gives_nothing_away() {
    let t = TestAccounts::create();
    signs_up(&t, person(&t, "victim@example.test", "the attacker's words", HOME));
    let first = verification_mails(&t);
    let token = first[0].0.clone();
    let now = t.accounts.now();
    let link = token.clone();
    let view = t.accounts.db.read_blocking(|c| look_at_link(c, &link, AWAY, now)).unwrap().unwrap();
    assert!(!view.is_same_browser);
    assert_eq!(by_link(&t, AWAY, &token, None), Err(Refused::PasswordNeeded));
    // Nor does asking for another mail from the victim's browser bind anything to it.
    let resent = write(&t.accounts, |tx, a| resend(tx, &a.key, &email("victim@example.test"), &links(), false));
    assert_eq!(resent, Sent::Done);
    let (token, code) = newer(&t, &first);
    assert_eq!(by_link(&t, AWAY, &token, None), Err(Refused::PasswordNeeded));
    assert_eq!(by_code(&t, AWAY, &code), Err(Refused::Over));
    // The victim signs up anew: the attacker's password and page are worth nothing.
    let old = verification_mails(&t);
    signs_up(&t, person(&t, "Victim@example.test", "the victim's words", AWAY));
    let (_, code) = newer(&t, &old);
    assert_eq!(by_link(&t, HOME, &token, None), Err(Refused::Over));
    assert!(here(&t, HOME).is_some(), "the attacker's page looks as before");
    assert!(matches!(by_code(&t, HOME, &code), Err(Refused::WrongCode(4))));
    by_code(&t, AWAY, &code).unwrap();
    let phc = phc_of(&t, "victim@example.test");
    let attacker = t.accounts.passwords.hash_blocking(&Password::typed("the attacker's words"));
    assert_ne!(phc, attacker);
    assert_eq!(account_of(&t, "victim@example.test").unwrap().email.address, "Victim@example.test");
}

#[test]
fn a_code_dies_after_five_wrong_tries_and_after_15_minutes() {
    let t = TestAccounts::create();
    let (token, code) = alice_signs_up(&t);
    for left in (1..5).rev() {
        assert_eq!(by_code(&t, HOME, &wrong(&code)), Err(Refused::WrongCode(left)));
    }
    assert_eq!(by_code(&t, HOME, "not a code"), Err(Refused::CodeUsedUp));
    assert_eq!(by_code(&t, HOME, &code), Err(Refused::CodeUsedUp), "the right one comes too late");
    assert_eq!(here(&t, HOME).unwrap().code_state(t.accounts.now()), CodeState::UsedUp);
    assert!(by_link(&t, HOME, &token, None).is_ok(), "the link still works");

    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    t.clock.advance(Duration::from_secs(15 * 60));
    assert_eq!(by_code(&t, HOME, &code), Err(Refused::CodeExpired));
    assert_eq!(here(&t, HOME).unwrap().code_state(t.accounts.now()), CodeState::Expired);
}

#[test]
fn a_link_lives_24_hours() {
    let t = TestAccounts::create();
    let (token, _) = alice_signs_up(&t);
    t.clock.advance(Duration::from_secs(24 * 3600 - 1));
    let now = t.accounts.now();
    assert!(t.accounts.db.read_blocking(|c| look_at_link(c, &token, HOME, now)).unwrap().is_some());
    t.clock.advance(Duration::from_secs(1));
    assert_eq!(by_link(&t, HOME, &token, None), Err(Refused::Over));
    assert!(here(&t, HOME).is_none());
}

#[test]
fn a_sign_up_with_an_address_in_use_looks_the_same_and_mails_the_owner() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    by_code(&t, HOME, &code).unwrap();
    let before = (account_of(&t, "alice@example.test"), phc_of(&t, "alice@example.test"));
    assert_eq!(signs_up(&t, person(&t, "ALICE@example.test", "an attacker's words", AWAY)), Sent::Done);
    assert_eq!((account_of(&t, "alice@example.test"), phc_of(&t, "alice@example.test")), before, "untouched");
    let sent = mails(&t);
    let exists = |(to, mail): &(String, Mail)| to == "alice@example.test" && matches!(mail, Mail::AccountExists { .. });
    assert_eq!(sent.iter().filter(|mail| exists(mail)).count(), 1);
    assert_eq!(sent.len(), 2, "nobody else was mailed");
    // The page behind it is like any other: the address as typed, a code that is always wrong.
    let page = here(&t, AWAY).unwrap();
    assert_eq!((page.address.as_str(), page.delivery), ("ALICE@example.test", Delivery::Queued));
    assert_eq!(by_code(&t, AWAY, &code), Err(Refused::WrongCode(4)));
    assert_eq!(by_code(&t, AWAY, "000000"), Err(Refused::WrongCode(3)));
    let again = here(&t, AWAY).unwrap();
    let resent = write(&t.accounts, move |tx, a| resend_here(tx, &a.key, &again, &links(), false));
    assert_eq!(resent, Sent::Done);
    assert_eq!(mails(&t).iter().filter(|mail| exists(mail)).count(), 2);
    assert_eq!(by_code(&t, AWAY, "000000"), Err(Refused::WrongCode(4)), "a new code has new tries");
}

#[test]
fn another_mail_has_a_new_code_and_the_old_link_stays_good() {
    let t = TestAccounts::create();
    let (old_link, old_code) = alice_signs_up(&t);
    let first = verification_mails(&t);
    let page = here(&t, HOME).unwrap();
    write(&t.accounts, move |tx, a| resend_here(tx, &a.key, &page, &links(), false));
    let (_, code) = newer(&t, &first);
    assert_ne!(code, old_code);
    assert_eq!(by_code(&t, HOME, &old_code), Err(Refused::WrongCode(4)));
    let confirmed = by_link(&t, HOME, &old_link, None).unwrap();
    assert_eq!(confirmed.return_to.as_deref(), Some("/wiki"));
    assert_eq!(by_code(&t, HOME, &code), Err(Refused::Over), "it is confirmed already");
}

#[test]
fn asking_for_a_mail_by_address_mails_unverified_accounts_only() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    let ask = |address: &str| {
        let email = email(address);
        write(&t.accounts, move |tx, a| resend(tx, &a.key, &email, &links(), false))
    };
    let first = verification_mails(&t);
    assert_eq!((ask("alice@example.test"), ask("nobody@example.test")), (Sent::Done, Sent::Done));
    assert_eq!(mails(&t).len(), 2);
    let (_, newer_code) = newer(&t, &first);
    assert!(by_code(&t, HOME, &code).is_err());
    by_code(&t, HOME, &newer_code).expect("the code is good in the browser that signed up");
    assert_eq!(ask("alice@example.test"), Sent::Done);
    assert_eq!(mails(&t).len(), 2);
}

#[test]
fn typing_the_password_at_the_log_in_makes_that_browser_good_for_the_code() {
    let t = TestAccounts::create();
    alice_signs_up(&t);
    let first = verification_mails(&t);
    let id = account_of(&t, "alice@example.test").unwrap().id;
    for _ in 0..2 {
        let id = id.clone();
        write(&t.accounts, move |tx, a| verify_here(tx, &a.key, &id, AWAY, Some("/desk"), &links(), true));
    }
    assert_eq!(verification_mails(&t).len(), 2, "the second time the page is still good");
    let (_, code) = newer(&t, &first);
    assert_eq!(by_code(&t, AWAY, &code).unwrap().return_to.as_deref(), Some("/desk"));
}

#[test]
fn mails_are_limited_by_address_alike_for_known_and_unknown_ones() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    by_code(&t, HOME, &code).unwrap();
    let waits = |address: &str| -> Vec<bool> {
        let sent = (0..5).map(|_| signs_up(&t, SignUp { throttle: true, ..person(&t, address, "words", AWAY) }));
        sent.map(|sent| matches!(sent, Sent::Wait(_))).collect()
    };
    let known = waits("alice@example.test");
    assert_eq!(known, waits("bob@example.test"));
    assert!(!known[0] && known[4], "{known:?}");
    let sent = mails(&t).len();
    signs_up(&t, SignUp { throttle: true, ..person(&t, "bob@example.test", "words", AWAY) });
    assert_eq!(mails(&t).len(), sent);
}

#[test]
fn accounts_that_were_never_verified_go_after_a_week() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    by_code(&t, HOME, &code).unwrap();
    signs_up(&t, person(&t, "bob@example.test", "words", HOME));
    let remove = || write(&t.accounts, |tx, _| remove_stale(tx, tx.now.plus_seconds(-STALE_SECONDS), 100));
    t.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    assert_eq!(remove(), 0);
    t.clock.advance(Duration::from_secs(1));
    assert_eq!(remove(), 1);
    assert_eq!(status(&t, "bob@example.test"), None);
    assert_eq!(status(&t, "alice@example.test"), Some(AccountStatus::Active));
    assert_eq!(mails(&t).len(), 1, "mail to somebody who is gone goes too");
}

/// Runs `f` on eight threads at once and counts the winners.
fn race(f: impl Fn(usize) -> bool + Sync) -> usize {
    std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|n| {
                scope.spawn({
                    let f = &f;
                    move || f(n)
                })
            })
            .collect();
        tries.into_iter().map(|t| usize::from(t.join().unwrap())).sum()
    })
}

#[test]
fn of_many_who_use_one_code_or_link_at_once_one_succeeds() {
    for _ in 0..5 {
        let t = TestAccounts::create();
        let (token, code) = alice_signs_up(&t);
        let winners = race(|n| match n % 2 {
            0 => by_code(&t, HOME, &code).is_ok(),
            _ => by_link(&t, HOME, &token, None).is_ok(),
        });
        assert_eq!(winners, 1);
    }
}

#[test]
fn no_more_than_five_guesses_are_compared_however_many_come_at_once() {
    let t = TestAccounts::create();
    let (_, code) = alice_signs_up(&t);
    let compared = race(|_| {
        let outcome = by_code(&t, HOME, &wrong(&code));
        by_code(&t, HOME, &wrong(&code)).unwrap_err();
        matches!(outcome, Err(Refused::WrongCode(_)))
    });
    assert!(compared <= 4, "{compared}");
    assert_eq!(here(&t, HOME).unwrap().code_tries, CODE_TRIES);
    assert_eq!(by_code(&t, HOME, &code), Err(Refused::CodeUsedUp));
}

#[test]
fn of_sign_ups_at_once_with_one_address_one_account_remains() {
    let t = TestAccounts::create();
    let done = race(|_| signs_up(&t, person(&t, "alice@example.test", "words", HOME)) == Sent::Done);
    assert_eq!(done, 8);
    assert_eq!(verification_mails(&t).len(), 8);
    let usable = race(|n| {
        let (token, _) = verification_mails(&t)[n].clone();
        by_link(&t, HOME, &token, None).is_ok()
    });
    assert_eq!(usable, 1, "the others were replaced");
}

#[test]
fn the_database_holds_neither_link_nor_code() {
    let t = TestAccounts::create();
    let (token, code) = alice_signs_up(&t);
    let page = here(&t, HOME).unwrap();
    assert_ne!(page.code_mac, code.as_bytes());
    assert_ne!(
        page.code_mac,
        crate::secret::sha256(code.as_bytes()),
        "a hash without a key would be tried out at once"
    );
    assert_eq!(page.code_mac.len(), 32);
    assert!(!format!("{page:?}").contains(token.reveal()));
}

//! The change of password by who knows the old one.

use super::change::change_password;
use super::password::{self, Password};
use super::reconfirm::{Proof, Reconfirmed, reconfirm};
use crate::mail::Mail;
use crate::session::{self, Authentication, Lifetimes, Login, Session};
use crate::testing::TestAccounts;
use crate::{AccountId, Actor};
use std::time::Duration;

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };
const OLD: &str = "the old password";

/// Somebody with a password, and a running executor.
struct Case {
    t: TestAccounts,
    alice: AccountId,
    runtime: tokio::runtime::Runtime,
}

impl Case {
    fn new() -> Self {
        let t = TestAccounts::create();
        let alice = t.person("alice@example.test").id;
        let (id, phc) = (alice.clone(), t.accounts.passwords.hash_blocking(&Password::typed(OLD)));
        t.write(move |tx| password::put(tx, &id, &phc));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        Self { t, alice, runtime }
    }

    fn type_password(&self, typed: &str) -> Reconfirmed {
        let actor = Actor::system();
        let check = reconfirm(&self.t.accounts, &actor, &self.alice, Password::typed(typed), true);
        self.runtime.block_on(check).unwrap().expect("not busy")
    }

    fn proof(&self, typed: &str) -> Proof {
        match self.type_password(typed) {
            Reconfirmed::Right(proof) => proof,
            other => panic!("{other:?}"),
        }
    }

    fn log_in(&self) -> (Session, Login) {
        let id = self.alice.clone();
        let (cookie, login) =
            self.t.write(move |tx| session::log_in(tx, None, &id, &Authentication::password(), &LIFETIMES));
        let now = self.t.accounts.now();
        let found = self.t.read(|c| session::find(c, &cookie.hash(), now, &LIFETIMES));
        (found.expect("a session"), login)
    }

    fn is_logged_in(&self, login: &Login) -> bool {
        self.t.read(|c| session::logins_of_account(c, &self.alice)).contains(&login.id)
    }

    fn change(&self, proof: &Proof, new: &str, keep: &Session) -> bool {
        let (accounts, keep, proof) = (self.t.accounts.clone(), keep.id.clone(), proof.clone());
        let phc = accounts.passwords.hash_blocking(&Password::typed(new));
        self.t.write(move |tx| change_password(tx, &proof, &phc, &keep))
    }
}

#[test]
fn a_change_logs_the_others_out_and_tells_the_owner() {
    let case = Case::new();
    let ((here, mine), (_, theirs)) = (case.log_in(), case.log_in());
    let tied = case.t.grant(&case.alice, &mine.id, false);
    let offline = case.t.offline_grant(&case.alice);
    assert!(case.change(&case.proof(OLD), "a better password", &here));
    assert!(case.is_logged_in(&mine) && !case.is_logged_in(&theirs));
    assert!(case.t.grant_is_revoked(&offline), "offline tokens do not survive");
    assert!(!case.t.grant_is_revoked(&tied), "what hangs on this session goes on");
    assert!(matches!(case.t.mails().last(), Some((_, Mail::PasswordChanged { .. }))));
    assert!(matches!(case.type_password(OLD), Reconfirmed::Wrong));
    case.proof("a better password");
}

#[test]
fn a_proof_is_void_once_the_password_is_another() {
    let case = Case::new();
    let (here, _) = case.log_in();
    let (first, second) = (case.proof(OLD), case.proof(OLD));
    assert!(case.change(&first, "a better password", &here));
    assert!(!case.change(&second, "an attacker's password", &here));
    case.proof("a better password");
}

#[test]
fn of_many_changes_at_once_one_succeeds() {
    let case = Case::new();
    let (here, _) = case.log_in();
    let proof = case.proof(OLD);
    let (case, here, proof) = (&case, &here, &proof);
    let words = ["first new password", "second new password", "third new password", "fourth new password"];
    let changed = std::thread::scope(|scope| {
        // The executor belongs to one thread; what is raced here is the write.
        let accounts = &case.t.accounts;
        let tries: Vec<_> = words
            .iter()
            .map(|new| {
                scope.spawn(move || {
                    let (keep, proof) = (here.id.clone(), proof.clone());
                    let phc = accounts.passwords.hash_blocking(&Password::typed(new));
                    let write = move |tx: &mut crate::Tx<'_>| change_password(tx, &proof, &phc, &keep);
                    accounts.write_blocking(&Actor::system(), write).unwrap()
                })
            })
            .collect();
        tries.into_iter().map(|t| t.join().unwrap()).filter(|changed| *changed).count()
    });
    assert_eq!(changed, 1);
}

#[test]
fn guessing_from_within_is_slowed_down() {
    let case = Case::new();
    let wrong = (0..20).take_while(|_| matches!(case.type_password("a guess"), Reconfirmed::Wrong)).count();
    assert!(wrong < 20, "some guess had to wait");
    assert!(matches!(case.type_password(OLD), Reconfirmed::Wait(_)), "the right one waits too");
    case.t.clock.advance(Duration::from_secs(3600));
    let (here, _) = case.log_in();
    assert!(case.change(&case.proof(OLD), "a better password", &here));
    assert!(matches!(case.type_password("a guess"), Reconfirmed::Wrong), "wrong tries are forgotten");
}

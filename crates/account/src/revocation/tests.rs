use super::lock;
use crate::credential::password::{self, Password};
use crate::mail::Mail;
use crate::recovery::{self, Redeemed};
use crate::secret::Token;
use crate::session::{self, Authentication, Lifetimes};
use crate::testing::TestAccounts;
use crate::{AccountId, Tx, login};

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

/// Somebody with a password, who is logged in with a known device and let a product in for good.
fn somebody(t: &TestAccounts, email: &str) -> (AccountId, String) {
    let id = t.person(email).id;
    let phc = t.accounts.passwords.hash_blocking(&Password::typed("plinth gumbo weather"));
    let account = id.clone();
    t.write(move |tx: &mut Tx<'_>| {
        password::put(tx, &account, &phc)?;
        login::devices::remember(tx, None, &account)?;
        session::log_in(tx, None, &account, &Authentication::password(), &LIFETIMES)
    });
    let grant = t.offline_grant(&id);
    (id, grant)
}

#[test]
fn everything_ends_and_the_way_back_in_is_the_mailbox() {
    let t = TestAccounts::create();
    let ((alice, hers), (bob, his)) = (somebody(&t, "alice@example.test"), somebody(&t, "bob@example.test"));
    let id = alice.clone();
    assert!(t.write(move |tx| lock(tx, "https://id.example.test", &id)));
    assert_eq!(t.read(|c| session::logins_of_account(c, &alice)), []);
    assert_eq!(t.read(|c| password::find(c, &alice)), None, "whoever asks finds no password");
    assert!(t.read(|c| password::find_any(c, &alice)).expect("kept").is_void);
    assert!(t.grant_is_revoked(&hers) && !t.grant_is_revoked(&his));
    assert!(t.read(|c| password::find(c, &bob)).is_some());
    let Some((to, Mail::AccountLocked { link, .. })) = t.mails().pop() else { panic!("a mail") };
    assert_eq!(to, "alice@example.test");
    let token = Token::parse(link.split("token=").nth(1).expect("a token")).expect("a token");
    let new = t.accounts.passwords.hash_blocking(&Password::typed("four uncommon words here"));
    let (accounts, phc) = (t.accounts.clone(), new.clone());
    let redeemed = t.write(move |tx| recovery::redeem(tx, &accounts.key, &token, &phc));
    assert_eq!(redeemed, Redeemed::Saved { return_to: None });
    assert_eq!(t.read(|c| password::find(c, &alice)), Some(new), "good again");
}

/// Somebody changed the password at the same moment: theirs is void too, and nobody can write over a void one by
/// having known it.
#[test]
fn a_void_password_is_not_replaced_by_who_knows_it() {
    let t = TestAccounts::create();
    let (alice, _) = somebody(&t, "alice@example.test");
    let known = t.read(|c| password::find(c, &alice)).expect("a password");
    let id = alice.clone();
    t.write(move |tx| lock(tx, "https://id.example.test", &id));
    let (id, new) = (alice, t.accounts.passwords.hash_blocking(&Password::typed("another one of theirs")));
    assert!(!t.write(move |tx| password::replace_if_unchanged(tx, &id, &known, &new)));
}

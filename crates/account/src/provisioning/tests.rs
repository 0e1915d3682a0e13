use super::*;
use crate::account::{Account, AccountStatus, find_by_email};
use crate::credential::password::{Costs, Password, Passwords};
use crate::email::Email;
use crate::testing::TestAccounts;
use crate::{Actor, audit};

fn wish(verified: bool) -> AccountWish {
    AccountWish {
        email: Email::parse("alice@example.test").unwrap(),
        name: None,
        verified: Some(verified),
        operator: None,
        claims: serde_json::Map::new(),
    }
}

fn apply(t: &TestAccounts, wish: AccountWish, phc: Option<Phc>) -> Change {
    t.accounts
        .write_blocking(&Actor::command(), move |tx| {
            let change = compare(tx.conn, &wish)?;
            carry_out(tx, &wish, &change, phc.as_ref())?;
            Ok(change)
        })
        .unwrap()
}

fn alice(t: &TestAccounts) -> Account {
    let email = wish(true).email;
    t.accounts.db.read_blocking(|conn| find_by_email(conn, &email)).unwrap().unwrap()
}

fn password_of(t: &TestAccounts, account: &Account) -> Option<Phc> {
    t.accounts.db.read_blocking(|conn| password::find(conn, &account.id)).unwrap()
}

fn hash(text: &str) -> Phc {
    Passwords::new(Costs::lowest(), None).hash_blocking(&Password::typed(text))
}

#[test]
fn an_account_is_made_once_and_then_only_brought_in_line() {
    let t = TestAccounts::create();
    assert_eq!(apply(&t, wish(true), Some(hash("one"))), Change::Create);
    let made = alice(&t);
    assert_eq!((made.name.as_str(), made.status, made.operator), ("alice", AccountStatus::Active, false));
    assert_eq!(apply(&t, wish(true), Some(hash("two"))), Change::Nothing(made.id.clone()));
    assert_eq!(password_of(&t, &made), password_of(&t, &alice(&t)), "the password is set only when it is made");

    let mut more = AccountWish { name: Some(DisplayName::parse("Alice").unwrap()), operator: Some(true), ..wish(true) };
    more.claims.insert("locale".into(), json!("de"));
    let Change::Update(id, differences) = apply(&t, more.clone(), None) else { panic!("it differs") };
    let fields: Vec<_> = differences.iter().map(|d| d.field.as_str()).collect();
    assert_eq!((id, fields), (made.id.clone(), vec!["name", "operator", "claims.locale"]));
    assert_eq!(apply(&t, more, None), Change::Nothing(made.id.clone()));
    assert_eq!(apply(&t, wish(true), None), Change::Nothing(made.id.clone()), "what is left out is left alone");
    let audited = t.accounts.db.read_blocking(|conn| audit::of_target(conn, "account", made.id.as_str(), 9)).unwrap();
    assert_eq!(audited.len(), 2);
}

#[test]
fn a_stranger_who_signed_up_with_the_address_does_not_keep_the_password() {
    let t = TestAccounts::create();
    apply(&t, wish(false), Some(hash("the stranger's")));
    let stranger = alice(&t);
    assert_eq!(apply(&t, wish(false), None), Change::Nothing(stranger.id.clone()));
    assert_eq!(apply(&t, wish(true), None), Change::Replace(stranger.id.clone()));
    let now = alice(&t);
    assert_ne!(now.id, stranger.id);
    assert!(now.is_active() && password_of(&t, &now).is_none());
}

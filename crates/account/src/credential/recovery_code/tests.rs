use super::*;
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use proptest::prelude::*;

fn new_set(t: &TestAccounts, account: &AccountId) -> [RecoveryCode; SET] {
    let account = account.clone();
    t.write(move |tx| make_new(tx, &account))
}

fn spent(t: &TestAccounts, account: &AccountId, typed: &str) -> bool {
    let (account, typed) = (account.clone(), typed.to_owned());
    t.write(move |tx| spend(tx, &account, &typed))
}

#[test]
fn each_of_ten_codes_works_once_and_the_owner_hears_of_it() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let codes = new_set(&t, &id);
    for (used, code) in (1_i64..).zip(&codes) {
        assert!(spent(&t, &id, &code.reveal()) && !spent(&t, &id, &code.reveal()));
        assert_eq!(t.read(|c| left(c, &id)), 10 - used);
        let (to, mail) = t.mails().pop().unwrap();
        assert_eq!(to, "alice@example.test");
        assert!(matches!(mail, Mail::RecoveryCodeUsed { left, .. } if left == 10 - used));
    }
    assert_eq!(t.mails().len(), 10);
    let audited = t.read(|c| audit::of_target(c, "account", id.as_str(), 100));
    assert_eq!(audited.iter().filter(|entry| entry.action == "recovery_code.used").count(), 10);
}

#[test]
fn new_codes_make_the_old_ones_void() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let old = new_set(&t, &id);
    assert!(spent(&t, &id, &old[0].reveal()));
    let new = new_set(&t, &id);
    assert_eq!(t.read(|c| left(c, &id)), 10);
    assert!(old.iter().all(|code| !spent(&t, &id, &code.reveal())));
    assert!(spent(&t, &id, &new[9].reveal()));
    let account = id.clone();
    assert_eq!(t.write(move |tx| remove_all(tx, &account)), 10);
    assert!(!spent(&t, &id, &new[8].reveal()));
}

#[test]
fn a_code_of_another_account_is_worth_nothing() {
    let t = TestAccounts::create();
    let (alice, eve) = (t.person("alice@example.test").id, t.person("eve@example.test").id);
    let codes = new_set(&t, &alice);
    new_set(&t, &eve);
    assert!(!spent(&t, &eve, &codes[0].reveal()) && spent(&t, &alice, &codes[0].reveal()));
}

#[test]
fn how_a_code_is_written_does_not_matter() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let codes = new_set(&t, &id);
    let text = |n: usize| codes[n].reveal().to_string();
    assert!(spent(&t, &id, &text(0).to_uppercase()));
    assert!(spent(&t, &id, &text(1).replace('-', "")));
    assert!(spent(&t, &id, &format!("  {}\t", text(2).replace('-', " \u{2013} "))));
    assert!(spent(&t, &id, &text(3).replace('0', "O").replace('1', "l")));
    assert!(spent(&t, &id, &text(4).replace('0', "o").replace('1', "I")));
    for wrong in ["", "00000-0000", "00000-00000-0", "uuuuu-uuuuu", "ééééé-ééééé", &text(5)[1..], &"0".repeat(5000)]
    {
        assert!(!spent(&t, &id, wrong), "{wrong:?}");
    }
    assert_eq!(t.read(|c| left(c, &id)), 5);
}

/// Eight requests on two nodes with the same code at the same moment.
#[test]
fn of_many_at_once_one_spends_the_code() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let codes = new_set(&t, &id);
    let other = Accounts::new(t.database.open(), t.clock.clone(), crate::secret::InstallationKey::new(&[42; 32]));
    for code in &codes[..3] {
        let won: Vec<bool> = std::thread::scope(|scope| {
            let nodes = [&t.accounts, &other].into_iter().cycle().take(8);
            let threads: Vec<_> = nodes
                .map(|node| {
                    let (id, typed) = (id.clone(), code.reveal());
                    scope.spawn(move || {
                        node.write_blocking(&Actor::system(), move |tx| spend(tx, &id, &typed)).expect("written")
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    }
    assert_eq!(t.read(|c| left(c, &id)), 7);
}

#[test]
fn codes_do_not_print() {
    let code = RecoveryCode::generate();
    assert_eq!(format!("{code:?}"), "RecoveryCode(…)");
    assert_ne!(code, RecoveryCode::generate());
}

proptest! {
    #[test]
    fn what_is_shown_is_read_back_however_it_is_typed(capitals in any::<bool>(), gaps in proptest::collection::vec(0_usize..3, 11)) {
        let code = RecoveryCode::generate();
        let mut typed = String::new();
        for (c, gap) in code.reveal().chars().zip(gaps) {
            typed.push(if capitals { c.to_ascii_uppercase() } else { c });
            typed.push_str(&" ".repeat(gap));
        }
        prop_assert_eq!(RecoveryCode::parse(&typed), Some(code));
    }

    #[test]
    fn nothing_typed_makes_trouble(typed in any::<String>()) {
        if let Some(code) = RecoveryCode::parse(&typed) {
            let shown = code.reveal();
            prop_assert_eq!(RecoveryCode::parse(&shown), Some(code));
        }
    }
}

use super::*;
use crate::account::{self, Claims};
use crate::testing::TestAccounts;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

fn typed(fields: &[(&str, &str)]) -> Changes {
    Changes::read(&fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<BTreeMap<_, _>>()).unwrap()
}

#[test]
fn updated_at_moves_only_when_something_changes() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test");
    let look = || t.read(|c| account::find(c, &alice.id)).expect("there");
    let change = |changes: Changes| {
        let id = alice.id.clone();
        t.write(move |tx| change_claims(tx, &id, &changes))
    };
    t.clock.advance(Duration::from_secs(60));
    assert_eq!(change(typed(&[("locale", "de"), ("country", "Germany")])), ["address", "locale"]);
    let first = look();
    assert_eq!(first.updated_at, t.accounts.now());
    assert_eq!(first.claims.get("locale"), Some(&json!("de")));
    t.clock.advance(Duration::from_secs(60));
    assert!(change(typed(&[("locale", "de"), ("gender", "")])).is_empty());
    assert_eq!(look(), first, "nothing changed");
    assert_eq!(change(typed(&[("locale", "")])), ["locale"]);
    assert_eq!(look().claims.get("locale"), None);
    assert_eq!(look().updated_at, t.accounts.now());
}

#[test]
fn a_new_phone_number_is_not_the_verified_one() {
    let mut claims = Claims::default();
    claims.set("phone_number", Some(json!("+49 30 1234567")));
    claims.set("phone_number_verified", Some(json!(true)));
    claims.set("name#de", Some(json!("Alice")));
    typed(&[("phone_number", "+49 30 1234567")]).apply(&mut claims);
    assert_eq!(claims.get("phone_number_verified"), Some(&json!(true)), "the same number");
    typed(&[("phone_number", "+49 30 7654321")]).apply(&mut claims);
    assert_eq!(claims.get("phone_number_verified"), None);
    assert_eq!(claims.get("name#de"), Some(&json!("Alice")), "what the form does not show stays");
}

#[test]
fn a_new_name_is_noted_once() {
    let t = TestAccounts::create();
    let id = t.person("alice@example.test").id;
    let rename_to = |name: &str| {
        let (id, name) = (id.clone(), DisplayName::parse(name).unwrap());
        t.write(move |tx| rename(tx, &id, &name))
    };
    assert!(rename_to("Alice Other") && !rename_to(" Alice Other "));
    assert_eq!(t.read(|c| account::find(c, &id)).expect("there").name, "Alice Other");
}

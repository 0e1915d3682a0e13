use super::*;
use crate::account::{self, DisplayName, NewAccount};
use crate::email::Email;
use crate::testing::TestAccounts;
use crate::{Actor, audit};

#[test]
fn the_rule_as_a_table() {
    for (level, anyone, organisation) in
        [(Level::Anyone, true, true), (Level::Organisation, false, true), (Level::OnlyMe, false, false)]
    {
        let mut visibility = Visibility::default();
        visibility.set(Field::Name, level);
        for claim in ["name", "name#de", "given_name", "family_name#ja-Hani-JP"] {
            assert_eq!(visibility.shows(claim, Asker::Anyone), anyone, "{claim} {level:?}");
            assert_eq!(visibility.shows(claim, Asker::SameOrganisation), organisation, "{claim} {level:?}");
        }
        for claim in ["sub", "updated_at", "nickname", "email"] {
            assert!(visibility.shows(claim, Asker::Anyone), "{claim} {level:?}");
        }
    }
}

#[test]
fn every_claim_that_people_fill_in_belongs_to_one_field() {
    let of_page = crate::profile::TEXT_CLAIMS.into_iter().chain(["name", "picture", "email", "address"]);
    for claim in of_page {
        assert_eq!(Field::ALL.into_iter().filter(|field| field.claims().contains(&claim)).count(), 1, "{claim}");
    }
    for field in Field::ALL {
        assert_eq!(Field::parse(field.as_str()), Some(field));
    }
}

#[test]
fn an_account_without_an_organisation_is_offered_no_level_that_means_nothing() {
    assert!(!Level::offered(false).contains(&Level::Organisation));
    assert_eq!(Level::offered(true).len(), 3);
}

#[test]
fn what_a_later_version_wrote_is_never_shown_wider() {
    let read = Visibility::read(r#"{"email":"friends","shoe":"only_me","name":"anyone"}"#).unwrap();
    assert_eq!(read.level(Field::Email), Level::OnlyMe);
    assert_eq!(read.hidden().collect::<Vec<_>>(), [Field::Email]);
    assert_eq!(Visibility::read("[]"), None);
}

#[test]
fn a_change_is_kept_and_recorded_once() {
    let t = TestAccounts::create();
    let new = NewAccount {
        verified: true,
        ..NewAccount::of_person(Email::parse("alice@example.test").unwrap(), DisplayName::parse("Alice").unwrap())
    };
    let id = t.accounts.write_blocking(&Actor::system(), move |tx| account::create(tx, &new)).unwrap().unwrap().id;
    let put = |chosen: Vec<(Field, Level)>| {
        let id = id.clone();
        t.accounts.write_blocking(&Actor::system(), move |tx| change(tx, &id, &chosen)).unwrap()
    };
    let hide = vec![(Field::Email, Level::OnlyMe), (Field::Name, Level::Anyone)];
    assert_eq!(put(hide.clone()), ["email"]);
    assert_eq!(put(hide), [""; 0]);
    let kept = t.accounts.db.read_blocking(|conn| of(conn, &id)).unwrap().unwrap();
    assert_eq!((kept.level(Field::Email), kept.level(Field::Name)), (Level::OnlyMe, Level::Anyone));
    let entries = t.accounts.db.read_blocking(|c| audit::of_target(c, "account", id.as_str(), 9)).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.action == "visibility.changed").count(), 1);
    assert_eq!(put(vec![(Field::Email, Level::Anyone)]), ["email"]);
}

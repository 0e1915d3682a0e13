use super::*;
use crate::testing::TestAccounts;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::collections::BTreeSet;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn names(t: &TestAccounts, sqlite: &str, postgres: &str) -> BTreeSet<String> {
    let load = |conn: &mut Conn| {
        let statement = match conn {
            Conn::Sqlite(_) => sqlite,
            Conn::Postgres(_) => postgres,
        };
        Ok(diesel::sql_query(statement).load::<Name>(conn)?)
    };
    t.accounts.db.read_blocking(load).unwrap().into_iter().map(|row| row.name).collect()
}

fn tables(t: &TestAccounts) -> BTreeSet<String> {
    names(
        t,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables WHERE table_schema = 'public'",
    )
}

fn columns(t: &TestAccounts, table: &str) -> BTreeSet<String> {
    names(
        t,
        &format!("SELECT name FROM pragma_table_info('{table}')"),
        &format!(
            "SELECT CAST(column_name AS TEXT) AS name FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    )
}

#[test]
fn every_table_is_on_one_of_the_lists() {
    let t = TestAccounts::create();
    let listed: Vec<&str> =
        HOLDINGS.iter().map(|holding| holding.table).chain(NOT_ABOUT_PEOPLE.iter().map(|(table, _)| *table)).collect();
    for table in tables(&t) {
        let count = listed.iter().filter(|listed| **listed == table).count();
        assert_eq!(
            count, 1,
            "the table {table} is on {count} lists of holdings/list.rs: say there what an export tells of it and what \
             becomes of it when an account is erased, or that it holds nothing about people"
        );
    }
    for table in listed {
        assert!(tables(&t).contains(table), "there is no table {table}");
    }
}

#[test]
fn a_table_with_an_account_in_it_is_about_people() {
    let t = TestAccounts::create();
    for (table, _) in NOT_ABOUT_PEOPLE {
        assert!(!columns(&t, table).contains("account_id"), "{table}");
    }
}

#[test]
fn every_column_is_told_or_left_out_for_a_reason() {
    let t = TestAccounts::create();
    for holding in HOLDINGS {
        let Told::In { columns: told, left_out, file, .. } = holding.told else { continue };
        for column in columns(&t, holding.table) {
            let is_told = told.iter().any(|(_, expression, _)| {
                expression.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == column)
            });
            let is_left_out = left_out.iter().any(|(name, reason)| *name == column && !reason.is_empty());
            assert!(is_told || is_left_out, "{file}: say what becomes of the column {column}");
        }
    }
}

/// Each statement of the list is one that the database understands.
#[test]
fn the_list_can_be_told_and_erased() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let bob = t.person("bob@example.test").id;
    for holding in HOLDINGS {
        let rows = t.read(|conn| told(conn, holding, &alice));
        if holding.table == "emails" {
            assert_eq!(rows[0]["address"], "alice@example.test");
            assert_eq!(rows[0]["primary"], true);
            assert_eq!(rows[0]["verified_at"].as_str().map(str::len), Some("2026-01-01T00:00:00Z".len()));
        }
    }
    let gone = alice.clone();
    t.write(move |tx| erase(tx, &gone));
    let kept: Vec<_> = HOLDINGS.iter().flat_map(|holding| t.read(|conn| told(conn, holding, &alice))).collect();
    let text = serde_json::to_string(&kept).unwrap();
    assert!(!text.contains("alice@") && !text.contains("Alice"), "{text}");
    let (account, emails) = (&HOLDINGS[0], &HOLDINGS[1]);
    assert_eq!(t.read(|conn| told(conn, account, &alice))[0]["status"], "deleted");
    assert_eq!(t.read(|conn| told(conn, emails, &bob)).len(), 1, "of others nothing is touched");
}

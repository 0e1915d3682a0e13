use super::*;
use crate::session::{Authentication, Lifetimes, log_in};
use crate::testing::TestAccounts;
use db::schema::{backchannel_logouts, clients};
use diesel::prelude::*;

const LIFETIMES: Lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };

/// Two clients, of which `listens` wants to be told, in a log-in of a person.
fn scene() -> (TestAccounts, LoginId) {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let login = t.write(move |tx| {
        for (id, listens) in [("listens", true), ("does-not", false)] {
            diesel::insert_into(clients::table)
                .values((
                    (clients::client_id.eq(id), clients::metadata.eq("{}"), clients::first_party.eq(true)),
                    (clients::source.eq("apply"), clients::created_at.eq(tx.now), clients::updated_at.eq(tx.now)),
                    clients::backchannel_logout.eq(listens),
                ))
                .execute(tx.conn)?;
        }
        let (_, login) = log_in(tx, None, &alice, &Authentication::password(), &LIFETIMES)?;
        for _ in 0..2 {
            note_client(tx, &login.id, "listens", 3600)?;
            note_client(tx, &login.id, "does-not", 3600)?;
        }
        Ok(login.id)
    });
    (t, login)
}

fn queued(t: &TestAccounts) -> Vec<(String, String)> {
    let columns = (backchannel_logouts::client_id, backchannel_logouts::login_id);
    t.read(|conn| Ok(backchannel_logouts::table.select(columns).load(conn)?))
}

#[test]
fn who_wants_to_be_told_is_told_once() {
    let (t, login) = scene();
    let both: Vec<_> = t.read(|conn| clients_of(conn, std::slice::from_ref(&login)));
    assert_eq!(both, [(login.clone(), "does-not".to_owned()), (login.clone(), "listens".to_owned())]);
    for ended in [true, false] {
        let login = login.clone();
        assert_eq!(t.write(move |tx| crate::session::end_login(tx, &login)), ended);
    }
    assert_eq!(queued(&t), [("listens".to_owned(), login.to_string())]);
}

#[tokio::test]
async fn the_worker_is_woken_after_the_commit() {
    let (t, login) = scene();
    t.write(move |tx| crate::session::end_login(tx, &login));
    // Stored: whoever waits afterwards goes on at once.
    t.accounts.log_outs_queued.notified().await;
}

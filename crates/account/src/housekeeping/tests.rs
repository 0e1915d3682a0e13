use super::{SHELVES, sweep};
use crate::testing::TestAccounts;
use crate::{Accounts, Actor};
use db::Conn;
use diesel::prelude::*;
use std::time::Duration;

const DAY: i64 = 24 * 3600;

/// One row in each table, made now, that ends in an hour.
async fn fill(accounts: &Accounts) {
    let rows = |now: i64, bytes: &str| {
        let end = now + 3600 * 1_000_000;
        format!(
            "INSERT INTO accounts (id, status, name, operator, claims, created_at, updated_at)
                VALUES ('a', 'active', 'A', false, '{{}}', {now}, {now}), ('u', 'unverified', 'U', false, '{{}}', {now}, {now});
            INSERT INTO emails (id, account_id, address, normalized, is_primary, created_at)
                VALUES ('e', 'a', 'a@x', 'a@x', true, {now}), ('f', 'u', 'u@x', 'u@x', true, {now});
            INSERT INTO verifications (id, account_id, address, browser_hash, link_hash, code_mac, code_expires_at, code_tries, created_at, expires_at)
                VALUES ('v', 'a', 'a@x', '1', '1', '1', {end}, 0, {now}, {end}), ('w', 'u', 'u@x', '1', '2', '1', {end}, 0, {now}, {end});
            INSERT INTO recoveries (id, account_id, token_hash, created_at, expires_at) VALUES ('r', 'a', '1', {now}, {end});
            INSERT INTO email_changes (id, account_id, old_address, new_address, new_normalized, confirm_hash, confirm_expires_at, undo_hash, undo_expires_at, created_at)
                VALUES ('c', 'a', 'a@x', 'b@x', 'b@x', '1', {end}, NULL, NULL, {now}), ('d', 'a', 'a@x', 'b@x', 'b@x', '2', {end}, '1', {undo}, {now});
            INSERT INTO initial_access_tokens (id, note, token_hash, uses_left, created_at, expires_at) VALUES ('i', '', '1', 1, {now}, {end});
            INSERT INTO email_additions (id, account_id, address, normalized, confirm_hash, created_at, expires_at) VALUES ('q', 'a', 'b@x', 'b@x', '1', {now}, {end});
            INSERT INTO api_tokens (id, account_id, name, scope, beginning, token_hash, form_hash, created_at, expires_at) VALUES ('p', 'a', '', '', '', '1', '1', {now}, {end});
            INSERT INTO invitations (id, token_hash, created_at, expires_at) VALUES ('i', '1', {now}, {end});
            INSERT INTO throttles (subject, failures, first_failure_at, blocked_until, expires_at) VALUES ('t', 1, {now}, {now}, {end});
            INSERT INTO known_devices (token_hash, account_id, user_agent, created_at, last_used_at) VALUES ({bytes}, 'a', '', {now}, {now});
            INSERT INTO remembered_devices (id, token_hash, account_id, user_agent, address, created_at, last_used_at, expires_at)
                VALUES ('m', {bytes}, 'a', '', '', {now}, {now}, {end});
            INSERT INTO mailed_codes (id, account_id, bound_to, code_mac, tries, created_at, expires_at) VALUES ('m', 'a', {bytes}, {bytes}, 0, {now}, {end});
            INSERT INTO sessions (id, token_hash, user_agent, address, created_at, last_seen_at, expires_at) VALUES ('s', '1', '', '', {now}, {now}, {end});
            INSERT INTO logins (id, session_id, account_id, authenticated_at, amr, acr, created_at, last_used_at, expires_at)
                VALUES ('l', 's', 'a', {now}, '[]', '', {now}, {now}, {end});
            INSERT INTO interactions (id, browser_hash, request, progress, created_at, expires_at) VALUES ('i', '1', '', '', {now}, {end});
            INSERT INTO clients (client_id, metadata, first_party, source, created_at, updated_at) VALUES ('k', '', false, '', {now}, {now});
            INSERT INTO grants (id, client_id, account_id, login_id, redirect_uri, scope, auth_time, acr, amr, offline, created_at, code_expires_at, refresh_generation, expires_at)
                VALUES ('g', 'k', 'a', 'l', '', '', {now}, '', '[]', false, {now}, {end}, 0, {end});
            INSERT INTO session_clients (login_id, client_id, expires_at) VALUES ('l', 'k', {end});
            INSERT INTO backchannel_logouts (id, client_id, account_id, login_id, created_at, next_attempt_at, attempts, delivered_at, failed_at)
                VALUES ('1', 'k', 'a', 'l', {now}, {now}, 1, {now}, NULL), ('2', 'k', 'a', 'l', {now}, {now}, 1, NULL, {now}), ('3', 'k', 'a', 'l', {now}, {now}, 1, NULL, NULL);
            INSERT INTO second_step_resets (id, account_id, cancel_hash, created_at, ready_at, expires_at) VALUES ('y', 'a', {bytes}, {now}, {now}, {end});
            INSERT INTO totp_apps (id, account_id, name, sealed_secret, last_step, created_at, expires_at) VALUES ('p', 'a', '', {bytes}, 0, {now}, {end});
            INSERT INTO exports (id, account_id, created_at, done, attempts, bytes, expires_at) VALUES ('x', 'a', {now}, 0, 0, 0, {end});
            INSERT INTO revoked_tokens (jti, expires_at) VALUES ('j', {end});
            INSERT INTO used_assertions (id, expires_at) VALUES ('u', {end});
            INSERT INTO passkey_challenges (id, purpose, browser_hash, sealed_state, created_at, expires_at)
                VALUES ('p', '', {bytes}, {bytes}, {now}, {end});
            INSERT INTO outbox_mails (id, kind, recipient, created_at, next_attempt_at, attempts, delivered_at, failed_at)
                VALUES ('1', '', '', {now}, {now}, 1, {now}, NULL), ('2', '', '', {now}, {now}, 1, NULL, {now}), ('3', '', '', {now}, {now}, 1, NULL, NULL)",
            undo = now + 7 * DAY * 1_000_000,
        )
    };
    accounts
        .write(&Actor::system(), move |tx| {
            let bytes = match tx.conn {
                Conn::Sqlite(_) => "X'31'",
                Conn::Postgres(_) => "'\\x31'",
            };
            for statement in rows(tx.now.as_micros(), bytes).split(';') {
                diesel::sql_query(statement).execute(tx.conn)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

fn count(conn: &mut Conn, table: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        rows: i64,
    }
    diesel::sql_query(format!("SELECT count(*) AS rows FROM {table}")).get_result::<Count>(conn).unwrap().rows
}

/// The tables that have rows, with how many.
async fn left(accounts: &Accounts) -> Vec<(&'static str, i64)> {
    let counts = |conn: &mut Conn| Ok(SHELVES.iter().map(|(table, ..)| (*table, count(conn, table))).collect());
    let counts: Vec<_> = accounts.read(counts).await.unwrap();
    counts.into_iter().filter(|(_, rows)| *rows > 0).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_served_its_time_goes_and_the_rest_stays() {
    let test = TestAccounts::create();
    fill(&test.accounts).await;
    let everything = left(&test.accounts).await;
    assert_eq!(everything.len(), SHELVES.len());
    assert_eq!(sweep(&test.accounts).await.unwrap(), Some(0));
    assert_eq!(left(&test.accounts).await, everything);

    // After an hour and a moment: what nobody asks for once it has ended.
    test.clock.advance(Duration::from_secs(3601));
    assert_eq!(sweep(&test.accounts).await.unwrap(), Some(12));
    let gone = |then: &[(&str, i64)]| -> Vec<&'static str> {
        everything.iter().map(|(table, _)| *table).filter(|table| then.iter().all(|(left, _)| left != table)).collect()
    };
    let ended = [
        "mailed_codes",
        "remembered_devices",
        "throttles",
        "sessions",
        "grants",
        "logins",
        "revoked_tokens",
        "used_assertions",
        "passkey_challenges",
        "session_clients",
        "totp_apps",
        "exports",
    ];
    assert_eq!(gone(&left(&test.accounts).await), ended);

    // A week later: links, and the account that nobody confirmed with all that was its.
    test.clock.advance(Duration::from_secs(8 * 24 * 3600));
    sweep(&test.accounts).await.unwrap();
    let then = left(&test.accounts).await;
    assert_eq!(
        then,
        [
            ("email_changes", 1),
            ("api_tokens", 1),
            ("known_devices", 1),
            ("backchannel_logouts", 3),
            ("outbox_mails", 3),
            ("accounts", 1)
        ]
    );
    assert_eq!(test.accounts.read(|conn| Ok(count(conn, "emails"))).await.unwrap(), 1);

    // A month later: mails and log-outs, but not those that still wait. Half a year later: the device.
    test.clock.advance(Duration::from_secs(30 * 24 * 3600));
    sweep(&test.accounts).await.unwrap();
    let then = left(&test.accounts).await;
    assert_eq!(then, [("known_devices", 1), ("backchannel_logouts", 1), ("outbox_mails", 1), ("accounts", 1)]);
    test.clock.advance(Duration::from_secs(180 * 24 * 3600));
    sweep(&test.accounts).await.unwrap();
    assert_eq!(left(&test.accounts).await, [("backchannel_logouts", 1), ("outbox_mails", 1), ("accounts", 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_node_sweeps_at_a_time() {
    let test = TestAccounts::create();
    let (one, two) = tokio::join!(sweep(&test.accounts), sweep(&test.accounts));
    assert_eq!([one.unwrap(), two.unwrap()].iter().flatten().count(), 1);
    test.clock.advance(Duration::from_secs(269));
    assert_eq!(sweep(&test.accounts).await.unwrap(), None);
    test.clock.advance(Duration::from_secs(1));
    assert_eq!(sweep(&test.accounts).await.unwrap(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_rows_go_in_batches() {
    let test = TestAccounts::create();
    let insert = |tx: &mut crate::Tx<'_>| {
        for number in 0..450 {
            let row = format!("INSERT INTO revoked_tokens (jti, expires_at) VALUES ('{number}', 5)");
            diesel::sql_query(row).execute(tx.conn)?;
        }
        Ok(())
    };
    test.accounts.write(&Actor::system(), insert).await.unwrap();
    assert_eq!(sweep(&test.accounts).await.unwrap(), Some(450));
}

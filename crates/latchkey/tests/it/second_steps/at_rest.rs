//! Secrets at rest: what a thief of the database finds.

use super::{ADD, app, begin, codes_on, open, scan, square};
use crate::support::Provider;
use diesel::connection::SimpleConnection;

/// Everything that the database's files hold; on PostgreSQL the rows as text.
fn everything(provider: &Provider) -> Vec<u8> {
    let Some(path) = provider.database.url_text().strip_prefix("sqlite://") else {
        return provider.accounts.db.read_blocking(rows).expect("read");
    };
    let mut bytes = Vec::new();
    for end in ["", "-wal"] {
        bytes.extend(std::fs::read(format!("{path}{end}")).unwrap_or_default());
    }
    assert!(bytes.len() > 10_000, "the files were found");
    bytes
}

fn rows(conn: &mut db::Conn) -> db::Result<Vec<u8>> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = diesel::sql_types::Text)]
        row: String,
    }
    conn.batch_execute("SET bytea_output = 'escape'")?;
    let mut bytes = Vec::new();
    for table in ["totp_apps", "recovery_codes", "outbox_mails", "audit_entries", "interactions"] {
        let query = diesel::sql_query(format!("SELECT t::text AS row FROM {table} t"));
        let rows: Vec<Row> = query.load(conn)?;
        bytes.extend(rows.into_iter().flat_map(|row| row.row.into_bytes()));
    }
    Ok(bytes)
}

#[tokio::test]
async fn no_secret_is_readable_in_the_database() {
    let (provider, browser, id) = begin().await;
    let (confirmed, shown) = app(&provider, &browser, &id, "A name to look for").await;
    let codes = codes_on(&shown);
    open(&provider, &browser, ADD, &confirmed).await.expect(ADD);
    let waiting = scan(&provider, &id, &square(&browser).await);
    let bytes = everything(&provider);
    let found = |what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    assert!(found(b"A name to look for"), "the search finds what is there");
    for secret in [&confirmed, &waiting] {
        let base32 = secret.base32();
        assert!(!found(base32.as_bytes()) && !found(base32.to_lowercase().as_bytes()));
        assert!(!found(&raw(&base32)));
    }
    for code in &codes {
        assert!(!found(code.as_bytes()) && !found(code.replace('-', "").as_bytes()));
    }
}

/// The bytes of a text in base32 (RFC 4648 §6).
fn raw(base32: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for c in base32.bytes() {
        let value = if c.is_ascii_digit() { c - b'2' + 26 } else { c - b'A' };
        bits = (bits << 5) | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("a byte"));
        }
    }
    assert_eq!(bytes.len(), 20);
    bytes
}

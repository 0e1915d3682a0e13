//! The table `clients`. Every change counts the revision up and leaves an audit entry, in one transaction.

use super::registry::REVISION;
use super::{Record, Source};
use crate::revision;
use account::Tx;
use account::audit::{self, Target};
use db::schema::clients;
use db::{Conn, Error, Json, Result, Timestamp};
use diesel::prelude::*;
use protocol::ClientMetadata;
use serde_json::{Value, json};

type Row = (String, String, Option<Vec<u8>>, bool, String, Timestamp, Timestamp, Option<Timestamp>);

fn record_of_row(row: Row) -> Result<Record> {
    let (client_id, metadata, secret_hash, first_party, source, created_at, updated_at, disabled_at) = row;
    let corrupt = |what: String| Error::Corrupt(format!("client {client_id}: {what}"));
    let Json(metadata) = Json::<ClientMetadata>::try_from(metadata).map_err(|e| corrupt(e.to_string()))?;
    let source = Source::parse(&source).ok_or_else(|| corrupt(format!("source {source}")))?;
    Ok(Record { client_id, metadata, secret_hash, first_party, source, created_at, updated_at, disabled_at })
}

/// Every client. A row that cannot be read is reported and left out.
pub fn all(conn: &mut Conn) -> Result<Vec<Record>> {
    let rows: Vec<Row> = clients::table.select(clients::all_columns).load(conn)?;
    let read = |row| record_of_row(row).inspect_err(|error| tracing::error!(%error, "a client is left out")).ok();
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The client of this id.
pub fn find(conn: &mut Conn, client_id: &str) -> Result<Option<Record>> {
    let row: Option<Row> = clients::table.find(client_id).select(clients::all_columns).first(conn).optional()?;
    row.map(record_of_row).transpose()
}

/// Registers a client. Returns whether its id was free.
pub fn insert(tx: &mut Tx<'_>, record: &Record) -> Result<bool> {
    if find(tx.conn, &record.client_id)?.is_some() {
        return Ok(false);
    }
    diesel::insert_into(clients::table)
        .values((
            clients::client_id.eq(&record.client_id),
            clients::metadata.eq(text_of(&record.metadata)),
            clients::secret_hash.eq(&record.secret_hash),
            clients::first_party.eq(record.first_party),
            clients::source.eq(record.source.as_str()),
            clients::created_at.eq(tx.now),
            clients::updated_at.eq(tx.now),
            clients::disabled_at.eq(record.disabled_at),
        ))
        .execute(tx.conn)?;
    changed(tx, &record.client_id, "client.registered", json!({ "source": record.source.as_str() }))?;
    Ok(true)
}

/// Replaces metadata, secret and `first_party`. Returns whether the client is (still) there.
pub fn update(tx: &mut Tx<'_>, record: &Record) -> Result<bool> {
    let Some(old) = find(tx.conn, &record.client_id)? else { return Ok(false) };
    diesel::update(clients::table.find(&record.client_id))
        .set((
            clients::metadata.eq(text_of(&record.metadata)),
            clients::secret_hash.eq(&record.secret_hash),
            clients::first_party.eq(record.first_party),
            clients::updated_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    let mut fields = changed_fields(&old.metadata, &record.metadata);
    if old.first_party != record.first_party {
        fields.push("first_party".to_owned());
    }
    if old.secret_hash != record.secret_hash {
        fields.push("client_secret".to_owned());
    }
    changed(tx, &record.client_id, "client.changed", json!({ "fields": fields }))?;
    Ok(true)
}

/// Gives the client another secret; the old one stops working. Returns whether the client is (still) there.
pub fn set_secret(tx: &mut Tx<'_>, client_id: &str, secret_hash: &[u8]) -> Result<bool> {
    let row = diesel::update(clients::table.find(client_id));
    let done = row.set((clients::secret_hash.eq(secret_hash), clients::updated_at.eq(tx.now))).execute(tx.conn)? == 1;
    if done {
        changed(tx, client_id, "client.secret_changed", json!({}))?;
    }
    Ok(done)
}

/// Switches the client off or on. Returns whether that changed anything.
pub fn set_disabled(tx: &mut Tx<'_>, client_id: &str, disabled: bool) -> Result<bool> {
    let done = if disabled {
        diesel::update(clients::table.find(client_id).filter(clients::disabled_at.is_null()))
            .set((clients::disabled_at.eq(tx.now), clients::updated_at.eq(tx.now)))
            .execute(tx.conn)?
    } else {
        diesel::update(clients::table.find(client_id).filter(clients::disabled_at.is_not_null()))
            .set((clients::disabled_at.eq(None::<Timestamp>), clients::updated_at.eq(tx.now)))
            .execute(tx.conn)?
    };
    if done == 1 {
        changed(tx, client_id, if disabled { "client.disabled" } else { "client.enabled" }, json!({}))?;
    }
    Ok(done == 1)
}

/// Deletes the client, and with it the consents and grants people gave it. Returns whether it was there.
pub fn delete(tx: &mut Tx<'_>, client_id: &str) -> Result<bool> {
    let done = diesel::delete(clients::table.find(client_id)).execute(tx.conn)? == 1;
    if done {
        changed(tx, client_id, "client.deleted", json!({}))?;
    }
    Ok(done)
}

fn changed(tx: &mut Tx<'_>, client_id: &str, action: &str, details: Value) -> Result<()> {
    audit::record(tx, action, Target::client(client_id), details)?;
    revision::bump(tx, REVISION)
}

fn text_of(metadata: &ClientMetadata) -> String {
    Json(metadata).into()
}

/// The names of the metadata fields in which the two differ.
pub fn changed_fields(old: &ClientMetadata, new: &ClientMetadata) -> Vec<String> {
    let fields = |metadata| match serde_json::to_value(metadata) {
        Ok(Value::Object(map)) => map,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(old), fields(new));
    let names: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    names.into_iter().filter(|name| old.get(*name) != new.get(*name)).cloned().collect()
}

//! The table `clients`. Every change counts the revision up and leaves an audit entry, in one transaction.

use super::registry::REVISION;
use super::{Record, SigningSecret, Source, hash_secret, hash_signing_secret};
use crate::revision;
use account::Tx;
use account::audit::{self, Target};
use db::schema::clients;
use db::{Conn, Error, Json, Result, Timestamp};
use diesel::prelude::*;
use protocol::ClientMetadata;
use serde_json::{Value, json};
use zeroize::Zeroizing;

#[derive(Queryable, Selectable)]
#[diesel(table_name = clients)]
struct Row {
    client_id: String,
    metadata: String,
    secret_hash: Option<Vec<u8>>,
    first_party: bool,
    source: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    disabled_at: Option<Timestamp>,
    registration_token_hash: Option<Vec<u8>>,
    first_used_at: Option<Timestamp>,
    verified_at: Option<Timestamp>,
    sealed_secret: Option<Vec<u8>>,
}

fn record_of_row(row: Row) -> Result<Record> {
    let corrupt = |what: String| Error::Corrupt(format!("client {}: {what}", row.client_id));
    let Json(metadata) = Json::<ClientMetadata>::try_from(row.metadata).map_err(|e| corrupt(e.to_string()))?;
    let source = Source::parse(&row.source).ok_or_else(|| corrupt(format!("source {}", row.source)))?;
    Ok(Record {
        client_id: row.client_id,
        metadata,
        secret_hash: row.secret_hash,
        signing_secret: row.sealed_secret.map(SigningSecret::Sealed),
        first_party: row.first_party,
        source,
        created_at: row.created_at,
        updated_at: row.updated_at,
        disabled_at: row.disabled_at,
        registration_token_hash: row.registration_token_hash,
        first_used_at: row.first_used_at,
        verified_at: row.verified_at,
    })
}

/// Every client. A row that cannot be read is reported and left out.
pub fn all(conn: &mut Conn) -> Result<Vec<Record>> {
    let rows: Vec<Row> = clients::table.select(Row::as_select()).load(conn)?;
    let read = |row| record_of_row(row).inspect_err(|error| tracing::error!(%error, "a client is left out")).ok();
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The client of this id.
pub fn find(conn: &mut Conn, client_id: &str) -> Result<Option<Record>> {
    let row: Option<Row> = clients::table.find(client_id).select(Row::as_select()).first(conn).optional()?;
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
            clients::sealed_secret.eq(sealed(tx, record)),
            clients::first_party.eq(record.first_party),
            clients::source.eq(record.source.as_str()),
            clients::created_at.eq(tx.now),
            clients::updated_at.eq(tx.now),
            clients::disabled_at.eq(record.disabled_at),
            clients::registration_token_hash.eq(&record.registration_token_hash),
            clients::backchannel_logout.eq(record.metadata.backchannel_logout_uri.is_some()),
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
            clients::sealed_secret.eq(sealed(tx, record)),
            clients::first_party.eq(record.first_party),
            clients::verified_at.eq(record.verified_at),
            clients::backchannel_logout.eq(record.metadata.backchannel_logout_uri.is_some()),
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
pub fn set_secret(tx: &mut Tx<'_>, client_id: &str, secret: &Zeroizing<String>) -> Result<bool> {
    let Some(record) = find(tx.conn, client_id)? else { return Ok(false) };
    // Kept itself only where it is signed with.
    let signs = record.signing_secret.is_some();
    let sealed = signs.then(|| SigningSecret::New(secret.clone()).sealed(tx.key, client_id));
    let changes = (
        clients::secret_hash.eq(if signs { hash_signing_secret(secret) } else { hash_secret(secret) }),
        clients::sealed_secret.eq(sealed),
        clients::updated_at.eq(tx.now),
    );
    let done = diesel::update(clients::table.find(client_id)).set(changes).execute(tx.conn)? == 1;
    if done {
        changed(tx, client_id, "client.secret_changed", json!({}))?;
    }
    Ok(done)
}

/// Notes that a client that registered itself is used, once. Nobody needs to see that at once: the revision stays.
pub fn note_use(tx: &mut Tx<'_>, client_id: &str) -> Result<()> {
    diesel::update(clients::table.find(client_id).filter(clients::first_used_at.is_null()))
        .set(clients::first_used_at.eq(tx.now))
        .execute(tx.conn)?;
    Ok(())
}

/// Notes that an operator vouches for the client, or does no longer. Returns whether that changed anything.
pub fn set_verified(tx: &mut Tx<'_>, client_id: &str, verified: bool) -> Result<bool> {
    let at = verified.then_some(tx.now);
    let row = clients::table.find(client_id).filter(clients::source.eq(Source::Dynamic.as_str()));
    let done = if verified {
        diesel::update(row.filter(clients::verified_at.is_null()))
            .set((clients::verified_at.eq(at), clients::updated_at.eq(tx.now)))
            .execute(tx.conn)?
    } else {
        diesel::update(row.filter(clients::verified_at.is_not_null()))
            .set((clients::verified_at.eq(at), clients::updated_at.eq(tx.now)))
            .execute(tx.conn)?
    };
    if done == 1 {
        changed(tx, client_id, if verified { "client.verified" } else { "client.unverified" }, json!({}))?;
    }
    Ok(done == 1)
}

/// How many clients registered themselves, and how many of them nobody has used yet.
pub fn count_dynamic(conn: &mut Conn) -> Result<(i64, i64)> {
    let dynamic = || clients::table.filter(clients::source.eq(Source::Dynamic.as_str()));
    let unused = dynamic().filter(clients::first_used_at.is_null()).count().get_result(conn)?;
    Ok((dynamic().count().get_result(conn)?, unused))
}

/// Clients that registered themselves before that instant and were never used: at most so many.
pub fn unused_since(conn: &mut Conn, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    let unused = clients::table
        .filter(clients::source.eq(Source::Dynamic.as_str()))
        .filter(clients::first_used_at.is_null().and(clients::verified_at.is_null()))
        .filter(clients::created_at.lt(before));
    Ok(unused.select(clients::client_id).limit(limit).load(conn)?)
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

fn sealed(tx: &Tx<'_>, record: &Record) -> Option<Vec<u8>> {
    record.signing_secret.as_ref().map(|secret| secret.sealed(tx.key, &record.client_id))
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

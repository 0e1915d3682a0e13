//! What a `[[client]]` means for the client that is there, or is not.

use account::Timestamp;
use oidc::client::{ClientMetadata, Record, Registration, Source, Terms, store, validate};
use serde_json::{Map, Value};

use super::file::ClientEntry;

/// What has to be done.
#[derive(Debug, Clone)]
pub enum ClientChange {
    /// There is no such client.
    Create(Record),
    /// It differs: field, present value, new value (`None`: a secret, which is not shown).
    Update(Record, Vec<(String, Option<(Value, Value)>)>),
    /// It is as the file says.
    Nothing,
}

/// Compares the entry with what is there; problems otherwise, each with the client's id.
pub fn compare(entry: &ClientEntry, existing: Option<&Record>, now: Timestamp) -> Result<ClientChange, Vec<String>> {
    let problem = |field: &str, message: &str| format!("client {}: {field}: {message}", entry.client_id);
    let registration = Registration {
        client_id: Some(entry.client_id.clone()),
        client_secret: entry.client_secret.clone(),
        first_party: entry.first_party.or(existing.map(|e| e.first_party)).unwrap_or(false),
        metadata: laid_over(existing.map(|e| &e.metadata), &entry.metadata),
        terms: Terms { sector: entry.sector.clone(), ..Terms::default() },
    };
    let accepted = validate(registration, Source::Apply, existing, now)
        .map_err(|problems| problems.iter().map(|p| problem(&p.field, &p.message)).collect::<Vec<_>>())?;
    if accepted.secret.is_some() {
        // One that we make would be another each time, and shown to a log file.
        let message = "write a secret of at least 32 characters from a generator, or jwks / jwks_uri, or \
                       token_endpoint_auth_method = \"none\" for a public client";
        return Err(vec![problem("client_secret", message)]);
    }
    let record = accepted.client.record;
    let Some(existing) = existing else { return Ok(ClientChange::Create(record)) };
    let differences = differences(existing, &record);
    Ok(if differences.is_empty() { ClientChange::Nothing } else { ClientChange::Update(record, differences) })
}

fn differences(old: &Record, new: &Record) -> Vec<(String, Option<(Value, Value)>)> {
    let (before, after) = (object(&old.metadata), object(&new.metadata));
    let value = |map: &Map<String, Value>, name: &str| map.get(name).cloned().unwrap_or(Value::Null);
    let mut differences: Vec<_> = store::changed_fields(&old.metadata, &new.metadata)
        .into_iter()
        .map(|name| (name.clone(), Some((value(&before, &name), value(&after, &name)))))
        .collect();
    if old.first_party != new.first_party {
        differences.push(("first_party".to_owned(), Some((old.first_party.into(), new.first_party.into()))));
    }
    if old.secret_hash != new.secret_hash {
        differences.push(("client_secret".to_owned(), None));
    }
    differences
}

/// The fields of the file over those of the client: what the file leaves out stays, except what only followed from a
/// field that the file now has.
pub(super) fn laid_over(existing: Option<&ClientMetadata>, file: &ClientMetadata) -> ClientMetadata {
    let Some(existing) = existing else { return file.clone() };
    let mut fields = object(existing);
    if file.grant_types.is_some() {
        fields.remove("response_types");
    }
    if file.jwks.is_some() || file.jwks_uri.is_some() {
        fields.remove("jwks");
        fields.remove("jwks_uri");
    }
    if file.token_endpoint_auth_method.as_deref().is_some_and(|method| method != "private_key_jwt") {
        fields.remove("token_endpoint_auth_signing_alg");
    }
    fields.extend(object(file));
    serde_json::from_value(Value::Object(fields)).unwrap_or_else(|_| file.clone())
}

fn object(metadata: &ClientMetadata) -> Map<String, Value> {
    match serde_json::to_value(metadata) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

//! A client's own registration in its hands (RFC 7592): read, replaced, deleted.

use super::Information;
use super::model::{Refusal, Request, read as read_body, told};
use super::register::{admit, gather};
use crate::Provider;
use crate::client::{self, Client, Problem, Record, Source, validate};
use account::secret::{Token, equal};
use account::{Actor, ActorKind};
use protocol::{ErrorCode, OAuthError};
use serde_json::{Map, Value};

/// Members of the answers that must not come back (RFC 7592 §2.2).
const OURS: &[&str] =
    &["registration_access_token", "registration_client_uri", "client_id_issued_at", "client_secret_expires_at"];

/// What is registered. The secret is not told again: only its hash is kept.
///
/// # Errors
/// See [`Refusal`].
pub async fn read(provider: &Provider, client_id: &str, token: Option<&str>) -> Result<Information, Refusal> {
    let (client, token) = own(provider, client_id, token).await?;
    Ok(Information::new(&provider.issuer, &client, None, &token))
}

/// Puts the metadata of the request in the place of what is registered: what it leaves out goes back to its default
/// (RFC 7592 §2.2). The id and the registration token stay, and so does the secret, unless the new method needs another.
///
/// # Errors
/// See [`Refusal`].
pub async fn replace(
    provider: &Provider,
    client_id: &str,
    request: Request<'_>,
    circumstances: Actor,
) -> Result<Information, Refusal> {
    let (client, token) = own(provider, client_id, request.token).await?;
    let actor = Actor { kind: ActorKind::Client(client.client_id.clone()), ..circumstances };
    let (metadata, object) = read_body(request.body)?;
    let shown = check_own(&object, &client.record).map_err(|problem| told(&[problem]))?;
    admit(provider, &request, &actor).await?;
    let registration = gather(provider, metadata).await;
    let existing = Some(&client.record);
    let accepted = validate(registration, Source::Dynamic, existing, provider.accounts.now())
        .map_err(|problems| told(&problems))?;
    let mut record = accepted.client.record.clone();
    if !client::store::changed_fields(&client.record.metadata, &record.metadata).is_empty() {
        // The operator vouched for what it was.
        record.verified_at = None;
    }
    let (hash, kept) = (token.hash(), shown.filter(|_| record.secret_hash.is_some() && accepted.secret.is_none()));
    let stored = provider.clients.change(&provider.accounts, &actor, move |tx| {
        let now = client::store::find(tx.conn, &record.client_id)?;
        match now.is_some_and(|now| is_token_of(&now, &hash)) {
            true => client::store::update(tx, &record),
            false => Ok(false),
        }
    });
    if !stored.await? {
        return Err(Refusal::Token(true));
    }
    let made = accepted.secret.as_ref().map(|secret| secret.as_str());
    Ok(Information::new(&provider.issuer, &accepted.client, made.or(kept.as_deref()), &token))
}

/// Deletes the client, and with it the consents and grants people gave it (RFC 7592 §2.3).
///
/// # Errors
/// See [`Refusal`].
pub async fn delete(
    provider: &Provider,
    client_id: &str,
    token: Option<&str>,
    circumstances: Actor,
) -> Result<(), Refusal> {
    let (client, token) = own(provider, client_id, token).await?;
    let actor = Actor { kind: ActorKind::Client(client.client_id.clone()), ..circumstances };
    let (id, hash) = (client.client_id.clone(), token.hash());
    let deleted = provider.clients.change(&provider.accounts, &actor, move |tx| {
        let now = client::store::find(tx.conn, &id)?;
        match now.is_some_and(|now| is_token_of(&now, &hash)) {
            true => client::store::delete(tx, &id),
            false => Ok(false),
        }
    });
    if deleted.await? { Ok(()) } else { Err(Refusal::Token(true)) }
}

/// The client whose registration token this is. One that is gone, and another one's token, look alike (RFC 7592 §2.1).
/// Read from the database, not from the snapshot, which on another node may be some seconds old.
async fn own(provider: &Provider, client_id: &str, token: Option<&str>) -> Result<(Client, Token), Refusal> {
    let presented = token.ok_or(Refusal::Token(false))?;
    let token = Token::parse(presented).ok_or(Refusal::Token(true))?;
    let id = client_id.to_owned();
    let record = provider.accounts.read(move |conn| client::store::find(conn, &id)).await?;
    let record = record.filter(|record| is_token_of(record, &token.hash())).ok_or(Refusal::Token(true))?;
    if record.disabled_at.is_some() {
        let sentence = "the operator disabled this client";
        return Err(Refusal::Told(OAuthError::new(ErrorCode::AccessDenied, sentence)));
    }
    let corrupt = |field| Refusal::Database(db::Error::Corrupt(format!("client {client_id}: {field}")));
    Client::parse(record).map(|client| (client, token)).map_err(corrupt)
}

fn is_token_of(record: &Record, hash: &[u8]) -> bool {
    record.registration_token_hash.as_deref().is_some_and(|own| equal(own, hash))
}

/// What a request to replace says about itself: the client's own id, and, if it likes, its present secret, which comes
/// back. It cannot choose another one.
fn check_own(object: &Map<String, Value>, record: &Record) -> Result<Option<String>, Problem> {
    let problem = |field: &str, message: &str| Problem { field: field.to_owned(), message: message.to_owned() };
    if let Some(name) = OURS.iter().find(|name| object.contains_key(**name)) {
        return Err(problem(name, "leave it out (RFC 7592 section 2.2)"));
    }
    if object.get("client_id").and_then(Value::as_str) != Some(&record.client_id) {
        return Err(problem("client_id", "write the id of the client (RFC 7592 section 2.2)"));
    }
    match object.get("client_secret") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(secret)) if record.is_secret(secret) => Ok(Some(secret.clone())),
        Some(_) => Err(problem("client_secret", "it is not the present one; a client cannot choose its secret")),
    }
}

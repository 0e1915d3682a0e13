//! `POST /oauth2/register` (RFC 7591 §3).

use super::model::{Mode, Refusal, Request, read, told};
use super::{Information, initial_token, store};
use crate::Provider;
use crate::client::{self, Registration, Sector, Source, Terms, validate};
use account::secret::Token;
use account::throttle::{self, Verdict};
use account::{Actor, Tx};
use protocol::ClientMetadata;

/// The most clients that registered themselves and were not used yet, where anybody may register.
const MOST_UNUSED: i64 = 2_000;
/// The most clients that registered themselves, where anybody may register.
const MOST: i64 = 10_000;

/// How the transaction ended.
enum Outcome {
    Stored,
    TokenSpent,
    Full,
}

/// Registers a client. Everything that was accepted is in the answer, and its secret and its registration token are
/// there to be read this once.
///
/// # Errors
/// See [`Refusal`].
pub async fn register(provider: &Provider, request: Request<'_>, circumstances: Actor) -> Result<Information, Refusal> {
    let open = provider.settings.registration.mode == Mode::Open;
    let spent = match request.token {
        _ if open => None,
        None => return Err(Refusal::Token(false)),
        Some(token) => Some(usable(provider, token).await?.ok_or(Refusal::Token(true))?),
    };
    let (metadata, _) = read(request.body)?;
    if open {
        admit(provider, &request, &circumstances).await?;
    }
    let registration = gather(provider, metadata).await;
    let accepted =
        validate(registration, Source::Dynamic, None, provider.accounts.now()).map_err(|problems| told(&problems))?;
    let token = Token::generate();
    let mut record = accepted.client.record.clone();
    record.registration_token_hash = Some(token.hash());
    let insert = move |tx: &mut Tx<'_>| {
        if let Some(hash) = &spent {
            let Some(id) = store::spend(tx, hash)? else { return Ok(Outcome::TokenSpent) };
            initial_token::note_use(tx, &id, &record.client_id)?;
        } else {
            let (all, unused) = client::store::count_dynamic(tx.conn)?;
            if all >= MOST || unused >= MOST_UNUSED {
                return Ok(Outcome::Full);
            }
        }
        client::store::insert(tx, &record)?;
        Ok(Outcome::Stored)
    };
    match provider.clients.change(&provider.accounts, &circumstances, insert).await? {
        Outcome::Stored => {}
        Outcome::TokenSpent => return Err(Refusal::Token(true)),
        Outcome::Full => return Err(Refusal::Full),
    }
    let secret = accepted.secret.as_ref().map(|secret| secret.as_str());
    Ok(Information::new(&provider.issuer, &accepted.client, secret, &token))
}

/// What is judged: the metadata under the operator's terms, with what had to be read from the network. A software
/// statement is left aside, as RFC 7591 §3.1.1 demands of who trusts no issuer of them.
pub(super) async fn gather(provider: &Provider, mut metadata: ClientMetadata) -> Registration {
    metadata.software_statement = None;
    let terms = Terms {
        allow_implicit: provider.settings.registration.allow_implicit,
        sector: Sector::fetch(&provider.fetcher, &metadata).await,
    };
    Registration { metadata, terms, ..Registration::default() }
}

/// Counts the request, and says how long to wait when there were too many.
pub(super) async fn admit(provider: &Provider, request: &Request<'_>, actor: &Actor) -> Result<(), Refusal> {
    if request.subjects.is_empty() {
        return Ok(());
    }
    let subjects = request.subjects.to_vec();
    match provider.accounts.write(actor, move |tx| throttle::admit(tx, &subjects)).await? {
        Verdict::Allowed => Ok(()),
        Verdict::Wait(seconds) => Err(Refusal::Wait(seconds)),
    }
}

/// The hash of an initial access token that can be used now. It is spent only with the registration: a mistake in the
/// metadata costs nothing.
async fn usable(provider: &Provider, token: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let Some(hash) = Token::parse(token).map(|token| token.hash()) else { return Ok(None) };
    let (now, sought) = (provider.accounts.now(), hash.clone());
    let usable = provider.accounts.read(move |conn| store::is_usable(conn, &sought, now)).await?;
    Ok(usable.then_some(hash))
}

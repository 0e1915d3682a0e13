//! The grant type `refresh_token` (RFC 6749 §6, RFC 9700 §4.14, OpenID Connect Core §12).
//!
//! A family stands at a generation; its present token is exchanged for the next. Whoever shows the one before the
//! present again, within the grace time, gets the present one again: a lost answer or two tabs lock nobody out. As soon as
//! the present one was itself exchanged, or the grace is over, an old token means that two parties hold the family, and
//! the whole family is revoked.

use super::store::Ground;
use super::{Grant, RefreshToken, revoke_for_reuse, store};
use crate::provider::ProviderSettings;
use crate::tokens::{self, Authorized, Person, Recipient, TokenError, issue, refuse};
use crate::{Client, Provider};
use account::secret::InstallationKey;
use account::{Actor, Timestamp, Tx};
use protocol::{ErrorCode, Scope, TokenRequest, TokenResponse};

/// What is to be done with a token that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// The present one: the next takes its place.
    Rotate,
    /// The one before the present, in time: the present one again.
    Repeat,
    /// An old one: two parties hold the family.
    Reuse,
    /// Over, ended or somebody else's.
    Refuse,
}

/// What came of it.
enum Outcome {
    Refused,
    Reused,
    TooWide,
    Refreshed(Box<(Grant, Ground, Option<Person>)>, i64, Timestamp),
}

pub(super) async fn redeem(
    provider: &Provider,
    client: &Client,
    request: &TokenRequest,
    actor: &Actor,
) -> Result<TokenResponse, TokenError> {
    let invalid = || refuse(ErrorCode::InvalidGrant, "the refresh token is not valid for this client");
    let token = request.refresh_token.as_deref();
    let token = token.ok_or_else(|| refuse(ErrorCode::InvalidRequest, "refresh_token is missing"))?;
    let token = RefreshToken::parse(token).ok_or_else(invalid)?;
    let scope = match &request.scope {
        Some(text) => Some(text.parse::<Scope>().map_err(|e| refuse(ErrorCode::InvalidScope, e.to_string()))?),
        None => None,
    };
    let recipient = Recipient::of_id_tokens(provider, client).await?;
    let shown = Shown { token, client_id: client.client_id.clone(), scope: scope.clone() };
    let (accounts, settings) = (provider.accounts.clone(), provider.settings.clone());
    let outcome = provider.accounts.write(actor, move |tx| exchange(tx, &accounts.key, &shown, &settings)).await?;
    match outcome {
        Outcome::Refused => Err(invalid()),
        Outcome::Reused => {
            Err(refuse(ErrorCode::InvalidGrant, "the refresh token was used before; all of its family is revoked"))
        }
        Outcome::TooWide => Err(refuse(ErrorCode::InvalidScope, "the scope is wider than the one that was granted")),
        Outcome::Refreshed(refreshed, generation, now) => {
            let (grant, ground, person) = *refreshed;
            let refresh = grant.refresh_token(&provider.accounts.key, generation);
            let scope = scope.unwrap_or_else(|| grant.scope.clone());
            let login_alive = ground.login_alive;
            let nonce = None;
            let authorized = Authorized { grant, scope, nonce, login_alive, person, recipient, refresh, now };
            issue(provider, client, &authorized)
        }
    }
}

/// What the client showed.
struct Shown {
    token: RefreshToken,
    client_id: String,
    scope: Option<Scope>,
}

/// One read, one conditional update.
fn exchange(tx: &mut Tx<'_>, key: &InstallationKey, shown: &Shown, settings: &ProviderSettings) -> db::Result<Outcome> {
    let Some((grant, ground)) = store::find(tx.conn, &shown.token.grant_id)? else { return Ok(Outcome::Refused) };
    // Before anything else: what we did not make must not revoke anything.
    if !grant.refresh_seed.as_deref().is_some_and(|seed| shown.token.is_ours(key, seed)) {
        return Ok(Outcome::Refused);
    }
    let verdict = judge(&grant, ground, &shown.token, &shown.client_id, tx.now, settings.refresh_grace_seconds);
    let generation = match verdict {
        Verdict::Refuse => return Ok(Outcome::Refused),
        Verdict::Reuse => {
            revoke_for_reuse(tx, &grant.id, "refresh_token")?;
            return Ok(Outcome::Reused);
        }
        // Asking for too much changes nothing.
        _ if shown.scope.as_ref().is_some_and(|scope| !scope.is_subset(&grant.scope)) => return Ok(Outcome::TooWide),
        Verdict::Repeat => grant.refresh_generation,
        Verdict::Rotate => {
            let ends = tx.now.plus_seconds(settings.refresh_token_seconds);
            if !store::rotate(tx, &grant.id, grant.refresh_generation, ends)? {
                return Ok(Outcome::Refused);
            }
            grant.refresh_generation + 1
        }
    };
    let person = match &grant.claims {
        Some(claims) if !claims.id_token.is_empty() => tokens::store::person(tx.conn, &grant.account_id)?,
        _ => None,
    };
    Ok(Outcome::Refreshed(Box::new((grant, ground, person)), generation, tx.now))
}

fn judge(
    grant: &Grant,
    ground: Ground,
    token: &RefreshToken,
    client_id: &str,
    now: Timestamp,
    grace_seconds: i64,
) -> Verdict {
    let alive = grant.offline
        && grant.client_id == client_id
        && grant.revoked_at.is_none()
        && grant.refresh_expires_at.is_some_and(|at| at > now)
        && ground.account_active;
    let age = grant.refresh_generation - i64::from(token.generation);
    let in_grace = grant.refresh_rotated_at.is_some_and(|at| at.plus_seconds(grace_seconds) > now);
    match age {
        _ if !alive => Verdict::Refuse,
        0 => Verdict::Rotate,
        1 if in_grace => Verdict::Repeat,
        1.. => Verdict::Reuse,
        _ => Verdict::Refuse,
    }
}

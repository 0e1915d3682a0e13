//! The grant type `authorization_code` (RFC 6749 §4.1.3, RFC 7636 §4.6, OpenID Connect Core §3.1.3).

use super::store::{Ground, Redeemed};
use super::{Grant, revoke_for_reuse, store};
use crate::tokens::{self, Authorized, Person, Recipient, TokenError, issue, refuse};
use crate::{Client, Provider};
use account::audit::{self, Target};
use account::secret::{self, Token};
use account::{Actor, Timestamp, Tx};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::{ErrorCode, GrantType, TokenRequest, TokenResponse};
use serde_json::json;

/// What the client says beside the code.
#[derive(Clone)]
struct Proof {
    client_id: String,
    redirect_uri: Option<String>,
    verifier: Option<String>,
}

/// Why a code is refused. The client hears one and the same code for all of them, and which it was in the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Expired,
    OtherClient,
    RedirectUri,
    VerifierMissing,
    VerifierUnexpected,
    VerifierWrong,
    Ended,
}

impl Refusal {
    fn sentence(self) -> &'static str {
        match self {
            Refusal::Expired => "the code is expired",
            Refusal::OtherClient => "the code was issued to another client",
            Refusal::RedirectUri => "redirect_uri is not the one of the authorization request",
            Refusal::VerifierMissing => "code_verifier is missing: the authorization request had a code_challenge",
            Refusal::VerifierUnexpected => "code_verifier is here although the request had no code_challenge",
            Refusal::VerifierWrong => "code_verifier does not match the code_challenge",
            Refusal::Ended => "the session in which the code was issued has ended",
        }
    }
}

/// What came of a try to spend a code.
enum Outcome {
    Unknown,
    Reused,
    Refused(Refusal),
    Redeemed(Box<(Grant, Ground, Option<Person>)>, Timestamp),
}

pub(super) async fn redeem(
    provider: &Provider,
    client: &Client,
    request: &TokenRequest,
    actor: &Actor,
) -> Result<TokenResponse, TokenError> {
    let code = request.code.as_deref().ok_or_else(|| refuse(ErrorCode::InvalidRequest, "code is missing"))?;
    let unknown = || refuse(ErrorCode::InvalidGrant, "the code is not known here");
    let code_hash = Token::parse(code).ok_or_else(unknown)?.hash();
    let proof = Proof {
        client_id: client.client_id.clone(),
        redirect_uri: request.redirect_uri.clone(),
        verifier: request.code_verifier.clone(),
    };
    let recipient = Recipient::of_id_tokens(provider, client).await?;
    let (seed, settings) = (secret::random_bytes(), provider.settings.clone());
    let outcome = provider
        .accounts
        .write(actor, move |tx| {
            let with = Redeemed {
                tokens_end: tx.now.plus_seconds(settings.access_token_seconds),
                refresh_seed: &seed,
                refresh_ends: tx.now.plus_seconds(settings.refresh_token_seconds),
            };
            spend(tx, &code_hash, &proof, &with)
        })
        .await?;
    match outcome {
        Outcome::Unknown => Err(unknown()),
        Outcome::Reused => Err(refuse(ErrorCode::InvalidGrant, "the code was used before; its tokens are revoked")),
        Outcome::Refused(refusal) => Err(refuse(ErrorCode::InvalidGrant, refusal.sentence())),
        Outcome::Redeemed(redeemed, now) => {
            let (grant, ground, person) = *redeemed;
            let with_refresh = grant.offline && client.allows(GrantType::RefreshToken);
            let refresh = with_refresh.then(|| grant.refresh_token(&provider.accounts.key, 0)).flatten();
            let scope = grant.scope.clone();
            let nonce = grant.nonce.clone();
            let login_alive = ground.login_alive;
            let authorized = Authorized { grant, scope, nonce, login_alive, person, recipient, refresh, now };
            issue(provider, client, &authorized)
        }
    }
}

/// Spends the code first and judges afterwards: whoever shows a code together with a wrong client, redirect URI or
/// verifier holds what was not meant for them, and nobody gets anything for this code any more.
fn spend(tx: &mut Tx<'_>, code_hash: &[u8], proof: &Proof, with: &Redeemed<'_>) -> db::Result<Outcome> {
    let Some(grant) = store::redeem(tx, code_hash, with)? else {
        let Some(id) = store::find_by_code(tx.conn, code_hash)? else { return Ok(Outcome::Unknown) };
        revoke_for_reuse(tx, &id, "code")?;
        return Ok(Outcome::Reused);
    };
    let ground = store::ground(tx.conn, &grant.account_id, &grant.login_id)?;
    let ground = ground.filter(|ground| ground.account_active && ground.login_alive && grant.revoked_at.is_none());
    let refusal = judge(&grant, proof, tx.now).or(ground.is_none().then_some(Refusal::Ended));
    let (Some(ground), None) = (ground, refusal) else {
        let refusal = refusal.unwrap_or(Refusal::Ended);
        store::revoke(tx, &grant.id)?;
        let details = json!({ "client_id": proof.client_id, "why": refusal.sentence() });
        audit::record(tx, "code.refused", Target { kind: "grant", id: grant.id.as_str() }, details)?;
        return Ok(Outcome::Refused(refusal));
    };
    let person = match &grant.claims {
        Some(claims) if !claims.id_token.is_empty() => tokens::store::person(tx.conn, &grant.account_id)?,
        _ => None,
    };
    Ok(Outcome::Redeemed(Box::new((grant, ground, person)), tx.now))
}

fn judge(grant: &Grant, proof: &Proof, now: Timestamp) -> Option<Refusal> {
    if grant.client_id != proof.client_id {
        return Some(Refusal::OtherClient);
    }
    if grant.code_expires_at <= now {
        return Some(Refusal::Expired);
    }
    if proof.redirect_uri.as_deref() != Some(&grant.redirect_uri) {
        return Some(Refusal::RedirectUri);
    }
    match (&grant.code_challenge, &proof.verifier) {
        (None, None) => None,
        (None, Some(_)) => Some(Refusal::VerifierUnexpected),
        (Some(_), None) => Some(Refusal::VerifierMissing),
        (Some(challenge), Some(verifier)) => {
            let fits = protocol::token::is_pkce_text(verifier)
                && secret::equal(
                    URL_SAFE_NO_PAD.encode(secret::sha256(verifier.as_bytes())).as_bytes(),
                    challenge.as_bytes(),
                );
            (!fits).then_some(Refusal::VerifierWrong)
        }
    }
}

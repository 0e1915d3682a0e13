//! Revocation (RFC 7009): a client takes back a token of its own.

use super::{access, store};
use crate::grants::{self, RefreshToken};
use crate::{Client, Provider};
use account::audit::{self, Target};
use account::{Actor, ActorKind, Timestamp};
use serde_json::json;

/// Takes a token back, if it is one of this client's; else nothing happens, and the client is not told (§2.2). A refresh
/// token takes its family and their access tokens with it (§2.1); an access token goes alone.
///
/// # Errors
/// When the database fails.
pub async fn revoke(
    provider: &Provider,
    client: &Client,
    token: &str,
    circumstances: impl Fn() -> Actor,
) -> db::Result<()> {
    let actor = || Actor { kind: ActorKind::Client(client.client_id.clone()), ..circumstances() };
    if !token.contains('.') {
        return match RefreshToken::parse(token) {
            Some(token) => revoke_family(provider, client, token, &actor()).await,
            None => Ok(()),
        };
    }
    let Some(token) = access::read(provider, token, provider.accounts.now()) else { return Ok(()) };
    if token.client_id != client.client_id {
        return Ok(());
    }
    provider.accounts.write(&actor(), move |tx| store::revoke(tx, &token.jti, Timestamp::from_seconds(token.exp))).await
}

async fn revoke_family(provider: &Provider, client: &Client, token: RefreshToken, actor: &Actor) -> db::Result<()> {
    let (accounts, client_id) = (provider.accounts.clone(), client.client_id.clone());
    let revoke = move |tx: &mut account::Tx<'_>| {
        let Some((grant, _)) = grants::store::find(tx.conn, &token.grant_id)? else { return Ok(()) };
        let ours = grant.refresh_seed.as_deref().is_some_and(|seed| token.is_ours(&accounts.key, seed));
        if ours && grant.offline && grant.client_id == client_id && grants::revoke(tx, &grant.id)? {
            let target = Target { kind: "grant", id: grant.id.as_str() };
            audit::record(tx, "grant.revoked", target, json!({ "by": "client" }))?;
        }
        Ok(())
    };
    provider.accounts.write(actor, revoke).await
}

//! What a grant is: one authorization, the code that began it, and the token family that it became.

use account::AccountId;
use account::secret::InstallationKey;
use account::session::{Acr, Amr, LoginId};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Timestamp;
use protocol::scope::OFFLINE_ACCESS;
use protocol::{ClaimsRequest, Scope};

db::id!(
    /// A grant's id: the claim `gid` of our access tokens.
    GrantId
);

/// What a person allowed a client, about to be handed over.
#[derive(Debug, Clone, PartialEq)]
pub struct NewGrant {
    /// The client.
    pub client_id: String,
    /// The person.
    pub account_id: AccountId,
    /// The log-in that it hangs on (`sid`).
    pub login_id: LoginId,
    /// When the person last proved who they are (`auth_time`).
    pub authenticated_at: Timestamp,
    /// To which level.
    pub acr: Acr,
    /// By which methods.
    pub amr: Vec<Amr>,
    /// The redirect URI as the request named it.
    pub redirect_uri: String,
    /// What was allowed.
    pub scope: Scope,
    /// For the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge, S256.
    pub code_challenge: Option<String>,
    /// Single claims that were asked for and may be given.
    pub claims: Option<ClaimsRequest>,
    /// The languages that claims are wanted in, best first.
    pub claims_locales: Option<String>,
}

/// What a grant begins with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Start {
    /// Seconds that its code lives; none: it has no code.
    pub code_seconds: Option<i64>,
    /// Seconds that the access token lives which comes from the authorization endpoint; none: there is none.
    pub access_token_seconds: Option<i64>,
}

impl NewGrant {
    /// As it is kept, nothing of it redeemed.
    pub(super) fn into_grant(self, id: GrantId, code_expires_at: Timestamp) -> Grant {
        Grant {
            id,
            offline: self.scope.contains(OFFLINE_ACCESS),
            client_id: self.client_id,
            account_id: self.account_id,
            login_id: self.login_id,
            redirect_uri: self.redirect_uri,
            scope: self.scope,
            nonce: self.nonce,
            code_challenge: self.code_challenge,
            claims: self.claims,
            claims_locales: self.claims_locales,
            auth_time: self.authenticated_at,
            acr: self.acr,
            amr: self.amr,
            code_expires_at,
            redeemed_at: None,
            refresh_seed: None,
            refresh_generation: 0,
            refresh_rotated_at: None,
            refresh_expires_at: None,
            revoked_at: None,
        }
    }
}

/// A grant as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The client it was given to.
    pub client_id: String,
    /// Who gave it.
    pub account_id: AccountId,
    /// The log-in that it hangs on (`sid`).
    pub login_id: LoginId,
    /// The redirect URI as the request named it.
    pub redirect_uri: String,
    /// What was allowed.
    pub scope: Scope,
    /// For the ID token.
    pub nonce: Option<String>,
    /// PKCE challenge, S256.
    pub code_challenge: Option<String>,
    /// Single claims that were asked for and may be given.
    pub claims: Option<ClaimsRequest>,
    /// The languages that claims are wanted in, best first.
    pub claims_locales: Option<String>,
    /// `auth_time`.
    pub auth_time: Timestamp,
    /// `acr`.
    pub acr: Acr,
    /// `amr`.
    pub amr: Vec<Amr>,
    /// Whether it has refresh tokens, which survive log-out.
    pub offline: bool,
    /// When the code is over.
    pub code_expires_at: Timestamp,
    /// When the code was spent.
    pub redeemed_at: Option<Timestamp>,
    /// Random bytes that its refresh tokens are made from.
    pub refresh_seed: Option<Vec<u8>>,
    /// Which refresh token of the family is the present one.
    pub refresh_generation: i64,
    /// When the one before was exchanged for it.
    pub refresh_rotated_at: Option<Timestamp>,
    /// When the present one is over if nobody uses it.
    pub refresh_expires_at: Option<Timestamp>,
    /// Since when nothing of it is good any more.
    pub revoked_at: Option<Timestamp>,
}

/// A refresh token taken apart, nothing of it proven.
///
/// Its text is `base64url(grant id || generation || MAC)`: the MAC, under the installation's key, covers grant,
/// generation and the grant's seed. So the database holds nothing that a token could be made from, and the successor of
/// a token can be told again as often as it is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The family.
    pub grant_id: GrantId,
    /// Which of the family.
    pub generation: u32,
    mac: [u8; 32],
}

impl RefreshToken {
    /// The token of a generation.
    pub fn of(key: &InstallationKey, grant_id: &GrantId, seed: &[u8], generation: u32) -> Self {
        let mac = key.mac("refresh", &[grant_id.as_str().as_bytes(), &generation.to_be_bytes(), seed]);
        Self { grant_id: grant_id.clone(), generation, mac }
    }

    /// Takes one from outside. `None`: it does not even have the form.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 52] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (id, rest) = bytes.split_at(16);
        let (generation, mac) = rest.split_at(4);
        let grant_id = GrantId::parse(&uuid::Uuid::from_slice(id).ok()?.to_string())?;
        Some(Self { grant_id, generation: u32::from_be_bytes(generation.try_into().ok()?), mac: mac.try_into().ok()? })
    }

    /// Whether we made it.
    pub fn is_ours(&self, key: &InstallationKey, seed: &[u8]) -> bool {
        account::secret::equal(&self.mac, &Self::of(key, &self.grant_id, seed, self.generation).mac)
    }

    /// The token itself.
    pub fn reveal(&self) -> String {
        let id = uuid::Uuid::try_parse(self.grant_id.as_str()).expect("a grant's id is a UUID");
        URL_SAFE_NO_PAD.encode([&id.as_bytes()[..], &self.generation.to_be_bytes(), &self.mac].concat())
    }
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefreshToken").field("grant_id", &self.grant_id).finish_non_exhaustive()
    }
}

impl Grant {
    /// The refresh token of a generation; `None` when the grant has none.
    pub fn refresh_token(&self, key: &InstallationKey, generation: i64) -> Option<RefreshToken> {
        let generation = u32::try_from(generation).ok()?;
        self.refresh_seed.as_deref().map(|seed| RefreshToken::of(key, &self.id, seed, generation))
    }
}

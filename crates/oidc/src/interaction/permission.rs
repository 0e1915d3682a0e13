//! What a person allows a client: a scope, and single claims by name (OpenID Connect Core §5.4, §5.5).

use crate::authorize::Parts;
use protocol::claims::{STANDARD_CLAIMS, claim_type};
use protocol::scope::{OFFLINE_ACCESS, OPENID};
use protocol::{ResponseType, Scope};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a client may have of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permission {
    /// By scope.
    pub scope: Scope,
    /// By name: standard claims that the scope does not open, without a language.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub claims: BTreeSet<String>,
}

impl Permission {
    /// What a request asks for, as far as it can be had; `remembered` is what was allowed before.
    ///
    /// `offline_access` stays only with `prompt=consent`, with a consent that had it, or for a client of ours, and only
    /// for a client that may use refresh tokens and asks for a code; else it is ignored (§11). Claims that nobody knows
    /// are ignored (§5.5).
    pub fn wanted(request: &Parts, remembered: &Permission) -> Self {
        let may_refresh = request.client.allows(protocol::GrantType::RefreshToken) && request.response_type.has_code();
        let shown = request.client.first_party || request.prompt.contains(protocol::Prompt::Consent);
        let scope = if may_refresh && (shown || remembered.scope.contains(OFFLINE_ACCESS)) {
            request.scope.clone()
        } else {
            request.scope.without(OFFLINE_ACCESS)
        };
        let by_name = named(request).filter(|name| !scope.claims().any(|claim| claim == *name));
        let claims = by_name.map(str::to_owned).collect();
        Self { scope, claims }
    }

    /// Whether the claim, also in a language, is among it.
    pub fn covers(&self, claim: &str) -> bool {
        let base = base(claim);
        self.claims.contains(base) || self.scope.claims().any(|own| own == base)
    }

    /// Whether all of `other` is among it.
    pub fn allows(&self, other: &Permission) -> bool {
        other.scope.is_subset(&self.scope) && other.claims.iter().all(|claim| self.covers(claim))
    }

    /// Both together.
    #[must_use]
    pub fn union(&self, other: &Permission) -> Self {
        Self { scope: self.scope.union(&other.scope), claims: self.claims.union(&other.claims).cloned().collect() }
    }

    /// The claims by name in the order in which the standard lists them.
    pub fn claims_in_order(&self) -> impl Iterator<Item = &'static str> {
        STANDARD_CLAIMS.iter().map(|(name, _)| *name).filter(|name| self.claims.contains(*name))
    }
}

impl From<Scope> for Permission {
    /// A scope alone.
    fn from(scope: Scope) -> Self {
        Self { scope, claims: BTreeSet::new() }
    }
}

/// The standard claims about the person that are asked for and can be fetched, without languages. `sub` always comes.
fn named(request: &Parts) -> impl Iterator<Item = &str> {
    let openid = request.scope.contains(OPENID);
    let with_userinfo = openid && request.response_type != ResponseType::IdToken;
    let at_userinfo = request.claims.userinfo.keys().filter(move |_| with_userinfo);
    let all = at_userinfo.chain(request.claims.id_token.keys().filter(move |_| openid));
    all.filter(|name| claim_type(name).is_some()).map(|name| base(name)).filter(|name| *name != "sub")
}

fn base(claim: &str) -> &str {
    claim.split('#').next().unwrap_or_default()
}

//! Scope: what a client asks for, as a set of words (RFC 6749 §3.3; OpenID Connect Core §5.4).

use serde::{Deserialize, Serialize};

/// Makes the request an OpenID request: an ID token is issued.
pub const OPENID: &str = "openid";
/// The profile claims: name, picture, locale and so on.
pub const PROFILE: &str = "profile";
/// The e-mail address and whether it is verified.
pub const EMAIL: &str = "email";
/// The postal address.
pub const ADDRESS: &str = "address";
/// The phone number and whether it is verified.
pub const PHONE: &str = "phone";
/// A refresh token that survives log-out (OpenID Connect Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes every client may name, in the order in which metadata lists them.
pub const WELL_KNOWN: &[&str] = &[OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

/// A word that is no scope token: only `%x21 / %x23-5B / %x5D-7E` may be in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the scope has a character that RFC 6749 section 3.3 does not allow")]
pub struct ScopeError;

/// A set of scope tokens that remembers the order in which they were named. Equality ignores the order.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(Vec<String>);

impl Scope {
    /// No scope at all.
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The tokens in the order named, each once.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the token is in the set; tokens are compared exactly.
    pub fn contains(&self, token: &str) -> bool {
        self.iter().any(|own| own == token)
    }

    /// Whether every token of this scope is in `other`.
    pub fn is_subset(&self, other: &Scope) -> bool {
        self.iter().all(|token| other.contains(token))
    }

    /// The tokens that are in both, in the order of this one.
    pub fn intersection(&self, other: &Scope) -> Scope {
        self.filter(|token| other.contains(token))
    }

    /// The tokens of both, those of this one first.
    pub fn union(&self, other: &Scope) -> Scope {
        self.iter().chain(other.iter()).collect()
    }

    /// The tokens for which `keep` says yes.
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> Scope {
        Scope(self.iter().filter(|token| keep(token)).map(str::to_owned).collect())
    }

    /// The scope without one token.
    pub fn without(&self, token: &str) -> Scope {
        self.filter(|own| own != token)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many tokens are in it.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The standard claims that this scope stands for, each once, `sub` left out (it always comes).
    pub fn claims(&self) -> impl Iterator<Item = &'static str> {
        self.iter().flat_map(|token| claims_of(token).iter().copied())
    }
}

/// Collects tokens that are known to be legal (constants, or tokens out of another scope), each once.
impl<'a> FromIterator<&'a str> for Scope {
    fn from_iter<I: IntoIterator<Item = &'a str>>(tokens: I) -> Self {
        let mut scope = Scope::empty();
        for token in tokens {
            if is_token(token) && !scope.contains(token) {
                scope.0.push(token.to_owned());
            }
        }
        scope
    }
}

impl PartialEq for Scope {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.is_subset(other)
    }
}

impl Eq for Scope {}

impl std::str::FromStr for Scope {
    type Err = ScopeError;

    /// Tokens are separated by spaces; more than one space in a row is forgiven, a token named twice counts once.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let tokens = || text.split(' ').filter(|token| !token.is_empty());
        if tokens().all(is_token) { Ok(tokens().collect()) } else { Err(ScopeError) }
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, ScopeError> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

/// The standard claims a scope stands for (OpenID Connect Core §5.4); nothing for any other scope.
pub fn claims_of(scope: &str) -> &'static [&'static str] {
    match scope {
        PROFILE => &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
        EMAIL => &["email", "email_verified"],
        ADDRESS => &["address"],
        PHONE => &["phone_number", "phone_number_verified"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        text.parse().unwrap()
    }

    #[test]
    fn keeps_order_and_drops_repeats() {
        assert_eq!(scope("openid  email openid profile ").to_string(), "openid email profile");
        assert_eq!(scope("a b"), scope("b a"));
        assert_ne!(scope("a b"), scope("a"));
        assert!(scope("").is_empty());
    }

    #[test]
    fn only_the_legal_characters() {
        for bad in ["a\"b", "a\\b", "é", "a\tb", "a\nb", "\u{7f}"] {
            assert_eq!(bad.parse::<Scope>(), Err(ScopeError), "{bad:?}");
        }
        assert!("urn:example:read!#[]^~ https://a.example/x?y".parse::<Scope>().is_ok());
    }

    #[test]
    fn is_a_set() {
        let (wide, narrow) = (scope("openid email profile"), scope("email phone"));
        assert!(scope("email").is_subset(&wide) && !narrow.is_subset(&wide) && Scope::empty().is_subset(&narrow));
        assert_eq!(wide.intersection(&narrow), scope("email"));
        assert_eq!(wide.union(&narrow).to_string(), "openid email profile phone");
        assert_eq!(wide.without("email").to_string(), "openid profile");
        assert_eq!(serde_json::to_string(&narrow).unwrap(), r#""email phone""#);
        assert!(serde_json::from_str::<Scope>("\"a\\\\b\"").is_err());
    }

    #[test]
    fn profile_has_fourteen_claims() {
        assert_eq!(claims_of(PROFILE).len(), 14);
        assert_eq!(scope("openid email phone").claims().count(), 4);
        assert!(claims_of("Profile").is_empty());
    }
}

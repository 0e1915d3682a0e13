//! Grant types: the ways in which a client asks for tokens (RFC 6749 §1.3, §4).

use crate::wire::{parse_exactly, wire_enum};

wire_enum! {
    /// A grant type that the provider knows. Discovery and the token endpoint derive from this list.
    pub enum GrantType {
        /// A code from the authorization endpoint (RFC 6749 §4.1).
        AuthorizationCode = "authorization_code",
        /// Tokens from the authorization endpoint: a registration value, never asked for at the token endpoint.
        Implicit = "implicit",
        /// A refresh token (RFC 6749 §6).
        RefreshToken = "refresh_token",
        /// The client for itself (RFC 6749 §4.4).
        ClientCredentials = "client_credentials",
    }
}
parse_exactly!(GrantType);

impl GrantType {
    /// Whether the token endpoint redeems it.
    pub fn is_redeemed_at_token_endpoint(self) -> bool {
        self != GrantType::Implicit
    }

    /// Whether it needs a redirect URI to be registered.
    pub fn needs_redirect(self) -> bool {
        matches!(self, GrantType::AuthorizationCode | GrantType::Implicit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_exactly() {
        for known in GrantType::ALL {
            assert_eq!(known.to_string().parse(), Ok(*known));
        }
        assert!("Authorization_Code".parse::<GrantType>().is_err());
        assert!("password".parse::<GrantType>().is_err());
    }
}

//! Response types and response modes (OAuth 2.0 Multiple Response Types; Form Post Response Mode).

use crate::wire::{UnknownWord, parse_exactly, wire_enum};

wire_enum! {
    /// What the authorization endpoint answers with. On the wire the words may stand in any order (Multiple
    /// Response Types §3); `token` alone is not OpenID Connect and not known here.
    pub enum ResponseType {
        /// The authorization code flow.
        Code = "code",
        /// Implicit, ID token only.
        IdToken = "id_token",
        /// Implicit with an access token.
        IdTokenToken = "id_token token",
        /// Hybrid with an ID token.
        CodeIdToken = "code id_token",
        /// Hybrid with an access token.
        CodeToken = "code token",
        /// Hybrid with both.
        CodeIdTokenToken = "code id_token token",
    }
}

impl ResponseType {
    /// Whether a token or an ID token travels through the browser: the answer then goes into the fragment by default
    /// and never into the query.
    pub fn is_front_channel(self) -> bool {
        self != ResponseType::Code
    }

    /// Whether an authorization code is part of the answer.
    pub fn has_code(self) -> bool {
        self.has("code")
    }

    /// Whether an ID token comes from the authorization endpoint: `nonce` is then mandatory (Core §3.2.2.1, §3.3.2.11).
    pub fn has_id_token(self) -> bool {
        self.has("id_token")
    }

    /// Whether an access token comes from the authorization endpoint.
    pub fn has_token(self) -> bool {
        self.has("token")
    }

    fn has(self, word: &str) -> bool {
        self.as_str().split(' ').any(|own| own == word)
    }
}

impl std::str::FromStr for ResponseType {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        words.sort_unstable();
        // The names above are in alphabetical order, as the sorted words are.
        let sorted = words.join(" ");
        Self::ALL.iter().copied().find(|known| known.as_str() == sorted).ok_or(UnknownWord)
    }
}

wire_enum! {
    /// How the answer of the authorization endpoint travels.
    pub enum ResponseMode {
        /// In the query of the redirect URI.
        Query = "query",
        /// In the fragment of the redirect URI.
        Fragment = "fragment",
        /// In a form that the browser posts to the redirect URI.
        FormPost = "form_post",
    }
}
parse_exactly!(ResponseMode);

impl ResponseMode {
    /// The mode when the request names none (Multiple Response Types §2.1, §5).
    pub fn default_for(response_type: ResponseType) -> Self {
        if response_type.is_front_channel() { ResponseMode::Fragment } else { ResponseMode::Query }
    }

    /// Whether an answer of this type may travel so: tokens never in a query, which ends in logs (§3 there).
    pub fn is_allowed_for(self, response_type: ResponseType) -> bool {
        self != ResponseMode::Query || !response_type.is_front_channel()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_matter() {
        for (text, expected) in [
            ("code", ResponseType::Code),
            ("token id_token code", ResponseType::CodeIdTokenToken),
            ("id_token code", ResponseType::CodeIdToken),
            ("token code", ResponseType::CodeToken),
            ("token id_token", ResponseType::IdTokenToken),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for bad in ["", "token", "none", "code code", "Code", "code,id_token"] {
            assert_eq!(bad.parse::<ResponseType>(), Err(UnknownWord), "{bad}");
        }
    }

    #[test]
    fn each_name_parses_to_itself_and_json_agrees() {
        for known in ResponseType::ALL {
            assert_eq!(known.as_str().parse(), Ok(*known));
            let json = serde_json::to_string(known).unwrap();
            assert_eq!(serde_json::from_str::<ResponseType>(&json).unwrap(), *known);
        }
    }

    #[test]
    fn tokens_never_travel_in_the_query() {
        for known in ResponseType::ALL {
            assert_eq!(known.is_front_channel(), known.has_token() || known.has_id_token());
            let default = ResponseMode::default_for(*known);
            assert!(default.is_allowed_for(*known));
            assert_eq!(ResponseMode::Query.is_allowed_for(*known), *known == ResponseType::Code);
            assert!(ResponseMode::FormPost.is_allowed_for(*known));
        }
    }
}

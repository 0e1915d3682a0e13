//! The authorization request as it was sent (RFC 6749 §4.1.1; OpenID Connect Core §3.1.2.1). The fields are texts:
//! what a wrong one means, and where that error may travel, is for the checks that follow. The questions below read
//! them one by one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::claims_request::ClaimsRequest;
use crate::error::{ErrorCode, OAuthError};
use crate::parameters::Parameters;
use crate::prompt::PromptSet;
use crate::request_object::{MemberError, text, texts};
use crate::scope::Scope;

macro_rules! authorization_request {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// The parameters of one authorization request; absent and empty ones are `None`.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct AuthorizationRequest {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $name: Option<String>,)+
            /// Where the access token is to be used; may be repeated (RFC 8707 §2).
            #[serde(skip_serializing_if = "Vec::is_empty")]
            pub resource: Vec<String>,
        }

        /// The parameters that may be sent once only. `resource` may be repeated and so is not among them.
        pub const SINGLE_PARAMETERS: &[&str] = &[$(stringify!($name),)+];

        impl AuthorizationRequest {
            /// Takes the known parameters and leaves the rest.
            pub fn from_parameters(parameters: &Parameters) -> Self {
                Self {
                    $($name: parameters.get(stringify!($name)).map(str::to_owned),)+
                    resource: parameters.get_all("resource").map(str::to_owned).collect(),
                }
            }

            /// Takes the known members of a request object (OpenID Connect Core §6.1) and leaves the rest.
            ///
            /// # Errors
            /// When one is not of its JSON type, or holds what a parameter may not hold.
            pub fn from_object(members: &Map<String, Value>) -> Result<Self, MemberError> {
                Ok(Self {
                    $($name: text(members, stringify!($name))?,)+
                    resource: texts(members, "resource")?,
                })
            }

            /// This request, and where it says nothing, the other.
            #[must_use]
            pub fn or(self, other: Self) -> Self {
                Self {
                    $($name: self.$name.or(other.$name),)+
                    resource: if self.resource.is_empty() { other.resource } else { self.resource },
                }
            }
        }
    };
}

authorization_request! {
    /// What to answer with, see [`crate::ResponseType`].
    response_type,
    /// Who asks.
    client_id,
    /// Where to answer.
    redirect_uri,
    /// What is asked for.
    scope,
    /// Given back untouched.
    state,
    /// Put into the ID token.
    nonce,
    /// How to answer, see [`crate::ResponseMode`].
    response_mode,
    /// What the visitor is to see.
    prompt,
    /// Longest time since the log-in, in seconds.
    max_age,
    /// Who is likely to log in.
    login_hint,
    /// Who must be logged in, as an earlier ID token.
    id_token_hint,
    /// Languages for the pages, best first.
    ui_locales,
    /// Languages for the claims, best first.
    claims_locales,
    /// Authentication context classes wanted, best first.
    acr_values,
    /// Kind of page: `page`, `popup`, `touch`, `wap`.
    display,
    /// Single claims wanted, as JSON.
    claims,
    /// PKCE challenge (RFC 7636 §4.3).
    code_challenge,
    /// PKCE method.
    code_challenge_method,
    /// A request object (OpenID Connect Core §6.1).
    request,
    /// Where a request object is (§6.2).
    request_uri,
    /// Client metadata of a self-issued provider (§7.2.1).
    registration,
}

impl AuthorizationRequest {
    /// The scope; empty when absent.
    ///
    /// # Errors
    /// `invalid_scope` when it has illegal characters.
    pub fn scope(&self) -> Result<Scope, OAuthError> {
        let text = self.scope.as_deref().unwrap_or_default();
        text.parse()
            .map_err(|error: crate::scope::ScopeError| OAuthError::new(ErrorCode::InvalidScope, error.to_string()))
    }

    /// The prompt values; empty when absent.
    ///
    /// # Errors
    /// `invalid_request` when one is unknown or `none` has company.
    pub fn prompt(&self) -> Result<PromptSet, OAuthError> {
        let text = self.prompt.as_deref().unwrap_or_default();
        text.parse().map_err(|error: crate::prompt::PromptError| invalid_request(&error.to_string()))
    }

    /// The greatest age of the log-in, in seconds; 0 means now.
    ///
    /// # Errors
    /// `invalid_request` when it is not a whole number from 0 to 4294967295.
    pub fn max_age(&self) -> Result<Option<u32>, OAuthError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        match self.max_age.as_deref() {
            None => Ok(None),
            Some(text) => digits(text).map(Some).ok_or_else(|| invalid_request("max_age is not a number of seconds")),
        }
    }

    /// The single claims asked for.
    ///
    /// # Errors
    /// `invalid_request` when the JSON is not what OpenID Connect Core §5.5 describes.
    pub fn claims(&self) -> Result<ClaimsRequest, OAuthError> {
        match self.claims.as_deref() {
            None => Ok(ClaimsRequest::default()),
            Some(json) => ClaimsRequest::parse(json)
                .map_err(|error| invalid_request(&format!("claims is not the JSON of section 5.5: {error}"))),
        }
    }

    /// The languages for the pages, best first.
    pub fn ui_locales(&self) -> impl Iterator<Item = &str> {
        words(&self.ui_locales)
    }

    /// The languages for the claims, best first.
    pub fn claims_locales(&self) -> impl Iterator<Item = &str> {
        words(&self.claims_locales)
    }

    /// The authentication context classes, best first.
    pub fn acr_values(&self) -> impl Iterator<Item = &str> {
        words(&self.acr_values)
    }
}

fn words(text: &Option<String>) -> impl Iterator<Item = &str> {
    text.as_deref().unwrap_or_default().split(' ').filter(|word| !word.is_empty())
}

fn invalid_request(description: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(query: &str) -> AuthorizationRequest {
        AuthorizationRequest::from_parameters(&Parameters::parse(query.as_bytes()).unwrap())
    }

    #[test]
    fn reads_what_it_knows_and_ignores_the_rest() {
        let r = request(
            "response_type=code&client_id=a&scope=openid+email&extra=1&resource=x&resource=y&nonce=&ui_locales=de++en",
        );
        assert_eq!(r.response_type.as_deref(), Some("code"));
        assert_eq!(r.scope().unwrap().to_string(), "openid email");
        assert_eq!(r.nonce, None);
        assert_eq!(r.resource, ["x", "y"]);
        assert_eq!(r.ui_locales().collect::<Vec<_>>(), ["de", "en"]);
        let json = serde_json::to_string(&r).unwrap();
        assert_eq!(serde_json::from_str::<AuthorizationRequest>(&json).unwrap(), r);
    }

    #[test]
    fn wrong_values_are_named() {
        let code = |error: OAuthError| error.code();
        assert_eq!(request("max_age=0").max_age().unwrap(), Some(0));
        assert_eq!(request("").max_age().unwrap(), None);
        for bad in ["-1", "%2B1", "1.5", "x", "99999999999"] {
            assert_eq!(request(&format!("max_age={bad}")).max_age().map_err(code), Err(ErrorCode::InvalidRequest));
        }
        assert_eq!(request("scope=a%22").scope().map_err(code), Err(ErrorCode::InvalidScope));
        assert_eq!(request("prompt=none+login").prompt().map_err(code), Err(ErrorCode::InvalidRequest));
        assert_eq!(request("claims=%5B").claims().map_err(code), Err(ErrorCode::InvalidRequest));
    }

    #[test]
    fn each_single_parameter_is_found_when_sent_twice() {
        for name in SINGLE_PARAMETERS {
            let p = Parameters::parse(format!("{name}=a&{name}=a").as_bytes()).unwrap();
            assert_eq!(p.duplicate_among(SINGLE_PARAMETERS), Some(*name));
        }
        let p = Parameters::parse(b"resource=a&resource=b&foo=1&foo=2").unwrap();
        assert_eq!(p.duplicate_among(SINGLE_PARAMETERS), None);
    }
}

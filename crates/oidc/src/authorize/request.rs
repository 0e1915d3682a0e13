//! The stages of a request: raw, addressed, validated.

use crate::Provider;
use crate::client::{Client, Registry};
use crate::keys::Keys;
use account::AccountId;
use account::session::Acr;
use jose::{DecryptionKeys, KeySet};
use protocol::authorize::SINGLE_PARAMETERS;
use protocol::{
    AuthorizationRequest, ClaimsRequest, ErrorCode, OAuthError, Parameters, ParametersError, PromptSet, ResponseMode,
    ResponseType, Scope,
};
use std::sync::Arc;

/// What the checks look things up in.
pub struct Context<'a> {
    /// The clients.
    pub clients: &'a Registry,
    /// Our own keys: they verify an `id_token_hint`.
    pub keys: &'a KeySet,
    /// Our own keys that clients encrypt to.
    pub decrypting: &'a DecryptionKeys,
    /// Who we are: the `iss` of answers and hints.
    pub issuer: &'a str,
}

impl<'a> Context<'a> {
    /// What this provider judges by, with the keys of this moment.
    pub fn new(provider: &'a Provider, keys: &'a Keys) -> Self {
        Self {
            clients: &provider.clients,
            keys: keys.verifying(),
            decrypting: keys.decrypting(),
            issuer: &provider.issuer,
        }
    }
}

/// A request as it came, nothing of it proven.
#[derive(Debug, Clone, Default)]
pub struct RawRequest {
    pub(crate) request: AuthorizationRequest,
    /// The first known parameter that was sent twice.
    pub(crate) duplicate: Option<String>,
}

impl RawRequest {
    /// Takes the known parameters and leaves the rest (RFC 6749 §3.1).
    pub fn from_parameters(parameters: &Parameters) -> Self {
        Self {
            request: AuthorizationRequest::from_parameters(parameters),
            duplicate: parameters.duplicate_among(SINGLE_PARAMETERS).map(str::to_owned),
        }
    }

    /// Reads a query or a form body.
    ///
    /// # Errors
    /// A page: what cannot be read names no client to send anything to.
    pub fn parse(bytes: &[u8]) -> Result<Self, PageError> {
        let parameters = Parameters::parse(bytes).map_err(|error: ParametersError| PageError {
            code: ErrorCode::InvalidRequest,
            check: format!("Reading the parameters: {error}."),
            how_to_mend: "Send each parameter percent-encoded as UTF-8, at most 16 KiB each.".to_owned(),
            client_id: None,
        })?;
        Ok(Self::from_parameters(&parameters))
    }
}

impl From<AuthorizationRequest> for RawRequest {
    /// A request that was accepted before, and is judged anew; or what came out of a request object.
    fn from(request: AuthorizationRequest) -> Self {
        Self { request, duplicate: None }
    }
}

/// An error that must not travel: nobody proved that the redirect URI is the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    /// The code on the page.
    pub code: ErrorCode,
    /// Which check failed: for the product's developer.
    pub check: String,
    /// How to mend it: for the product's developer.
    pub how_to_mend: String,
    /// The client it is about, once that is known to exist.
    pub client_id: Option<String>,
}

/// A request that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// The person is told, with what the developer needs in the details.
    Page(PageError),
    /// The client is told.
    Reply(ReplyTo, OAuthError),
}

/// Where and how an answer goes: the client's own redirect URI, proven. Only the pipeline makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
}

impl ReplyTo {
    /// Whose redirect URI it is.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The redirect URI as the request named it.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// How the answer travels.
    pub fn mode(&self) -> ResponseMode {
        self.mode
    }
}

/// A request that passed every check of [`super::pipeline`].
#[derive(Debug, Clone)]
pub struct ValidatedRequest(pub(crate) Parts);

/// What a validated request says.
#[derive(Debug, Clone)]
pub struct Parts {
    /// The request as sent; kept in the interaction.
    pub request: AuthorizationRequest,
    /// Who asks.
    pub client: Arc<Client>,
    /// Where and how the answer goes.
    pub reply_to: ReplyTo,
    /// What the answer is to have.
    pub response_type: ResponseType,
    /// Whether the redirect URI leads to an application on a device, which others there can pretend to be.
    pub returns_to_device: bool,
    /// What is asked for, without what nobody knows.
    pub scope: Scope,
    /// What the visitor is to see.
    pub prompt: PromptSet,
    /// The greatest age of the log-in, in seconds: the request's, or else the client's default.
    pub max_age: Option<u32>,
    /// Single claims asked for.
    pub claims: ClaimsRequest,
    /// The only account that will do: of `id_token_hint`, or of a `sub` in `claims`.
    pub hinted_account: Option<AccountId>,
    /// Authentication context classes of which one is essential; empty: any will do.
    pub essential_acr: Vec<String>,
    /// Authentication context classes that are wished for, best first: the request's, or else the client's own.
    pub wished_acr: Vec<String>,
    /// The PKCE challenge, S256.
    pub code_challenge: Option<String>,
}

impl Parts {
    /// The class that a log-in of this level is told as: the first of those wished for that it reaches, or else its own
    /// (OpenID Connect Core §3.1.2.1, `acr_values`).
    pub fn acr_of(&self, reached: Acr) -> Acr {
        let wished = self.essential_acr.iter().chain(&self.wished_acr).filter_map(|text| Acr::parse(text));
        wished.into_iter().find(|acr| *acr <= reached).unwrap_or(reached)
    }
}

impl std::ops::Deref for ValidatedRequest {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

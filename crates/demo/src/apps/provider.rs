//! The provider as a product sees it: what it says of itself, and the three questions it is asked.

use super::logout_token::{self, Ended, SessionToken};
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreIdToken,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, DiscoveryError, EndSessionUrl, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, LogoutProviderMetadata, LogoutRequest, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, SubjectIdentifier, TokenResponse, UserInfoError,
};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use url::Url;

/// The largest answer read from the provider, in bytes.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// Pauses between the tries to find a provider that does not listen yet.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600), Duration::from_millis(1000)];

/// RFC 9207 §3, beside what the library knows.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct IssuerInResponse {
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for IssuerInResponse {}

type Metadata = ProviderMetadata<
    LogoutProviderMetadata<IssuerInResponse>,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Why there is no answer from the provider, or none to believe.
#[derive(Debug)]
pub(super) enum Failure {
    /// It could not be reached, or did not answer as a provider does.
    Unreachable,
    /// It said no: `error` and `error_description`.
    Refused(String, String),
    /// What it sent does not verify; which check failed.
    NotBelieved(&'static str),
}

/// The log-in as it leaves: where to send the browser, and what to remember until it is back.
pub(super) struct Departure {
    pub(super) to: Url,
    pub(super) state: String,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
}

/// The person, as ID token and userinfo say.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) picture: Option<Url>,
    pub(super) subject: SubjectIdentifier,
    /// The log-in at the provider: logout tokens name it.
    pub(super) sid: Option<String>,
    /// Kept for the log-out (`id_token_hint`).
    pub(super) id_token: CoreIdToken,
}

/// The provider, looked up when first needed.
pub(super) struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect_uri: RedirectUrl,
    http: reqwest::Client,
    known: Mutex<Option<Arc<Metadata>>>,
}

impl Provider {
    pub(super) fn new(issuer: &str, client_id: String, client_secret: String, callback: Url) -> io::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            // The provider is on this machine.
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        let issuer = IssuerUrl::new(issuer.to_owned());
        Ok(Self {
            issuer: issuer.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
            client_id: ClientId::new(client_id),
            client_secret: ClientSecret::new(client_secret),
            redirect_uri: RedirectUrl::from_url(callback),
            http,
            known: Mutex::new(None),
        })
    }

    /// An authorization request with PKCE, state and nonce.
    pub(super) async fn depart(&self) -> Result<Departure, Failure> {
        let client = self.client(&*self.metadata().await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (to, state, nonce) = client
            .authorize_url(
                AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
                || CsrfToken::new_random_len(32),
                || Nonce::new_random_len(32),
            )
            .add_scopes(["profile", "email"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Departure { to, state: state.into_secret(), nonce, verifier })
    }

    /// Whether the answer comes from the provider that was asked (RFC 9207 §2.4): another `iss`, or none although
    /// the provider announces one, means a mix-up.
    pub(super) async fn check_issuer(&self, iss: Option<&str>) -> Result<(), Failure> {
        let announced = || async {
            let metadata = self.metadata().await?;
            Ok(metadata.additional_metadata().additional_metadata.authorization_response_iss_parameter_supported)
        };
        match iss {
            Some(iss) if iss == self.issuer.as_str() => Ok(()),
            Some(_) => Err(Failure::NotBelieved("the answer names another issuer")),
            None if announced().await? => Err(Failure::NotBelieved("the answer names no issuer")),
            None => Ok(()),
        }
    }

    /// Redeems the code, verifies the ID token and asks userinfo for name and picture.
    pub(super) async fn arrive(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<Person, Failure> {
        let http = |request| send(self.http.clone(), request);
        let mut client = self.client(&*self.metadata().await?);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|_| Failure::Unreachable)?
            .set_pkce_verifier(verifier)
            .request_async(&http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(answer) => {
                    let description = answer.error_description().cloned().unwrap_or_default();
                    Failure::Refused(answer.error().as_ref().to_owned(), description)
                }
                other => unreachable(&other),
            })?;
        let id_token = tokens.id_token().ok_or(Failure::NotBelieved("there is no ID token"))?;

        let mut verified = verify(&client, id_token, nonce, now);
        if let Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) = verified
        {
            // The provider has rotated its keys since.
            client = self.client(&*self.look_up_again().await?);
            verified = verify(&client, id_token, nonce, now);
        }
        let (subject, sid) = verified.map_err(|error| Failure::NotBelieved(failed_check(&error)))?;
        self.check_access_token(&client, id_token, &tokens, nonce, now)?;

        let info: CoreUserInfoClaims = client
            .user_info(tokens.access_token().clone(), Some(subject.clone()))
            .map_err(|_| Failure::Unreachable)?
            .request_async(&http)
            .await
            .map_err(|error| match error {
                UserInfoError::ClaimsVerification(error) => Failure::NotBelieved(failed_check(&error)),
                other => unreachable(&other),
            })?;
        let text = |value: Option<&str>| value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        let name = text(info.name().and_then(|name| name.get(None)).map(|name| name.as_str()))
            .or_else(|| text(info.preferred_username().map(|name| name.as_str())))
            .or_else(|| text(info.email().map(|email| email.as_str())))
            .unwrap_or_else(|| "You".to_owned());
        let picture = info.picture().and_then(|picture| picture.get(None)).and_then(|it| Url::parse(it.as_str()).ok());
        Ok(Person { name, picture, subject, sid, id_token: id_token.clone() })
    }

    /// Whose log-in ended, by a logout token that came from wherever.
    pub(super) async fn ended(&self, logout_token: &str, now: DateTime<Utc>) -> Result<Ended, Failure> {
        let token: SessionToken = logout_token.parse().map_err(|_| Failure::NotBelieved("the logout token's form"))?;
        let mut verified = logout_token::verify(&self.client(&*self.metadata().await?), &token, now);
        if let Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) = verified
        {
            verified = logout_token::verify(&self.client(&*self.look_up_again().await?), &token, now);
        }
        let ended = verified.map_err(|error| Failure::NotBelieved(failed_check(&error)))?;
        ended.ok_or(Failure::NotBelieved("the token tells of no log-out"))
    }

    /// Where to send the browser so that the session at the provider ends too. `None` when the provider has no
    /// such page.
    pub(super) async fn farewell(&self, person: &Person, back: Url, state: String) -> Result<Option<Url>, Failure> {
        let metadata = self.metadata().await?;
        let endpoint: Option<EndSessionUrl> = metadata.additional_metadata().end_session_endpoint.clone();
        Ok(endpoint.map(|endpoint| {
            LogoutRequest::from(endpoint)
                .set_id_token_hint(&person.id_token)
                .set_client_id(self.client_id.clone())
                .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(back))
                .set_state(CsrfToken::new(state))
                .http_get_url()
        }))
    }

    fn client(&self, metadata: &Metadata) -> Client {
        CoreClient::from_provider_metadata(metadata.clone(), self.client_id.clone(), Some(self.client_secret.clone()))
            .set_redirect_uri(self.redirect_uri.clone())
    }

    /// OpenID Connect Core §3.1.3.8: `at_hash` ties the access token to the ID token, when it is there.
    fn check_access_token(
        &self,
        client: &Client,
        id_token: &CoreIdToken,
        tokens: &impl OAuth2TokenResponse,
        nonce: &Nonce,
        now: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let verifier = client.id_token_verifier().set_time_fn(move || now);
        let believed = |_| Failure::NotBelieved("the ID token");
        let claims = id_token.claims(&verifier, nonce).map_err(believed)?;
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let wrong = || Failure::NotBelieved("the access token's hash");
        let algorithm = id_token.signing_alg().map_err(|_| wrong())?;
        let key = id_token.signing_key(&verifier).map_err(|_| wrong())?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|_| wrong())?;
        if actual == *expected { Ok(()) } else { Err(wrong()) }
    }

    /// The discovery document with the keys, from memory when it is there.
    async fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        let mut known = self.known.lock().await;
        if let Some(metadata) = &*known {
            return Ok(metadata.clone());
        }
        let metadata = self.look_up().await?;
        *known = Some(metadata.clone());
        Ok(metadata)
    }

    async fn look_up_again(&self) -> Result<Arc<Metadata>, Failure> {
        let metadata = self.look_up().await?;
        *self.known.lock().await = Some(metadata.clone());
        Ok(metadata)
    }

    /// Asks until somebody answers, for about two seconds: the provider may start a moment after the product.
    async fn look_up(&self) -> Result<Arc<Metadata>, Failure> {
        let mut pauses = PAUSES.iter();
        loop {
            let http = |request| send(self.http.clone(), request);
            match (Metadata::discover_async(self.issuer.clone(), &http).await, pauses.next()) {
                (Ok(metadata), _) => return Ok(Arc::new(metadata)),
                (Err(DiscoveryError::Request(_)), Some(pause)) => tokio::time::sleep(*pause).await,
                (Err(error), _) => return Err(unreachable(&error)),
            }
        }
    }
}

/// Issuer, audience, signature, time and nonce of the ID token: its subject, and the `sid`.
fn verify(
    client: &Client,
    id_token: &CoreIdToken,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Result<(SubjectIdentifier, Option<String>), ClaimsVerificationError> {
    let verifier = client.id_token_verifier().set_time_fn(move || now);
    // Read once more, for the claim that the library has no place for.
    let unreadable = |_| ClaimsVerificationError::Other("unreadable".to_owned());
    let token: SessionToken = id_token.to_string().parse().map_err(unreadable)?;
    let claims = token.claims(&verifier, nonce)?;
    Ok((claims.subject().clone(), claims.additional_claims().sid.clone()))
}

/// Which check failed, without the values: they may be a person's.
fn failed_check(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the ID token has expired",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for another audience",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is from another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token has another nonce",
        ClaimsVerificationError::InvalidSubject(_) => "userinfo speaks of another subject",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token's signature",
        _ => "the ID token",
    }
}

/// Logs the cause, with its sources, once.
fn unreachable(error: &dyn Error) -> Failure {
    let mut cause = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        cause = format!("{cause}: {inner}");
        source = inner.source();
    }
    tracing::warn!(cause, "the provider gave a product no usable answer");
    Failure::Unreachable
}

/// Why a request to the provider failed.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("request failed")]
    Transport(#[from] reqwest::Error),
    #[error("the answer is larger than {LARGEST_ANSWER} bytes")]
    TooLarge,
}

/// The library's HTTP client, by our own reqwest: its built-in one is an older release.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, SendError> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(SendError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    Ok(response)
}

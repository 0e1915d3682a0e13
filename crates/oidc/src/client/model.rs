//! A client as the endpoints see it: parsed once, immutable, shared.

use super::SigningSecret;
use crate::request_object::without_fragment;
use crate::tokens::subject::Subjects;
use account::secret::InstallationKey;
use db::Timestamp;
use jose::{ContentEncryption, KeyManagement, KeySet, MacAlgorithm, MacKey, SigningAlgorithm};
use protocol::{
    ApplicationType, ClientAuthMethod, ClientMetadata, GrantType, RedirectUri, ResponseMode, ResponseType, Scope,
};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// How a client came to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// By `latchkey apply`.
    Apply,
    /// By an operator in the console.
    Console,
    /// By dynamic registration: nobody vouches for it.
    Dynamic,
}

impl Source {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Console => "console",
            Self::Dynamic => "dynamic",
        }
    }

    /// From storage.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Apply, Self::Console, Self::Dynamic].into_iter().find(|source| source.as_str() == text)
    }

    /// Whether an operator stands behind it, who may choose ids and secrets and call a client ours.
    pub const fn is_operator(self) -> bool {
        !matches!(self, Self::Dynamic)
    }
}

/// The public keys of a client.
#[derive(Debug, Clone)]
pub enum ClientKeys {
    /// It has none.
    None,
    /// Registered with it (`jwks`).
    Inline(KeySet),
    /// At this address (`jwks_uri`).
    At(String),
}

/// How something is encrypted to a client, as it registered (OpenID Connect Registration §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encryption {
    /// How the key travels.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    pub enc: ContentEncryption,
}

/// A client as stored: what the rows hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its id.
    pub client_id: String,
    /// Its metadata with the defaults written out.
    pub metadata: ClientMetadata,
    /// SHA-256 of its secret; see [`Record::is_secret`].
    pub secret_hash: Option<Vec<u8>>,
    /// Its secret itself, if it signs with it (`client_secret_jwt`).
    pub signing_secret: Option<SigningSecret>,
    /// Whether it is one of our own products: no consent page.
    pub first_party: bool,
    /// How it came.
    pub source: Source,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Since when it may not be used.
    pub disabled_at: Option<Timestamp>,
    /// SHA-256 of the token by which it manages its own registration (RFC 7592 §3).
    pub registration_token_hash: Option<Vec<u8>>,
    /// Since when a client that registered itself is known to be used.
    pub first_used_at: Option<Timestamp>,
    /// Since when an operator vouches for a client that registered itself.
    pub verified_at: Option<Timestamp>,
}

/// A client. Its fields are the parsed form of its [`Record`].
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// Whether it is one of our own products: no consent page.
    pub first_party: bool,
    /// How it came.
    pub source: Source,
    /// Whether an operator switched it off: every endpoint refuses it.
    pub disabled: bool,
    /// Web, or installed on a device.
    pub application_type: ApplicationType,
    /// Where answers may go; see [`Client::redirect_uri`].
    pub redirect_uris: Vec<RedirectUri>,
    /// Where a visitor may go after log-out.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// Grant types; see [`Client::allows`].
    pub grant_types: Vec<GrantType>,
    /// Response types.
    pub response_types: Vec<ResponseType>,
    /// How it authenticates at the token endpoint.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// The only algorithm its assertions may have (`private_key_jwt`); none: any that we speak.
    pub token_endpoint_auth_signing_alg: Option<SigningAlgorithm>,
    /// The only algorithm its assertions may have (`client_secret_jwt`); none: any that its secret is long enough for.
    pub token_endpoint_auth_mac_alg: Option<MacAlgorithm>,
    /// What checks its assertions (`client_secret_jwt`), once it was opened with the installation's key.
    pub mac_key: Option<Arc<MacKey>>,
    /// Its public keys.
    pub keys: ClientKeys,
    /// The algorithm of its ID tokens.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// The only algorithm its request objects may have; none: any that we speak.
    pub request_object_signing_alg: Option<SigningAlgorithm>,
    /// Whether its authorization requests must be signed request objects (RFC 9101 §10.5).
    pub require_signed_request_object: bool,
    /// Where its request objects may be; see [`Client::has_request_uri`].
    pub request_uris: Vec<String>,
    /// How its ID tokens are encrypted, if they are.
    pub id_token_encryption: Option<Encryption>,
    /// The algorithm that signs its userinfo; none: it is plain JSON.
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// How its userinfo is encrypted, if it is.
    pub userinfo_encryption: Option<Encryption>,
    /// By what it knows people; see [`crate::tokens::subject`].
    pub subjects: Subjects,
    /// The scope it may ask for.
    pub scope: Scope,
    /// Whether its authorization requests need a PKCE challenge: asked for, or because the client is public.
    pub require_pkce: bool,
    /// `max_age`, in seconds, of requests that have none.
    pub default_max_age: Option<u32>,
    /// `acr_values` of requests that have none.
    pub default_acr_values: Vec<String>,
    /// Whether its ID tokens always carry `auth_time`.
    pub require_auth_time: bool,
    /// The record it was parsed from.
    pub record: Record,
    /// Whether its first use was noted since this snapshot was taken.
    pub(crate) use_noted: Arc<AtomicBool>,
}

impl Client {
    /// Parses a record. Its metadata was validated when it was stored; rules that became stricter since are not applied.
    ///
    /// # Errors
    /// The name of the field that holds something this version does not know.
    pub fn parse(record: Record) -> Result<Self, &'static str> {
        let metadata = &record.metadata;
        let method = word(&metadata.token_endpoint_auth_method, "token_endpoint_auth_method")?
            .unwrap_or(ClientAuthMethod::ClientSecretBasic);
        let uris = |list: &Option<Vec<String>>| list.iter().flatten().map(RedirectUri::trusted).collect();
        let assertion_alg = &metadata.token_endpoint_auth_signing_alg;
        let keys = match (&metadata.jwks, &metadata.jwks_uri) {
            (Some(jwks), _) => ClientKeys::Inline(KeySet::from_jwks(jwks).map_err(|_| "jwks")?),
            (None, Some(uri)) => ClientKeys::At(uri.clone()),
            (None, None) => ClientKeys::None,
        };
        Ok(Self {
            client_id: record.client_id.clone(),
            first_party: record.first_party,
            source: record.source,
            disabled: record.disabled_at.is_some(),
            application_type: word(&metadata.application_type, "application_type")?.unwrap_or(ApplicationType::Web),
            redirect_uris: uris(&metadata.redirect_uris),
            post_logout_redirect_uris: uris(&metadata.post_logout_redirect_uris),
            grant_types: words(&metadata.grant_types, "grant_types")?.unwrap_or(vec![GrantType::AuthorizationCode]),
            response_types: words(&metadata.response_types, "response_types")?.unwrap_or(vec![ResponseType::Code]),
            token_endpoint_auth_method: method,
            token_endpoint_auth_signing_alg: match method {
                ClientAuthMethod::ClientSecretJwt => None,
                _ => word(assertion_alg, "token_endpoint_auth_signing_alg")?,
            },
            token_endpoint_auth_mac_alg: match method {
                ClientAuthMethod::ClientSecretJwt => word(assertion_alg, "token_endpoint_auth_signing_alg")?,
                _ => None,
            },
            mac_key: None,
            keys,
            id_token_signed_response_alg: word(&metadata.id_token_signed_response_alg, "id_token_signed_response_alg")?
                .unwrap_or(SigningAlgorithm::Rs256),
            request_object_signing_alg: word(&metadata.request_object_signing_alg, "request_object_signing_alg")?,
            require_signed_request_object: metadata.require_signed_request_object == Some(true),
            request_uris: metadata.request_uris.clone().unwrap_or_default(),
            id_token_encryption: encryption(
                (&metadata.id_token_encrypted_response_alg, "id_token_encrypted_response_alg"),
                (&metadata.id_token_encrypted_response_enc, "id_token_encrypted_response_enc"),
            )?,
            userinfo_signed_response_alg: word(&metadata.userinfo_signed_response_alg, "userinfo_signed_response_alg")?,
            userinfo_encryption: encryption(
                (&metadata.userinfo_encrypted_response_alg, "userinfo_encrypted_response_alg"),
                (&metadata.userinfo_encrypted_response_enc, "userinfo_encrypted_response_enc"),
            )?,
            subjects: match metadata.subject_type.as_deref() {
                None | Some("public") => Subjects::Public,
                Some("pairwise") => Subjects::Pairwise { sector: sector(metadata)?, key: None },
                Some(_) => return Err("subject_type"),
            },
            scope: match &metadata.scope {
                Some(scope) => scope.parse().map_err(|_| "scope")?,
                None => protocol::scope::WELL_KNOWN.iter().copied().collect(),
            },
            require_pkce: metadata.require_pkce == Some(true) || method == ClientAuthMethod::None,
            default_max_age: metadata.default_max_age,
            default_acr_values: metadata.default_acr_values.clone().unwrap_or_default(),
            require_auth_time: metadata.require_auth_time == Some(true),
            use_noted: Arc::default(),
            record,
        })
    }

    /// With what the installation's key gives it: the keys of its subjects, and its secret if it signs with it.
    #[must_use]
    pub(crate) fn keyed(mut self, installation: &InstallationKey) -> Self {
        self.subjects = self.subjects.keyed(installation);
        if let Some(secret) = &self.record.signing_secret {
            self.mac_key = secret.open(installation, &self.client_id).map(Arc::new);
            if self.mac_key.is_none() {
                tracing::error!(client_id = %self.client_id, "the secret of a client does not open: it cannot authenticate");
            }
        }
        self
    }

    /// Where the operator lets clients that register themselves have tokens through the browser
    /// (`registration.allow_implicit`), a public one may ask for a code without PKCE: that is no easier to steal than
    /// the token which it could ask for instead. Not when it says otherwise itself, and not on a device, where other
    /// applications can take its redirect URI (RFC 8252 §8.1).
    #[must_use]
    pub(crate) fn relaxed(mut self) -> Self {
        let on_device = self.is_native() || self.redirect_uris.iter().any(RedirectUri::is_on_device);
        if self.is_public() && !self.source.is_operator() && !on_device {
            self.require_pkce = self.record.metadata.require_pkce == Some(true);
        }
        self
    }

    /// What the browser loads of it when a log-in ended (Front-Channel Logout §2).
    pub fn frontchannel_logout_uri(&self) -> Option<&str> {
        self.record.metadata.frontchannel_logout_uri.as_deref()
    }

    /// Where it is told, server to server, that a log-in ended (Back-Channel Logout §2.2).
    pub fn backchannel_logout_uri(&self) -> Option<&str> {
        self.record.metadata.backchannel_logout_uri.as_deref()
    }

    /// Whether it cannot keep a secret: it authenticates by nothing, and PKCE protects its codes (but see [`Client::relaxed`]).
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == ClientAuthMethod::None
    }

    /// Whether it proves who it is.
    pub fn is_confidential(&self) -> bool {
        !self.is_public()
    }

    /// Whether it may use this grant type.
    pub fn allows(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// Whether it may use this response type.
    pub fn allows_response(&self, response_type: ResponseType) -> bool {
        self.response_types.contains(&response_type)
    }

    /// Whether its answers may travel so. Every client may use every mode that fits the response type.
    pub fn allows_mode(&self, mode: ResponseMode, response_type: ResponseType) -> bool {
        mode.is_allowed_for(response_type)
    }

    /// Whether its first use is still to be noted: unused clients that registered themselves are removed after a while.
    pub fn is_unused(&self) -> bool {
        self.source == Source::Dynamic && self.record.first_used_at.is_none()
    }

    /// Whether people are told that nobody vouches for it (RFC 7591 §5).
    pub fn shown_as_unverified(&self) -> bool {
        self.source == Source::Dynamic && !self.first_party && self.record.verified_at.is_none()
    }

    /// Whether it is installed on a device (RFC 8252).
    pub fn is_native(&self) -> bool {
        self.application_type == ApplicationType::Native
    }

    /// The registered redirect URI that `presented` is, if it is one (RFC 9700 §4.1; any loopback port for native
    /// clients).
    pub fn redirect_uri(&self, presented: &str) -> Option<&RedirectUri> {
        self.redirect_uris.iter().find(|uri| uri.matches(presented, self.is_native()))
    }

    /// The registered address after log-out that `presented` is, if it is one (RP-Initiated Logout §3).
    pub fn post_logout_redirect_uri(&self, presented: &str) -> Option<&RedirectUri> {
        self.post_logout_redirect_uris.iter().find(|uri| uri.matches(presented, self.is_native()))
    }

    /// Whether it registered this address of a request object. The fragment of either may hold a hash of what is there
    /// (OpenID Connect Core §6.2), which changes with it, and does not count.
    pub fn has_request_uri(&self, presented: &str) -> bool {
        self.request_uris.iter().any(|uri| without_fragment(uri) == without_fragment(presented))
    }

    /// Whether this is its secret, in a time that does not depend on where they differ.
    pub fn secret_matches(&self, presented: &str) -> bool {
        self.record.is_secret(presented)
    }

    /// Its name for the visitor, in the best of these languages; its id when it has no name.
    pub fn name<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> &'a str {
        let metadata = &self.record.metadata;
        metadata.in_language("client_name", metadata.client_name.as_deref(), languages).unwrap_or(&self.client_id)
    }

    /// Its logo.
    pub fn logo_uri<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let metadata = &self.record.metadata;
        metadata.in_language("logo_uri", metadata.logo_uri.as_deref(), languages)
    }

    /// Its home page.
    pub fn client_uri<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let metadata = &self.record.metadata;
        metadata.in_language("client_uri", metadata.client_uri.as_deref(), languages)
    }

    /// What it does with data.
    pub fn policy_uri<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let metadata = &self.record.metadata;
        metadata.in_language("policy_uri", metadata.policy_uri.as_deref(), languages)
    }

    /// Its terms.
    pub fn tos_uri<'a>(&'a self, languages: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        let metadata = &self.record.metadata;
        metadata.in_language("tos_uri", metadata.tos_uri.as_deref(), languages)
    }
}

/// The host that names the sector of a client's pairwise subjects (OpenID Connect Core §8.1): that of
/// `sector_identifier_uri`, or the one host of its redirect URIs.
pub(super) fn sector(metadata: &ClientMetadata) -> Result<String, &'static str> {
    let host = |uri: &String| url::Url::parse(uri).ok().and_then(|url| url.host_str().map(str::to_owned));
    if let Some(uri) = &metadata.sector_identifier_uri {
        return host(uri).ok_or("sector_identifier_uri");
    }
    let mut hosts = metadata.redirect_uris.iter().flatten().map(host);
    let first = hosts.next().flatten().ok_or("sector_identifier_uri")?;
    if hosts.all(|other| other.as_ref() == Some(&first)) { Ok(first) } else { Err("sector_identifier_uri") }
}

type Field<'a> = (&'a Option<String>, &'static str);

fn encryption(alg: Field<'_>, enc: Field<'_>) -> Result<Option<Encryption>, &'static str> {
    let enc = word(enc.0, enc.1)?.unwrap_or_default();
    Ok(word(alg.0, alg.1)?.map(|alg| Encryption { alg, enc }))
}

fn word<T: std::str::FromStr>(text: &Option<String>, field: &'static str) -> Result<Option<T>, &'static str> {
    text.as_deref().map(|text| text.parse().map_err(|_| field)).transpose()
}

fn words<T: std::str::FromStr>(
    texts: &Option<Vec<String>>,
    field: &'static str,
) -> Result<Option<Vec<T>>, &'static str> {
    let parse = |list: &Vec<String>| list.iter().map(|text| text.parse().map_err(|_| field)).collect();
    texts.as_ref().map(parse).transpose()
}

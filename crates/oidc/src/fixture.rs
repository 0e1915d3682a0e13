//! A provider over a test database, with one person who is logged in.

use crate::client::{self, Registration, Registry, Source, validate};
use crate::grants::{self, NewGrant, Start};
use crate::keys::SigningKeys;
use crate::tokens::TokenError;
use crate::{Client, Provider, ProviderParts, ProviderSettings};
use account::account::{Claims, DisplayName, NewAccount};
use account::email::Email;
use account::session::{self, Authentication, Lifetimes, Login};
use account::testing::TestAccounts;
use account::{AccountId, Actor};
use fetch::{FetchSettings, Fetcher};
use protocol::{ClientMetadata, ErrorCode, TokenRequest, TokenResponse};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The redirect URI of every client here.
pub const REDIRECT: &str = "https://tracker.example.test/callback";
/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`VERIFIER`].
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub struct Fixture {
    pub t: TestAccounts,
    pub provider: Provider,
    pub account: AccountId,
    pub login: Login,
}

/// Runs a future to its end, on a runtime of its own.
pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

impl Fixture {
    pub fn create() -> Self {
        let t = TestAccounts::create();
        crate::keys::testing::seed(&t.accounts);
        let provider = Provider::new(ProviderParts {
            accounts: t.accounts.clone(),
            issuer: "https://id.example.test".to_owned(),
            clients: run(Registry::load(&t.accounts, false)).unwrap(),
            keys: SigningKeys::open(&t.accounts, 600).unwrap(),
            settings: ProviderSettings::default(),
            fetcher: Fetcher::new(FetchSettings { allow_private_networks: true, extra_ca_file: None }).unwrap(),
        });
        let made = t.accounts.write_blocking(&Actor::system(), |tx| {
            let claims = json!({ "given_name": "Alice", "given_name#de": "Alicia", "locale": "en", "zoneinfo": "" });
            let new = NewAccount {
                email: Email::parse("alice@example.test").unwrap(),
                name: DisplayName::parse("Alice Example").unwrap(),
                verified: true,
                operator: false,
                claims: Claims(claims.as_object().unwrap().clone()),
            };
            let account = account::account::create(tx, &new)?.unwrap().id;
            let lifetimes = Lifetimes { idle_seconds: 3600, absolute_seconds: 24 * 3600 };
            let (_, login) = session::log_in(tx, None, &account, &Authentication::password(), &lifetimes)?;
            Ok((account, login))
        });
        let (account, login) = made.unwrap();
        Self { t, provider, account, login }
    }

    /// Registers a client; returns it with its secret.
    pub fn client(&self, more: Value) -> (Arc<Client>, String) {
        let mut metadata = json!({
            "redirect_uris": [REDIRECT],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let first_party = metadata.as_object_mut().unwrap().remove("first_party") == Some(true.into());
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        let registration = Registration { metadata, first_party, ..Registration::default() };
        let accepted = validate(registration, Source::Console, None, self.t.accounts.now());
        let accepted = accepted.unwrap_or_else(|problems| panic!("{problems:?}"));
        let record = accepted.client.record.clone();
        let id = record.client_id.clone();
        let command = Actor::command();
        let insert =
            self.provider.clients.change(&self.t.accounts, &command, move |tx| client::store::insert(tx, &record));
        assert!(run(insert).unwrap());
        (self.provider.clients.find(&id).unwrap(), accepted.secret.map(|s| s.to_string()).unwrap_or_default())
    }

    /// The code of a new grant with PKCE and this scope.
    pub fn code(&self, client: &Client, scope: &str, change: impl FnOnce(&mut NewGrant)) -> String {
        let mut new = NewGrant {
            client_id: client.client_id.clone(),
            account_id: self.account.clone(),
            login_id: self.login.id.clone(),
            authenticated_at: self.login.authenticated_at,
            acr: self.login.acr,
            amr: self.login.amr.clone(),
            redirect_uri: REDIRECT.to_owned(),
            scope: scope.parse().unwrap(),
            nonce: Some("a-nonce".to_owned()),
            code_challenge: Some(CHALLENGE.to_owned()),
            claims: None,
            claims_locales: None,
        };
        change(&mut new);
        let begun = self.t.accounts.write_blocking(&Actor::system(), move |tx| {
            grants::begin(tx, &new, &Start { code_seconds: Some(60), ..Start::default() })
        });
        begun.unwrap().1.unwrap().reveal().to_owned()
    }

    pub fn redeem(&self, client: &Client, request: &TokenRequest) -> Result<TokenResponse, ErrorCode> {
        run(grants::redeem(&self.provider, client, request, Actor::system)).map_err(|error| match error {
            TokenError::Refused(error) => error.code(),
            other => panic!("{other}"),
        })
    }

    pub fn exchange(&self, client: &Client, code: &str) -> Result<TokenResponse, ErrorCode> {
        self.redeem(client, &exchange(code))
    }

    pub fn refresh(&self, client: &Client, token: &str) -> Result<TokenResponse, ErrorCode> {
        self.redeem(client, &refresh(token))
    }

    /// Tokens of a fresh code.
    pub fn tokens(&self, client: &Client, scope: &str) -> TokenResponse {
        self.exchange(client, &self.code(client, scope, |_| {})).unwrap()
    }

    pub fn write(&self, mut f: impl FnMut(&mut account::Tx<'_>) + Send + 'static) {
        self.t
            .accounts
            .write_blocking(&Actor::system(), move |tx| {
                f(tx);
                Ok(())
            })
            .unwrap();
    }

    pub fn log_out(&self) {
        let login = self.login.id.clone();
        self.write(move |tx| assert!(session::end_login(tx, &login).unwrap()));
    }

    pub fn wait(&self, seconds: u64) {
        self.t.clock.advance(Duration::from_secs(seconds));
    }

    /// The claims of a token of ours, its signature checked.
    pub fn claims(&self, token: &str) -> Value {
        let verified = self.provider.keys.current().verifying().verify(token, &jose::SigningAlgorithm::ALL).unwrap();
        Value::Object(verified.claims)
    }

    /// Whether our endpoints take an access token.
    pub fn is_good(&self, access_token: &str) -> bool {
        run(crate::tokens::access::find_valid(&self.provider, access_token)).unwrap().is_some()
    }
}

/// A token request for a code, with [`VERIFIER`].
pub fn exchange(code: &str) -> TokenRequest {
    TokenRequest {
        grant_type: Some("authorization_code".to_owned()),
        code: Some(code.to_owned()),
        redirect_uri: Some(REDIRECT.to_owned()),
        code_verifier: Some(VERIFIER.to_owned()),
        ..TokenRequest::default()
    }
}

/// A token request for a refresh token.
pub fn refresh(token: &str) -> TokenRequest {
    TokenRequest {
        grant_type: Some("refresh_token".to_owned()),
        refresh_token: Some(token.to_owned()),
        ..TokenRequest::default()
    }
}

//! A relying party, and how a test registers one.

use super::{Browser, Provider, Shown};
use account::Actor;
use oidc::client::{Registration, Source, store, validate};
use protocol::ClientMetadata;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of [`VERIFIER`].
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A registered client, with its secret.
pub struct Party {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; empty for a public client.
    pub secret: String,
    /// Its first redirect URI.
    pub redirect_uri: String,
    provider: String,
    http: reqwest::Client,
}

impl Provider {
    /// Registers a client with this metadata, beside what every party here has.
    pub async fn register(&self, first_party: bool, more: Value) -> Party {
        let mut metadata = json!({
            "client_name": "Tracker",
            "redirect_uris": ["https://tracker.example.test/callback"],
            "post_logout_redirect_uris": ["https://tracker.example.test/logged-out"],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        });
        metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let metadata: ClientMetadata = serde_json::from_value(metadata).expect("metadata");
        let registration = Registration { first_party, metadata, ..Default::default() };
        let accepted = validate(registration, Source::Console, None, self.accounts.now());
        let accepted = accepted.unwrap_or_else(|problems| panic!("{problems:?}"));
        let record = accepted.client.record.clone();
        let (id, redirect_uri) =
            (record.client_id.clone(), record.metadata.redirect_uris.clone().unwrap_or_default().swap_remove(0));
        let registry = &self.node.provider.clients;
        let inserted = registry.change(&self.accounts, &Actor::command(), move |tx| store::insert(tx, &record)).await;
        assert!(inserted.expect("stored"));
        Party {
            id,
            secret: accepted.secret.map(|secret| secret.to_string()).unwrap_or_default(),
            redirect_uri,
            provider: self.url.clone(),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
        }
    }

    /// The client that registered itself and was told so.
    pub fn party_of(&self, told: &super::registrant::Told) -> Party {
        Party {
            id: told.text("client_id").to_owned(),
            secret: told.body["client_secret"].as_str().unwrap_or_default().to_owned(),
            redirect_uri: told.body["redirect_uris"][0].as_str().unwrap_or_default().to_owned(),
            provider: self.url.clone(),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
        }
    }

    /// One of our own products: no consent page.
    pub async fn party(&self) -> Party {
        self.register(true, json!({})).await
    }

    /// A product that may use every response type.
    pub async fn party_of_all_flows(&self, first_party: bool, more: Value) -> Party {
        let mut metadata = json!({
            "grant_types": ["authorization_code", "implicit", "refresh_token"],
            "response_types": [
                "code", "id_token", "id_token token", "code id_token", "code token", "code id_token token",
            ],
        });
        metadata.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.register(first_party, metadata).await
    }

    /// Somebody else's product: asks for consent.
    pub async fn third_party(&self) -> Party {
        self.register(false, json!({})).await
    }
}

impl Party {
    /// An authorization request: code flow with PKCE, scope `openid`; `more` adds parameters or replaces them (an
    /// empty value takes one out).
    pub fn authorize_url(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "openid"),
            ("state", "a-state"),
            ("nonce", "a-nonce"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}/oauth2/authorize?{query}", self.provider)
    }

    /// Asks with a browser that needs no page to be shown, and returns the code.
    pub async fn code(&self, browser: &Browser, more: &[(&str, &str)]) -> String {
        self.code_of(&browser.open(&self.authorize_url(more)).await)
    }

    /// The code that the browser was sent back with.
    #[track_caller]
    pub fn code_of(&self, shown: &Shown) -> String {
        assert!(shown.url.starts_with(&self.redirect_uri), "{}", shown.brief());
        shown.parameter("code").unwrap_or_else(|| panic!("{}", shown.brief()))
    }

    /// A token request, authenticated by `client_secret_basic` (or `client_id` alone for a public client).
    pub async fn token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        self.call("/oauth2/token", fields).await
    }

    /// Any request to an endpoint that wants client authentication.
    pub async fn call(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        if self.secret.is_empty() {
            body.append_pair("client_id", &self.id);
        }
        let mut request = self
            .http
            .post(format!("{}{path}", self.provider))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.finish());
        if !self.secret.is_empty() {
            request = request.basic_auth(&self.id, Some(&self.secret));
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{text}");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Redeems a code.
    pub async fn exchange(&self, code: &str) -> (StatusCode, Value) {
        let redirect = ("redirect_uri", self.redirect_uri.as_str());
        self.token(&[("grant_type", "authorization_code"), ("code", code), redirect, ("code_verifier", VERIFIER)]).await
    }

    /// Uses a refresh token.
    pub async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Asks userinfo with an access token.
    pub async fn userinfo(&self, access_token: &str) -> (StatusCode, Value) {
        let request = self.http.get(format!("{}/oauth2/userinfo", self.provider)).bearer_auth(access_token);
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json().await.unwrap_or(Value::Null))
    }
}

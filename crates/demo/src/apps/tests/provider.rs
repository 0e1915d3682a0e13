//! A provider of the tests' own, which can be told to misbehave. Its authorization codes are the nonces, so that it
//! needs no memory.

use crate::apps::logout_token::{EVENT, SessionClaims, SessionToken};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, Audience, IdTokenClaims, IssuerUrl, JsonWebKeyId, JsonWebKeySet, Nonce, PrivateSigningKey,
    StandardClaims, SubjectIdentifier,
};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Two Ed25519 keys that sign nothing outside these tests.
const KEYS: [&str; 2] = [
    "MC4CAQAwBQYDK2VwBCIEIBERERERERERERERERERERERERERERERERERERERERER",
    "MC4CAQAwBQYDK2VwBCIEICIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIi",
];

/// How it behaves.
#[derive(Clone)]
pub(super) struct Manner {
    /// Which of the two keys signs, and is published.
    pub(super) key: usize,
    pub(super) published: usize,
    pub(super) audience: &'static str,
    pub(super) sid: &'static str,
    pub(super) nonce: Option<&'static str>,
    pub(super) subject_at_userinfo: &'static str,
    pub(super) hashed_token: &'static str,
    pub(super) age: TimeDelta,
    pub(super) announces_iss: bool,
    pub(super) is_broken: bool,
}

pub(super) struct Provider {
    pub(super) issuer: String,
    pub(super) manner: Arc<Mutex<Manner>>,
    pub(super) server: ServerHandle,
}

struct State {
    issuer: String,
    manner: Arc<Mutex<Manner>>,
    now: DateTime<Utc>,
}

pub(super) fn start(now: DateTime<Utc>) -> Provider {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let manner = Arc::new(Mutex::new(Manner {
        key: 0,
        published: 0,
        audience: "tracker",
        sid: "log-in-1",
        nonce: None,
        subject_at_userinfo: "alice",
        hashed_token: "access",
        age: TimeDelta::zero(),
        announces_iss: false,
        is_broken: false,
    }));
    let state = web::Data::new(State { issuer: issuer.clone(), manner: manner.clone(), now });
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/.well-known/openid-configuration", web::get().to(metadata))
            .route("/jwks", web::get().to(jwks))
            .route("/token", web::post().to(token))
            .route("/userinfo", web::get().to(userinfo))
    });
    let server = server.workers(1).disable_signals().listen(listener).unwrap().run();
    let handle = server.handle();
    tokio::spawn(server);
    Provider { issuer, manner, server: handle }
}

/// A logout token, good unless something in it is changed.
pub(super) struct Notice {
    pub(super) issuer: String,
    pub(super) audience: &'static str,
    pub(super) subject: &'static str,
    pub(super) sid: Option<&'static str>,
    pub(super) event: Option<&'static str>,
    pub(super) nonce: Option<&'static str>,
    pub(super) until: DateTime<Utc>,
    pub(super) key: usize,
}

impl Notice {
    pub(super) fn of(provider: &Provider, now: DateTime<Utc>) -> Self {
        Self {
            issuer: provider.issuer.clone(),
            audience: "tracker",
            subject: "alice",
            sid: Some("log-in-1"),
            event: Some(EVENT),
            nonce: None,
            until: now + TimeDelta::minutes(2),
            key: 0,
        }
    }

    pub(super) fn token(&self) -> String {
        let event = |name: &str| HashMap::from([(name.to_owned(), serde_json::Map::new())]);
        let claims = IdTokenClaims::new(
            IssuerUrl::new(self.issuer.clone()).unwrap(),
            vec![Audience::new(self.audience.to_owned())],
            self.until,
            self.until - TimeDelta::minutes(2),
            StandardClaims::new(SubjectIdentifier::new(self.subject.to_owned())),
            SessionClaims { sid: self.sid.map(str::to_owned), events: self.event.map(event) },
        )
        .set_nonce(self.nonce.map(|nonce| Nonce::new(nonce.to_owned())));
        SessionToken::new(claims, &key(self.key), CoreJwsSigningAlgorithm::EdDsa, None, None).unwrap().to_string()
    }
}

impl State {
    fn manner(&self) -> Manner {
        self.manner.lock().unwrap().clone()
    }
}

fn key(number: usize) -> CoreEdDsaPrivateSigningKey {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", KEYS[number]);
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(format!("key-{number}")))).unwrap()
}

async fn metadata(state: web::Data<State>) -> HttpResponse {
    if state.manner().is_broken {
        return HttpResponse::InternalServerError().body("no");
    }
    let at = |path: &str| format!("{}{path}", state.issuer);
    HttpResponse::Ok().json(json!({
        "issuer": state.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "end_session_endpoint": at("/logout"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "authorization_response_iss_parameter_supported": state.manner().announces_iss,
    }))
}

async fn jwks(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().json(JsonWebKeySet::new(vec![key(state.manner().published).as_verification_key()]))
}

async fn token(
    state: web::Data<State>,
    request: HttpRequest,
    form: web::Form<HashMap<String, String>>,
) -> HttpResponse {
    // "tracker:secret"
    let is_client = request.headers().get("authorization").is_some_and(|it| it == "Basic dHJhY2tlcjpzZWNyZXQ=");
    let is_complete = form.get("code_verifier").is_some_and(|it| it.len() >= 43) && form.contains_key("redirect_uri");
    if !is_client || !is_complete {
        return HttpResponse::BadRequest().json(json!({ "error": "invalid_client" }));
    }
    if form["code"] == "spent" {
        let spent = json!({ "error": "invalid_grant", "error_description": "The code was used already." });
        return HttpResponse::BadRequest().json(spent);
    }
    let manner = state.manner();
    let claims = IdTokenClaims::new(
        IssuerUrl::new(state.issuer.clone()).unwrap(),
        vec![Audience::new(manner.audience.to_owned())],
        state.now - manner.age + TimeDelta::minutes(10),
        state.now - manner.age,
        StandardClaims::new(SubjectIdentifier::new("alice".to_owned())),
        SessionClaims { sid: Some(manner.sid.to_owned()), events: None },
    )
    .set_nonce(Some(Nonce::new(manner.nonce.map_or_else(|| form["code"].clone(), str::to_owned))));
    let hashed = AccessToken::new(manner.hashed_token.to_owned());
    let id_token =
        SessionToken::new(claims, &key(manner.key), CoreJwsSigningAlgorithm::EdDsa, Some(&hashed), None).unwrap();
    HttpResponse::Ok().json(json!({ "access_token": "access", "token_type": "Bearer", "id_token": id_token }))
}

async fn userinfo(state: web::Data<State>, request: HttpRequest) -> HttpResponse {
    if request.headers().get("authorization").is_none_or(|it| it != "Bearer access") {
        return HttpResponse::Unauthorized().finish();
    }
    HttpResponse::Ok().json(json!({
        "sub": state.manner().subject_at_userinfo,
        "name": "Alice <Example>",
        "picture": format!("{}/alice.png", state.issuer),
    }))
}

//! Whatever is posted to the endpoints with client authentication: an answer that the specifications know (RFC 6749 §5,
//! RFC 7009 §2.2, RFC 7662 §2.2), and nothing for whom has not proved who it is.

use super::{code, someone};
use crate::support::{Party, Provider, VERIFIER};
use jose::{PrivateKey, SigningAlgorithm};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use protocol::client_auth::JWT_BEARER_ASSERTION;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use std::cell::Cell;

/// RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2.
const CODES: [&str; 8] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "unsupported_token_type",
    "invalid_target",
];
const ENDPOINTS: [&str; 3] = ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"];

/// How the request says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proof {
    Basic,
    Post,
    Signed,
    Public,
    /// Another client's secret.
    Borrowed,
    /// A confidential client that only names itself.
    Named,
    None,
}

const PROOFS: [Proof; 7] =
    [Proof::Basic, Proof::Post, Proof::Signed, Proof::Public, Proof::Borrowed, Proof::Named, Proof::None];

/// A parameter; a value with `$` stands for something real that is made when it is sent.
fn parameter() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        12 => prop::sample::select(protocol::token::SINGLE_PARAMETERS).prop_map(str::to_owned),
        1 => Just("resource".to_owned()),
        1 => any::<String>(),
    ];
    let known = prop::sample::select(vec![
        "",
        "$code",
        "$refresh",
        "$access",
        "$redirect",
        "$verifier",
        "$other",
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "access_token",
        "openid",
        "openid email offline_access",
        "reports:read",
        "\"",
        "e30.e30.e30",
        "eyJhbGciOiJub25lIn0.e30.",
        JWT_BEARER_ASSERTION,
        "https://evil.example.test/",
        "\r\nSet-Cookie: a=b",
        "\u{202e}é",
    ]);
    (name, prop_oneof![6 => known.prop_map(str::to_owned), 1 => any::<String>()])
}

/// What a good request of each kind has.
fn sound(kind: usize) -> Vec<(String, String)> {
    let pairs: &[(&str, &str)] = match kind {
        0 => &[
            ("grant_type", "authorization_code"),
            ("code", "$code"),
            ("redirect_uri", "$redirect"),
            ("code_verifier", "$verifier"),
        ],
        1 => &[("grant_type", "refresh_token"), ("refresh_token", "$refresh")],
        2 => &[("grant_type", "client_credentials"), ("scope", "reports:read")],
        3 => &[("token", "$access"), ("token_type_hint", "access_token")],
        _ => &[("token", "$refresh")],
    };
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Judges an answer; a sentence on what is wrong with it.
async fn judge(endpoint: &str, proven: bool, answer: Response) -> Result<(), String> {
    let (status, headers) = (answer.status(), answer.headers().clone());
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let text = answer.text().await.expect("a body");
    if header("cache-control") != "no-store" || headers.contains_key("location") || headers.contains_key("set-cookie") {
        return Err(format!("headers: {headers:?}"));
    }
    if status == StatusCode::OK && endpoint == ENDPOINTS[2] {
        return if proven && text.is_empty() { Ok(()) } else { Err(format!("revoked: {text}")) };
    }
    let body: Value = serde_json::from_str(&text).map_err(|_| format!("{status}: {text}"))?;
    if header("content-type") != "application/json" {
        return Err(header("content-type"));
    }
    match status {
        StatusCode::OK if !proven => Err("an answer without proof".to_owned()),
        StatusCode::OK if endpoint == ENDPOINTS[1] => match body["active"].is_boolean() {
            true => Ok(()),
            false => Err(text),
        },
        StatusCode::OK => match body["access_token"].is_string() && body["token_type"] == "Bearer" {
            true => Ok(()),
            false => Err(text),
        },
        StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
            let code = body["error"].as_str().unwrap_or_default();
            let sentence = body["error_description"].as_str().unwrap_or_default();
            let legal = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            let fits = (status == StatusCode::UNAUTHORIZED) == (code == "invalid_client");
            let asks = (status == StatusCode::UNAUTHORIZED) == headers.contains_key("www-authenticate");
            let known = CODES.contains(&code) && sentence.bytes().all(legal) && body.get("access_token").is_none();
            if fits && asks && known { Ok(()) } else { Err(format!("{status}: {text}")) }
        }
        _ => Err(format!("{status}: {text}")),
    }
}

struct Scene {
    provider: Provider,
    http: Client,
    by_basic: Party,
    by_post: Party,
    signed: Party,
    public: Party,
    key: PrivateKey,
    login: account::session::Login,
    /// How many assertions were made.
    assertions: Cell<u32>,
    /// Requests that were answered with success.
    successes: Cell<u32>,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let key = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    let register = async |method: &str| {
        let mut metadata = json!({
            "token_endpoint_auth_method": method, "scope": "openid email profile offline_access reports:read",
        });
        match method {
            "private_key_jwt" => metadata["jwks"] = json!({ "keys": [key.public_jwk()] }),
            "none" => metadata["grant_types"] = json!(["authorization_code", "refresh_token"]),
            _ => {}
        }
        provider.register(true, metadata).await
    };
    let (by_basic, by_post) = (register("client_secret_basic").await, register("client_secret_post").await);
    let (signed, public) = (register("private_key_jwt").await, register("none").await);
    let login = someone(&provider).await;
    let (assertions, successes) = (Cell::new(0), Cell::new(0));
    Scene { http: Client::new(), by_basic, by_post, signed, public, key, login, assertions, successes, provider }
}

impl Scene {
    fn party(&self, proof: Proof) -> &Party {
        match proof {
            Proof::Basic | Proof::Named | Proof::Borrowed | Proof::None => &self.by_basic,
            Proof::Post => &self.by_post,
            Proof::Signed => &self.signed,
            Proof::Public => &self.public,
        }
    }

    fn assertion(&self) -> String {
        self.assertions.set(self.assertions.get() + 1);
        let id = &self.signed.id;
        let claims = json!({
            "iss": id, "sub": id, "aud": self.provider.url, "jti": self.assertions.get().to_string(),
            "exp": self.provider.accounts.now().as_seconds() + 60,
        });
        self.key.sign_compact(None, &claims).expect("signed")
    }

    /// Something real in the place of a `$`.
    async fn real(&self, party: &Party, value: &str) -> String {
        let tokens = async |kind: &str| {
            let code = code(&self.provider, &self.public, &self.login, "openid offline_access").await;
            self.public.exchange(&code).await.1[kind].as_str().expect("a token").to_owned()
        };
        match value {
            "$code" => code(&self.provider, party, &self.login, "openid offline_access").await,
            "$refresh" => tokens("refresh_token").await,
            "$access" => tokens("access_token").await,
            "$redirect" => party.redirect_uri.clone(),
            "$verifier" => VERIFIER.to_owned(),
            "$other" => self.by_post.id.clone(),
            other => other.to_owned(),
        }
    }

    async fn send(&self, endpoint: &str, proof: Proof, fields: &[(String, String)]) -> Result<(), String> {
        let party = self.party(proof);
        let mut pairs = Vec::new();
        for (name, value) in fields {
            pairs.push((name.clone(), self.real(party, value).await));
        }
        let mut add = |name: &str, value: &str| pairs.push((name.to_owned(), value.to_owned()));
        match proof {
            Proof::Post => {
                add("client_id", &party.id);
                add("client_secret", &party.secret);
            }
            Proof::Signed => {
                add("client_assertion_type", JWT_BEARER_ASSERTION);
                add("client_assertion", &self.assertion());
            }
            Proof::Public | Proof::Named => add("client_id", &party.id),
            Proof::Basic | Proof::Borrowed | Proof::None => {}
        }
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let mut request = self.http.post(format!("{}{endpoint}", self.provider.url));
        request = match proof {
            Proof::Basic => request.basic_auth(&party.id, Some(&party.secret)),
            Proof::Borrowed => request.basic_auth(&party.id, Some(&self.by_post.secret)),
            _ => request,
        };
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.expect("an answer");
        if answer.status() == StatusCode::OK {
            self.successes.set(self.successes.get() + 1);
        }
        let proven = match proof {
            Proof::Basic | Proof::Post | Proof::Signed => true,
            // RFC 7662 §2.1: introspection is for whom proves who it is.
            Proof::Public => endpoint != ENDPOINTS[1],
            Proof::Borrowed | Proof::Named | Proof::None => false,
        };
        judge(endpoint, proven, answer).await
    }
}

/// Any request, sound and spoilt in a few places, by each kind of client.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_request_gets_an_answer_that_is_known_and_nothing_without_proof() {
    let s = scene().await;
    let handle = tokio::runtime::Handle::current();
    let wish = (
        prop::sample::select(ENDPOINTS.to_vec()),
        prop::sample::select(PROOFS.to_vec()),
        0..5_usize,
        prop::collection::vec(parameter(), 0..3),
        prop::option::weighted(0.2, parameter()),
    );
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&wish, |(endpoint, proof, kind, changes, added)| {
            let mut fields = sound(kind);
            for (name, value) in changes {
                fields.retain(|(other, _)| *other != name);
                fields.push((name, value));
            }
            fields.extend(added);
            let outcome = handle.block_on(s.send(endpoint, proof, &fields));
            prop_assert!(outcome.is_ok(), "{:?} at {} by {:?} with {:?}", outcome, endpoint, proof, fields);
            Ok(())
        });
        outcome.unwrap();
    });
    assert!(s.successes.get() > 20, "only {} of them meant something", s.successes.get());
}

/// Bytes that are no form, and forms that are too much.
#[tokio::test]
async fn what_is_no_form_is_refused() {
    let s = scene().await;
    let many = "a=b&".repeat(101);
    for endpoint in ENDPOINTS {
        for (kind, body) in [
            ("application/x-www-form-urlencoded", &b""[..]),
            ("application/x-www-form-urlencoded", b"%"),
            ("application/x-www-form-urlencoded", b"grant_type=%ff"),
            ("application/x-www-form-urlencoded", b"grant_type=%00"),
            ("application/x-www-form-urlencoded", b"\xff\xfe"),
            ("application/x-www-form-urlencoded", many.as_bytes()),
            ("application/x-www-form-urlencoded", &[b'a'; 70_000]),
            ("application/json", b"{\"grant_type\":\"client_credentials\"}"),
            ("multipart/form-data; boundary=x", b"--x--"),
            ("text/plain", b"grant_type=client_credentials"),
        ] {
            let request = s.http.post(format!("{}{endpoint}", s.provider.url)).header("content-type", kind);
            let answer = request.body(body.to_vec()).send().await.expect("an answer");
            judge(endpoint, false, answer).await.unwrap_or_else(|wrong| panic!("{endpoint} {kind}: {wrong}"));
        }
    }
}

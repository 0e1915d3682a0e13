//! Client libraries that are not ours, and not of Rust: npm's `openid-client` and `jose` run the flows against a provider on
//! a real socket. The scripts are in `tests/node/`; `npm ci` there installs what they need (`test.sh` does that).

use crate::support::{Party, Provider};
use account::Clock;
use db::testing::TestDatabase;
use jose::{ContentEncryption, KeyManagement};
use josekit::jwk::Jwk;
use josekit::jwk::alg::ec::EcCurve;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const EMAIL: &str = "alice@example.test";
const REDIRECT_URI: &str = "https://tracker.example.test/callback";

/// A provider with one person, who is logged in in a browser that a script takes over.
struct Scene {
    provider: Provider,
    session: String,
}

impl Scene {
    /// Its clock is the machine's: the libraries read that one.
    async fn start() -> Self {
        let provider = Provider::start_on(TestDatabase::create(), Clock::system(), |settings| {
            // A script may be a product's own web server, on this machine.
            settings.fetch.allow_private_networks = true;
        })
        .await;
        let (account, browser) = (provider.person(EMAIL).await, provider.browser());
        provider.log_in(&browser, &account).await;
        Self { session: browser.cookie("latchkey-session").expect("a session"), provider }
    }

    /// Runs a script with its input, beside what all of them get. It fails with what the script said.
    async fn run(&self, script: &str, more: Value) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        let here = folder.display();
        assert!(folder.join("node_modules/openid-client").exists(), "run `npm ci` in {here} first, or test.sh");
        let mut input = json!({
            "issuer": self.provider.url, "email": EMAIL, "redirect_uri": REDIRECT_URI,
            "cookies": { "latchkey-session": self.session },
        });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        let mut command = Command::new("node");
        command.arg(script).current_dir(&folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let ended = tokio::task::spawn_blocking(move || {
            let mut node = command.spawn().expect("Node.js 18 or later is there");
            let mut stdin = node.stdin.take().expect("it is piped");
            stdin.write_all(input.to_string().as_bytes()).expect("it reads");
            drop(stdin);
            node.wait_with_output().expect("it ends")
        });
        let ended = ended.await.expect("no panic");
        let (out, error) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        assert!(ended.status.success(), "{script}: {out}{error}");
    }
}

/// A key pair of P-256: the private JWK for the script, the public one for the client's metadata.
fn key_pair() -> (Value, Value) {
    halves(Jwk::generate_ec_key(EcCurve::P256).expect("a key"), "one", &json!({ "use": "sig", "alg": "ES256" }))
}

/// The private and the public JWK of a key, both with its name and `more`.
fn halves(key: Jwk, kid: &str, more: &Value) -> (Value, Value) {
    let public = key.to_public_key().expect("a public key");
    let named = |key: Jwk| {
        let mut members: Map<String, Value> = key.into();
        members.extend(more.as_object().expect("an object").clone());
        members.insert("kid".to_owned(), json!(kid));
        Value::Object(members)
    };
    (named(key), named(public))
}

/// What a script has to know of a client.
fn told(party: &Party, method: &str, key: &Value) -> Value {
    let mut told = json!({ "client_id": party.id, "method": method, "key": key });
    if !party.secret.is_empty() {
        told["client_secret"] = json!(party.secret);
    }
    told
}

/// Code, refresh, userinfo, introspection and revocation, once for each method of client authentication.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openid_client_runs_the_code_flow_with_every_client_authentication() {
    let scene = Scene::start().await;
    let mut clients = Vec::new();
    for method in protocol::ClientAuthMethod::ALL {
        let (private, public) = key_pair();
        let name = method.to_string();
        let mut metadata = json!({ "token_endpoint_auth_method": name });
        if name == "private_key_jwt" {
            metadata["jwks"] = json!({ "keys": [public] });
        }
        if name == "none" {
            metadata["grant_types"] = json!(["authorization_code", "refresh_token"]);
        }
        let party = scene.provider.register(true, metadata).await;
        clients.push(told(&party, &name, &private));
    }
    assert!(clients.len() >= 4);
    scene.run("code.js", json!({ "clients": clients })).await;
}

/// All six response types, by each response mode: two by `openid-client`, all by `jose`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_response_type_and_mode_stands_up_to_openid_client_and_jose() {
    let scene = Scene::start().await;
    let party = scene.provider.party_of_all_flows(true, json!({})).await;
    let client = told(&party, "client_secret_basic", &Value::Null);
    scene.run("responses.js", json!({ "clients": [client] })).await;
}

/// RFC 7591 and 7592.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openid_client_registers_itself() {
    let scene = Scene::start().await;
    let methods: Vec<String> = protocol::ClientAuthMethod::ALL.iter().map(ToString::to_string).collect();
    let token = scene.provider.initial_token(20, 1).await;
    scene.run("registration.js", json!({ "methods": methods, "initial_access_token": token })).await;
}

/// OpenID Connect Core §6.1.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn request_objects_may_be_signed_by_openid_client() {
    let scene = Scene::start().await;
    let (private, public) = key_pair();
    let party = scene
        .provider
        .register(
            true,
            json!({ "jwks": { "keys": [public] }, "token_endpoint_auth_method": "client_secret_basic",
            "request_object_signing_alg": "ES256" }),
        )
        .await;
    let client = told(&party, "client_secret_basic", &private);
    scene.run("request_object.js", json!({ "clients": [client] })).await;
}

/// OpenID Connect Core §10.2: each way of encrypting that discovery names, for ID tokens and for userinfo.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn encrypted_answers_are_opened_by_openid_client_and_jose() {
    let scene = Scene::start().await;
    let encrypts = json!({ "use": "enc" });
    let rsa = halves(Jwk::generate_rsa_key(2048).expect("a key"), "for-rsa", &encrypts);
    let curve = halves(Jwk::generate_ec_key(EcCurve::P256).expect("a key"), "for-ecdh", &encrypts);
    let mut clients = Vec::new();
    for alg in KeyManagement::ALL {
        let (private, public) = if alg.as_str().starts_with("RSA") { &rsa } else { &curve };
        for enc in ContentEncryption::ALL {
            let metadata = json!({
                "jwks": { "keys": [public] }, "token_endpoint_auth_method": "client_secret_basic",
                "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
                "userinfo_signed_response_alg": "RS256",
                "userinfo_encrypted_response_alg": alg, "userinfo_encrypted_response_enc": enc,
            });
            let party = scene.provider.register(true, metadata).await;
            let mut client = told(&party, "client_secret_basic", &Value::Null);
            client["metadata"] = json!({ "userinfo_signed_response_alg": "RS256" });
            client["decryption_key"] = private.clone();
            (client["alg"], client["enc"]) = (json!(alg), json!(enc));
            clients.push(client);
        }
    }
    scene.run("encrypted.js", json!({ "clients": clients })).await;
}

/// OpenID Connect RP-Initiated Logout and Back-Channel Logout; the script is the product that listens.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_out_by_openid_client_and_the_logout_token_by_jose() {
    let scene = Scene::start().await;
    let port = crate::commands::process::free_port();
    let metadata = json!({
        "token_endpoint_auth_method": "client_secret_basic", "backchannel_logout_session_required": true,
        "backchannel_logout_uri": format!("http://127.0.0.1:{port}/logout"),
    });
    let party = scene.provider.register(true, metadata).await;
    let mut client = told(&party, "client_secret_basic", &Value::Null);
    client["backchannel_port"] = json!(port);
    let back = "https://tracker.example.test/logged-out";
    scene.run("log_out.js", json!({ "clients": [client], "post_logout_redirect_uri": back })).await;
}

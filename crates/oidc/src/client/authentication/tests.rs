use super::{Presented, authenticate};
use crate::endpoints;
use crate::fixture::{Fixture, run};
use crate::tokens::TokenError;
use account::Actor;
use base64::Engine as _;
use jose::{PrivateKey, SigningAlgorithm};
use protocol::client_auth::JWT_BEARER_ASSERTION;
use protocol::{ErrorCode, TokenRequest};
use serde_json::{Value, json};

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}")))
}

fn form(id: Option<&str>, secret: Option<&str>) -> TokenRequest {
    TokenRequest {
        client_id: id.map(str::to_owned),
        client_secret: secret.map(str::to_owned),
        ..TokenRequest::default()
    }
}

fn ask(f: &Fixture, authorization: Option<&str>, request: &TokenRequest) -> Result<String, (ErrorCode, String)> {
    let presented = Presented { authorization, request, endpoint: endpoints::TOKEN };
    match run(authenticate(&f.provider, presented, Actor::system)) {
        Ok(client) => Ok(client.client_id.clone()),
        Err(TokenError::Refused(error)) => Err((error.code(), error.description().to_owned())),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_client_authenticates_by_its_own_method_only() {
    let f = Fixture::create();
    let (by_basic, basic_secret) = f.client(json!({ "token_endpoint_auth_method": "client_secret_basic" }));
    let (by_post, post_secret) = f.client(json!({ "token_endpoint_auth_method": "client_secret_post" }));
    let (public, _) = f.client(json!({ "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"] }));
    let (b, p, n) = (&*by_basic.client_id, &*by_post.client_id, &*public.client_id);
    let nothing = TokenRequest::default();
    assert_eq!(ask(&f, Some(&basic(b, &basic_secret)), &nothing).as_deref(), Ok(b));
    assert_eq!(ask(&f, Some(&basic(b, &basic_secret)), &form(Some(b), None)).as_deref(), Ok(b));
    assert_eq!(ask(&f, None, &form(Some(p), Some(&post_secret))).as_deref(), Ok(p));
    assert_eq!(ask(&f, None, &form(Some(n), None)).as_deref(), Ok(n));

    let refused = [
        ask(&f, Some(&basic(p, &post_secret)), &nothing),
        ask(&f, None, &form(Some(b), Some(&basic_secret))),
        ask(&f, None, &form(Some(b), None)),
        ask(&f, None, &form(Some(n), Some("x"))),
        ask(&f, Some(&basic(b, "wrong")), &nothing),
        ask(&f, Some(&basic("nobody", "wrong")), &nothing),
        ask(&f, Some("Basic !"), &nothing),
        ask(&f, Some("Bearer x"), &form(Some(n), None)),
    ];
    let first = refused[0].clone().unwrap_err();
    assert_eq!(first.0, ErrorCode::InvalidClient);
    assert!(refused.iter().all(|one| *one == Err(first.clone())), "all look alike: {refused:?}");

    let twice = ask(&f, Some(&basic(b, &basic_secret)), &form(Some(b), Some(&basic_secret)));
    assert_eq!(twice.unwrap_err().0, ErrorCode::InvalidRequest, "two methods");
    let contradiction = ask(&f, Some(&basic(b, &basic_secret)), &form(Some(p), None));
    assert_eq!(contradiction.unwrap_err().0, ErrorCode::InvalidRequest);
    assert_eq!(ask(&f, None, &nothing).unwrap_err().0, ErrorCode::InvalidClient);
}

fn assertion(key: &PrivateKey, claims: &Value) -> TokenRequest {
    TokenRequest {
        client_assertion: Some(key.sign_compact(None, claims).unwrap()),
        client_assertion_type: Some(JWT_BEARER_ASSERTION.to_owned()),
        ..TokenRequest::default()
    }
}

#[test]
fn a_signed_assertion_works_once_for_us_alone_and_not_for_long() {
    let f = Fixture::create();
    let key = PrivateKey::generate(SigningAlgorithm::Es256).unwrap();
    let stranger = PrivateKey::generate(SigningAlgorithm::Es256).unwrap();
    let (client, _) = f.client(json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
    }));
    let now = f.t.accounts.now().as_seconds();
    let id = &client.client_id;
    let good = |jti: &str| json!({ "iss": id, "sub": id, "aud": "https://id.example.test", "exp": now + 60, "iat": now, "jti": jti });
    let once = assertion(&key, &good("1"));
    assert_eq!(ask(&f, None, &once).as_deref(), Ok(id.as_str()));
    assert_eq!(ask(&f, None, &once).unwrap_err().0, ErrorCode::InvalidClient, "its second use");
    for aud in [json!("https://id.example.test/oauth2/token"), json!(["x", "https://id.example.test"])] {
        let mut claims = good(&aud.to_string());
        claims["aud"] = aud;
        assert_eq!(ask(&f, None, &assertion(&key, &claims)).as_deref(), Ok(id.as_str()));
    }
    let wrong = [
        ("aud", json!("https://elsewhere.example.test")),
        ("aud", Value::Null),
        ("iss", json!("somebody")),
        ("exp", json!(now - 31)),
        ("exp", json!(now + 2 * 3600)),
        ("exp", json!("soon")),
        ("iat", json!(now + 600)),
        ("nbf", json!(now + 600)),
        ("jti", json!("")),
        ("jti", Value::Null),
    ];
    for (name, value) in wrong {
        let mut claims = good(&format!("{name}{value}"));
        claims[name] = value.clone();
        let answer = ask(&f, None, &assertion(&key, &claims));
        assert_eq!(answer.unwrap_err().0, ErrorCode::InvalidClient, "{name} {value}");
    }
    assert!(ask(&f, None, &assertion(&stranger, &good("2"))).is_err(), "signed by somebody else");
    let mut both = assertion(&key, &good("3"));
    both.client_secret = Some("x".to_owned());
    assert_eq!(ask(&f, None, &both).unwrap_err().0, ErrorCode::InvalidRequest);
    let mut other = assertion(&key, &good("4"));
    other.client_id = Some("somebody".to_owned());
    assert_eq!(ask(&f, None, &other).unwrap_err().0, ErrorCode::InvalidClient);
    let mut untyped = assertion(&key, &good("5"));
    untyped.client_assertion_type = None;
    assert_eq!(ask(&f, None, &untyped).unwrap_err().0, ErrorCode::InvalidRequest);
}

#[test]
fn of_eight_who_show_one_assertion_one_is_let_in() {
    let f = Fixture::create();
    let key = PrivateKey::generate(SigningAlgorithm::EdDsa).unwrap();
    let (client, _) = f.client(json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
    }));
    let now = f.t.accounts.now().as_seconds();
    let id = &client.client_id;
    let claims = json!({ "iss": id, "sub": id, "aud": "https://id.example.test", "exp": now + 60, "jti": "1" });
    let request = assertion(&key, &claims);
    let let_in = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(|| ask(&f, None, &request).is_ok())).collect();
        tries.into_iter().map(|t| t.join().unwrap()).filter(|ok| *ok).count()
    });
    assert_eq!(let_in, 1);
}

/// Whatever is claimed, the answer is one of the documented ones, and only what is right lets in.
#[test]
fn no_claims_but_right_ones_let_in() {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let f = Fixture::create();
    let key = PrivateKey::generate(SigningAlgorithm::EdDsa).unwrap();
    let (client, _) = f.client(json!({
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] },
    }));
    let (now, id) = (f.t.accounts.now().as_seconds(), client.client_id.clone());
    let names = prop::sample::select(vec!["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);
    let values = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-100i64..100).prop_map(move |by| Value::from(now + by)),
        "\\PC{0,12}".prop_map(Value::from),
        prop::collection::vec("\\PC{0,5}", 0..3).prop_map(Value::from),
        Just(json!({})),
    ];
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let counter = std::cell::Cell::new(0);
    let outcome = runner.run(&(names, values), |(name, value)| {
        counter.set(counter.get() + 1);
        let jti = counter.get().to_string();
        let mut claims = json!({
            "iss": id, "sub": id, "aud": "https://id.example.test", "exp": now + 60, "iat": now, "jti": jti,
        });
        claims[name] = value.clone();
        let number = value.as_f64().map(|number| number - now as f64);
        let right = match name {
            "iss" | "sub" | "aud" => false,
            "exp" => number.is_some_and(|by| by > -30.0 && by <= 3630.0),
            "nbf" | "iat" => value.is_null() || number.is_some_and(|by| by <= 30.0),
            _ => value.as_str().is_some_and(|jti| !jti.is_empty()),
        };
        match ask(&f, None, &assertion(&key, &claims)) {
            Ok(_) => prop_assert!(right, "{claims}"),
            // A jti may come twice.
            Err((code, _)) => prop_assert!((!right || name == "jti") && code == ErrorCode::InvalidClient, "{claims}"),
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn keys_at_an_address_are_fetched_anew_for_a_key_that_is_not_known() {
    use std::io::{Read, Write};
    let f = Fixture::create();
    let (old, new) = (
        PrivateKey::generate(SigningAlgorithm::Es256).unwrap(),
        PrivateKey::generate(SigningAlgorithm::Es256).unwrap(),
    );
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://127.0.0.1:{}/jwks", listener.local_addr().unwrap().port());
    let documents = [json!({ "keys": [old.public_jwk()] }), json!({ "keys": [new.public_jwk()] })];
    let server = std::thread::spawn(move || {
        for document in documents {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            let body = document.to_string();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
            write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    let (client, _) = f.client(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": uri }));
    let id = &client.client_id;
    let sign = |key: &PrivateKey, jti: &str| {
        let exp = f.t.accounts.now().as_seconds() + 60;
        assertion(key, &json!({ "iss": id, "sub": id, "aud": "https://id.example.test", "exp": exp, "jti": jti }))
    };
    assert_eq!(ask(&f, None, &sign(&old, "1")).as_deref(), Ok(id.as_str()));
    assert!(ask(&f, None, &sign(&new, "2")).is_err(), "asked this very moment: not again");
    f.wait(2);
    assert_eq!(ask(&f, None, &sign(&new, "3")).as_deref(), Ok(id.as_str()));
    assert!(ask(&f, None, &sign(&old, "4")).is_err(), "rotated away");
    server.join().unwrap();
}

//! A token of one kind, client or issuer, presented as another.

use crate::support::{Browser, Party, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{PrivateKey, SigningAlgorithm};
use josekit::jws::{ES256, HS256, JwsHeader};
use josekit::jwt::{JwtPayload, encode_with_signer};
use serde_json::{Value, json};

struct Scene {
    provider: Provider,
    first: Party,
    second: Party,
    browser: Browser,
    /// What the first client got.
    access: String,
    id: String,
    refresh: String,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let (first, second, browser) = (provider.party().await, provider.party().await, provider.browser());
    let alice = provider.person("alice@example.test").await;
    provider.log_in(&browser, &alice).await;
    let code = first.code(&browser, &[("scope", "openid email offline_access")]).await;
    let (status, tokens) = first.exchange(&code).await;
    assert_eq!(status.as_u16(), 200, "{tokens}");
    let token = |name: &str| tokens[name].as_str().unwrap_or_else(|| panic!("{name} in {tokens}")).to_owned();
    let (access, id, refresh) = (token("access_token"), token("id_token"), token("refresh_token"));
    Scene { first, second, browser, access, id, refresh, provider }
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn a_token_of_one_client_is_worth_nothing_to_another() {
    let s = scene().await;
    let code = s.first.code(&s.browser, &[]).await;
    let (status, answer) = s.second.exchange(&code).await;
    assert_eq!((status.as_u16(), answer["error"].as_str()), (400, Some("invalid_grant")), "{answer}");
    let (status, answer) = s.second.refresh(&s.refresh).await;
    assert_eq!((status.as_u16(), answer["error"].as_str()), (400, Some("invalid_grant")), "{answer}");
    for token in [&s.access, &s.refresh] {
        let (status, answer) = s.second.call("/oauth2/introspect", &[("token", token)]).await;
        assert_eq!((status.as_u16(), &answer), (200, &json!({ "active": false })));
        let (_, answer) = s.first.call("/oauth2/introspect", &[("token", token)]).await;
        assert_eq!(answer["active"], true, "{answer}");
        s.second.call("/oauth2/revoke", &[("token", token)]).await;
    }
    // All that left the first client's tokens as they were.
    assert_eq!(s.first.userinfo(&s.access).await.0.as_u16(), 200);
    assert_eq!(s.first.refresh(&s.refresh).await.0.as_u16(), 200);
}

#[tokio::test]
async fn a_token_of_one_kind_is_no_token_of_another() {
    let s = scene().await;
    let code = s.first.code(&s.browser, &[]).await;
    let (_, own) = s.first.token(&[("grant_type", "client_credentials")]).await;
    let machine = own["access_token"].as_str().expect("a token").to_owned();
    for wrong in [&s.id, &s.refresh, &code, &machine] {
        let (status, answer) = s.first.userinfo(wrong).await;
        assert!(matches!(status.as_u16(), 401 | 403), "{status}: {answer}");
        assert!(answer.get("sub").is_none() && answer.get("email").is_none(), "{answer}");
    }
    for wrong in [&s.id, &code] {
        let (_, answer) = s.first.call("/oauth2/introspect", &[("token", wrong)]).await;
        assert_eq!(answer, json!({ "active": false }));
    }
    for wrong in [&s.id, &s.access, &code] {
        let (status, answer) = s.first.refresh(wrong).await;
        assert_eq!((status.as_u16(), answer["error"].as_str()), (400, Some("invalid_grant")), "{answer}");
    }
    for wrong in [&s.id, &s.access, &s.refresh] {
        let (status, answer) = s.first.exchange(wrong).await;
        assert_eq!((status.as_u16(), answer["error"].as_str()), (400, Some("invalid_grant")), "{answer}");
    }
}

#[tokio::test]
async fn userinfo_takes_no_token_from_the_address() {
    let s = scene().await;
    let plain = reqwest::Client::builder().no_proxy().build().expect("a client");
    let address = format!("{}/oauth2/userinfo?access_token={}", s.provider.url, s.access);
    for request in [plain.get(&address), plain.post(&address)] {
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 401);
        assert!(answer.headers()["www-authenticate"].to_str().expect("ascii").starts_with("Bearer"));
        assert!(!answer.text().await.expect("a body").contains("alice"));
    }
}

/// Claims of a real token, signed by somebody else, or by nobody, or by our public key taken as a password.
#[tokio::test]
async fn a_forged_access_token_opens_nothing() {
    let s = scene().await;
    let (head, claims) = (part(&s.access, 0), part(&s.access, 1));
    let kid = head["kid"].as_str().expect("a kid");
    let signature = s.access.rsplit('.').next().expect("a signature");
    let stranger = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    // The key of a stranger under the name of ours.
    let mut header = JwsHeader::new();
    header.set_token_type("at+jwt");
    header.set_key_id(kid);
    let pair = ES256.generate_key_pair().expect("a key");
    let signer = ES256.signer_from_jwk(&pair.to_jwk_private_key()).expect("a signer");
    let payload = JwtPayload::from_map(claims.as_object().expect("an object").clone()).expect("claims");
    let mut forged = vec![
        stranger.sign_compact(Some("at+jwt"), &claims).expect("signed"),
        encode_with_signer(&payload, &header, &signer).expect("signed"),
    ];
    for alg in ["none", "None", "NONE", "", "HS256", "RS256", "ES384", "es256"] {
        let mut head = head.clone();
        head["alg"] = json!(alg);
        forged.push(format!("{}.{}.", encode(&head), encode(&claims)));
        forged.push(format!("{}.{}.{signature}", encode(&head), encode(&claims)));
    }
    // A key that the token brings along.
    for (name, value) in [("jwk", stranger.public_jwk().clone()), ("jku", json!("https://evil.example/jwks"))] {
        let mut head = head.clone();
        head[name] = value;
        forged.push(format!("{}.{}.{signature}", encode(&head), encode(&claims)));
    }
    let mut grown = claims.clone();
    grown["scope"] = json!("openid email phone address profile");
    forged.push(format!("{}.{}.{signature}", encode(&head), encode(&grown)));
    forged.push(s.access[..s.access.len() - 4].to_owned());
    forged.push(format!("{}.", s.access));
    let jwks = s.browser.open("/oauth2/jwks").await.body;
    let set: Value = serde_json::from_str(&jwks).expect("JSON");
    for key in set["keys"].as_array().expect("keys") {
        for secret in [key.to_string(), key["n"].as_str().or(key["x"].as_str()).expect("a number").to_owned()] {
            let mut header = JwsHeader::new();
            header.set_token_type("at+jwt");
            header.set_key_id(key["kid"].as_str().expect("a kid"));
            let payload = JwtPayload::from_map(claims.as_object().expect("an object").clone()).expect("claims");
            let signer = HS256.signer_from_bytes(&secret).expect("a secret");
            forged.push(encode_with_signer(&payload, &header, &signer).expect("signed"));
        }
    }
    for token in &forged {
        let (status, answer) = s.first.userinfo(token).await;
        assert_eq!(status.as_u16(), 401, "{token}: {answer}");
        let (_, answer) = s.first.call("/oauth2/introspect", &[("token", token)]).await;
        assert_eq!(answer, json!({ "active": false }), "{token}");
        // As a proof of who logs out it counts for no more.
        let shown = s.browser.open(&format!("/oauth2/logout?id_token_hint={token}")).await;
        assert!(!shown.has("logged-out"), "{token}");
    }
    assert_eq!(s.first.userinfo(&s.access).await.0.as_u16(), 200);
}

#[tokio::test]
async fn a_client_assertion_proves_one_client_once() {
    let provider = Provider::start().await;
    let key = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    let signed = json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [key.public_jwk()] } });
    let (party, other) = (provider.register(true, signed).await, provider.party().await);
    let now = provider.accounts.now().as_seconds();
    let claims =
        |jti: &str| json!({ "iss": party.id, "sub": party.id, "aud": provider.url, "exp": now + 60, "jti": jti });
    let ask = async |assertion: &str, client_id: &str| {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("grant_type", "client_credentials"), ("client_assertion_type", kind)])
            .extend_pairs([("client_assertion", assertion), ("client_id", client_id)])
            .finish();
        let shown = provider.browser().once(reqwest::Method::POST, "/oauth2/token", Some(body), &[]).await;
        (shown.status.as_u16(), shown.body)
    };
    let once = key.sign_compact(None, &claims("1")).expect("signed");
    assert_eq!(ask(&once, &party.id).await.0, 200);
    let (status, body) = ask(&once, &party.id).await;
    assert_eq!(status, 401, "a replay: {body}");
    let fresh = key.sign_compact(None, &claims("2")).expect("signed");
    assert_eq!(ask(&fresh, &other.id).await.0, 401, "another client's name");
    let none = format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims("3")));
    let payload = JwtPayload::from_map(claims("4").as_object().expect("an object").clone()).expect("claims");
    let public = key.public_jwk().to_string();
    let signer = HS256.signer_from_bytes(&public).expect("a secret");
    let confused = encode_with_signer(&payload, &JwsHeader::new(), &signer).expect("signed");
    for forged in [none, confused] {
        assert_eq!(ask(&forged, &party.id).await.0, 401, "{forged}");
    }
}

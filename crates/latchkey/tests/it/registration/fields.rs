//! What a client registers, and what comes of it: the modules of the Dynamic and Third-Party-Initiated profiles.

use super::open;
use crate::support::registrant::{Documentary, Told, tell, with};
use crate::support::{Party, Provider, Shown};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{PrivateKey, SigningAlgorithm};
use latchkey::settings::Settings;
use protocol::client_auth::JWT_BEARER_ASSERTION;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

async fn provider() -> Provider {
    Provider::start_with(|settings: &mut Settings| {
        open(settings);
        settings.registration.allow_implicit = true;
    })
    .await
}

#[track_caller]
fn made(told: Told) -> Told {
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    told
}

/// Logs somebody in, allows what is asked, and returns where that led.
async fn allow(provider: &Provider, party: &Party, more: &[(&str, &str)]) -> Shown {
    let (account, browser) = (provider.person("alice@example.test").await, provider.browser());
    provider.log_in(&browser, &account).await;
    let shown = browser.open(&party.authorize_url(more)).await;
    browser.click(shown.expect("/consent"), "allow", &[]).await
}

/// A client assertion (RFC 7523 §3) as a library writes it that gives its keys no names.
fn assertion(provider: &Provider, client_id: &str, key: &PrivateKey, jti: &str) -> String {
    let now = provider.accounts.now().as_seconds();
    let claims = json!({
        "iss": client_id, "sub": client_id, "aud": provider.url, "exp": now + 60, "iat": now, "jti": jti,
    });
    key.sign_compact(None, &claims).expect("signed")
}

fn nameless(key: &PrivateKey) -> Value {
    let mut jwk = key.public_jwk().clone();
    jwk.as_object_mut().expect("an object").remove("kid");
    jwk
}

async fn token(provider: &Provider, assertion: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
    let mut form = vec![("client_assertion_type", JWT_BEARER_ASSERTION), ("client_assertion", assertion)];
    form.extend(fields);
    let request = Client::new().post(format!("{}/oauth2/token", provider.url)).form(&form);
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.json().await.expect("JSON"))
}

/// `oidcc-redirect-uri-regfrag`
#[tokio::test]
async fn a_redirect_uri_with_a_fragment_is_refused() {
    let provider = provider().await;
    let told = provider.register_self(None, &json!({ "redirect_uris": ["https://a.example/cb#part"] })).await;
    assert_eq!(told.error(), (400, "invalid_redirect_uri"));
}

/// `oidcc-3rd_party-init-login`: echoed by the answer, and by the read.
#[tokio::test]
async fn initiate_login_uri_is_kept() {
    let provider = provider().await;
    let uri = "https://tracker.example.test/log-in";
    let told = made(provider.register_self(None, &with(json!({ "initiate_login_uri": uri }))).await);
    assert_eq!(told.text("initiate_login_uri"), uri);
    let token = told.text("registration_access_token");
    let read = tell(Method::GET, told.text("registration_client_uri"), Some(token), None).await;
    assert_eq!((read.status, read.text("initiate_login_uri")), (StatusCode::OK, uri));
}

/// `oidcc-3rd_party-init-login-nohttps`
#[tokio::test]
async fn initiate_login_uri_without_https_is_refused() {
    let provider = provider().await;
    for uri in ["http://tracker.example.test/log-in", "http://localhost/log-in", "http://127.0.0.1:8443/log-in"] {
        let told = provider.register_self(None, &with(json!({ "initiate_login_uri": uri }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{uri}");
    }
}

/// `oidcc-registration-logo-uri`, `oidcc-registration-policy-uri`, `oidcc-registration-tos-uri`: on the log-in page itself.
#[tokio::test]
async fn logo_policy_and_terms_stand_on_the_log_in_page() {
    let provider = provider().await;
    let told = made(
        provider
            .register_self(
                None,
                &with(json!({
                    "logo_uri": "https://a.example/logo.png", "policy_uri": "https://a.example/privacy",
                    "tos_uri": "https://a.example/terms", "client_uri": "https://a.example/",
                })),
            )
            .await,
    );
    let party = provider.party_of(&told);
    let shown = provider.browser().open(&party.authorize_url(&[])).await;
    shown.expect("/login");
    assert_eq!(shown.link("client-policy"), "https://a.example/privacy");
    assert_eq!(shown.link("client-tos"), "https://a.example/terms");
    assert!(shown.has("client-logo") && shown.body.contains("src=\"https://a.example/logo.png\""));
}

/// `oidcc-ensure-redirect-uri-in-authorization-request`: two are registered, none is named.
#[tokio::test]
async fn a_request_without_a_redirect_uri_is_an_error_page() {
    let provider = provider().await;
    let uris = json!({ "redirect_uris": ["https://a.example/1", "https://a.example/2"] });
    let party = provider.party_of(&made(provider.register_self(None, &with(uris)).await));
    let shown = provider.browser().open(&party.authorize_url(&[("redirect_uri", "")])).await;
    assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("invalid_redirect_uri")));
}

/// `oidcc-redirect-uri-query-OK`, `oidcc-redirect-uri-query-mismatch`, `oidcc-redirect-uri-query-added`
#[tokio::test]
async fn a_redirect_uri_with_a_query_is_compared_exactly_and_kept() {
    let provider = provider().await;
    let uri = "https://tracker.example.test/callback?dummy1=lorem&dummy2=ipsum";
    let party = provider.party_of(&made(provider.register_self(None, &with(json!({ "redirect_uris": [uri] }))).await));
    for other in [
        "https://tracker.example.test/callback?dummy1=lorem&dummy2=other",
        "https://tracker.example.test/callback?dummy1=lorem&dummy2=ipsum&dummy3=x",
        "https://tracker.example.test/callback?dummy1=lorem",
        "https://tracker.example.test/callback",
    ] {
        let shown = provider.browser().open(&party.authorize_url(&[("redirect_uri", other)])).await;
        assert_eq!((shown.status.as_u16(), shown.error_code().as_deref()), (400, Some("invalid_redirect_uri")));
    }
    let shown = allow(&provider, &party, &[]).await;
    assert!(shown.url.starts_with(&format!("{uri}&")), "{}", shown.url);
    let (status, tokens) = party.exchange(&party.code_of(&shown)).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
}

/// `oidcc-idtoken-rs256`, `oidcc-idtoken-signature`: the default, and when it is asked for.
#[tokio::test]
async fn id_tokens_have_the_algorithm_that_was_registered() {
    let provider = provider().await;
    for (more, alg) in [
        (json!({}), "RS256"),
        (json!({ "id_token_signed_response_alg": "RS256" }), "RS256"),
        (json!({ "id_token_signed_response_alg": "ES256" }), "ES256"),
    ] {
        let party = provider.party_of(&made(provider.register_self(None, &with(more)).await));
        let (account, browser) = (provider.person(&format!("{}@example.test", party.id)).await, provider.browser());
        provider.log_in(&browser, &account).await;
        let shown = browser.open(&party.authorize_url(&[])).await;
        let shown = browser.click(shown.expect("/consent"), "allow", &[]).await;
        let (_, tokens) = party.exchange(&party.code_of(&shown)).await;
        let header = tokens["id_token"].as_str().expect("an ID token").split('.').next().expect("a header");
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64url")).expect("JSON");
        assert_eq!(header["alg"], alg);
        assert!(header["kid"].is_string());
    }
}

/// `oidcc-idtoken-unsigned` and the like: `none` is refused, as it is not advertised.
#[tokio::test]
async fn unsigned_tokens_cannot_be_registered() {
    let provider = provider().await;
    for field in ["id_token_signed_response_alg", "userinfo_signed_response_alg", "token_endpoint_auth_signing_alg"] {
        let told = provider.register_self(None, &with(json!({ field: "none" }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{field}");
    }
}

/// `oidcc-refresh-token` as the Dynamic profile runs it, `oidcc-ensure-client-assertion-with-iss-aud-succeeds`: keys
/// without names, no scope registered, every scope asked for, `private_key_jwt`.
#[tokio::test]
async fn a_client_with_nameless_keys_and_no_scope_gets_a_refresh_token() {
    let provider = provider().await;
    let key = PrivateKey::generate(SigningAlgorithm::Rs256).expect("a key");
    let wish = with(json!({
        "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        "contacts": ["certification@oidf.org"], "token_endpoint_auth_method": "private_key_jwt",
        "jwks": { "keys": [nameless(&key)] },
    }));
    let told = made(provider.register_self(None, &wish).await);
    assert!(told.body.get("client_secret").is_none());
    assert_eq!(told.body["jwks"], json!({ "keys": [nameless(&key)] }));
    let party = provider.party_of(&told);
    let scope = "openid profile email address phone offline_access";
    let shown = allow(&provider, &party, &[("scope", scope), ("prompt", "consent")]).await;
    let code = party.code_of(&shown);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &party.redirect_uri),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let (status, tokens) = token(&provider, &assertion(&provider, &party.id, &key, "1"), &fields).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let refresh = tokens["refresh_token"].as_str().expect("a refresh token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", scope)];
    let (status, tokens) = token(&provider, &assertion(&provider, &party.id, &key, "2"), &fields).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
}

/// `oidcc-registration-jwks-uri`, `oidcc-refresh-token-rp-key-rotation`: keys at an address, fetched once, and again when a
/// key is not known; also when the new key has the name of the old one, or none.
#[tokio::test]
async fn keys_by_reference_are_fetched_and_fetched_anew() {
    let provider = provider().await;
    let host = Documentary::start();
    let keys: Vec<_> = (0..3).map(|_| PrivateKey::generate(SigningAlgorithm::Rs256).expect("a key")).collect();
    let uri = host.put("/jwks", json!({ "keys": [keys[0].public_jwk()] }));
    let wish = with(json!({
        "grant_types": ["client_credentials"], "response_types": [], "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": uri,
    }));
    let told = made(provider.register_self(None, &wish).await);
    let id = told.text("client_id");
    let ask = async |key: &PrivateKey, jti: &str| {
        token(&provider, &assertion(&provider, id, key, jti), &[("grant_type", "client_credentials")]).await.0
    };
    assert_eq!(ask(&keys[0], "1").await, StatusCode::OK);
    assert_eq!(ask(&keys[0], "2").await, StatusCode::OK);
    assert_eq!(host.asked("/jwks"), 1);
    host.put("/jwks", json!({ "keys": [keys[1].public_jwk()] }));
    provider.wait(std::time::Duration::from_secs(5));
    assert_eq!(ask(&keys[1], "3").await, StatusCode::OK);
    assert_eq!(ask(&keys[0], "4").await, StatusCode::UNAUTHORIZED, "it is gone, and nobody asks again at once");
    assert_eq!(host.asked("/jwks"), 2);
    host.put("/jwks", json!({ "keys": [nameless(&keys[2])] }));
    provider.wait(std::time::Duration::from_secs(5));
    assert_eq!(ask(&keys[2], "5").await, StatusCode::OK);
    // A name that stays while its key changes.
    let mut renamed = keys[0].public_jwk().clone();
    renamed["kid"] = json!(keys[2].kid());
    host.put("/jwks", json!({ "keys": [renamed] }));
    provider.wait(std::time::Duration::from_secs(700));
    assert_eq!(ask(&keys[2], "6").await, StatusCode::UNAUTHORIZED);
    host.put("/jwks", json!({ "keys": [keys[2].public_jwk()] }));
    provider.wait(std::time::Duration::from_secs(5));
    assert_eq!(ask(&keys[2], "7").await, StatusCode::OK);
}

/// OpenID Connect Registration §2: web clients with tokens in the browser use https and not this machine; native ones a
/// scheme of their own or this machine.
#[tokio::test]
async fn redirect_uris_fit_the_kind_of_application() {
    let provider = provider().await;
    let implicit = json!({ "grant_types": ["implicit"], "response_types": ["id_token token"] });
    let try_uri = async |uri: &str, more: &Value| {
        let mut wish = with(more.clone());
        wish["redirect_uris"] = json!([uri]);
        let told = provider.register_self(None, &wish).await;
        if told.status == StatusCode::CREATED { "accepted".to_owned() } else { told.error().1.to_owned() }
    };
    for uri in ["http://tracker.example.test/cb", "https://localhost/cb", "http://localhost/cb", "https://127.0.0.1/cb"]
    {
        assert_eq!(try_uri(uri, &implicit).await, "invalid_redirect_uri", "{uri}");
    }
    assert_eq!(try_uri("https://tracker.example.test/cb", &implicit).await, "accepted");
    let native = json!({ "application_type": "native" });
    for uri in ["com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]/cb", "http://localhost/cb"] {
        assert_eq!(try_uri(uri, &native).await, "accepted", "{uri}");
    }
    assert_eq!(try_uri("http://tracker.example.test/cb", &native).await, "invalid_redirect_uri");
    assert_eq!(try_uri("com.example.app:/cb", &json!({})).await, "invalid_redirect_uri");
}

/// `registration.allow_implicit` is off by default.
#[tokio::test]
async fn tokens_in_the_browser_need_the_operators_leave() {
    let provider = Provider::start_with(open).await;
    for (grants, types) in [
        (json!(["implicit"]), json!(["id_token"])),
        (json!(["implicit"]), json!(["id_token token"])),
        (json!(["authorization_code", "implicit"]), json!(["code id_token"])),
        (json!(["authorization_code", "implicit"]), json!(["code token"])),
    ] {
        let told = provider.register_self(None, &with(json!({ "grant_types": grants, "response_types": types }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{types}");
    }
}

/// RFC 7591 §2: no redirect URI is needed where nothing is redirected.
#[tokio::test]
async fn redirect_uris_may_be_absent_when_nothing_redirects() {
    let provider = provider().await;
    let wish = json!({ "grant_types": ["client_credentials"], "response_types": [] });
    let told = made(provider.register_self(None, &wish).await);
    assert!(told.body.get("redirect_uris").is_none());
    let told = provider.register_self(None, &json!({ "client_name": "x" })).await;
    assert_eq!(told.error(), (400, "invalid_redirect_uri"));
}

/// RFC 7591 §2.2: people read the name in their language.
#[tokio::test]
async fn names_in_languages_are_kept_and_shown() {
    let provider = provider().await;
    let wish = with(json!({ "client_name#de": "Fährte", "tos_uri#de": "https://a.example/agb", "client_name#": "x" }));
    let told = made(provider.register_self(None, &wish).await);
    assert_eq!((told.text("client_name#de"), told.text("tos_uri#de")), ("Fährte", "https://a.example/agb"));
    assert!(told.body.get("client_name#").is_none());
    let party = provider.party_of(&told);
    let name = async |locales: &str| {
        provider.browser().open(&party.authorize_url(&[("ui_locales", locales)])).await.text("client-name")
    };
    assert_eq!(name("de-AT fr").await, "Fährte");
    assert_eq!(name("fr").await, "Tracker");
}

/// RFC 7591 §3.1.1: a software statement is left aside by who trusts no issuer of them; unknown members too (§2).
#[tokio::test]
async fn statements_and_unknown_members_are_left_aside() {
    let provider = provider().await;
    let more =
        json!({ "software_statement": "eyJhbGciOiJSUzI1NiJ9.e30.x", "favourite_colour": "blue", "software_id": "1" });
    let told = made(provider.register_self(None, &with(more)).await);
    assert!(told.body.get("software_statement").is_none() && told.body.get("favourite_colour").is_none());
    assert_eq!(told.text("software_id"), "1");
}

/// What is not here is refused by name, not dropped.
#[tokio::test]
async fn a_feature_that_is_not_here_is_refused_by_name() {
    let provider = provider().await;
    for (field, value) in [
        ("dpop_bound_access_tokens", json!(true)),
        ("tls_client_auth_subject_dn", json!("CN=a")),
        ("backchannel_token_delivery_mode", json!("poll")),
        ("authorization_signed_response_alg", json!("RS256")),
        ("require_pushed_authorization_requests", json!(true)),
    ] {
        let told = provider.register_self(None, &with(json!({ field: value }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{field}");
        assert!(told.text("error_description").starts_with(field), "{}", told.body);
    }
}

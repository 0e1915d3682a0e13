//! Objects that must not be believed. None is ignored: the answer is an error, and goes to no other address than one that
//! the client registered.

use super::{Signer, alice, compact, sign_with_header};
use crate::support::{Browser, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{PrivateKey, SigningAlgorithm};
use serde_json::{Value, json};

/// The error of a request, told to the client; or on the page, when the query names no address of the client.
async fn refused(browser: &Browser, signer: &Signer, object: &str) -> String {
    let answer = browser.open(&signer.url(object, &[("state", "open-state")])).await.answer();
    assert_eq!((answer.to.as_str(), answer.get("code")), (signer.party.redirect_uri.as_str(), None));
    assert_eq!(answer.expect("state"), "open-state", "nothing of the object is used");
    for open in ["https://evil.example.test/callback", ""] {
        let page = browser.open(&signer.url(object, &[("redirect_uri", open)])).await;
        assert_eq!(page.status.as_u16(), 400, "{}", page.brief());
        assert_eq!(page.error_code().as_deref(), answer.get("error"), "{open}");
    }
    answer.expect("error").to_owned()
}

/// oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported: rejected, never ignored. The suite leaves
/// the module out where discovery does not name `none`.
#[tokio::test]
async fn an_unsigned_object_is_refused() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let members = signer.members(json!({}));
    let signature = signer.object(json!({}));
    let signature = URL_SAFE_NO_PAD.decode(signature.rsplit('.').next().expect("three parts")).expect("base64url");
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        for signature in [&[][..], &signature] {
            let object = compact(&json!({ "alg": alg }), &members, signature);
            assert_eq!(refused(&browser, &signer, &object).await, "invalid_request_object", "{alg}");
        }
    }
    // A client without keys has nothing to check a signature with.
    let keyless = Signer { party: provider.party().await, ..signer };
    let object = keyless.object(json!({}));
    assert_eq!(refused(&browser, &keyless, &object).await, "invalid_request_object");
}

/// The signature is checked with the client's own keys, which nothing in the object can change.
#[tokio::test]
async fn somebody_elses_signature_is_refused() {
    let provider = Provider::start().await;
    let (signer, other) = (Signer::register(&provider, json!({})).await, Signer::register(&provider, json!({})).await);
    let browser = alice(&provider).await;
    let members = signer.members(json!({}));
    let stranger = PrivateKey::generate(SigningAlgorithm::Es256).expect("a key");
    let pkcs8 = stranger.to_pkcs8().expect("a key");
    let josekit = josekit::jws::ES256.signer_from_der(pkcs8.as_slice()).expect("a signer");
    let own = |more: Value| {
        let mut header = json!({ "alg": "ES256" });
        super::change_members(&mut header, more);
        sign_with_header(&josekit, header, &members)
    };
    let good = signer.object(json!({}));
    let (signed, _) = good.rsplit_once('.').expect("three parts");
    let public = signer.key.public_jwk().to_string();
    let hmac = |secret: &[u8]| {
        let mac = josekit::jws::HS256.signer_from_bytes(secret).expect("a signer");
        sign_with_header(&mac, json!({ "alg": "HS256", "kid": signer.key.kid() }), &members)
    };
    for (object, what) in [
        (other.key.sign_compact(None, &members).expect("signed"), "another client's key"),
        (own(json!({})), "a stranger's key"),
        (own(json!({ "kid": signer.key.kid() })), "a stranger's key by the client's name"),
        (own(json!({ "jwk": stranger.public_jwk() })), "a key that the object brings"),
        (own(json!({ "jku": "https://evil.example.test/jwks" })), "a key that the object points to"),
        (own(json!({ "crit": ["exp"] })), "an extension"),
        (hmac(public.as_bytes()), "the public key as a secret"),
        (hmac(signer.party.secret.as_bytes()), "the client secret, of which we keep a hash only"),
        (hmac(&[0; 32]), "an empty secret"),
        (format!("{signed}."), "no signature"),
        (format!("{signed}.{}", URL_SAFE_NO_PAD.encode([0; 64])), "a signature of zeros (CVE-2022-21449)"),
        (format!("{good}."), "four parts"),
        (format!("{good}=="), "padding"),
        (good.replacen('.', "..", 1), "an empty part"),
        (format!(" {good}"), "a space"),
    ] {
        assert_eq!(refused(&browser, &signer, &object).await, "invalid_request_object", "{what}");
    }
    // The provider's own tokens are signed too, by another.
    let answer = browser.open(&signer.party.authorize_url(&[])).await.answer();
    let (_, tokens) = signer.party.exchange(answer.expect("code")).await;
    let id_token = tokens["id_token"].as_str().expect("an ID token");
    assert_eq!(refused(&browser, &signer, id_token).await, "invalid_request_object");
}

/// RFC 9101 §5, §6, §10.8; OpenID Connect Core §6.1.
#[tokio::test]
async fn an_object_that_contradicts_is_refused() {
    let provider = Provider::start().await;
    let (signer, other) = (Signer::register(&provider, json!({})).await, Signer::register(&provider, json!({})).await);
    let browser = alice(&provider).await;
    let nested = signer.object(json!({}));
    let now = provider.accounts.now().as_seconds();
    for change in [
        json!({ "client_id": other.party.id }),
        json!({ "iss": other.party.id }),
        json!({ "sub": signer.party.id }),
        json!({ "aud": "https://elsewhere.example.test" }),
        json!({ "aud": [format!("{}/", provider.url)] }),
        json!({ "response_type": "id_token" }),
        json!({ "response_type": "x" }),
        json!({ "request": nested }),
        json!({ "request_uri": "https://tracker.example.test/object" }),
        json!({ "exp": now - 31 }),
        json!({ "exp": "never" }),
        json!({ "nbf": now + 31 }),
        json!({ "iat": now + 31 }),
        json!({ "max_age": "1" }),
        json!({ "max_age": -1 }),
        json!({ "max_age": 1e99 }),
        json!({ "claims": "{}" }),
        json!({ "claims": [] }),
        json!({ "scope": ["openid"] }),
        json!({ "redirect_uri": [signer.party.redirect_uri] }),
        json!({ "redirect_uri": {} }),
        json!({ "client_id": 1 }),
        json!({ "state": true }),
        json!({ "state": "a\u{0}b" }),
        json!({ "resource": [1] }),
    ] {
        let object = signer.object(change.clone());
        assert_eq!(refused(&browser, &signer, &object).await, "invalid_request_object", "{change}");
    }
    for typ in ["at+jwt", "dpop+jwt", "logout+jwt", "secevent+jwt", ""] {
        let object = signer.typed(Some(typ), json!({}));
        assert_eq!(refused(&browser, &signer, &object).await, "invalid_request_object", "{typ}");
    }
    // Another client's good object is nobody else's.
    let url = signer.url(&other.object(json!({})), &[]);
    assert_eq!(browser.open(&url).await.answer().expect("error"), "invalid_request_object");
    // Good types, whose values the checks judge as ever: with the state of the object.
    for (change, code) in [
        (json!({ "registration": {} }), "registration_not_supported"),
        (json!({ "scope": "\"" }), "invalid_scope"),
        (json!({ "prompt": "none login" }), "invalid_request"),
        (json!({ "max_age": 99_999_999_999_u64 }), "invalid_request"),
        (json!({ "claims": { "userinfo": [] } }), "invalid_request"),
        (json!({ "code_challenge_method": "plain" }), "invalid_request"),
    ] {
        let answer = browser.open(&signer.url(&signer.object(change.clone()), &[])).await.answer();
        assert_eq!((answer.expect("error"), answer.expect("state")), (code, "signed-state"), "{change}");
    }
}

/// OpenID Connect Core §6.1: `client_id` and `response_type` stand in the query too; nothing is there twice.
#[tokio::test]
async fn the_query_beside_an_object_is_a_request_of_its_own() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let object = signer.object(json!({}));
    let ask = async |more: &[(&str, &str)]| browser.open(&signer.url(&object, more)).await;
    assert_eq!(ask(&[("response_type", "")]).await.answer().expect("error"), "invalid_request");
    assert_eq!(ask(&[("response_type", "id_token")]).await.answer().expect("error"), "invalid_request_object");
    assert_eq!(ask(&[("client_id", "")]).await.error_code().as_deref(), Some("invalid_request"));
    assert_eq!(ask(&[("client_id", "nobody")]).await.error_code().as_deref(), Some("invalid_client"));
    let both = ask(&[("request_uri", "https://tracker.example.test/object")]).await.answer();
    assert_eq!(both.expect("error"), "invalid_request");
    for again in [format!("&request={object}"), "&request=".into(), "&state=x&state=y".into(), "&scope=x".into()] {
        let answer = browser.open(&format!("{}{again}", signer.url(&object, &[]))).await.answer();
        assert_eq!(answer.expect("error"), "invalid_request", "{again}");
    }
}

/// An object is cheap to refuse, however large or deep it is.
#[tokio::test]
async fn huge_and_deep_objects_are_refused() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let deep = |levels: usize| {
        let members = format!("{{\"scope\":\"openid\",\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256"}"#);
        format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(members), URL_SAFE_NO_PAD.encode([1; 64]))
    };
    assert_eq!(refused(&browser, &signer, &deep(5000)).await, "invalid_request_object");
    let mut nested = json!(null);
    for _ in 0..120 {
        nested = json!({ "a": nested });
    }
    let answer = browser.open(&signer.url(&signer.object(json!({ "claims": nested })), &[])).await.answer();
    assert_eq!(answer.expect("state"), "signed-state");
    // More than a parameter may have: by GET too much for an address, by POST for a parameter.
    let body = signer.url(&signer.object(json!({ "x": "y".repeat(20_000) })), &[]);
    let body = body.split_once('?').expect("a query").1.to_owned();
    let page = browser.go(reqwest::Method::POST, "/oauth2/authorize", Some(body), &[]).await;
    assert_eq!((page.status.as_u16(), page.error_code().as_deref()), (400, Some("invalid_request")));
}

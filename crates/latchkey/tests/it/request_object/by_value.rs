//! The parameter `request` (OpenID Connect Core §6.1).

use super::{Signer, alice, discovery, sign_with_header};
use crate::support::{Place, Provider};
use jose::{PrivateKey, SigningAlgorithm};
use reqwest::Method;
use serde_json::{Value, json};

/// What the object says is what is asked, and wins over what is said openly.
#[tokio::test]
async fn what_the_object_says_is_asked() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let object =
        signer.object(json!({ "max_age": 3600, "claims": { "id_token": { "auth_time": { "essential": true } } } }));
    let open = [("state", "open-state"), ("nonce", "open-nonce"), ("scope", "openid email")];
    let answer = browser.open(&signer.url(&object, &open)).await.answer();
    assert_eq!((answer.place, answer.expect("state")), (Place::Query, "signed-state"));
    let (status, tokens) = signer.party.exchange(answer.expect("code")).await;
    assert_eq!(status.as_u16(), 200, "{tokens}");
    assert_eq!(tokens["scope"].as_str().unwrap_or("openid"), "openid");
    let id_token = provider.claims(tokens["id_token"].as_str().expect("an ID token"));
    assert_eq!(id_token["nonce"], "signed-nonce");
    assert!(id_token["auth_time"].is_i64(), "max_age and claims of the object count");
}

/// OpenID Connect Core §6.1: what the object leaves out, the query says.
#[tokio::test]
async fn what_the_object_leaves_out_is_said_openly() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let object = signer.key.sign_compact(None, &json!({ "nonce": "signed-nonce" })).expect("signed");
    let answer = browser.open(&signer.party.authorize_url(&[("request", &object)])).await.answer();
    assert_eq!(answer.expect("state"), "a-state");
    let (_, tokens) = signer.party.exchange(answer.expect("code")).await;
    assert_eq!(provider.claims(tokens["id_token"].as_str().expect("an ID token"))["nonce"], "signed-nonce");
}

/// RFC 9101 §5, §6.3: an object that says that it is one stands alone; beside it only `client_id` counts.
#[tokio::test]
async fn an_object_of_rfc_9101_is_the_whole_request() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let always = Signer::register(&provider, json!({ "require_signed_request_object": true })).await;
    let browser = alice(&provider).await;
    for (signer, typ) in [(&signer, Some("oauth-authz-req+jwt")), (&always, None), (&always, Some("JWT"))] {
        let object = signer.typed(typ, json!({ "state": null }));
        let alone = [("response_type", ""), ("redirect_uri", ""), ("scope", "")];
        let answer = browser.open(&signer.url(&object, &alone)).await.answer();
        assert!(answer.get("code").is_some() && answer.get("state").is_none(), "{answer:?}");
        // `oidcc`'s sisters of FAPI: a state that is only outside is not used.
        let answer =
            browser.open(&signer.url(&object, &[("state", "open-state"), ("prompt", "none login")])).await.answer();
        assert!(answer.get("code").is_some() && answer.get("state").is_none(), "{answer:?}");
    }
}

/// oidcc-ensure-request-object-with-redirect-uri: the object's address wins, whatever stands in the query.
#[tokio::test]
async fn the_redirect_uri_of_the_object_wins() {
    let provider = Provider::start().await;
    let uris = ["https://tracker.example.test/callback", "https://tracker.example.test/other"];
    let signer = Signer::register(&provider, json!({ "redirect_uris": uris })).await;
    let browser = alice(&provider).await;
    for open in ["https://evil.example.test/callback", uris[0], ""] {
        let object = signer.object(json!({ "redirect_uri": uris[1] }));
        let answer = browser.open(&signer.url(&object, &[("redirect_uri", open)])).await.answer();
        assert_eq!(answer.to, uris[1], "{open}");
        assert!(answer.get("code").is_some());
    }
    let object = signer.object(json!({ "redirect_uri": "https://evil.example.test/callback" }));
    let page = browser.open(&signer.url(&object, &[])).await;
    assert_eq!(page.error_code().as_deref(), Some("invalid_redirect_uri"), "{}", page.brief());
}

/// Response type and mode of the object decide how the answer travels, by GET and by POST, through a page and without.
#[tokio::test]
async fn every_way_there_and_back_carries_an_object() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({})).await;
    let browser = alice(&provider).await;
    let hybrid = signer.object(json!({ "response_type": "code id_token" }));
    let url = signer.url(&hybrid, &[("response_type", "id_token code")]);
    let answer = browser.open(&url).await.answer();
    assert_eq!((answer.place, answer.expect("state")), (Place::Fragment, "signed-state"));
    let form = signer.url(&signer.object(json!({ "response_mode": "form_post" })), &[]);
    let body = form.split_once('?').expect("a query").1.to_owned();
    let answer = browser.go(Method::POST, "/oauth2/authorize", Some(body), &[]).await.answer();
    assert_eq!(answer.place, Place::Form);
    let login = signer.url(&signer.object(json!({ "prompt": "login" })), &[]);
    let page = browser.open(&login).await;
    page.expect("/login/password");
    assert!(page.has("client-name"));
}

/// The object may expire while the visitor is on a page: it was good when it arrived.
#[tokio::test]
async fn an_object_that_expires_during_the_log_in_was_good_when_it_came() {
    let provider = Provider::start().await;
    let signer = Signer::register(&provider, json!({ "require_signed_request_object": true })).await;
    let (browser, account) = (provider.browser(), provider.person("alice@example.test").await);
    let page = browser.open(&signer.url(&signer.object(json!({})), &[])).await;
    page.expect("/login");
    provider.wait(std::time::Duration::from_secs(600));
    provider.log_in(&browser, &account).await;
    let interaction = page.parameter("interaction").expect("an interaction");
    let answer = browser.open(&format!("/oauth2/authorize/resume?interaction={interaction}")).await.answer();
    assert!(answer.get("code").is_some(), "{answer:?}");
    let late = browser.open(&signer.url(&signer.object(json!({})), &[])).await.answer();
    assert_eq!(late.expect("error"), "invalid_request_object");
}

/// Keys and tokens without names, as the conformance suite has them, and every algorithm that is offered.
#[tokio::test]
async fn every_algorithm_works_with_and_without_a_key_name() {
    let provider = Provider::start().await;
    let browser = alice(&provider).await;
    let offered = discovery(&provider).await["request_object_signing_alg_values_supported"].clone();
    assert_eq!(offered, json!(SigningAlgorithm::ALL), "and never none");
    for algorithm in SigningAlgorithm::ALL {
        let key = PrivateKey::generate(algorithm).expect("a key");
        let mut jwk = key.public_jwk().clone();
        jwk.as_object_mut().expect("an object").remove("kid");
        let metadata = json!({ "jwks": { "keys": [jwk] }, "request_object_signing_alg": algorithm });
        let signer = Signer { key, ..Signer::register(&provider, metadata).await };
        let answer = browser.open(&signer.url(&signer.object(json!({})), &[])).await.answer();
        assert!(answer.get("code").is_some(), "{algorithm}: {answer:?}");
        if algorithm == SigningAlgorithm::Rs256 {
            let pkcs8 = signer.key.to_pkcs8().expect("a key");
            let nameless = josekit::jws::RS256.signer_from_der(pkcs8.as_slice()).expect("a signer");
            let object = sign_with_header(&nameless, json!({ "alg": "RS256" }), &signer.members(json!({})));
            let answer = browser.open(&signer.url(&object, &[])).await.answer();
            assert!(answer.get("code").is_some(), "{answer:?}");
        }
    }
}

/// `request_object_signing_alg` is the only algorithm, and `none` can be neither registered nor sent. A client that must
/// sign cannot do without.
#[tokio::test]
async fn what_a_client_registers_about_its_objects_counts() {
    let provider = Provider::start_with(crate::registration::open).await;
    let browser = alice(&provider).await;
    let strict = Signer::register(&provider, json!({ "request_object_signing_alg": "RS256" })).await;
    let answer = browser.open(&strict.url(&strict.object(json!({})), &[])).await.answer();
    assert_eq!(answer.expect("error"), "invalid_request_object");
    assert!(answer.expect("error_description").contains("RS256"), "{answer:?}");
    let always = Signer::register(&provider, json!({ "require_signed_request_object": true })).await;
    let answer = browser.open(&always.party.authorize_url(&[])).await.answer();
    assert_eq!((answer.expect("error"), answer.expect("state")), ("invalid_request", "a-state"));
    for (more, field) in [
        (json!({ "request_object_signing_alg": "none" }), "request_object_signing_alg"),
        (json!({ "request_object_signing_alg": "HS256" }), "request_object_signing_alg"),
        (json!({ "require_signed_request_object": true }), "jwks"),
    ] {
        let told = provider.register_self(None, &crate::support::registrant::with(more)).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"));
        assert!(told.text("error_description").starts_with(field), "{}", told.body);
    }
    let wish = crate::support::registrant::with(json!({
        "request_object_signing_alg": "ES256", "jwks": { "keys": [always.key.public_jwk()] },
        "require_signed_request_object": true,
    }));
    let told = provider.register_self(None, &wish).await;
    let echoed = (&told.body["request_object_signing_alg"], &told.body["require_signed_request_object"]);
    assert_eq!(echoed, (&json!("ES256"), &Value::Bool(true)));
}

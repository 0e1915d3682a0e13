//! The parameter `request_uri` (OpenID Connect Core §6.2; RFC 9101 §5.2, §10.4).

use super::web_server::{Reply, WebServer};
use super::{Signer, alice, compact, sign_with_header};
use crate::registration::open;
use crate::support::registrant::with;
use crate::support::{Answer, Browser, Provider};
use jose::{PrivateKey, SigningAlgorithm};
use reqwest::{Method, StatusCode};
use serde_json::json;

/// The error that the client is told, with the state of the query.
async fn refused(browser: &Browser, signer: &Signer, uri: &str) -> String {
    let answer = browser.open(&signer.url_of(uri, &[("state", "open-state")])).await.answer();
    assert_eq!((answer.to.as_str(), answer.expect("state")), (signer.party.redirect_uri.as_str(), "open-state"));
    assert!(answer.get("code").is_none());
    answer.expect("error").to_owned()
}

async fn ask(browser: &Browser, signer: &Signer, uri: &str) -> Answer {
    browser.open(&signer.url_of(uri, &[])).await.answer()
}

/// oidcc-request-uri-signed-rs256: registered with a fragment, RS256, key and object without a name.
#[tokio::test]
async fn a_registered_object_is_fetched() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let key = PrivateKey::generate(SigningAlgorithm::Rs256).expect("a key");
    let mut jwk = key.public_jwk().clone();
    jwk.as_object_mut().expect("an object").remove("kid");
    let uri = format!("{}/requests/eGVt?x=1#hVZ3uaXzY0_-Ro", server.url);
    let wish = with(json!({
        "jwks": { "keys": [jwk] }, "request_uris": [uri], "request_object_signing_alg": "RS256",
    }));
    let told = provider.register_self(None, &wish).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    assert_eq!(told.body["request_uris"], json!([uri]), "as it was sent");
    let signer = Signer { party: provider.party_of(&told), key, ..Signer::register(&provider, json!({})).await };
    let pkcs8 = signer.key.to_pkcs8().expect("a key");
    let nameless = josekit::jws::RS256.signer_from_der(pkcs8.as_slice()).expect("a signer");
    let object = sign_with_header(&nameless, json!({ "alg": "RS256" }), &signer.members(json!({})));
    server.put("/requests/eGVt?x=1", Reply::Text(format!("{object}\n")));
    let page = browser.open(&signer.url_of(&uri, &[])).await;
    let answer = browser.click(page.expect("/consent"), "allow", &[]).await.answer();
    assert_eq!(answer.expect("state"), "signed-state");
    let (status, tokens) = signer.party.exchange(answer.expect("code")).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    let id_token = provider.claims(tokens["id_token"].as_str().expect("an ID token"));
    assert_eq!(id_token["nonce"], "signed-nonce");
    assert_eq!(server.asked("/requests/eGVt?x=1"), 1, "once for each request, and not again after a page");
}

/// Compared as a whole, but for the fragment; by POST too. What is there now counts, not what was there before.
#[tokio::test]
async fn the_fragment_does_not_count_and_nothing_is_remembered() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let uris = [format!("{}/plain", server.url), format!("{}/hashed#abc", server.url)];
    let signer = Signer::register(&provider, json!({ "request_uris": uris })).await;
    for path in ["/plain", "/hashed"] {
        server.put(path, Reply::Text(signer.object(json!({}))));
        for fragment in ["", "#", "#abc", "#other"] {
            let answer = ask(&browser, &signer, &format!("{}{path}{fragment}", server.url)).await;
            assert!(answer.get("code").is_some(), "{path}{fragment}: {answer:?}");
        }
    }
    server.put("/plain", Reply::Text(signer.object(json!({ "state": "newer" }))));
    let body = signer.url_of(&uris[0], &[]).split_once('?').expect("a query").1.to_owned();
    let answer = browser.go(Method::POST, "/oauth2/authorize", Some(body), &[]).await.answer();
    assert_eq!(answer.expect("state"), "newer");
    assert_eq!((server.asked("/plain"), server.asked("/hashed")), (5, 4));
}

/// Server-side request forgery: what is not registered is not asked, however near it comes.
#[tokio::test]
async fn an_address_that_is_not_registered_is_not_asked() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let uri = format!("{}/object", server.url);
    let signer = Signer::register(&provider, json!({ "request_uris": [uri] })).await;
    let other = Signer::register(&provider, json!({})).await;
    let good = signer.object(json!({}));
    for path in ["/object", "/object/", "/object?", "/object?x", "/Object", "/other", "/%6fbject", "/./object"] {
        server.put(path, Reply::Text(good.clone()));
        if path != "/object" {
            let near = format!("{}{path}", server.url);
            assert_eq!(refused(&browser, &signer, &near).await, "invalid_request_uri", "{path}");
        }
    }
    for odd in [
        "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c",
        "file:///etc/passwd",
        "data:application/jwt,x",
        "gopher://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "object",
        "//",
        "#",
        "\u{202e}",
        &uri.replace("http://", "https://"),
        &uri.replace("http://", "HTTP://"),
        &uri.replace("http://", "http://me@"),
        &good,
    ] {
        assert_eq!(refused(&browser, &signer, odd).await, "invalid_request_uri", "{odd}");
    }
    assert_eq!(refused(&browser, &other, &uri).await, "invalid_request_uri", "another client's");
    for path in ["/object", "/object/", "/object?", "/object?x", "/Object", "/other", "/%6fbject", "/./object"] {
        assert_eq!(server.asked(path), 0, "{path}");
    }
}

/// oidcc-request-uri-unsigned, oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported: rejected, never
/// ignored; and whatever else may be at the address.
#[tokio::test]
async fn what_is_no_object_of_the_client_is_refused() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let elsewhere = format!("{}/elsewhere", server.url);
    let signer =
        Signer::register(&provider, json!({ "request_uris": [format!("{}/object", server.url), elsewhere] })).await;
    let other = Signer::register(&provider, json!({})).await;
    server.put("/elsewhere", Reply::Text(signer.object(json!({}))));
    let members = signer.members(json!({}));
    for (reply, code, what) in [
        (Reply::Text(compact(&json!({ "alg": "none" }), &members, &[])), "invalid_request_object", "unsigned"),
        (
            Reply::Text(other.key.sign_compact(None, &members).expect("signed")),
            "invalid_request_object",
            "another's key",
        ),
        (Reply::Text(other.object(json!({}))), "invalid_request_object", "another client's object"),
        (Reply::Text(signer.object(json!({ "request_uri": elsewhere }))), "invalid_request_object", "one more address"),
        (Reply::Text(members.to_string()), "invalid_request_object", "plain JSON"),
        (Reply::Text("<html>".into()), "invalid_request_object", "a page"),
        (Reply::Text(String::new()), "invalid_request_object", "nothing"),
        (Reply::Status("204 No Content", "x: y".into()), "invalid_request_uri", "no content"),
        (Reply::Status("404 Not Found", "x: y".into()), "invalid_request_uri", "not there"),
        (Reply::Status("500 Internal Server Error", "x: y".into()), "invalid_request_uri", "broken"),
        (Reply::Status("302 Found", format!("location: {elsewhere}")), "invalid_request_uri", "a redirect"),
        (Reply::Status("302 Found", "location: http://169.254.169.254/".into()), "invalid_request_uri", "one inside"),
        (Reply::Status("302 Found", "location: /object".into()), "invalid_request_uri", "a loop"),
        (Reply::Status("200 OK", "content-encoding: gzip".into()), "invalid_request_uri", "compressed"),
        (Reply::Status("200 OK", "content-length: 99999999999".into()), "invalid_request_uri", "said to be huge"),
        (Reply::Endless, "invalid_request_uri", "without an end"),
        (Reply::Text("a".repeat(65_537)), "invalid_request_uri", "more than 64 KiB"),
        (Reply::Text("a".repeat(65_536)), "invalid_request_object", "64 KiB of nothing"),
    ] {
        let uri = server.put("/object", reply);
        assert_eq!(refused(&browser, &signer, &uri).await, code, "{what}");
        let page = browser.open(&signer.url_of(&uri, &[("redirect_uri", "https://evil.example.test/")])).await;
        assert_eq!(page.error_code().as_deref(), Some(code), "{what}");
    }
    assert_eq!(server.asked("/elsewhere"), 0);
    // A large object that is good: more than a parameter could carry.
    let uri = server.put("/object", Reply::Text(signer.object(json!({ "x": "y".repeat(30_000) }))));
    assert!(ask(&browser, &signer, &uri).await.get("code").is_some());
}

/// A server that does not answer costs a few seconds of its own visitors, and nobody else's.
#[tokio::test]
async fn a_server_that_does_not_answer_is_not_waited_for() {
    let provider = Provider::start_with(open).await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let uri = server.put("/object", Reply::Silence);
    let signer = Signer::register(&provider, json!({ "request_uris": [uri] })).await;
    let begun = std::time::Instant::now();
    let others = async {
        let answer = browser.open(&signer.party.authorize_url(&[])).await.answer();
        assert!(answer.get("code").is_some() && begun.elapsed().as_secs() < 4);
    };
    let (code, ()) = tokio::join!(refused(&browser, &signer, &uri), others);
    assert_eq!(code, "invalid_request_uri");
    assert!((4..15).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

/// By default nothing inside our own network is asked, even when it is registered.
#[tokio::test]
async fn a_private_address_is_not_asked() {
    let provider = Provider::start().await;
    let (browser, server) = (alice(&provider).await, WebServer::start().await);
    let uri = server.put("/object", Reply::Text(String::new()));
    let port = uri.rsplit(':').next().expect("a port").to_owned();
    let uris = json!([
        uri,
        format!("http://localhost:{port}"),
        format!("https://127.0.0.1:{port}"),
        format!("https://[::ffff:127.0.0.1]:{port}"),
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/object",
        "https://0x7f000001/object",
    ]);
    let signer = Signer::register(&provider, json!({ "request_uris": uris })).await;
    for uri in uris.as_array().expect("an array") {
        let uri = uri.as_str().expect("a text");
        assert_eq!(refused(&browser, &signer, uri).await, "invalid_request_uri", "{uri}");
    }
    assert_eq!(server.asked("/object"), 0);
}

/// What may be registered: https, or http on this machine; not long, not many.
#[tokio::test]
async fn only_addresses_that_could_be_fetched_are_registered() {
    let provider = Provider::start_with(open).await;
    let good = ["https://tracker.example.test/request?x=1#hash", "http://localhost:8081/object"];
    let told = provider.register_self(None, &with(json!({ "request_uris": good }))).await;
    assert_eq!((told.status, &told.body["request_uris"]), (StatusCode::CREATED, &json!(good)));
    let long = format!("https://tracker.example.test/{}", "x".repeat(484));
    let many: Vec<String> = (0..101).map(|n| format!("https://tracker.example.test/{n}")).collect();
    for bad in [
        json!(["http://tracker.example.test/object"]),
        json!(["ftp://tracker.example.test/object"]),
        json!(["urn:ietf:params:oauth:request_uri:x"]),
        json!(["https://me:secret@tracker.example.test/object"]),
        json!(["https://tracker.example.test/é"]),
        json!(["https://tracker.example.test/a b"]),
        json!(["/object"]),
        json!([""]),
        json!([long]),
        json!(many),
        json!("https://tracker.example.test/object"),
        json!([1]),
    ] {
        let told = provider.register_self(None, &with(json!({ "request_uris": bad }))).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{bad}");
        assert!(told.text("error_description").starts_with("request_uris"), "{}", told.body);
    }
}

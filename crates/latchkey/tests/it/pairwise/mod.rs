//! Pairwise subjects (OpenID Connect Core §8.1) from outside.

use crate::registration::open;
use crate::support::registrant::{Documentary, with};
use crate::support::{Browser, Party, Provider};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn pairwise(provider: &Provider, uri: &str) -> Party {
    let more = json!({
        "subject_type": "pairwise", "redirect_uris": [uri], "post_logout_redirect_uris": ["https://a.example/bye"],
    });
    provider.register(true, more).await
}

/// The tokens of the person who is logged in.
async fn tokens(party: &Party, browser: &Browser) -> Value {
    let code = party.code(browser, &[("scope", "openid profile")]).await;
    let (status, tokens) = party.exchange(&code).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name}: {value}"))
}

/// One subject wherever the client meets it, and another one for another sector.
#[tokio::test]
async fn each_sector_knows_a_person_by_its_own_name() {
    let provider = Provider::start().await;
    let alice = provider.person("alice@example.test").await;
    let browser = provider.browser();
    provider.log_in(&browser, &alice).await;
    let a = pairwise(&provider, "https://a.example/cb").await;
    let same_host = pairwise(&provider, "https://a.example/other").await;
    let b = pairwise(&provider, "https://b.example/cb").await;
    let public = provider.party().await;
    let mut subs = Vec::new();
    for party in [&a, &same_host, &b, &public] {
        let tokens = tokens(party, &browser).await;
        let id_token = provider.claims(text(&tokens, "id_token"));
        let access_token = text(&tokens, "access_token");
        let sub = text(&id_token, "sub").to_owned();
        assert_eq!(text(&provider.claims(access_token), "sub"), sub);
        let (status, userinfo) = party.userinfo(access_token).await;
        assert_eq!((status, text(&userinfo, "sub")), (StatusCode::OK, sub.as_str()));
        let (_, found) = party.call("/oauth2/introspect", &[("token", access_token)]).await;
        assert_eq!(text(&found, "sub"), sub);
        if party.id != public.id {
            for told in [&id_token, &userinfo, &found, &provider.claims(access_token)] {
                assert!(!told.to_string().contains(alice.as_str()), "{told}");
            }
        }
        subs.push(sub);
    }
    assert_eq!(subs[3], alice.as_str());
    assert_eq!(subs[0], subs[1]);
    assert!(subs[0] != subs[2] && subs[0] != subs[3] && subs[2] != subs[3]);
    assert!(subs.iter().all(|sub| sub.len() <= 255 && sub.is_ascii()));
}

/// It is what it was after the signing keys were replaced, and another person has another one.
#[tokio::test]
async fn a_subject_outlives_the_signing_keys_and_is_nobody_elses() {
    let provider = Provider::start().await;
    let a = pairwise(&provider, "https://a.example/cb").await;
    let mut subs = Vec::new();
    for person in ["alice@example.test", "bob@example.test"] {
        let (account, browser) = (provider.person(person).await, provider.browser());
        provider.log_in(&browser, &account).await;
        let before = provider.claims(text(&tokens(&a, &browser).await, "id_token"));
        let accounts = provider.accounts.clone();
        let rotate = move || oidc::keys::rotate(&accounts, &account::Actor::command(), oidc::keys::Start::Now);
        tokio::task::spawn_blocking(rotate).await.expect("it ends").expect("rotated");
        provider.node.provider.keys.refresh().await.expect("read");
        let after = provider.claims(text(&tokens(&a, &browser).await, "id_token"));
        assert_eq!(before["sub"], after["sub"]);
        subs.push(after["sub"].clone());
    }
    assert_ne!(subs[0], subs[1]);
}

/// What came from us is understood when it comes back: as a hint, in `claims`, at log-out.
#[tokio::test]
async fn a_subject_that_comes_back_is_understood() {
    let provider = Provider::start().await;
    let (alice, browser) = (provider.person("alice@example.test").await, provider.browser());
    provider.log_in(&browser, &alice).await;
    let a = pairwise(&provider, "https://a.example/cb").await;
    let b = pairwise(&provider, "https://b.example/cb").await;
    let id_token = text(&tokens(&a, &browser).await, "id_token").to_owned();
    let sub = text(&provider.claims(&id_token), "sub").to_owned();
    let silent = |more: &[(&str, &str)]| a.authorize_url(&[&[("prompt", "none")], more].concat());
    let hinted = browser.open(&silent(&[("id_token_hint", &id_token)])).await;
    a.code_of(&hinted);
    let of = |sub: &str| json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    a.code_of(&browser.open(&silent(&[("claims", &of(&sub))])).await);
    // The subject of another sector is nobody here, and so is the account's own id: that would join the sectors.
    let foreign = text(&provider.claims(text(&tokens(&b, &browser).await, "id_token")), "sub").to_owned();
    for other in [foreign.as_str(), alice.as_str()] {
        let shown = browser.open(&silent(&[("claims", &of(other))])).await;
        assert_eq!(shown.parameter("error").as_deref(), Some("invalid_request"), "{other}");
    }
    let bye = protocol::parameters::form_encode("https://a.example/bye");
    let url = format!("{}/oauth2/logout?id_token_hint={id_token}&post_logout_redirect_uri={bye}", provider.url);
    let shown = browser.open(&url).await;
    assert!(shown.url.starts_with("https://a.example/bye"), "{}", shown.brief());
}

/// `oidcc-registration-sector-uri`, `oidcc-registration-sector-bad`: the document lists every redirect URI.
#[tokio::test]
async fn a_sector_is_a_list_that_has_every_redirect_uri() {
    let provider = Provider::start_with(open).await;
    let host = Documentary::start();
    let uris = json!(["https://a.example/cb", "https://b.example/cb"]);
    let sector = host.put("/sector", json!(["https://a.example/cb", "https://b.example/cb", "https://c.example/cb"]));
    let good = json!({ "redirect_uris": uris, "sector_identifier_uri": sector, "subject_type": "pairwise" });
    let told = provider.register_self(None, &with(good)).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    assert_eq!((told.text("sector_identifier_uri"), told.text("subject_type")), (sector.as_str(), "pairwise"));
    let bad = [
        json!(["https://a.example/cb"]),
        json!([]),
        json!({ "redirect_uris": uris }),
        json!("https://a.example/cb"),
        json!([1, 2]),
    ];
    for document in bad {
        let sector = host.put("/bad", document.clone());
        let wish = json!({ "redirect_uris": uris, "sector_identifier_uri": sector });
        let told = provider.register_self(None, &with(wish)).await;
        assert_eq!(told.error(), (400, "invalid_client_metadata"), "{document}");
        assert!(told.text("error_description").starts_with("sector_identifier_uri: "), "{}", told.body);
    }
    let missing = json!({ "sector_identifier_uri": format!("{}/missing", host.url) });
    assert_eq!(provider.register_self(None, &with(missing)).await.error(), (400, "invalid_client_metadata"));
    let no_sector = json!({ "redirect_uris": uris, "subject_type": "pairwise" });
    assert_eq!(provider.register_self(None, &with(no_sector)).await.error(), (400, "invalid_client_metadata"));
    let one_host =
        json!({ "redirect_uris": ["https://a.example/1", "https://a.example/2"], "subject_type": "pairwise" });
    assert_eq!(provider.register_self(None, &with(one_host)).await.status, StatusCode::CREATED);
}

use super::response_mode::{Delivery, error, success};
use super::*;
use crate::ProviderSettings;
use crate::client::{Registration, Registry, Source, store, validate};
use account::session::{self, Authentication, Lifetimes};
use account::testing::{START, TestAccounts};
use account::{AccountId, Actor};
use db::schema::{accounts, grants};
use diesel::prelude::*;
use jose::{DecryptionKeys, KeySet, PrivateKey, SigningAlgorithm};
use proptest::prelude::*;
use protocol::{ClientMetadata, ErrorCode, OAuthError, ResponseMode};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.test";
const PKCE: &str = "code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

struct Fixture {
    t: TestAccounts,
    clients: Registry,
    key: PrivateKey,
}

fn fixture() -> Fixture {
    let t = TestAccounts::create();
    for (id, metadata) in [
        ("web", json!({ "redirect_uris": ["https://app.example.test/cb", "https://app.example.test/cb2?x=1"] })),
        ("public", json!({ "redirect_uris": ["https://spa.example.test/cb"], "token_endpoint_auth_method": "none" })),
        ("narrow", json!({ "redirect_uris": ["https://app.example.test/cb"], "scope": "openid email reports:read" })),
        (
            "native",
            json!({
                "redirect_uris": ["http://127.0.0.1/cb", "com.example.app:/cb"], "application_type": "native",
                "token_endpoint_auth_method": "none"
            }),
        ),
        (
            "all",
            json!({
                "redirect_uris": ["https://app.example.test/cb"], "grant_types": ["authorization_code", "implicit"],
                "response_types":
                    ["code", "id_token", "token id_token", "code id_token", "code token", "code id_token token"],
            }),
        ),
        ("machine", json!({ "grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [] })),
        ("off", json!({ "redirect_uris": ["https://app.example.test/cb"] })),
    ] {
        let metadata: ClientMetadata = serde_json::from_value(metadata).unwrap();
        let registration = Registration { client_id: Some(id.into()), metadata, ..Registration::default() };
        let mut record = validate(registration, Source::Console, None, START).unwrap().client.record;
        record.disabled_at = (id == "off").then_some(START);
        t.accounts.write_blocking(&Actor::command(), move |tx| store::insert(tx, &record)).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let clients = runtime.block_on(Registry::load(&t.accounts, false)).unwrap();
    Fixture { t, clients, key: PrivateKey::generate(SigningAlgorithm::Es256).unwrap() }
}

impl Fixture {
    fn accept(&self, query: &str) -> Result<ValidatedRequest, Rejection> {
        let keys = KeySet::ours([&self.key], []).unwrap();
        let context =
            Context { clients: &self.clients, keys: &keys, decrypting: &DecryptionKeys::default(), issuer: ISSUER };
        accept(RawRequest::parse(query.as_bytes()).map_err(Rejection::Page)?, &context)
    }

    /// The error code, and the mode in which it travels; `page` when it does not.
    fn error(&self, query: &str) -> (&'static str, &'static str) {
        match self.accept(query) {
            Ok(_) => ("accepted", ""),
            Err(Rejection::Page(error)) => (error.code.as_str(), "page"),
            Err(Rejection::Reply(reply_to, error)) => (error.code().as_str(), reply_to.mode().as_str()),
        }
    }
}

const WEB: &str = "client_id=web&redirect_uri=https://app.example.test/cb&response_type=code&scope=openid&state=s";

#[test]
fn without_a_proven_client_and_redirect_uri_nothing_is_sent_anywhere() {
    let f = fixture();
    let ok = "&response_type=code&scope=openid";
    for (query, code) in [
        ("", "invalid_request"),
        ("client_id=nobody&redirect_uri=https://app.example.test/cb", "invalid_client"),
        ("client_id=web&client_id=web&redirect_uri=https://app.example.test/cb", "invalid_request"),
        ("client_id=off&redirect_uri=https://app.example.test/cb", "unauthorized_client"),
        ("client_id=web", "invalid_redirect_uri"),
        ("client_id=narrow", "invalid_redirect_uri"),
        ("client_id=machine&redirect_uri=https://app.example.test/cb", "invalid_redirect_uri"),
        ("client_id=web&redirect_uri=https://app.example.test/cb&redirect_uri=https://evil.test", "invalid_request"),
    ] {
        assert_eq!(f.error(&format!("{query}{ok}")), (code, "page"), "{query}");
    }
    assert_eq!(f.error("client_id=%FF"), ("invalid_request", "page"));
}

/// Open redirects: each of these was somewhere taken for the registered address.
#[test]
fn only_the_very_same_redirect_uri_is_the_registered_one() {
    let f = fixture();
    for uri in [
        "https://app.example.test/cb/",
        "https://app.example.test/CB",
        "https://APP.example.test/cb",
        "HTTPS://app.example.test/cb",
        "http://app.example.test/cb",
        "https://app.example.test:443/cb",
        "https://app.example.test:8443/cb",
        "https://app.example.test/cb?x=1",
        "https://app.example.test/cb?",
        "https://app.example.test/cb%23",
        "https://app.example.test/cb%23fragment",
        "https://app.example.test/cb/../evil",
        "https://app.example.test/x/../cb",
        "https://app.example.test/%2e%2e/cb",
        "https://app.example.test/%63b",
        "https://app.example.test%2fcb",
        "https://app.example.test%5c@evil.test/cb",
        "https://app.example.test@evil.test/cb",
        "https://evil.test@app.example.test/cb",
        "https://app.example.test:pw@evil.test/cb",
        "https://app.example.test.evil.test/cb",
        "https://evil.test/?https://app.example.test/cb",
        "https://evil.test/https://app.example.test/cb",
        "https://evil.test%23https://app.example.test/cb",
        "//app.example.test/cb",
        "/cb",
        "https:app.example.test/cb",
        "https:///app.example.test/cb",
        "https://app.example.test./cb",
        "https://xapp.example.test/cb",
        "%20https://app.example.test/cb",
        "https://app.example.test/cb%20",
        "https://app.example.test/cb%0d%0aLocation:https://evil.test",
        "https://app.example.test/cb%EF%BC%8F",
        "https://app.example.test/cb2",
        "https://app.example.test/cb2?x=1%26y=2",
        "https://app.example.test/cb2?x=2",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://spa.example.test/cb",
        "*",
        "null",
    ] {
        let ask = |uri: &str| f.error(&format!("client_id=web&redirect_uri={uri}&response_type=code&scope=openid"));
        let encoded = protocol::parameters::form_encode(uri);
        assert_eq!(ask(&encoded), ("invalid_redirect_uri", "page"), "{uri}");
        // As the parameter's own encoding, these are the registered address.
        if !["https://app.example.test/%63b", "https://app.example.test%2fcb"].contains(&uri) {
            assert_eq!(ask(uri), ("invalid_redirect_uri", "page"), "{uri}");
        }
    }
    assert_eq!(f.error(WEB), ("accepted", ""));
    let with_query = "client_id=web&redirect_uri=https://app.example.test/cb2?x%3D1&response_type=code&scope=openid";
    assert_eq!(f.error(with_query), ("accepted", ""));
}

#[test]
fn a_native_client_comes_with_any_port_and_nothing_else_that_differs() {
    let f = fixture();
    let ask =
        |uri: &str| f.error(&format!("client_id=native&redirect_uri={uri}&response_type=code&scope=openid&{PKCE}"));
    for good in ["http://127.0.0.1/cb", "http://127.0.0.1:49152/cb", "com.example.app:/cb"] {
        assert_eq!(ask(good), ("accepted", ""), "{good}");
    }
    for bad in [
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:80@evil.test/cb",
        "http://127.0.0.1.evil.test:80/cb",
        "http://localhost:49152/cb",
        "http://127.0.0.2:49152/cb",
        "https://127.0.0.1:49152/cb",
        "com.example.app://cb",
        "com.example.app:/cb?x",
    ] {
        assert_eq!(ask(bad), ("invalid_redirect_uri", "page"), "{bad}");
    }
}

#[test]
fn each_other_error_goes_back_in_the_mode_that_was_asked_for() {
    let f = fixture();
    let base = "client_id=web&redirect_uri=https://app.example.test/cb";
    for (query, code, mode) in [
        ("scope=openid", "invalid_request", "query"),
        ("scope=openid&response_mode=form_post", "invalid_request", "form_post"),
        ("scope=openid&response_type=", "invalid_request", "query"),
        ("scope=openid&response_type=nonsense", "unsupported_response_type", "query"),
        ("scope=openid&response_type=code+code", "unsupported_response_type", "query"),
        ("scope=openid&response_type=token", "unsupported_response_type", "fragment"),
        ("scope=openid&response_type=id_token", "unauthorized_client", "fragment"),
        ("scope=openid&response_type=token+id_token", "unauthorized_client", "fragment"),
        ("scope=openid&response_type=code+id_token&response_mode=query", "unauthorized_client", "fragment"),
        ("scope=openid&response_type=id_token&response_mode=form_post", "unauthorized_client", "form_post"),
        ("scope=openid&response_type=code&response_mode=fragment&prompt=x", "invalid_request", "fragment"),
        ("scope=openid&response_type=code&response_mode=query.jwt", "invalid_request", "query"),
        ("scope=openid&response_type=code&response_mode=form_post&prompt=x", "invalid_request", "form_post"),
        ("response_type=code", "invalid_scope", "query"),
        ("response_type=code&scope=nobody_knows", "invalid_scope", "query"),
        ("response_type=code&scope=a%22b", "invalid_scope", "query"),
        ("response_type=code&scope=openid&scope=openid", "invalid_request", "query"),
        ("response_type=code&scope=openid&state=a&state=b", "invalid_request", "query"),
        ("response_type=code&scope=openid&prompt=none+login", "invalid_request", "query"),
        ("response_type=code&scope=openid&prompt=unknown", "invalid_request", "query"),
        ("response_type=code&scope=openid&max_age=-1", "invalid_request", "query"),
        ("response_type=code&scope=openid&max_age=soon", "invalid_request", "query"),
        ("response_type=code&scope=openid&claims=%7B", "invalid_request", "query"),
        ("response_type=code&scope=openid&claims=[]", "invalid_request", "query"),
        ("response_type=code&scope=openid&id_token_hint=x.y.z", "invalid_request", "query"),
        ("response_type=code&scope=openid&request=x", "request_not_supported", "query"),
        ("response_type=code&scope=openid&request_uri=https://x", "request_uri_not_supported", "query"),
        ("response_type=code&scope=openid&registration=%7B%7D", "registration_not_supported", "query"),
        ("response_type=code&scope=openid&code_challenge=abc", "invalid_request", "query"),
        ("response_type=code&scope=openid&code_challenge_method=S256", "invalid_request", "query"),
    ] {
        assert_eq!(f.error(&format!("{base}&{query}")), (code, mode), "{query}");
    }
}

#[test]
fn an_answer_with_tokens_needs_a_nonce_for_its_id_token_and_never_travels_in_the_query() {
    let f = fixture();
    let base = "client_id=all&redirect_uri=https://app.example.test/cb";
    let types = ["id_token", "token+id_token", "id_token+code", "token+code", "code+token+id_token"];
    for (response_type, needs_nonce) in types.into_iter().zip([true, true, true, false, true]) {
        let asked = format!("{base}&response_type={response_type}&scope=openid");
        let without = if needs_nonce { ("invalid_request", "fragment") } else { ("accepted", "") };
        assert_eq!(f.error(&asked), without, "{response_type}");
        let asked = format!("{asked}&nonce=n");
        let valid = f.accept(&asked).unwrap();
        assert_eq!(valid.reply_to.mode(), ResponseMode::Fragment);
        assert_eq!(f.error(&format!("{asked}&response_mode=query")), ("invalid_request", "fragment"));
        let valid = f.accept(&format!("{asked}&response_mode=form_post")).unwrap();
        assert_eq!(valid.reply_to.mode(), ResponseMode::FormPost);
        let without_openid = if needs_nonce { ("invalid_scope", "fragment") } else { ("accepted", "") };
        assert_eq!(f.error(&asked.replace("=openid", "=email")), without_openid, "{response_type}");
    }
}

#[test]
fn what_is_unknown_or_only_a_wish_is_no_error() {
    let f = fixture();
    for query in [
        "extra=1&extra=2",
        "ui_locales=se+de&claims_locales=se&display=popup&login_hint=nobody",
        "acr_values=1+2",
        "nonce=",
        "resource=https://api.example.test&resource=https://b.example.test",
        "prompt=",
        "max_age=4294967295",
        "response_mode=query",
        "response_mode=fragment",
        "claims=%7B%22userinfo%22:%7B%22name%22:%7B%22essential%22:true%7D%7D,%22other%22:1%7D",
    ] {
        let query = format!("{WEB}&{query}");
        assert_eq!(f.error(&query), ("accepted", ""), "{query}");
    }
    let valid = f.accept(&WEB.replace("scope=openid", "scope=unknown+email+openid+email")).unwrap();
    assert_eq!(valid.scope.to_string(), "email openid");
}

#[test]
fn a_client_gets_no_scope_that_it_may_not_have() {
    let f = fixture();
    let ask = |scope: &str| {
        f.error(&WEB.replace("client_id=web", "client_id=narrow").replace("=openid", &format!("={scope}")))
    };
    assert_eq!(ask("openid+email+reports:read+unknown"), ("accepted", ""));
    assert_eq!(ask("openid+phone"), ("invalid_scope", "query"));
    assert_eq!(f.error(&WEB.replace("=openid", "=reports:read")), ("invalid_scope", "query"), "unknown to this client");
}

#[test]
fn pkce_is_s256_and_public_clients_must() {
    let f = fixture();
    let spa = "client_id=public&redirect_uri=https://spa.example.test/cb&response_type=code&scope=openid";
    let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (more, expected) in [
        (String::new(), "invalid_request"),
        (format!("&{challenge}"), "invalid_request"),
        (format!("&{challenge}&code_challenge_method=plain"), "invalid_request"),
        (format!("&{challenge}&code_challenge_method=s256"), "invalid_request"),
        (format!("&{challenge}x&code_challenge_method=S256"), "invalid_request"),
        (format!("&{}&code_challenge_method=S256", challenge.replace('-', "%3D")), "invalid_request"),
        (format!("&{challenge}&code_challenge_method=S256"), "accepted"),
    ] {
        assert_eq!(f.error(&format!("{spa}{more}")).0, expected, "{more}");
    }
    assert!(f.accept(WEB).unwrap().code_challenge.is_none(), "optional for a confidential client");
}

#[test]
fn a_hint_is_an_id_token_of_ours_for_this_client() {
    let f = fixture();
    let account = AccountId::new(START);
    let claims = |change: Value| {
        let mut claims = json!({ "iss": ISSUER, "sub": account, "aud": "web", "exp": 1, "iat": 0 });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        claims
    };
    let ask = |key: &PrivateKey, typ: Option<&str>, claims: Value| {
        f.accept(&format!("{WEB}&id_token_hint={}", key.sign_compact(typ, &claims).unwrap()))
    };
    let expired = ask(&f.key, Some("JWT"), claims(json!({}))).unwrap();
    assert_eq!(expired.hinted_account, Some(account.clone()));
    assert!(ask(&f.key, None, claims(json!({ "aud": ["web", "other"] }))).is_ok());
    let stranger = PrivateKey::generate(SigningAlgorithm::Es256).unwrap();
    assert!(ask(&stranger, None, claims(json!({}))).is_err());
    assert!(ask(&f.key, None, claims(json!({ "aud": "public" }))).is_err());
    assert!(ask(&f.key, None, claims(json!({ "iss": "https://other.test" }))).is_err());
    assert!(ask(&f.key, None, claims(json!({ "sub": "x" }))).is_err());
    assert!(ask(&f.key, Some("at+jwt"), claims(json!({}))).is_err(), "an access token is no hint");
    let none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUudGVzdCJ9.";
    assert!(f.accept(&format!("{WEB}&id_token_hint={none}")).is_err());
}

fn redirect(delivery: Delivery) -> String {
    match delivery {
        Delivery::Redirect(location) => location,
        Delivery::FormPost(form) => panic!("{form:?}"),
    }
}

#[test]
fn answers_carry_state_and_issuer_untouched_and_keep_the_clients_own_query() {
    let f = fixture();
    let code = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let query = "client_id=web&redirect_uri=https://app.example.test/cb2?x%3D1&response_type=code&scope=openid";
    let valid = f.accept(&format!("{query}&state=a%26b%3D%2B%22%C3%A4~")).unwrap();
    assert_eq!(
        redirect(success(&valid.reply_to, vec![("code", code)], ISSUER)),
        "https://app.example.test/cb2?x=1&code=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
         &state=a%26b%3D%2B%22%C3%A4~&iss=https%3A%2F%2Fid.example.test"
    );
    let denied = OAuthError::new(ErrorCode::AccessDenied, "the visitor said no");
    let valid = f.accept(query).unwrap();
    assert_eq!(
        redirect(error(&valid.reply_to, &denied, ISSUER)),
        "https://app.example.test/cb2?x=1&error=access_denied&error_description=the%20visitor%20said%20no\
         &iss=https%3A%2F%2Fid.example.test"
    );
    let valid = f.accept(&format!("{WEB}&response_mode=form_post")).unwrap();
    assert_eq!(valid.reply_to.mode(), ResponseMode::FormPost);
    let Delivery::FormPost(form) = success(&valid.reply_to, vec![("code", code)], ISSUER) else { panic!("a form") };
    assert_eq!(
        (form.action.as_str(), form.origin.as_str()),
        ("https://app.example.test/cb", "https://app.example.test https:")
    );
    let names: Vec<_> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
}

#[test]
fn a_code_is_kept_as_a_hash_with_all_that_its_tokens_need() {
    let f = fixture();
    let claims = "claims=%7B%22userinfo%22:%7B%22name%22:null%7D%7D";
    let valid =
        f.accept(&format!("{WEB}&nonce=n&{PKCE}&{claims}").replace("openid&", "openid+email+offline_access&")).unwrap();
    let scope: protocol::Scope = "openid email offline_access".parse().unwrap();
    let allowed = crate::interaction::Permission::wanted(&valid, &scope.into());
    let lifetimes = Lifetimes { idle_seconds: 60, absolute_seconds: 60 };
    let (issued, login) =
        f.t.accounts
            .write_blocking(&Actor::system(), move |tx| {
                let id = AccountId::new(tx.now);
                diesel::insert_into(accounts::table)
                    .values((
                        accounts::id.eq(&id),
                        accounts::status.eq("active"),
                        accounts::name.eq("Alice"),
                        accounts::operator.eq(false),
                        accounts::claims.eq("{}"),
                        accounts::created_at.eq(tx.now),
                        accounts::updated_at.eq(tx.now),
                    ))
                    .execute(tx.conn)?;
                let (_, login) = session::log_in(tx, None, &id, &Authentication::password(), &lifetimes)?;
                Ok((grant(tx, &valid, &login, &allowed, &ProviderSettings::default())?, login))
            })
            .unwrap();
    type Row = (String, Vec<u8>, String, Option<String>, Option<String>, Option<String>, bool, String);
    let row: Row =
        f.t.accounts
            .db
            .read_blocking(|conn| {
                let columns = (
                    grants::id,
                    grants::code_hash.assume_not_null(),
                    grants::login_id,
                    grants::nonce,
                    grants::code_challenge,
                    grants::claims,
                    grants::offline,
                    grants::amr,
                );
                Ok(grants::table.select(columns).first(conn)?)
            })
            .unwrap();
    assert_eq!((row.0, row.1, row.2), (issued.grant.id.to_string(), issued.code.unwrap().hash(), login.id.to_string()));
    assert_eq!((row.3.as_deref(), row.4.is_some()), (Some("n"), true));
    assert_eq!((row.5.as_deref(), row.6, row.7.as_str()), (Some(r#"{"userinfo":{"name":null}}"#), true, r#"["pwd"]"#));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is sent, nothing is ever addressed to a place that the client did not register.
    #[test]
    fn no_request_is_answered_to_a_place_that_nobody_registered(
        requests in proptest::collection::vec((
            prop_oneof![Just("web".to_owned()), Just("native".to_owned()), any::<String>()],
            prop_oneof![
                Just("https://app.example.test/cb".to_owned()),
                "https://app\\.example\\.test[/@:.?#%a-z]{0,12}",
                "http://127\\.0\\.0\\.1[/@:.0-9a-z]{0,12}",
                any::<String>(),
            ],
            proptest::collection::vec((proptest::sample::select(protocol::authorize::SINGLE_PARAMETERS), any::<String>()), 0..6),
        ), 20),
    ) {
        let f = fixture();
        for (client, uri, more) in requests {
            let mut query = protocol::append_parameters("?", protocol::Placement::Query, [("client_id", client.as_str()), ("redirect_uri", uri.as_str())]);
            query = protocol::append_parameters(&query, protocol::Placement::Query, more.iter().map(|(n, v)| (*n, v.as_str())));
            let reply_to = match f.accept(query.trim_start_matches('?')) {
                Ok(valid) => valid.reply_to.clone(),
                Err(Rejection::Reply(reply_to, _)) => reply_to,
                Err(Rejection::Page(_)) => continue,
            };
            let client = f.clients.find(reply_to.client_id()).unwrap();
            prop_assert!(client.redirect_uri(reply_to.redirect_uri()).is_some());
        }
    }
}

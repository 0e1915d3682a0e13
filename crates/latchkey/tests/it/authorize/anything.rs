//! Whatever is asked, on the real socket: an answer that the specifications know, or a page of ours, and nothing of it to
//! an address that is not registered.

use crate::support::{Answer, Place, Provider, Shown};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::json;

pub const REGISTERED: [&str; 2] = ["https://tracker.example.test/callback", "https://tracker.example.test/other?x=1"];

/// RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, Unmet Authentication Requirements.
const CODES: [&str; 14] = [
    "invalid_request",
    "unauthorized_client",
    "access_denied",
    "unsupported_response_type",
    "invalid_scope",
    "login_required",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "request_not_supported",
    "request_uri_not_supported",
    "registration_not_supported",
    "unmet_authentication_requirements",
    "invalid_target",
];
/// What only a request object can be guilty of.
const OF_REQUEST_OBJECTS: [&str; 2] = ["invalid_request_object", "invalid_request_uri"];
/// On pages: nobody is proven whom to tell.
const OF_PAGES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_redirect_uri",
    "unauthorized_client",
    "invalid_request_object",
    "invalid_request_uri",
];

/// A parameter with a value that means something for it, or means something elsewhere, or nothing.
fn parameter() -> impl Strategy<Value = (String, String)> {
    let name = prop_oneof![
        12 => prop::sample::select(protocol::authorize::SINGLE_PARAMETERS).prop_map(str::to_owned),
        1 => Just("resource".to_owned()),
        1 => any::<String>(),
    ];
    let known = prop::sample::select(vec![
        "",
        "code",
        "id_token",
        "token",
        "token id_token",
        "code id_token token",
        "code code",
        "query",
        "fragment",
        "form_post",
        "query.jwt",
        "none",
        "login",
        "consent",
        "none login",
        "select_account",
        "create",
        "openid",
        "openid profile offline_access",
        "email",
        "\"",
        "0",
        "1",
        "-1",
        "99999999999",
        "plain",
        "S256",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "{}",
        "[",
        r#"{"userinfo":{"name":null,"email":{"essential":true}}}"#,
        r#"{"id_token":{"acr":{"essential":true,"value":"phr"},"sub":{"value":"x"}}}"#,
        "eyJhbGciOiJub25lIn0.e30.",
        "a.b.c",
        "se de",
        "popup",
        "urn:latchkey:acr:password",
        REGISTERED[1],
        "https://evil.example.test/callback",
        "https://tracker.example.test/callback/",
        "https://tracker.example.test/callback#x",
        "https://tracker.example.test@evil.example.test/callback",
        "javascript:alert(1)",
        "\r\nLocation: https://evil.example.test",
        "\u{202e}é",
    ]);
    (name, prop_oneof![5 => known.prop_map(str::to_owned), 1 => any::<String>()])
}

#[derive(Debug, Clone)]
struct Wish {
    changes: Vec<(String, String)>,
    /// Added, and not put in the place of what stands there.
    added: Option<(String, String)>,
    response_type: &'static str,
    logged_in: bool,
    ours: bool,
    by_post: bool,
    tail: Vec<u8>,
}

fn wish() -> impl Strategy<Value = Wish> {
    let types = vec!["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
    let tail = prop_oneof![9 => Just(Vec::new()), 1 => prop::collection::vec(32_u8..127, 1..20)];
    let changes = prop::collection::vec(parameter(), 0..4);
    let added = prop::option::weighted(0.2, parameter());
    (changes, added, prop::sample::select(types), any::<(bool, bool, bool)>(), tail).prop_map(
        |(changes, added, response_type, (logged_in, ours, by_post), tail)| Wish {
            changes,
            added,
            response_type,
            logged_in,
            ours,
            by_post,
            tail,
        },
    )
}

/// Judges an answer; a sentence on what is wrong with it.
pub fn judge(shown: &Shown) -> Result<(), String> {
    let location = shown.headers.get("location").map(|to| to.to_str().expect("ASCII"));
    match (shown.status.as_u16(), location) {
        (303, Some(to)) if to.starts_with('/') && !to.starts_with("//") => Ok(()),
        (303, Some(to)) => {
            let mut sent = shown.clone();
            sent.url = to.to_owned();
            let answer = sent.answer();
            // An address with a query of its own keeps it.
            let own = if to.starts_with(REGISTERED[1]) { REGISTERED[1] } else { REGISTERED[0] };
            let rest = to.strip_prefix(own).ok_or("sent somewhere else")?;
            if !rest.starts_with(['?', '&', '#']) {
                return Err("sent somewhere else".into());
            }
            judge_answer(&answer)
        }
        (200, None) => {
            let answer = shown.answer();
            if !REGISTERED.contains(&answer.to.as_str()) {
                return Err("posted somewhere else".into());
            }
            judge_answer(&answer)
        }
        (400, None) => match shown.error_code() {
            Some(code) if OF_PAGES.contains(&code.as_str()) => Ok(()),
            other => Err(format!("the page says {other:?}")),
        },
        (status, _) => Err(format!("the status is {status}")),
    }
}

fn judge_answer(answer: &Answer) -> Result<(), String> {
    let carries = |name| answer.get(name).is_some();
    if answer.place == Place::Query && (carries("access_token") || carries("id_token")) {
        return Err("a token in the query".into());
    }
    if answer.get("iss").is_none() {
        return Err("no iss".into());
    }
    match answer.get("error") {
        None if carries("code") || carries("id_token") => Ok(()),
        None => Err("neither success nor error".into()),
        Some(code) if !CODES.contains(&code) && !OF_REQUEST_OBJECTS.contains(&code) => Err(format!("the code {code}")),
        Some(_) if carries("code") || carries("access_token") || carries("id_token") => Err("error and success".into()),
        Some(_) => {
            let legal = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
            let sentence = answer.get("error_description").unwrap_or_default();
            if sentence.bytes().all(legal) { Ok(()) } else { Err(format!("the sentence {sentence}")) }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_request_gets_an_answer_that_is_known_and_none_elsewhere() {
    let provider = Provider::start().await;
    let redirects = json!({ "redirect_uris": REGISTERED });
    let (ours, theirs) = (
        provider.party_of_all_flows(true, redirects.clone()).await,
        provider.party_of_all_flows(false, redirects).await,
    );
    let (stranger, alice) = (provider.browser(), provider.browser());
    let id = provider.person("alice@example.test").await;
    provider.log_in(&alice, &id).await;
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&wish(), |wish| {
            let (party, browser) =
                (if wish.ours { &ours } else { &theirs }, if wish.logged_in { &alice } else { &stranger });
            let mut more = vec![("response_type", wish.response_type)];
            for (name, value) in &wish.changes {
                more.retain(|(other, _)| other != name);
                more.push((name, value));
            }
            let mut query = party.authorize_url(&more).split_once('?').unwrap().1.to_owned();
            if let Some((name, value)) = &wish.added {
                query = url::form_urlencoded::Serializer::new(query).append_pair(name, value).finish();
            }
            // As it stands, not encoded; what no address can have is left to the body.
            let tail: String = wish.tail.iter().map(|byte| *byte as char).collect();
            let tail: String =
                if wish.by_post { tail } else { tail.chars().filter(|c| !" \"<>#`{}|\\^".contains(*c)).collect() };
            query.push_str(&tail);
            let shown = if wish.by_post {
                handle.block_on(browser.once(Method::POST, "/oauth2/authorize", Some(query.clone()), &[]))
            } else {
                handle.block_on(browser.once(Method::GET, &format!("/oauth2/authorize?{query}"), None, &[]))
            };
            if let Err(wrong) = judge(&shown) {
                prop_assert!(false, "{}: {} for {}", wrong, shown.brief(), query);
            }
            // Where a page is next, it is there, and the interaction goes on.
            if let Some(next) =
                shown.headers.get("location").and_then(|to| to.to_str().ok()).filter(|to| to.starts_with('/'))
            {
                let next = handle.block_on(browser.once(Method::GET, next, None, &[]));
                prop_assert!(matches!(next.status.as_u16(), 200 | 303), "{} for {}", next.brief(), query);
            }
            Ok(())
        });
        outcome.unwrap();
    });
}

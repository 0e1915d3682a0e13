use super::*;
use crate::authorize::Context;
use crate::client::{Registration, Registry, Source, store, validate};
use account::Actor;
use account::session::{Acr, Amr, LoginId, SessionId};
use account::testing::{START, TestAccounts};
use jose::{DecryptionKeys, KeySet, PrivateKey, SigningAlgorithm};
use protocol::ClientMetadata;
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.test";
const URI: &str = "https://app.example.test/bye?x=1";

struct Fixture {
    clients: Registry,
    key: PrivateKey,
    _t: TestAccounts,
}

fn fixture() -> Fixture {
    let t = TestAccounts::create();
    for id in ["app", "other"] {
        let metadata: ClientMetadata = serde_json::from_value(json!({
            "redirect_uris": ["https://app.example.test/cb"],
            "post_logout_redirect_uris": if id == "app" { json!([URI]) } else { json!([]) },
        }))
        .unwrap();
        let registration = Registration { client_id: Some(id.into()), metadata, ..Registration::default() };
        let record = validate(registration, Source::Console, None, START).unwrap().client.record;
        t.accounts.write_blocking(&Actor::command(), move |tx| store::insert(tx, &record)).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let clients = runtime.block_on(Registry::load(&t.accounts, false)).unwrap();
    Fixture { clients, key: PrivateKey::generate(SigningAlgorithm::Rs256).unwrap(), _t: t }
}

impl Fixture {
    /// The verdict in a word, with where it leads.
    fn word(&self, request: &LogoutRequest, session: Option<&Session>) -> String {
        let keys = KeySet::ours([&self.key], []).unwrap();
        let context =
            Context { clients: &self.clients, keys: &keys, decrypting: &DecryptionKeys::default(), issuer: ISSUER };
        let to = |then: Option<Return>| then.map_or("nowhere".to_owned(), |then| then.location().to_owned());
        match judge(request, session, &context) {
            Verdict::LogOut { then, .. } => format!("out, to {}", to(then)),
            Verdict::NothingToEnd { then } => format!("nothing, to {}", to(then)),
            Verdict::Ask { .. } => "ask".to_owned(),
            Verdict::Wrong { code, .. } => code.to_string(),
        }
    }

    fn hint(&self, login: &Login, change: Value) -> String {
        let mut claims = json!({ "iss": ISSUER, "sub": login.account_id, "aud": "app", "sid": login.id, "exp": 1 });
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        self.key.sign_compact(None, &claims).unwrap()
    }
}

fn login() -> Login {
    Login {
        id: LoginId::new(START),
        account_id: AccountId::new(START),
        authenticated_at: START,
        amr: vec![Amr::Pwd],
        acr: Acr::Password,
    }
}

fn asked(hint: Option<String>, client: Option<&str>, uri: Option<&str>, state: Option<&str>) -> LogoutRequest {
    LogoutRequest {
        id_token_hint: hint,
        client_id: client.map(str::to_owned),
        post_logout_redirect_uri: uri.map(str::to_owned),
        state: state.map(str::to_owned),
    }
}

#[test]
fn only_this_browsers_own_id_token_logs_out_without_a_click() {
    let f = fixture();
    let (alice, bob) = (login(), login());
    let session = Session { id: SessionId::new(START), last_seen_at: START, logins: vec![alice.clone()] };
    let hint = |login: &Login| Some(f.hint(login, json!({})));
    let here = Some(&session);
    let back = format!("{URI}&state=s%20%26");
    for (request, session, expected) in [
        (asked(hint(&alice), None, Some(URI), Some("s &")), here, format!("out, to {back}")),
        (asked(hint(&alice), Some("app"), Some(URI), None), here, format!("out, to {URI}")),
        (asked(hint(&alice), None, None, Some("s")), here, "out, to nowhere".into()),
        (asked(hint(&bob), None, Some(URI), None), here, "ask".into()),
        (asked(hint(&alice), None, Some(URI), None), None, format!("nothing, to {URI}")),
        (asked(None, None, None, None), here, "ask".into()),
        (asked(None, None, None, Some("s")), here, "ask".into()),
        (asked(None, Some("app"), Some(URI), None), here, "ask".into()),
        (asked(None, Some("app"), Some(URI), None), None, "ask".into()),
        // What is wrong is shown, and nothing redirects.
        (asked(None, None, Some(URI), None), here, "invalid_request".into()),
        (asked(hint(&alice), None, Some("https://evil.test/"), None), here, "invalid_redirect_uri".into()),
        (
            asked(hint(&alice), None, Some("https://app.example.test/bye?x=1&y=2"), None),
            here,
            "invalid_redirect_uri".into(),
        ),
        (asked(hint(&alice), None, Some("https://app.example.test/cb"), None), here, "invalid_redirect_uri".into()),
        (asked(hint(&alice), Some("other"), None, None), here, "invalid_request".into()),
        (asked(None, Some("nobody"), None, None), here, "invalid_client".into()),
        (asked(Some("x.y.z".into()), None, Some(URI), None), here, "invalid_request".into()),
    ] {
        assert_eq!(f.word(&request, session), expected, "{request:?}");
    }
}

#[test]
fn a_hint_that_is_not_ours_proves_nothing() {
    let f = fixture();
    let alice = login();
    let session = Session { id: SessionId::new(START), last_seen_at: START, logins: vec![alice.clone()] };
    let stranger = PrivateKey::generate(SigningAlgorithm::Rs256).unwrap();
    let claims = json!({ "iss": ISSUER, "sub": alice.account_id, "aud": "app", "sid": alice.id });
    let none = {
        use base64::Engine as _;
        let encode = |value: &Value| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims))
    };
    for hint in [
        stranger.sign_compact(None, &claims).unwrap(),
        f.key.sign_compact(Some("at+jwt"), &claims).unwrap(),
        f.hint(&alice, json!({ "iss": "https://other.test" })),
        none,
    ] {
        assert_eq!(
            f.word(&asked(Some(hint.clone()), None, Some(URI), None), Some(&session)),
            "invalid_request",
            "{hint}"
        );
    }
}

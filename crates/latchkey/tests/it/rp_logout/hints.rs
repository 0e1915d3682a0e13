//! What an `id_token_hint` proves, genuine or forged (RP-Initiated Logout §2, §3).

use super::{AFTER, scene};
use crate::support::{Browser, Party, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jose::{PrivateKey, SigningAlgorithm};
use josekit::jws::{JwsHeader, RS256};
use josekit::jwt::{JwtPayload, encode_with_signer};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

/// Where the second product's people may go, and the first one's may not.
const AFTER_OTHER: &str = "https://wiki.example.test/bye";

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The ways to forge a hint out of a genuine one.
const FORGERIES: [&str; 6] = ["none", "none, signed", "stranger", "our kid", "subject", "audience"];

/// Makes them; the keys are made once.
pub struct Forger {
    stranger: PrivateKey,
    pair: josekit::jwk::alg::rsa::RsaKeyPair,
}

impl Forger {
    pub fn new() -> Self {
        Self {
            stranger: PrivateKey::generate(SigningAlgorithm::Es256).expect("a key"),
            pair: RS256.generate_key_pair(2048).expect("a key"),
        }
    }

    pub fn forge(&self, how: &str, token: &str) -> String {
        let (head, mut claims) = (part(token, 0), part(token, 1));
        let signature = token.rsplit('.').next().expect("a signature");
        let unsigned = json!({ "alg": "none", "kid": head["kid"] });
        match how {
            "none" => format!("{}.{}.", encode(&unsigned), encode(&claims)),
            "none, signed" => format!("{}.{}.{signature}", encode(&unsigned), encode(&claims)),
            "stranger" => self.stranger.sign_compact(None, &claims).expect("signed"),
            "our kid" => {
                let mut header = JwsHeader::new();
                header.set_key_id(head["kid"].as_str().expect("a kid"));
                let payload = JwtPayload::from_map(claims.as_object().expect("an object").clone()).expect("claims");
                let signer = RS256.signer_from_jwk(&self.pair.to_jwk_private_key()).expect("a signer");
                encode_with_signer(&payload, &header, &signer).expect("signed")
            }
            changed => {
                let name = if changed == "subject" { "sub" } else { "aud" };
                claims[name] = json!("somebody-else");
                format!("{}.{}.{signature}", encode(&head), encode(&claims))
            }
        }
    }
}

/// `oidcc-rp-initiated-logout-modified-id-token-hint` (re-headed to `none`) and `oidcc-rp-initiated-logout-bad-id-token-hint`
/// (signed by another key), and their like: a page, nobody logged out, no way to the product.
#[tokio::test]
async fn a_forged_hint_proves_nothing() {
    let (s, forger) = (scene().await, Forger::new());
    for how in FORGERIES {
        let forged = forger.forge(how, s.hint());
        let hint = ("id_token_hint", forged.as_str());
        let named = [hint, ("client_id", s.party.id.as_str()), ("post_logout_redirect_uri", AFTER), ("state", "s")];
        for pairs in [&[hint][..], &[hint, ("post_logout_redirect_uri", AFTER), ("state", "s")], &named] {
            let shown = s.ask(pairs).await;
            let told = (shown.status.as_u16(), shown.error_code());
            assert_eq!(told, (400, Some("invalid_request".to_owned())), "{how}: {}", shown.brief());
            assert!(shown.has("way-on") && !shown.body.contains(AFTER), "{how}");
        }
        assert!(s.is_logged_in().await, "{how}");
    }
    assert_eq!(s.ask(&[("id_token_hint", s.hint()), ("post_logout_redirect_uri", AFTER)]).await.url, AFTER);
}

/// Whose hint it is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Whose {
    /// The first product's, of this browser if somebody is logged in here.
    Own,
    /// The first product's, of another browser.
    Bobs,
    /// The second product's, of this browser if somebody is logged in here.
    OtherClients,
}

#[derive(Debug, Clone)]
struct Wish {
    whose: Whose,
    forged: Option<&'static str>,
    expired: bool,
    /// 0: none, 1: the first product, 2: the second, 3: nobody's.
    client: usize,
    address: Option<&'static str>,
    state: Option<&'static str>,
    logged_in: bool,
    by_post: bool,
}

fn wish() -> impl Strategy<Value = Wish> {
    let addresses = vec![
        AFTER,
        AFTER,
        AFTER_OTHER,
        "https://tracker.example.test/logged-out?x=1",
        "https://tracker.example.test/callback",
        "https://evil.example.test/",
    ];
    let whose = prop::sample::select(vec![Whose::Own, Whose::Own, Whose::Bobs, Whose::OtherClients]);
    let forged = prop_oneof![2 => Just(None), 1 => prop::sample::select(FORGERIES.to_vec()).prop_map(Some)];
    let client = prop_oneof![3 => Just(0), 2 => Just(1_usize), 1 => Just(2), 1 => Just(3)];
    let address = prop_oneof![1 => Just(None), 4 => prop::sample::select(addresses).prop_map(Some)];
    let state =
        prop::sample::select(vec![None, Some("s"), Some("&post_logout_redirect_uri=https://evil.example.test/")]);
    let flags = any::<(bool, bool, bool)>();
    (whose, forged, client, address, state, flags).prop_map(
        |(whose, forged, client, address, state, (expired, logged_in, by_post))| Wish {
            whose,
            forged,
            expired,
            client,
            address,
            state,
            logged_in,
            by_post,
        },
    )
}

/// What is documented to happen.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// A page with this code.
    Refused(&'static str),
    /// The page that asks.
    Asked,
    /// The page that says so.
    Told,
    /// Sent back to where the client may be.
    Sent(&'static str),
}

impl Wish {
    fn outcome(&self) -> Outcome {
        let (audience, registered) = match self.whose {
            Whose::OtherClients => (2, AFTER_OTHER),
            Whose::Own | Whose::Bobs => (1, AFTER),
        };
        if self.forged.is_some() || (self.client != 0 && self.client != audience) {
            return Outcome::Refused("invalid_request");
        }
        match self.address {
            Some(address) if address != registered => Outcome::Refused("invalid_redirect_uri"),
            _ if self.logged_in && self.whose == Whose::Bobs => Outcome::Asked,
            Some(address) => Outcome::Sent(address),
            None => Outcome::Told,
        }
    }

    /// Whether the log-in of this browser ends.
    fn ends(&self) -> bool {
        self.logged_in && matches!(self.outcome(), Outcome::Told | Outcome::Sent(_))
    }
}

async fn id_token(party: &Party, browser: &Browser) -> String {
    let tokens = party.exchange(&party.code(browser, &[]).await).await.1;
    tokens["id_token"].as_str().expect("an ID token").to_owned()
}

/// Whoever's hint it is, expired or not, forged or not, with whatever address: what is documented and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_hint_with_any_address_does_what_is_documented() {
    let provider = Provider::start_with(|settings| settings.tokens.id_token_seconds = 1).await;
    let (party, forger) = (provider.party().await, Forger::new());
    let other = provider.register(true, json!({ "post_logout_redirect_uris": [AFTER_OTHER] })).await;
    let (alice, bob, stranger) = (provider.browser(), provider.browser(), provider.browser());
    let (id, of_bob) = (provider.person("alice@example.test").await, provider.person("bob@example.test").await);
    provider.log_in(&bob, &of_bob).await;
    let silent = party.authorize_url(&[("prompt", "none")]);
    let is_in = async |browser: &Browser| browser.open(&silent).await.parameter("code").is_some();
    let handle = tokio::runtime::Handle::current();
    let run = async |wish: Wish| {
        let browser = if wish.logged_in { &alice } else { &stranger };
        if wish.logged_in && !is_in(browser).await {
            provider.log_in(browser, &id).await;
        }
        let holder = if wish.logged_in && wish.whose != Whose::Bobs { browser } else { &bob };
        let product = if wish.whose == Whose::OtherClients { &other } else { &party };
        let mut hint = id_token(product, holder).await;
        if let Some(how) = wish.forged {
            hint = forger.forge(how, &hint);
        }
        if wish.expired {
            provider.wait(Duration::from_secs(300));
        }
        let client = [None, Some(party.id.as_str()), Some(&other.id), Some("nobody")][wish.client];
        let pairs = [
            ("id_token_hint", Some(hint.as_str())),
            ("client_id", client),
            ("post_logout_redirect_uri", wish.address),
            ("state", wish.state),
        ];
        let pairs: Vec<_> = pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let shown = match wish.by_post {
            true => browser.go(Method::POST, "/oauth2/logout", Some(query), &[]).await,
            false => browser.open(&format!("/oauth2/logout?{query}")).await,
        };
        let expected = wish.outcome();
        let as_said = match (&expected, shown.status.as_u16()) {
            (Outcome::Refused(code), 400) => shown.error_code().as_deref() == Some(*code),
            (Outcome::Asked, 200) => shown.has("log-out") && shown.plain().contains("alice@example.test"),
            (Outcome::Told, 200) => shown.has("logged-out"),
            (Outcome::Sent(address), 303) => {
                let mut there = url::Url::parse(address).expect("a URL");
                if let Some(state) = wish.state {
                    there.query_pairs_mut().append_pair("state", state);
                }
                url::Url::parse(&shown.url).is_ok_and(|url| {
                    url.query_pairs().eq(there.query_pairs()) && shown.url.split('?').next() == Some(*address)
                })
            }
            _ => false,
        };
        prop_assert!(as_said, "{expected:?}, and not {} for {wish:?}", shown.brief());
        prop_assert!(is_in(&bob).await, "Bob is somewhere else: {wish:?}");
        if wish.logged_in {
            prop_assert_eq!(is_in(&alice).await, !wish.ends(), "{:?}", wish);
        }
        Ok(())
    };
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
        runner.run(&wish(), |wish| handle.block_on(run(wish))).unwrap();
    });
}

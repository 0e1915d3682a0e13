//! kill -9 under load loses nothing that was acknowledged: registered clients, sign-ups, code exchanges and refreshes.

use super::process::Installation;
use crate::support::{Browser, CHALLENGE, VERIFIER};
use account::account::find_by_email;
use account::email::Email;
use account::outbox;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

const ROUNDS: usize = 20;
/// Acknowledged writes after which the process is killed, different each round.
const WRITES: usize = 16;
/// Codes that are ready to be exchanged in each round.
const CODES: usize = 8;
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const REDIRECT_URI: &str = "https://tracker.example.test/callback";

const TRACKER: &str = r#"
[[client]]
client_id = "tracker"
client_secret = "0123456789abcdef0123456789abcdef"
client_name = "Tracker"
redirect_uris = ["https://tracker.example.test/callback"]
first_party = true
"#;

/// What was acknowledged.
enum Done {
    /// A client was registered.
    Client(String),
    /// Somebody signed up.
    Account(String),
    /// A code was exchanged for this refresh token.
    Code { code: String, refresh: String },
    /// A refresh token was exchanged for this one.
    Refreshed(String),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_loses_nothing_that_was_acknowledged() {
    let installation = Installation::new();
    installation.settings("[limits]\nthrottle = false\n");
    std::fs::write(installation.folder.path().join("all.toml"), TRACKER).expect("a file");
    for arguments in [&["migrate"][..], &["apply", "all.toml"]] {
        let ended = installation.run(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.err);
    }
    let mut process = installation.serve();
    let link = process.line("/setup?token=").trim().to_owned();
    let browser = Browser::new(&installation.url);
    let page = browser.open(&link).await;
    let fill = [("email", "olga@example.test"), ("name", "Olga Operator"), ("password", "four uncommon words here")];
    browser.click(&page, "set-up", &fill).await.expect("/admin");
    let load = Arc::new(Load::new(&installation.url, &browser).await);

    let mut refresh = load.exchange(&code(&browser).await).await.expect("a refresh token");
    let mut first_client = None;
    let mut signed_up = 0;
    for round in 0..ROUNDS {
        let mut codes = Vec::new();
        for _ in 0..CODES {
            codes.push(code(&browser).await);
        }
        let enough = || process.signal("KILL");
        let acknowledged = load.until(round, WRITES + round % 5, codes, refresh.clone(), enough).await;
        assert!(process.end().code().is_none(), "it ended by the signal");
        assert!(acknowledged.len() >= WRITES, "round {round}");
        process = installation.serve();
        for done in acknowledged {
            match done {
                Done::Client(id) => {
                    let shown = browser.open(&format!("/admin/clients/{id}")).await;
                    assert_eq!(shown.status, 200, "{id} was acknowledged and is gone: {}", shown.brief());
                    first_client.get_or_insert(id);
                }
                Done::Account(address) => {
                    let email = Email::parse(&address).expect("an address");
                    let database = installation.database.open();
                    let found = database.read_blocking(|conn| find_by_email(conn, &email)).expect("read");
                    assert!(found.is_some(), "{address} was acknowledged in round {round} and is gone");
                    signed_up += 1;
                }
                Done::Code { code, refresh } => {
                    load.refresh(&refresh).await.expect("the refresh token that was given works");
                    assert!(load.exchange(&code).await.is_none(), "a code works once, also after a crash");
                }
                Done::Refreshed(token) => refresh = token,
            }
        }
        refresh = load.refresh(&refresh).await.expect("the last refresh token that was given works");
    }
    let last = browser.open(&format!("/admin/clients/{}", first_client.expect("a client"))).await;
    assert_eq!(last.status, 200, "the first one is still there");
    // Each sign-up has its mail, written with it.
    let waiting = installation.database.open().read_blocking(outbox::store::counts).expect("read").queued;
    assert!(signed_up > 0 && waiting >= signed_up, "{waiting} mails for {signed_up} sign-ups");
}

/// A code, with the browser of somebody who is logged in.
async fn code(browser: &Browser) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("response_type", "code"), ("client_id", "tracker"), ("redirect_uri", REDIRECT_URI)])
        .extend_pairs([("scope", "openid offline_access"), ("state", "s"), ("code_challenge", CHALLENGE)])
        .append_pair("code_challenge_method", "S256")
        .finish();
    let shown = browser.open(&format!("/oauth2/authorize?{query}")).await;
    shown.parameter("code").unwrap_or_else(|| panic!("{}", shown.brief()))
}

/// A form that is sent again and again, with the cookies of its browser.
struct Form {
    address: String,
    cookies: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The form with this button, without the fields that [`Load`] fills in.
    async fn of(base: &str, browser: &Browser, path: &str, button: &str, filled: &[&str]) -> Self {
        let shown = browser.open(path).await;
        let form = shown.form_with(button);
        let address = match form.action.as_str() {
            "" => shown.url.clone(),
            action => format!("{base}{action}"),
        };
        let mut fields = form.fields;
        fields.retain(|(name, _)| !filled.contains(&name.as_str()));
        let cookie = |name: &str| browser.cookie(name).map(|value| format!("{name}={value}"));
        let cookies: Vec<_> = ["latchkey-session", "latchkey-browser"].into_iter().filter_map(cookie).collect();
        Self { address, cookies: cookies.join("; "), fields }
    }
}

/// Writes, as fast as it is acknowledged.
struct Load {
    client: reqwest::Client,
    token: String,
    register: Form,
    sign_up: Form,
}

impl Load {
    async fn new(base: &str, operator: &Browser) -> Self {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let filled = ["client_id", "client_name", "redirect_uris"];
        Self {
            client: client.timeout(Duration::from_secs(20)).build().expect("a client"),
            token: format!("{base}/oauth2/token"),
            register: Form::of(base, operator, "/admin/register-client", "save", &filled).await,
            sign_up: Form::of(base, &Browser::new(base), "/signup", "sign-up", &["email", "name", "password"]).await,
        }
    }

    /// Writes from several sides; calls `enough` in the midst of it, after `count` acknowledgements, and goes on until
    /// nobody answers. Returns what was acknowledged.
    async fn until(
        self: &Arc<Self>,
        round: usize,
        count: usize,
        codes: Vec<String>,
        refresh: String,
        enough: impl FnOnce(),
    ) -> Vec<Done> {
        let (written, reached) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let noted = {
            let (written, reached) = (written.clone(), reached.clone());
            move || {
                if written.fetch_add(1, Ordering::SeqCst) + 1 == count {
                    reached.notify_one();
                }
            }
        };
        let (load, note) = (self.clone(), noted.clone());
        let clients = tokio::spawn(async move {
            let mut done = Vec::new();
            for n in 0.. {
                let id = format!("c{round}-{n}");
                let pairs = [("client_id", id.as_str()), ("client_name", &id), ("redirect_uris", REDIRECT_URI)];
                if !load.send(&load.register, &pairs).await {
                    break;
                }
                done.push(Done::Client(id));
                note();
            }
            done
        });
        let (load, note) = (self.clone(), noted.clone());
        let accounts = tokio::spawn(async move {
            let mut done = Vec::new();
            for n in 0.. {
                let address = format!("person-{round}-{n}@example.test");
                let pairs = [("email", address.as_str()), ("name", "Somebody"), ("password", "marble kettle orbit")];
                if !load.send(&load.sign_up, &pairs).await {
                    break;
                }
                done.push(Done::Account(address));
                note();
            }
            done
        });
        let (load, note) = (self.clone(), noted.clone());
        let exchanges = tokio::spawn(async move {
            let mut done = Vec::new();
            for code in codes {
                let Some(refresh) = load.exchange(&code).await else { break };
                done.push(Done::Code { code, refresh });
                note();
            }
            done
        });
        let (load, note) = (self.clone(), noted);
        let refreshes = tokio::spawn(async move {
            let (mut done, mut token) = (Vec::new(), refresh);
            while let Some(next) = load.refresh(&token).await {
                token.clone_from(&next);
                done.push(Done::Refreshed(next));
                note();
            }
            done
        });
        reached.notified().await;
        enough();
        let mut all = Vec::new();
        for writer in [clients, accounts, exchanges, refreshes] {
            all.extend(writer.await.expect("a writer"));
        }
        all
    }

    /// Whether the form was acknowledged.
    async fn send(&self, form: &Form, pairs: &[(&str, &str)]) -> bool {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&form.fields)
            .extend_pairs(pairs)
            .finish();
        let request = self.client.post(&form.address).header("cookie", &form.cookies);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() || answer.status().is_redirection() => true,
            Ok(answer) => panic!("{}: {}", answer.status(), answer.text().await.unwrap_or_default()),
            Err(_) => false,
        }
    }

    /// The refresh token for a code; `None` when nobody answers, or the code is refused.
    async fn exchange(&self, code: &str) -> Option<String> {
        let redirect = ("redirect_uri", REDIRECT_URI);
        self.tokens(&[("grant_type", "authorization_code"), ("code", code), redirect, ("code_verifier", VERIFIER)])
            .await
    }

    /// The next refresh token; `None` when nobody answers, or this one is refused.
    async fn refresh(&self, token: &str) -> Option<String> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn tokens(&self, fields: &[(&str, &str)]) -> Option<String> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.client.post(&self.token).basic_auth("tracker", Some(SECRET));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.ok()?;
        let good = answer.status().is_success();
        let text = answer.text().await.ok()?;
        let tokens: Value = serde_json::from_str(&text).ok()?;
        assert!(good || tokens["error"] == "invalid_grant", "{text}");
        tokens["refresh_token"].as_str().map(str::to_owned)
    }
}

//! A product's log-in and log-out, apart from HTTP: what it remembers of each browser, and what it believes.

use super::provider::{Failure, Person, Provider};
use super::{App, Clock, Product, address};
use chrono::TimeDelta;
use openidconnect::{CsrfToken, Nonce, PkceCodeVerifier};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// Sessions kept at most; the oldest goes first.
const MOST_SESSIONS: usize = 10_000;
/// Log-ins, and log-outs, on their way at most.
const MOST_UNDER_WAY: usize = 10_000;

/// One product's settings and its memory.
pub(super) struct Login {
    pub(super) product: Product,
    pub(super) url: Url,
    pub(super) issuer: Url,
    pub(super) siblings: Vec<(Product, String)>,
    provider: Provider,
    clock: Clock,
    memory: Mutex<Memory>,
}

struct Memory {
    sessions: super::shelf::Shelf<Person>,
    departures: super::shelf::Shelf<UnderWay>,
    farewells: super::shelf::Shelf<String>,
}

/// A log-in that left for the provider, under its `state`.
struct UnderWay {
    /// The browser it belongs to, by its cookie: a stranger's answer cannot be slipped in.
    browser: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    destination: String,
}

/// What the provider sends back by way of the browser (RFC 6749 §4.1.2, RFC 9207).
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Answer {
    pub(super) state: Option<String>,
    pub(super) code: Option<String>,
    pub(super) iss: Option<String>,
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
}

/// How a log-in ended.
pub(super) enum Outcome {
    /// In: the new session's cookie, and where the person wanted to go.
    In { session: String, destination: String },
    /// The answer belongs to no log-in of this browser: used already, too old, or not asked for.
    Stale,
    /// No, and where the person had wanted to go.
    Failed { failure: Failure, destination: String },
}

impl Login {
    pub(super) fn new(product: Product, app: App) -> io::Result<Self> {
        let url = address(&app.url)?;
        let issuer = address(&app.issuer)?;
        let callback = address(&format!("{}/callback", app.url))?;
        let memory = Memory {
            sessions: super::shelf::Shelf::new(MOST_SESSIONS, TimeDelta::hours(24)),
            departures: super::shelf::Shelf::new(MOST_UNDER_WAY, TimeDelta::minutes(10)),
            farewells: super::shelf::Shelf::new(MOST_UNDER_WAY, TimeDelta::minutes(10)),
        };
        Ok(Self {
            product,
            url,
            issuer,
            siblings: app.siblings,
            provider: Provider::new(&app.issuer, app.client_id, app.client_secret, callback)?,
            clock: app.clock,
            memory: Mutex::new(memory),
        })
    }

    /// The person whose session this cookie names.
    pub(super) fn person(&self, session: &str) -> Option<Person> {
        self.memory().sessions.get(session, (self.clock)()).cloned()
    }

    /// Begins a log-in of `browser` that shall end at `destination`: where to send it.
    pub(super) async fn depart(&self, browser: &str, destination: &str) -> Result<Url, Failure> {
        let departure = self.provider.depart().await?;
        let under_way = UnderWay {
            browser: browser.to_owned(),
            nonce: departure.nonce,
            verifier: departure.verifier,
            destination: self.local(destination),
        };
        self.memory().departures.put(departure.state, under_way, (self.clock)());
        Ok(departure.to)
    }

    /// Ends the log-in that `answer` belongs to. The state works once, and only in the browser that it left with.
    pub(super) async fn arrive(&self, browser: &str, answer: Answer, old_session: Option<&str>) -> Outcome {
        let now = (self.clock)();
        let state = answer.state.as_deref().unwrap_or_default();
        let found = self.memory().departures.take_if(state, now, |under_way| under_way.browser == browser);
        let Some(under_way) = found else { return Outcome::Stale };
        let destination = under_way.destination;
        let person = async {
            self.provider.check_issuer(answer.iss.as_deref()).await?;
            if let Some(error) = answer.error {
                return Err(Failure::Refused(error, answer.error_description.unwrap_or_default()));
            }
            let code = answer.code.ok_or(Failure::NotBelieved("the answer has no code"))?;
            self.provider.arrive(code, under_way.verifier, &under_way.nonce, now).await
        };
        match person.await {
            Ok(person) => {
                let session = secret();
                let mut memory = self.memory();
                if let Some(old) = old_session {
                    memory.sessions.take_if(old, now, |_| true);
                }
                memory.sessions.put(session.clone(), person, now);
                Outcome::In { session, destination }
            }
            Err(failure) => {
                if let Failure::NotBelieved(check) = &failure {
                    tracing::warn!(product = self.product.name(), check, "a log-in was not believed");
                }
                Outcome::Failed { failure, destination }
            }
        }
    }

    /// Ends the session here; then the browser goes to the returned address, to end it at the provider.
    pub(super) async fn leave(&self, browser: &str, session: &str) -> Url {
        let now = (self.clock)();
        let back = self.page("/logged-out");
        let Some(person) = self.memory().sessions.take_if(session, now, |_| true) else { return back };
        let state = secret();
        match self.provider.farewell(&person, back.clone(), state.clone()).await {
            Ok(Some(farewell)) => {
                self.memory().farewells.put(state, browser.to_owned(), now);
                farewell
            }
            Ok(None) | Err(_) => back,
        }
    }

    /// Ends the sessions of the log-in whose end a logout token tells of. Nothing ends by a token that does not verify.
    pub(super) async fn end(&self, logout_token: &str) -> Result<(), Failure> {
        let ended = self.provider.ended(logout_token, (self.clock)()).await.inspect_err(|failure| {
            if let Failure::NotBelieved(check) = failure {
                tracing::warn!(product = self.product.name(), check, "a logout token was not believed");
            }
        })?;
        let sessions = self.memory().sessions.remove_all(|person| ended.covers(person));
        tracing::debug!(product = self.product.name(), sessions, "the provider told of a log-out");
        Ok(())
    }

    /// Whether the provider sends this browser back from a log-out that began here.
    pub(super) fn has_left(&self, browser: &str, state: &str) -> bool {
        self.memory().farewells.take_if(state, (self.clock)(), |whose| whose == browser).is_some()
    }

    /// The product's page at `path`.
    pub(super) fn page(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(path);
        url
    }

    /// `destination` if it is a page of this product, or its first page: a log-in is no open redirect.
    pub(super) fn local(&self, destination: &str) -> String {
        let own = self.url.join(destination).ok().filter(|url| url.origin() == self.url.origin());
        match own {
            // The parsed path again: a browser would take `//host`, or `/\host`, for another site.
            Some(url) if destination.starts_with('/') && !url.path().starts_with("//") => {
                url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
            }
            _ => "/".to_owned(),
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits for a cookie or a state.
pub(super) fn secret() -> String {
    CsrfToken::new_random_len(32).into_secret()
}

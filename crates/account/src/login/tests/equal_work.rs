//! An address that is known costs as many hashes and the same statements as one that is not, in the same order: whoever
//! takes the time of answers learns nothing. Counted, not timed.

use super::*;
use crate::sign_up::{Links, Sent, SignUp, sign_up};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use std::sync::Mutex;

/// Each statement of every connection of this process: the database's address, and the text without its values.
static STATEMENTS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// Writes down the statements of one connection.
#[derive(Default)]
struct Recorder {
    url: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.url = url.to_owned(),
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let sql = text.split(" -- binds").next().unwrap_or_default().to_owned();
                // What belongs to connections and transactions depends on threads and on what waits beside.
                if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| sql.starts_with(verb))
                    && sql != "SELECT 1"
                {
                    STATEMENTS.lock().unwrap().push((self.url.clone(), sql));
                }
            }
            _ => {}
        }
    }
}

/// A database whose statements are recorded.
fn recorded() -> TestAccounts {
    set_default_instrumentation(|| Some(Box::<Recorder>::default())).unwrap();
    TestAccounts::create()
}

/// What this database was asked since the last call.
fn statements(t: &TestAccounts) -> Vec<String> {
    let ours = t.database.url_text().trim_start_matches("sqlite://").to_owned();
    let mut all = STATEMENTS.lock().unwrap();
    let (asked, others) = all.drain(..).partition::<Vec<_>, _>(|(url, _)| *url == ours);
    *all = others;
    asked.into_iter().map(|(_, sql)| sql).collect()
}

const ADDRESSES: [&str; 4] = ["nobody@example.test", "alice@example.test", "off@example.test", "new@example.test"];

/// Alice, somebody deactivated, and somebody who has not confirmed the address.
fn people(t: &TestAccounts) {
    alice(t);
    account(t, ADDRESSES[2], AccountStatus::Deactivated, Some(RIGHT));
    account(t, ADDRESSES[3], AccountStatus::Unverified, Some(RIGHT));
}

#[tokio::test]
async fn a_wrong_password_costs_the_same_for_every_address() {
    let t = recorded();
    people(&t);
    let mut costs = Vec::new();
    for (n, address) in ADDRESSES.iter().enumerate() {
        let hashes = AtomicUsize::new(0);
        statements(&t);
        let check = async |password, phc| {
            hashes.fetch_add(1, Ordering::SeqCst);
            t.accounts.passwords.verify(password, phc).await
        };
        // Each from a network of its own, so that no counter of the ones before is found.
        let actor = from(&format!("198.51.{n}.1"));
        let outcome = log_in_by(&t.accounts, &actor, attempt(address, "wrong"), |_, _| Ok(()), check);
        let (outcome, _) = outcome.await.unwrap();
        assert!(matches!(outcome, Outcome::Wrong), "{address}: {outcome:?}");
        costs.push((hashes.into_inner(), statements(&t)));
    }
    assert_eq!(costs[0].0, 1);
    assert!(costs[0].1.len() > 5, "{costs:#?}");
    for (address, cost) in ADDRESSES.iter().zip(&costs).skip(1) {
        assert_eq!(*cost, costs[0], "{address} differs from {}", ADDRESSES[0]);
    }
}

/// The hash is made beforehand for each of them: [`SignUp`] holds it.
#[tokio::test]
async fn signing_up_costs_the_same_for_every_address() {
    let t = recorded();
    people(&t);
    let mut costs = Vec::new();
    for address in ADDRESSES {
        let new = SignUp {
            email: Email::parse(address).unwrap(),
            name: DisplayName::parse("Alice").unwrap(),
            phc: t.accounts.passwords.hash_blocking(&Password::typed(RIGHT)),
            browser_hash: b"a browser".to_vec(),
            return_to: None,
            links: Links::under("https://id.example.test"),
            throttle: true,
        };
        let parts = t.accounts.clone();
        statements(&t);
        let sent = t.accounts.write_blocking(&Actor::system(), move |tx| sign_up(tx, &parts.key, &new)).unwrap();
        assert_eq!(sent, Sent::Done, "{address}");
        let mut cost = statements(&t);
        // The mail comes before or after what it belongs to.
        cost.sort();
        costs.push(cost);
    }
    assert!(costs[0].len() > 8, "{costs:#?}");
    for (address, cost) in ADDRESSES.iter().zip(&costs).skip(1) {
        assert_eq!(*cost, costs[0], "{address} differs from {}", ADDRESSES[0]);
    }
}

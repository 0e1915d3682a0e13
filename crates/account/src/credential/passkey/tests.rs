use super::*;
use crate::mail::{Mail, SecondStep};
use crate::session::Amr;
use crate::testing::TestAccounts;
use crate::testing::soft_key::SoftKey;
use crate::{AccountId, Actor};
use std::time::Duration;

const ORIGIN: &str = "https://id.example.test";
const BROWSER: &[u8] = b"this browser";
const OTHER_BROWSER: &[u8] = b"another browser";

/// An installation, the account of Alice, and an authenticator.
struct Desk {
    t: TestAccounts,
    party: RelyingParty,
    alice: AccountId,
    key: SoftKey,
}

impl Desk {
    fn new() -> Self {
        let t = TestAccounts::create();
        let alice = t.person("alice@example.test").id;
        let party = RelyingParty::new(ORIGIN, "Example ID").expect("a name");
        Self { t, party, alice, key: SoftKey::new(ORIGIN) }
    }

    async fn offer(&self) -> Offered {
        let offered =
            begin_enrolment(&self.t.accounts, &self.party, &Actor::system(), &self.alice, BROWSER).await.unwrap();
        offered.expect("there is room")
    }

    async fn finish(&self, browser: &[u8], answer: &Answer) -> Enrolment {
        finish_enrolment(&self.t.accounts, &self.party, &Actor::system(), &self.alice, browser, answer).await.unwrap()
    }

    /// Adds the authenticator's key.
    async fn enrol(&mut self) -> Passkey {
        // Mails are told apart by their instant.
        self.t.clock.advance(Duration::from_millis(1));
        let offered = self.offer().await;
        let answer = answer(&offered, self.key.make(&offered.options));
        match self.finish(BROWSER, &answer).await {
            Enrolment::Added(passkey) => passkey,
            other => panic!("{other:?}"),
        }
    }

    async fn second_step(&self) -> Offered {
        let accounts = &self.t.accounts;
        begin_second_step(accounts, &self.party, &Actor::system(), &self.alice, BROWSER).await.unwrap().expect("a key")
    }

    async fn log_in(&self) -> Offered {
        begin_log_in(&self.t.accounts, &self.party, &Actor::system(), BROWSER).await.unwrap()
    }

    async fn verify(&self, expected: &Expected, browser: &[u8], answer: &Answer) -> Result<Assertion, Refusal> {
        verify(&self.t.accounts, &self.party, &Actor::system(), expected, browser, answer).await.unwrap()
    }

    /// A whole log-in, to the writing down of the use.
    async fn whole(&mut self) -> Result<Used, Refusal> {
        let offered = self.log_in().await;
        let answer = answer(&offered, self.key.sign(&offered.options));
        let assertion = self.verify(&Expected::Anybodys, BROWSER, &answer).await?;
        Ok(self.t.write(move |tx| note_use(tx, &assertion)))
    }

    fn of_alice(&self) -> Expected {
        Expected::Of(self.alice.clone())
    }
}

fn answer(offered: &Offered, credential: String) -> Answer {
    Answer { challenge: offered.challenge.clone(), credential }
}

#[test]
fn an_ip_address_is_no_relying_party() {
    for (url, id) in [
        ("https://id.example.test", Some("id.example.test")),
        ("https://id.example.test:8443", Some("id.example.test")),
        ("http://localhost:8080", Some("localhost")),
        ("http://127.0.0.1:8080", None),
        ("http://[::1]:8080", None),
        ("https://192.0.2.7", None),
    ] {
        assert_eq!(RelyingParty::new(url, "x").as_ref().map(RelyingParty::id), id, "{url}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passkey_is_added_named_and_told_of() {
    let mut desk = Desk::new();
    let first = desk.enrol().await;
    assert_eq!((first.name.as_str(), first.verifies_person, first.synced), ("Passkey", true, false));
    desk.key = SoftKey::new(ORIGIN);
    let offered = desk.offer().await;
    let excluded = &offered.options["publicKey"]["excludeCredentials"];
    assert_eq!(excluded.as_array().map(Vec::len), Some(1), "{excluded}");
    assert_eq!(desk.enrol().await.name, "Passkey 2");
    let mails = desk.t.mails();
    assert!(matches!(&mails[0], (to, Mail::SecondStepAdded { step, first: true, .. })
        if to == "alice@example.test" && *step == SecondStep::Passkey("Passkey".to_owned())));
    let id = desk.alice.clone();
    let sealed: Vec<(String, Vec<u8>)> = desk.t.read(|conn| {
        use db::schema::passkeys::dsl;
        use diesel::prelude::*;
        Ok(dsl::passkeys.select((dsl::credential_id, dsl::sealed_credential)).load(conn)?)
    });
    for (credential_id, sealed) in sealed {
        assert!(!String::from_utf8_lossy(&sealed).contains(&credential_id), "sealed");
    }
    assert_eq!(desk.t.read(|conn| count(conn, &id)), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_belongs_to_one_account() {
    let mut desk = Desk::new();
    desk.enrol().await;
    desk.alice = desk.t.person("bob@example.test").id;
    let offered = desk.offer().await;
    let again = answer(&offered, desk.key.make(&offered.options));
    assert_eq!(desk.finish(BROWSER, &again).await, Enrolment::AlreadyThere);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_challenge_is_for_one_browser_one_account_one_purpose_and_five_minutes() {
    let mut desk = Desk::new();
    desk.enrol().await;
    let offered = desk.second_step().await;
    let signed = answer(&offered, desk.key.sign(&offered.options));
    let bob = Expected::Of(desk.t.person("bob@example.test").id);
    for (expected, browser) in [(desk.of_alice(), OTHER_BROWSER), (Expected::Anybodys, BROWSER)] {
        assert_eq!(desk.verify(&expected, browser, &signed).await, Err(Refusal::Stale), "{expected:?}");
    }
    assert!(desk.verify(&desk.of_alice(), BROWSER, &signed).await.is_ok(), "nobody else spent it");
    let offered = desk.second_step().await;
    let signed = answer(&offered, desk.key.sign(&offered.options));
    assert_eq!(desk.verify(&bob, BROWSER, &signed).await, Err(Refusal::Stale));
    let offered = desk.second_step().await;
    let signed = answer(&offered, desk.key.sign(&offered.options));
    desk.t.clock.advance(Duration::from_secs(CHALLENGE_SECONDS as u64));
    assert_eq!(desk.verify(&desk.of_alice(), BROWSER, &signed).await, Err(Refusal::Stale));
    let offered = desk.offer().await;
    let made = answer(&offered, SoftKey::new(ORIGIN).make(&offered.options));
    assert_eq!(desk.finish(OTHER_BROWSER, &made).await, Enrolment::Stale);
}

#[test]
fn of_many_who_send_one_answer_one_is_let_in() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let (desk, signed) = runtime.block_on(async {
        let mut desk = Desk::new();
        desk.enrol().await;
        let offered = desk.log_in().await;
        let signed = answer(&offered, desk.key.sign(&offered.options));
        (desk, signed)
    });
    let results: Vec<Result<Assertion, Refusal>> = std::thread::scope(|scope| {
        let try_it = || runtime.block_on(desk.verify(&Expected::Anybodys, BROWSER, &signed));
        let tries: Vec<_> = (0..8).map(|_| scope.spawn(try_it)).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Err(Refusal::Stale)).count(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_log_in_by_passkey_says_of_itself() {
    for (synced, amr) in [(false, [Amr::Hwk, Amr::User]), (true, [Amr::Swk, Amr::User])] {
        let mut desk = Desk::new();
        desk.key.synced = synced;
        let passkey = desk.enrol().await;
        let offered = desk.log_in().await;
        assert_eq!(offered.options["publicKey"]["userVerification"], "required");
        assert_eq!(offered.options["publicKey"]["allowCredentials"], serde_json::json!([]), "it tells nobody's keys");
        let signed = answer(&offered, desk.key.sign(&offered.options));
        let assertion = desk.verify(&Expected::Anybodys, BROWSER, &signed).await.unwrap();
        assert_eq!((&assertion.account_id, assertion.amr()), (&desk.alice, amr.to_vec()));
        assert_eq!(desk.t.write(move |tx| note_use(tx, &assertion)), Used::Accepted);
        let now = desk.t.accounts.now();
        let found = desk.t.read(|conn| find(conn, &desk.alice, &passkey.id)).unwrap();
        assert_eq!(found.last_used_at, Some(now));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_does_not_verify_is_a_second_step_and_no_log_in() {
    let mut desk = Desk::new();
    desk.key.verifies = false;
    assert!(!desk.enrol().await.verifies_person);
    assert_eq!(desk.whole().await, Err(Refusal::NotVerified));
    let offered = desk.second_step().await;
    let signed = answer(&offered, desk.key.sign(&offered.options));
    let assertion = desk.verify(&desk.of_alice(), BROWSER, &signed).await.unwrap();
    assert_eq!(assertion.amr(), [Amr::Hwk]);
    // One that verified when it was added has to go on doing so.
    let mut desk = Desk::new();
    desk.enrol().await;
    desk.key.verifies = false;
    let offered = desk.second_step().await;
    let signed = answer(&offered, desk.key.sign(&offered.options));
    assert_eq!(desk.verify(&desk.of_alice(), BROWSER, &signed).await, Err(Refusal::NotVerified));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_counter_that_goes_back_suspends_the_key() {
    let mut desk = Desk::new();
    let passkey = desk.enrol().await;
    desk.key.counter = 10;
    assert_eq!(desk.whole().await, Ok(Used::Accepted));
    desk.key.counter = 10;
    assert_eq!(desk.whole().await, Err(Refusal::Copied));
    let found = desk.t.read(|conn| find(conn, &desk.alice, &passkey.id)).unwrap();
    assert!(found.suspended_at.is_some(), "suspended, not deleted");
    desk.key.counter = 20;
    assert_eq!(desk.whole().await, Err(Refusal::Suspended));
    assert!(matches!(desk.t.mails().last(), Some((_, Mail::PasskeySuspended { name, .. })) if name == "Passkey"));
    assert_eq!(desk.t.read(|conn| count(conn, &desk.alice)), 1, "two-step verification stays on");
    assert!(
        begin_second_step(&desk.t.accounts, &desk.party, &Actor::system(), &desk.alice, BROWSER)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_answers_with_one_counter_one_counts() {
    let mut desk = Desk::new();
    desk.enrol().await;
    let mut right = Vec::new();
    for _ in 0..2 {
        desk.key.counter = 7;
        let offered = desk.log_in().await;
        let signed = answer(&offered, desk.key.sign(&offered.options));
        right.push(desk.verify(&Expected::Anybodys, BROWSER, &signed).await.unwrap());
    }
    let used: Vec<Used> = right.into_iter().map(|assertion| desk.t.write(move |tx| note_use(tx, &assertion))).collect();
    assert_eq!(used, [Used::Accepted, Used::Copied]);
    // An authenticator that does not count never looks like a copy.
    let mut desk = Desk::new();
    desk.key.counter = 0;
    desk.enrol().await;
    for _ in 0..2 {
        assert_eq!(desk.whole().await, Ok(Used::Accepted));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_signed_here_for_this_proves_nothing() {
    let mut desk = Desk::new();
    desk.enrol().await;
    let bob = desk.t.person("bob@example.test").id;
    let handle = desk.key.user_handle.clone();
    // A page that looks like ours; a key that says it is Bob's; one that does not say whose it is; a stranger's key.
    let offered = desk.log_in().await;
    desk.key.origin = "https://id.example.test.evil.example".to_owned();
    let phished = answer(&offered, desk.key.sign(&offered.options));
    desk.key.origin = ORIGIN.to_owned();
    assert_eq!(desk.verify(&Expected::Anybodys, BROWSER, &phished).await, Err(Refusal::NotGenuine));
    for wrong in [Some(uuid::Uuid::parse_str(bob.as_str()).unwrap().as_bytes().to_vec()), None] {
        desk.key.user_handle = wrong;
        assert_eq!(desk.whole().await, Err(Refusal::NotGenuine));
    }
    let own = std::mem::replace(&mut desk.key, SoftKey::new(ORIGIN));
    desk.key.user_handle = handle;
    assert_eq!(desk.whole().await, Err(Refusal::Unknown));
    desk.key = own;
    // An answer to another challenge.
    let (first, second) = (desk.log_in().await, desk.log_in().await);
    let signed = answer(&second, desk.key.sign(&first.options));
    assert_eq!(desk.verify(&Expected::Anybodys, BROWSER, &signed).await, Err(Refusal::NotGenuine));
    for nonsense in ["", "{}", "[]", &"x".repeat(20_000)] {
        let offered = desk.log_in().await;
        let signed = answer(&offered, nonsense.to_owned());
        assert_eq!(desk.verify(&Expected::Anybodys, BROWSER, &signed).await, Err(Refusal::NotGenuine));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_s_own_passkeys_are_renamed_and_removed_and_nobody_else_s() {
    let mut desk = Desk::new();
    let passkey = desk.enrol().await;
    let bob = desk.t.person("bob@example.test").id;
    let (id, whose) = (passkey.id.clone(), bob.clone());
    let name = PasskeyName::parse("  Key\u{7} in the drawer ").unwrap();
    let foreign = name.clone();
    assert!(!desk.t.write(move |tx| rename(tx, &whose, &id, &foreign)));
    let (id, whose) = (passkey.id.clone(), bob.clone());
    assert!(!desk.t.write(move |tx| remove(tx, &whose, &id)));
    assert_eq!(desk.t.read(|conn| find(conn, &bob, &passkey.id)), None);
    let (id, whose) = (passkey.id.clone(), desk.alice.clone());
    assert!(desk.t.write(move |tx| rename(tx, &whose, &id, &name)));
    assert_eq!(desk.t.read(|conn| find(conn, &desk.alice, &passkey.id)).unwrap().name, "Key in the drawer");
    let (id, whose) = (passkey.id.clone(), desk.alice.clone());
    assert!(desk.t.write(move |tx| remove(tx, &whose, &id)));
    assert!(matches!(desk.t.mails().last(), Some((_, Mail::SecondStepRemoved { last: true, .. }))));
    assert_eq!(desk.whole().await, Err(Refusal::Unknown));
    assert_eq!(PasskeyName::parse(" \n "), Err(NameProblem::Empty));
    assert_eq!(PasskeyName::parse(&"x".repeat(65)), Err(NameProblem::TooLong));
}

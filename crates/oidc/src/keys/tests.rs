use super::*;
use account::testing::TestAccounts;
use account::{Accounts, Actor};
use jose::{ContentEncryption, KeyKind, KeyManagement, KeySet, SigningAlgorithm};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn published(keys: &SigningKeys) -> BTreeSet<String> {
    let document: Value = serde_json::from_slice(&keys.current().jwks().body).unwrap();
    let keys = document["keys"].as_array().unwrap();
    for key in keys {
        assert!(key["use"] == "sig" && key["alg"].is_string() || key["use"] == "enc" && key["alg"].is_null());
        assert!(key["d"].is_null() && key["p"].is_null(), "no private member");
    }
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn signer(keys: &SigningKeys, accounts: &Accounts) -> String {
    keys.current().signer(SigningAlgorithm::Es256, accounts.now()).unwrap().kid().to_owned()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(future)
}

#[test]
fn nodes_that_start_together_end_with_one_set() {
    let t = TestAccounts::create();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| SigningKeys::open(&t.accounts, 600).unwrap());
        }
    });
    let purposes: BTreeSet<_> = list(&t.accounts).unwrap().into_iter().map(|key| key.purpose.as_str()).collect();
    assert_eq!(purposes, Purpose::all().map(Purpose::as_str).collect());
    assert_eq!(list(&t.accounts).unwrap().len(), 6);
}

#[test]
fn a_key_is_published_before_it_signs_and_after() {
    let t = TestAccounts::create();
    let keys = SigningKeys::open(&t.accounts, 600).unwrap();
    let (old, first) = (signer(&keys, &t.accounts), published(&keys));
    assert_eq!(run(keys.rotate(&Actor::system(), Start::WhenKnown)).unwrap(), 4);
    assert_eq!(published(&keys).len(), 10, "the new ones are published");
    assert_eq!(signer(&keys, &t.accounts), old, "and do not sign yet");
    t.clock.advance(Duration::from_secs(661));
    let new = signer(&keys, &t.accounts);
    assert_ne!(new, old);
    let signed =
        keys.current().signer(SigningAlgorithm::Es256, t.accounts.now()).unwrap().sign_compact(None, &json!({}));
    assert!(keys.current().verifying().verify(&signed.unwrap(), &[SigningAlgorithm::Es256]).is_ok());
    run(keys.refresh()).unwrap();
    assert_eq!(published(&keys).len(), 10, "tokens of the old ones still live");
    t.clock.advance(Duration::from_secs(901));
    run(keys.refresh()).unwrap();
    let now = published(&keys);
    assert_eq!((now.len(), now.intersection(&first).count()), (6, 2), "PS256 and EdDSA sign nothing, and stay");
    assert!(keys.current().verifying().contains(&old), "hints are still recognised");
}

#[test]
fn what_is_encrypted_to_a_replaced_key_is_read_and_to_a_withdrawn_one_not() {
    let t = TestAccounts::create();
    let keys = SigningKeys::open(&t.accounts, 600).unwrap();
    let document: Value = serde_json::from_slice(&keys.current().jwks().body).unwrap();
    let key = KeySet::from_jwks(&document).unwrap().encryption_key(KeyManagement::EcdhEs).unwrap();
    let token = key.encrypt(ContentEncryption::A256Gcm, None, "hello").unwrap();
    let read = || {
        let decrypted = keys.current().decrypting().decrypt(&token, &KeyManagement::ALL, &ContentEncryption::ALL);
        decrypted.map(|decrypted| decrypted.content)
    };
    assert_eq!(read().as_deref(), Ok("hello"));
    assert_eq!(run(keys.rotate(&Actor::system(), Start::WhenKnown)).unwrap(), 4);
    t.clock.advance(Duration::from_secs(1000));
    run(keys.refresh()).unwrap();
    assert_eq!(read().as_deref(), Ok("hello"), "a client may have kept our keys for longer than it should");
    let ours = |key: &Key| key.purpose == Purpose::Decrypt(KeyKind::P256) && key.retired_at.is_some();
    let old = list(&t.accounts).unwrap().into_iter().find(ours).unwrap();
    assert_eq!(old.state(t.accounts.now()), State::Retired);
    assert!(withdraw(&t.accounts, &Actor::command(), &old.kid).unwrap());
    run(keys.refresh()).unwrap();
    assert!(read().is_err());
}

#[test]
fn another_node_sees_a_rotation_at_its_next_look() {
    let t = TestAccounts::create();
    let here = SigningKeys::open(&t.accounts, 600).unwrap();
    let there = SigningKeys::open(&t.accounts, 600).unwrap();
    rotate(&t.accounts, &Actor::command(), Start::Now).unwrap();
    run(async {
        here.refresh().await.unwrap();
        there.refresh().await.unwrap();
    });
    assert_eq!(published(&here), published(&there));
    assert_eq!(here.current().jwks().etag, there.current().jwks().etag);
    assert_eq!(published(&here).len(), 12);
}

#[test]
fn a_withdrawn_key_is_gone_at_once_and_replaced() {
    let t = TestAccounts::create();
    let keys = SigningKeys::open(&t.accounts, 600).unwrap();
    let stolen = signer(&keys, &t.accounts);
    assert!(withdraw(&t.accounts, &Actor::command(), &stolen).unwrap());
    assert!(!withdraw(&t.accounts, &Actor::command(), &stolen).unwrap());
    run(keys.refresh()).unwrap();
    assert!(!published(&keys).contains(&stolen) && !keys.current().verifying().contains(&stolen));
    assert_ne!(signer(&keys, &t.accounts), stolen);
    assert_eq!(published(&keys).len(), 6);
}

#[test]
fn keys_are_rotated_at_ninety_days_once() {
    let t = TestAccounts::create();
    let keys = SigningKeys::open(&t.accounts, 600).unwrap();
    assert_eq!(rotate_if_due(&t.accounts, &Actor::system()).unwrap(), 0);
    t.clock.advance(Duration::from_secs(90 * 24 * 3600));
    assert_eq!(rotate_if_due(&t.accounts, &Actor::system()).unwrap(), 4);
    assert_eq!(rotate_if_due(&t.accounts, &Actor::system()).unwrap(), 0);
    drop(keys);
}

#[test]
fn another_installation_key_is_told_apart() {
    let t = TestAccounts::create();
    SigningKeys::open(&t.accounts, 600).unwrap();
    let other = account::secret::InstallationKey::new(&[7; 32]);
    let accounts = Accounts::new(t.database.open(), t.clock.clone(), other);
    assert!(matches!(SigningKeys::open(&accounts, 600), Err(KeysError::Sealed(_))));
}

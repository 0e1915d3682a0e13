//! For tests: keys that are made once for each test program. An RSA key takes longer than most tests.

use super::store::{self, Row};
use account::{Accounts, Actor};
use jose::{PrivateKey, SigningAlgorithm};
use std::sync::OnceLock;

/// Gives a test database this program's keys, before [`super::SigningKeys::open`] would make others.
pub fn seed(accounts: &Accounts) {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        SigningAlgorithm::ALL.map(|algorithm| PrivateKey::generate(algorithm).expect("a key is made")).into()
    });
    let now = accounts.now();
    let rows: Vec<Row> =
        keys.iter().map(|key| Row::seal(key, &accounts.key, now, now).expect("a key is sealed")).collect();
    let insert = move |tx: &mut account::Tx<'_>| {
        let (there, _) = store::all(tx.conn)?;
        if there.is_empty() {
            rows.iter().try_for_each(|row| store::insert(tx, row))?;
        }
        Ok(())
    };
    accounts.write_blocking(&Actor::system(), insert).expect("the test database takes them");
}

//! For tests: keys that are made once for each test program. An RSA key takes longer than most tests.

use super::model::{Opened, Purpose};
use super::rotation::generate;
use super::store::{self, Row};
use account::{Accounts, Actor};
use std::sync::OnceLock;

/// Gives a test database this program's keys, before [`super::SigningKeys::open`] would make others.
pub fn seed(accounts: &Accounts) {
    static KEYS: OnceLock<Vec<Opened>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| Purpose::all().map(|purpose| generate(purpose).expect("a key is made")).collect());
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

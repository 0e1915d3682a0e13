//! Fixtures: an [`Accounts`] over a test database, with a clock that the test moves.

use crate::credential::password::{Costs, Passwords};
use crate::secret::InstallationKey;
use crate::{Accounts, Clock};
use db::Timestamp;
use db::testing::TestDatabase;

/// When tests begin: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// A test database, opened, with a manual clock. The database goes with this value.
pub struct TestAccounts {
    /// What is tested.
    pub accounts: Accounts,
    /// The clock that `accounts` reads.
    pub clock: Clock,
    /// The database below it.
    pub database: TestDatabase,
}

impl TestAccounts {
    /// A fresh one.
    pub fn create() -> Self {
        let database = TestDatabase::create();
        let clock = Clock::manual(START);
        let passwords = Passwords::new(Costs::lowest(), None);
        let key = InstallationKey::new(&[42; 32]);
        let accounts = Accounts::with_passwords(database.open(), clock.clone(), key, passwords);
        Self { accounts, clock, database }
    }
}

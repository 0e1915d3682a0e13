//! Fixtures: an [`Accounts`] over a test database, with a clock that the test moves.

pub mod soft_key;

use crate::account::{self, Account, DisplayName, NewAccount};
use crate::credential::password::{Costs, Passwords};
use crate::email::Email;
use crate::secret::InstallationKey;
use crate::{Accounts, Actor, Clock, Tx};
use db::testing::TestDatabase;
use db::{Conn, Result, Timestamp};
use std::time::Duration;

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

    /// Writes as the program itself, a millisecond after what was written before: ids sort by their instant.
    #[track_caller]
    pub fn write<T: Send + 'static>(&self, f: impl FnMut(&mut Tx<'_>) -> Result<T> + Send + 'static) -> T {
        self.clock.advance(Duration::from_millis(1));
        self.accounts.write_blocking(&Actor::system(), f).expect("the write succeeds")
    }

    /// Reads.
    #[track_caller]
    pub fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> T {
        self.accounts.db.read_blocking(f).expect("the read succeeds")
    }

    /// An active account of somebody called Alice Example, without a password.
    #[track_caller]
    pub fn person(&self, email: &str) -> Account {
        let email = Email::parse(email).expect("an address");
        let name = DisplayName::parse("Alice Example").expect("a name");
        let new = NewAccount { verified: true, ..NewAccount::of_person(email, name) };
        self.write(move |tx| account::create(tx, &new)).expect("the address is free")
    }
}

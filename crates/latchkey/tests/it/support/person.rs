//! People, without going through the pages: for tests that are about what comes afterwards.

use super::{Browser, Provider};
use account::account::{DisplayName, NewAccount, create};
use account::credential::password::{self, Password};
use account::email::Email;
use account::secret::Token;
use account::session::{self, Authentication, Login};
use account::{AccountId, Actor};

impl Provider {
    /// An active account with this address, with a password that no test types.
    pub async fn person(&self, email: &str) -> AccountId {
        let id = self.person_without_password(email).await;
        let phc = self.accounts.passwords.hash(Password::typed("a password that no test types")).await.expect("a hash");
        let (owner, actor) = (id.clone(), Actor::system());
        self.accounts.write(&actor, move |tx| password::put(tx, &owner, &phc)).await.expect("written");
        id
    }

    /// An active account with this address, without a password.
    pub async fn person_without_password(&self, email: &str) -> AccountId {
        let email = Email::parse(email).expect("an address");
        let name = DisplayName::parse("Alice Example").expect("a name");
        let new = NewAccount { verified: true, ..NewAccount::of_person(email, name) };
        let made = self.accounts.write(&Actor::system(), move |tx| create(tx, &new)).await.expect("written");
        made.expect("the address was free").id
    }

    /// Logs the person in in this browser, beside who is logged in there already.
    pub async fn log_in(&self, browser: &Browser, account: &AccountId) -> Login {
        let (account, lifetimes) = (account.clone(), self.node.site.lifetimes);
        let present = browser.cookie("latchkey-session").and_then(|value| Token::parse(&value));
        let now = self.accounts.now();
        let (token, login) = self
            .accounts
            .write(&Actor::system(), move |tx| {
                let present = match &present {
                    Some(token) => session::find(tx.conn, &token.hash(), now, &lifetimes)?,
                    None => None,
                };
                session::log_in(tx, present.as_ref(), &account, &Authentication::password(), &lifetimes)
            })
            .await
            .expect("written");
        browser.plant_cookie("latchkey-session", token.reveal());
        login
    }
}

//! OpenID Connect Core §3.1.2.1 and §5.4 with every response type: what the conformance plans Basic, Implicit, Hybrid and
//! Form Post ask of an authorization request. The modules' names stand with the tests.

mod codes;
mod parameters;
mod prompts;
mod scopes;

use crate::log_in::{ALICE, PASSWORD};
use crate::support::{Answer, Browser, Party, Provider, Shown};
use account::account::{Claims, DisplayName, NewAccount, create};
use account::credential::password::{self, Password};
use account::email::Email;
use account::{AccountId, Actor};
use serde_json::{Value, json};

/// Every response type.
const ALL: [&str; 6] = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];

/// Somebody else's product that may use every response type; Alice, who filled in everything.
struct Scene {
    provider: Provider,
    party: Party,
    alice: AccountId,
}

async fn scene() -> Scene {
    let provider = Provider::start().await;
    let party = provider.party_of_all_flows(false, json!({})).await;
    let claims = json!({
        "given_name": "Alice", "family_name": "Example", "middle_name": "Ada", "nickname": "al",
        "preferred_username": "alice", "profile": "https://example.test/alice", "picture": "https://example.test/a.png",
        "website": "https://example.test", "gender": "female", "birthdate": "1990-01-01", "zoneinfo": "Europe/Vienna",
        "locale": "en-GB", "phone_number": "+43 1 234567", "phone_number_verified": true,
        "address": { "formatted": "Ring 1, 1010 Vienna, Austria", "country": "Austria" },
    });
    let new = NewAccount {
        email: Email::parse(ALICE).unwrap(),
        name: DisplayName::parse("Alice Example").unwrap(),
        verified: true,
        operator: false,
        claims: Claims(claims.as_object().unwrap().clone()),
    };
    let phc = provider.accounts.passwords.hash(Password::typed(PASSWORD)).await.unwrap();
    let make = move |tx: &mut account::Tx<'_>| {
        let id = create(tx, &new)?.expect("a free address").id;
        password::put(tx, &id, &phc)?;
        Ok(id)
    };
    let alice = provider.accounts.write(&Actor::system(), make).await.unwrap();
    Scene { provider, party, alice }
}

/// What came of a request: the answer, the claims of its ID token (from here or there), and userinfo.
struct Came {
    answer: Answer,
    id_token: Value,
    person: Option<Value>,
    access_token: Option<String>,
    raw_id_token: String,
}

impl Scene {
    /// A browser in which Alice is logged in.
    async fn browser(&self) -> Browser {
        let browser = self.provider.browser();
        self.provider.log_in(&browser, &self.alice).await;
        browser
    }

    fn url(&self, response_type: &str, more: &[(&str, &str)]) -> String {
        self.party.authorize_url(&[&[("response_type", response_type)], more].concat())
    }

    /// Asks, and goes through the pages that come: log-in and consent.
    async fn ask(&self, browser: &Browser, response_type: &str, more: &[(&str, &str)]) -> Came {
        let shown = browser.open(&self.url(response_type, more)).await;
        self.follow(browser, shown).await
    }

    /// Goes through the pages that come, and redeems what came.
    async fn follow(&self, browser: &Browser, shown: Shown) -> Came {
        let answer = through(browser, shown).await.answer();
        assert_eq!(answer.get("error"), None, "{answer:?}");
        let (mut id_token, mut access_token) = (answer.get("id_token").map(str::to_owned), None);
        if let Some(code) = answer.get("code") {
            let (status, tokens) = self.party.exchange(code).await;
            assert_eq!(status.as_u16(), 200, "{tokens}");
            id_token = id_token.or(tokens["id_token"].as_str().map(str::to_owned));
            access_token = tokens["access_token"].as_str().map(str::to_owned);
        }
        access_token = answer.get("access_token").map(str::to_owned).or(access_token);
        let person = match &access_token {
            Some(token) => Some(self.party.userinfo(token).await.1),
            None => None,
        };
        let raw_id_token = id_token.expect("an ID token");
        Came { id_token: self.provider.claims(&raw_id_token), answer, person, access_token, raw_id_token }
    }
}

/// The pages of a log-in and of consent, as they come.
async fn through(browser: &Browser, mut shown: Shown) -> Shown {
    for _ in 0..4 {
        shown = match shown.path().as_str() {
            "/login" => browser.click(&shown, "continue", &[("email", ALICE)]).await,
            "/login/password" => browser.click(&shown, "log-in", &[("password", PASSWORD)]).await,
            "/consent" => browser.click(&shown, "allow", &[]).await,
            _ => return shown,
        };
    }
    shown
}

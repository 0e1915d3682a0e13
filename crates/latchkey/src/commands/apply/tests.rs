use account::Actor;
use account::testing::TestAccounts;

use super::file::File;
use super::plan::{self, Outcome};
use super::report::Report;

const FILE: &str = r#"
[[account]]
email = "alice@example.test"
name = "Alice Example"
password = "correct horse battery"
verified = true

[account.claims]
given_name = "Alice"
birthdate = 1990-01-01
address = { locality = "Vienna", country = "Austria" }

[[client]]
client_id = "tracker"
client_secret = "0123456789abcdef0123456789abcdef"
client_name = "Tracker"
"client_name#de" = "Fährte"
redirect_uris = ["https://tracker.example.test/callback"]
first_party = true

[[client]]
client_id = "desk"
redirect_uris = ["http://localhost:8083/callback"]
token_endpoint_auth_method = "none"
"#;

fn applied(t: &TestAccounts, text: &str) -> String {
    let file = File::parse(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    told(super::apply(&t.accounts, file).unwrap(), false)
}

fn planned(t: &TestAccounts, text: &str) -> String {
    told(super::plan(&t.accounts, File::parse(text).unwrap()).unwrap(), true)
}

fn told(outcome: Outcome, plan: bool) -> String {
    match outcome {
        Outcome::Done(changes) => Report { changes: &changes, plan }.to_string(),
        Outcome::Wrong(problems) => problems.join("\n"),
        Outcome::NeedsHashes(emails) => panic!("{emails:?}"),
    }
}

fn problems(text: &str) -> Vec<String> {
    File::parse(text).err().unwrap_or_default()
}

#[test]
fn a_file_can_be_applied_again_and_again() {
    let t = TestAccounts::create();
    let made = "+ account alice@example.test\n+ client tracker\n+ client desk\n";
    assert_eq!(planned(&t, FILE), format!("{made}3 to make, 0 to change, 0 as the file says. Nothing was changed.\n"));
    assert_eq!(applied(&t, FILE), format!("{made}3 made, 0 changed, 0 as the file says.\n"), "planning made nothing");
    let same = "= account alice@example.test\n= client tracker\n= client desk\n";
    assert_eq!(applied(&t, FILE), format!("{same}Nothing to change: 3 as the file says.\n"));
    let other_password = FILE.replace("correct horse battery", "another password");
    assert!(applied(&t, &other_password).ends_with("Nothing to change: 3 as the file says.\n"));
}

#[test]
fn what_differs_is_shown_without_secrets_and_what_is_left_out_stays() {
    let t = TestAccounts::create();
    applied(&t, FILE);
    let change = r#"
[[account]]
email = "ALICE@example.test"
operator = true
claims = { given_name = "Ali" }

[[client]]
client_id = "tracker"
client_secret = "another-one-another-one-another-one-"
grant_types = ["authorization_code"]
"#;
    let expected = r#"~ account ALICE@example.test
    operator: false -> true
    claims.given_name: "Alice" -> "Ali"
~ client tracker
    grant_types: ["authorization_code","refresh_token"] -> ["authorization_code"]
    client_secret: another one
"#;
    assert!(planned(&t, change).starts_with(expected), "{}", planned(&t, change));
    assert!(applied(&t, change).starts_with(expected));
    assert!(applied(&t, change).ends_with("Nothing to change: 2 as the file says.\n"));
    let left = applied(&t, FILE);
    assert!(left.contains("~ client tracker\n    client_secret: another one\n= client desk\n"), "{left}");
}

#[test]
fn a_file_with_one_wrong_client_changes_nothing() {
    let t = TestAccounts::create();
    let wrong = format!("{FILE}\n[[client]]\nclient_id = \"wiki\"\nredirect_uris = [\"http://wiki.example.test/\"]\n");
    assert_eq!(
        applied(&t, &wrong),
        "client wiki: redirect_uris: http://wiki.example.test/: a redirect URI uses https; http is only for 127.0.0.1, \
         [::1] and localhost"
    );
    assert!(applied(&t, FILE).ends_with("3 made, 0 changed, 0 as the file says.\n"));
    let secret = "[[client]]\nclient_id = \"wiki\"\nredirect_uris = [\"https://wiki.example.test/\"]\n";
    assert!(applied(&t, secret).starts_with("client wiki: client_secret: write a secret"));
}

#[test]
fn a_name_that_is_not_known_is_told_its_neighbour() {
    let cases = [
        ("[[acount]]\nemail = \"a@example.test\"", "the file: there is no key \"acount\"; did you mean \"account\"?"),
        ("account = 1", "account: write [[account]] before each entry"),
        ("[[account]]\nname = \"A\"", "account number 1: email: every account needs one"),
        (
            "[[account]]\nemail = \"a@example.test\"\nverfied = true",
            "account a@example.test: there is no key \"verfied\"; did you mean \"verified\"?",
        ),
        (
            "[[account]]\nemail = \"a@example.test\"\noperator = \"yes\"",
            "account a@example.test: operator: write true or false",
        ),
        (
            "[[account]]\nemail = \"a@example.test\"\npassword = \"short\"",
            "account a@example.test: password: write 8 to 256 characters",
        ),
        (
            "[[account]]\nemail = \"a@example.test\"\nclaims = { nickname = 1 }",
            "account a@example.test: claims.nickname: nickname is a text",
        ),
        (
            "[[account]]\nemail = \"a@example.test\"\nclaims = { sub = \"1\" }",
            "account a@example.test: claims.sub: it is the account's id",
        ),
        (
            "[[account]]\nemail = \"a@example.test\"\nclaims = { nicknam = \"1\" }",
            "account a@example.test: claims.nicknam: this is not a standard claim; did you mean \"nickname\"?",
        ),
        (
            "[[client]]\nclient_id = \"a\"\nredirect_uri = []",
            "client a: there is no key \"redirect_uri\"; did you mean \"redirect_uris\"?",
        ),
        ("[[client]]\nclient_id = \"a\"\nredirect_uris = \"x\"", "client a: redirect_uris: invalid type"),
        ("[[client]]\nredirect_uris = []", "client number 1: client_id: every client needs one"),
        ("[[client]]\nclient_id = \"a\"\n[[client]]\nclient_id = \"a\"", "client a: it is in the file twice"),
    ];
    for (text, expected) in cases {
        let said = problems(text);
        assert!(said.len() == 1 && said[0].starts_with(expected), "{text}: {said:?}");
    }
    assert!(problems("[[client]\n")[0].contains("line 1") || problems("[[client]\n")[0].contains("1 |"));
}

#[test]
fn passwords_are_hashed_before_the_transaction() {
    let t = TestAccounts::create();
    let file = File::parse(FILE).unwrap();
    let outcome = t
        .accounts
        .write_blocking(&Actor::command(), move |tx| plan::carry_out(tx, &file, &plan::Hashes::new()))
        .unwrap();
    assert!(matches!(outcome, Outcome::NeedsHashes(emails) if emails == ["alice@example.test"]));
}

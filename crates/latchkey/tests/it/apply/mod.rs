//! `latchkey apply`, through the built executable, beside a running provider.

use crate::support::Provider;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const FILE: &str = r#"
[[account]]
email = "alice@example.test"
name = "Alice Example"
password = "plinth gumbo weather"
verified = true

[[client]]
client_id = "tracker"
client_secret = "0123456789abcdef0123456789abcdef"
client_name = "Tracker"
redirect_uris = ["https://tracker.example.test/callback"]
first_party = true
"#;

/// Runs `latchkey apply` on the provider's database, with the harness's key.
fn apply(provider: &Provider, folder: &Path, text: &str, more: &[&str]) -> Output {
    std::fs::write(folder.join("latchkey.key"), [42; 32]).unwrap();
    std::fs::write(folder.join("all.toml"), text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_latchkey"))
        .args(["apply", "all.toml"])
        .args(more)
        .current_dir(folder)
        .env_clear()
        .env("LATCHKEY_DATABASE__URL", provider.database.url_text())
        .env("LATCHKEY_SECRETS__KEY_FILE", folder.join("latchkey.key"))
        .env("LATCHKEY_PASSWORD__MEMORY_KIB", "8")
        .env("LATCHKEY_PASSWORD__ITERATIONS", "1")
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[tokio::test]
async fn a_running_server_sees_what_a_file_says_within_seconds() {
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (node, registry) = (provider.node.clone(), provider.node.provider.clients.clone());
    let following = tokio::spawn(async move { node.background().await });

    assert!(told(&apply(&provider, folder.path(), FILE, &["--plan"])).contains("2 to make, 0 to change"));
    assert!(told(&apply(&provider, folder.path(), FILE, &[])).contains("2 made, 0 changed"));
    let seen = async {
        while registry.find("tracker").is_none() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.expect("the server follows");
    assert!(registry.find("tracker").unwrap().secret_matches("0123456789abcdef0123456789abcdef"));
    assert!(told(&apply(&provider, folder.path(), FILE, &[])).contains("Nothing to change: 2 as the file says."));

    let browser = provider.browser();
    let shown = crate::log_in::log_in(&browser, "alice@example.test", "plinth gumbo weather").await;
    assert!(crate::log_in::session_of(&provider, &browser).is_some(), "{}", shown.brief());
    following.abort();
}

#[tokio::test]
async fn a_wrong_file_changes_nothing_and_says_why() {
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let wrong = FILE.replace("redirect_uris", "redirect_urls");
    let output = apply(&provider, folder.path(), &wrong, &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("client tracker: there is no key \"redirect_urls\"; did you mean \"redirect_uris\"?"),
        "{said}"
    );
    assert!(told(&apply(&provider, folder.path(), FILE, &["--plan"])).contains("2 to make"));
}

/// A file with these lines in the client's entry.
fn with(lines: &str) -> String {
    format!("{FILE}{lines}")
}

/// `backchannel_logout_uri`, `frontchannel_logout_uri` and their `_session_required` (Back-Channel and Front-Channel Logout
/// §2.2, §2).
#[tokio::test]
async fn where_a_client_hears_of_log_outs_is_taken_from_the_file_or_refused() {
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    for (lines, said) in [
        (
            "backchannel_logout_uri = \"http://tracker.example.test/out\"",
            "backchannel_logout_uri: write a whole address",
        ),
        (
            "backchannel_logout_uri = \"https://tracker.example.test/out#x\"",
            "backchannel_logout_uri: write the address",
        ),
        ("backchannel_logout_uri = 1", "backchannel_logout_uri: "),
        ("backchannel_logout_session_required = true", "backchannel_logout_session_required: this says what"),
        ("backchannel_logout_session_required = \"yes\"", "backchannel_logout_session_required: "),
        (
            "frontchannel_logout_uri = \"https://evil.example.test/out\"",
            "frontchannel_logout_uri: scheme, host and port",
        ),
        ("frontchannel_logout_uri = \"javascript:alert(1)\"", "frontchannel_logout_uri: write a whole address"),
        ("frontchannel_logout_session_required = true", "frontchannel_logout_session_required: this says what"),
        ("frontchannel_logout_url = \"https://tracker.example.test/\"", "did you mean \"frontchannel_logout_uri\"?"),
    ] {
        let output = apply(&provider, folder.path(), &with(lines), &[]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{lines}");
        assert!(told.contains("client tracker: ") && told.contains(said), "{lines}: {told}");
    }
    assert!(told(&apply(&provider, folder.path(), FILE, &["--plan"])).contains("2 to make"), "nothing came of these");

    let good = with(
        "backchannel_logout_uri = \"https://hooks.example.test/out?of=tracker\"\n\
         backchannel_logout_session_required = true\n\
         frontchannel_logout_uri = \"https://tracker.example.test/out\"\n\
         frontchannel_logout_session_required = true\n",
    );
    assert!(told(&apply(&provider, folder.path(), &good, &[])).contains("2 made, 0 changed"));
    assert!(told(&apply(&provider, folder.path(), &good, &[])).contains("Nothing to change"));
    let metadata = async || {
        let registry = &provider.node.provider.clients;
        registry.refresh(&provider.accounts).await.unwrap();
        registry.find("tracker").expect("applied").record.metadata.clone()
    };
    let first = metadata().await;
    assert_eq!(first.backchannel_logout_uri.as_deref(), Some("https://hooks.example.test/out?of=tracker"));
    assert_eq!(first.frontchannel_logout_uri.as_deref(), Some("https://tracker.example.test/out"));
    assert_eq!(first.backchannel_logout_session_required, Some(true));
    assert_eq!(first.frontchannel_logout_session_required, Some(true));
    // A change is told by its name before it is made; what the file leaves out stays.
    let moved = with("backchannel_logout_uri = \"https://hooks.example.test/new\"\n");
    let plan = told(&apply(&provider, folder.path(), &moved, &["--plan"]));
    assert!(plan.contains("backchannel_logout_uri") && !plan.contains("frontchannel_logout_uri"), "{plan}");
    assert!(told(&apply(&provider, folder.path(), &moved, &[])).contains("1 changed"));
    let second = metadata().await;
    assert_eq!(second.backchannel_logout_uri.as_deref(), Some("https://hooks.example.test/new"));
    assert_eq!(second.frontchannel_logout_uri, first.frontchannel_logout_uri);
}

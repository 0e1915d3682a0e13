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

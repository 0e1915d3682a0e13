//! Whatever the program records about accounts has words for its owner, or is left out on purpose.

use server::account::{ACTIVITY_HIDDEN, ACTIVITY_WORDS};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The source files of the workspace, tests apart.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.contains("test") && !path.to_string_lossy().contains("/tests/") {
            found.push(path);
        }
    }
}

/// The actions in the calls of `audit::record` (and of `record`, where it is imported) that name an account as their
/// target.
fn recorded() -> BTreeSet<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the folder of the crates").to_owned();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crates).expect("a folder") {
        let source = entry.expect("an entry").path().join("src");
        if source.is_dir() {
            sources(&source, &mut files);
        }
    }
    let mut actions = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("readable");
        for call in text.split("audit::record(").skip(1) {
            let arguments = call.split(';').next().unwrap_or_default();
            // Of two quoted texts that look like an action, both may be: `if verified { "a.b" } else { "c.d" }`.
            let before_details = arguments.split("json!").next().unwrap_or_default();
            if before_details.contains("Target::account") {
                actions.extend(before_details.split('"').skip(1).step_by(2).filter(is_action).map(str::to_owned));
            }
        }
    }
    actions
}

fn is_action(text: &&str) -> bool {
    let is_word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    text.split_once('.').is_some_and(|(object, verb)| is_word(object) && is_word(verb))
}

#[test]
fn every_action_about_an_account_has_words_or_is_left_out() {
    let recorded = recorded();
    assert!(recorded.len() > 20 && recorded.contains("login.succeeded"), "{recorded:?}");
    let known: BTreeSet<&str> = ACTIVITY_WORDS.iter().map(|(action, _)| *action).chain(ACTIVITY_HIDDEN).collect();
    let missing: Vec<_> = recorded.iter().filter(|action| !known.contains(action.as_str())).collect();
    assert!(missing.is_empty(), "no words in server/src/account/activity/words.rs for {missing:?}");
}

//! `latchkey migrate` and `latchkey keys`, and the key file, through the built executable.

use db::testing::TestDatabase;
use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder with an installation in it.
struct Installation {
    database: TestDatabase,
    folder: tempfile::TempDir,
}

impl Installation {
    /// One whose database has no tables yet. The key file is there on PostgreSQL, where it is not made.
    fn new() -> Self {
        let installation =
            Self { database: TestDatabase::create_empty(), folder: tempfile::tempdir().expect("a folder") };
        if installation.is_postgres() {
            std::fs::write(installation.key_file(), [7; 32]).unwrap();
        }
        installation
    }

    fn is_postgres(&self) -> bool {
        self.database.url_text().starts_with("postgres")
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("latchkey.key")
    }

    fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_latchkey"))
            .args(arguments.split(' '))
            .current_dir(self.folder.path())
            .env_remove("LATCHKEY_CONFIG")
            .env("LATCHKEY_DATABASE__URL", self.database.url_text())
            .env("LATCHKEY_SECRETS__KEY_FILE", self.key_file())
            .output()
            .expect("the executable runs")
    }

    /// What it prints, when it ends well.
    fn good(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of, when it ends badly.
    fn bad(&self, arguments: &str) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn a_plan_changes_nothing_and_migrations_are_applied_once() {
    let installation = Installation::new();
    for _ in 0..2 {
        let plan = installation.good("migrate --plan");
        assert!(plan.starts_with("Would be applied:\n") && plan.contains("main_job"), "{plan}");
    }
    assert!(installation.bad("keys list").contains("Run `latchkey migrate` first"));
    let applied = installation.good("migrate");
    assert!(applied.starts_with("Applied:\n") && applied.contains("main_job"), "{applied}");
    assert_eq!(installation.good("migrate"), "The database is up to date.\n");
    assert_eq!(installation.good("migrate --plan"), "The database is up to date.\n");
}

#[test]
fn keys_are_listed_rotated_and_withdrawn() {
    let installation = Installation::new();
    installation.good("migrate");
    assert!(installation.good("keys list").contains("There are no keys yet"));
    let first = installation.good("keys rotate --now");
    assert!(first.contains("serve from now on") && first.contains("RS256") && first.contains("ES256"), "{first}");
    let second = installation.good("keys rotate");
    assert!(second.contains("published, signs from") && second.contains("signing since"), "{second}");
    let kid = second.lines().find(|line| line.contains("signing since")).unwrap().split(' ').next().unwrap();
    assert!(installation.good(&format!("keys rotate --withdraw {kid}")).contains("Withdrawn"));
    let listed = installation.good("keys list");
    assert!(listed.lines().any(|line| line.starts_with(kid) && line.contains("withdrawn since")), "{listed}");
    assert!(installation.bad(&format!("keys rotate --withdraw {kid}")).contains("withdrawn before"));
}

#[test]
fn the_key_file_is_made_for_its_owner_alone_and_no_other_is_taken() {
    let installation = Installation::new();
    installation.good("migrate");
    installation.good("keys list");
    let bytes = std::fs::read(installation.key_file()).unwrap();
    assert_eq!(bytes.len(), 32);
    #[cfg(unix)]
    if !installation.is_postgres() {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(installation.key_file()).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::write(installation.key_file(), [9; 32]).unwrap();
    let refused = installation.bad("keys list");
    assert!(refused.contains("is not the one that this database was sealed with"), "{refused}");
    std::fs::write(installation.key_file(), [9; 31]).unwrap();
    assert!(installation.bad("keys list").contains("must have exactly 32"));
    std::fs::remove_file(installation.key_file()).unwrap();
    let refused = installation.bad("keys list");
    // With PostgreSQL the settings are refused before the database is opened.
    assert!(
        refused.contains(if installation.is_postgres() { "secrets.key_file" } else { "Put the file back" }),
        "{refused}"
    );
    assert!(!installation.key_file().exists());
    std::fs::write(installation.key_file(), bytes).unwrap();
    installation.good("keys list");
}

#[test]
fn postgres_wants_a_key_file_that_is_there() {
    let installation = Installation::new();
    if !installation.is_postgres() {
        return;
    }
    installation.good("migrate");
    std::fs::remove_file(installation.key_file()).unwrap();
    let refused = installation.bad("keys list");
    assert!(refused.contains("secrets.key_file"), "{refused}");
    assert!(!installation.key_file().exists());
}

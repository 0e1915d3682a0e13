//! `latchkey doctor`: looks over an installation and says what to change. Changes nothing itself.

mod checks;

use super::say;
use crate::settings::Settings;
use anyhow::bail;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Finding {
    /// All is well; what it looked at.
    Good(String),
    /// It works, and the operator should know this.
    Note(String),
    /// It does not work; what to change.
    Problem(String),
}

/// Runs every check and prints a line for each.
///
/// # Errors
/// At least one of them found a problem.
pub fn run(settings: Settings) -> anyhow::Result<()> {
    let mut problems = 0;
    let mut tell = |about: &str, finding: Finding| {
        let (mark, words) = match finding {
            Finding::Good(words) => ("ok", words),
            Finding::Note(words) => ("note", words),
            Finding::Problem(words) => {
                problems += 1;
                ("PROBLEM", words)
            }
        };
        say(&format!("{mark:<8} {about:<9} {words}"));
    };
    tell("settings", Finding::Good("All keys and values are understood.".to_owned()));
    for warning in settings.warnings() {
        tell("settings", Finding::Note(format!("{warning}.")));
    }
    let (database, finding) = checks::database(&settings);
    tell("database", finding);
    if let Some(database) = &database {
        tell("clock", checks::clock(database));
    }
    tell("key file", checks::key_file(&settings, database.as_ref()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tell("mail", runtime.block_on(checks::mail(&settings)));
    tell("issuer", runtime.block_on(checks::issuer(&settings)));
    tell("passkeys", checks::passkeys(&settings));
    match problems {
        0 => Ok(()),
        1 => bail!("1 problem was found"),
        _ => bail!("{problems} problems were found"),
    }
}

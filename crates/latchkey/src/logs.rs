//! Logs: events on standard error, for people on a terminal and as JSON, one object a line, everywhere else.
//!
//! Standard output is left to the lines that a command prints for whoever called it.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::settings::Problem;

/// The variables that choose what is logged; the first that is set counts.
const FILTERS: [&str; 2] = ["LATCHKEY_LOG", "RUST_LOG"];

/// What is logged when nobody chose. The web server's own words on its start say less than ours.
const DEFAULT_FILTER: &str = "info,actix_server=warn";

/// A filter that cannot be read, with the variable that holds it.
#[derive(Debug, thiserror::Error)]
#[error("is no log filter; write \"info\", \"debug\" or \"info,latchkey=debug\"")]
pub struct WrongFilter {
    variable: &'static str,
    source: ParseError,
}

impl From<WrongFilter> for Problem {
    fn from(wrong: WrongFilter) -> Self {
        Problem::new(wrong.variable, format!("{wrong} ({})", wrong.source))
    }
}

/// Starts logging and makes panics log themselves. Called once, before anything else runs.
///
/// # Errors
/// The filter in `LATCHKEY_LOG` or `RUST_LOG` is none.
pub fn start() -> Result<(), WrongFilter> {
    let filter = filter(|variable| std::env::var(variable).ok())?;
    let events = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Whoever started logging before us, a test for instance, keeps what it chose.
    let _ = if std::io::stderr().is_terminal() {
        events.with_target(false).try_init()
    } else {
        events.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
    log_panics();
    Ok(())
}

fn filter(variable: impl Fn(&str) -> Option<String>) -> Result<EnvFilter, WrongFilter> {
    for name in FILTERS {
        if let Some(text) = variable(name).filter(|text| !text.is_empty()) {
            return EnvFilter::try_new(text).map_err(|source| WrongFilter { variable: name, source });
        }
    }
    Ok(EnvFilter::new(DEFAULT_FILTER))
}

/// A panic is a defect of ours: it goes into the log with its place, where the operator looks, in the log's form.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let thread = std::thread::current();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, thread = thread.name().unwrap_or("unnamed"), message, "a defect: the code panicked");
    }));
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_FILTER, EnvFilter, filter};
    use crate::settings::Problem;

    #[test]
    fn the_first_filter_that_is_set_counts() {
        let both = filter(|name| Some(if name == "LATCHKEY_LOG" { "warn" } else { "trace" }.to_owned()));
        assert_eq!(both.unwrap().to_string(), "warn");
        let empty = filter(|name| Some(if name == "LATCHKEY_LOG" { "" } else { "debug" }.to_owned()));
        assert_eq!(empty.unwrap().to_string(), "debug");
        assert_eq!(filter(|_| None).unwrap().to_string(), EnvFilter::new(DEFAULT_FILTER).to_string());
    }

    #[test]
    fn a_wrong_filter_names_its_variable() {
        let refused = Problem::from(filter(|_| Some("a=b=c".to_owned())).unwrap_err());
        assert_eq!(refused.place, "LATCHKEY_LOG");
        assert!(refused.advice.starts_with("is no log filter; write"), "{refused:?}");
    }
}

//! The page about log-outs, and its specimens.

use super::PATH;
use crate::accounts;
use crate::clients;
use account::clock::to_the_minute;
use askama::Template;
use oidc::logout::back_channel::{Counts, State, Summary};
use web::page::Page;

#[derive(Template)]
#[template(path = "admin/log_outs/list.html")]
pub(super) struct LogOutsPage {
    page: Page,
    counts: Counts,
    state: &'static str,
    rows: Vec<Row>,
    first_href: String,
    older_href: String,
}

/// One product to be told.
pub(super) struct Row {
    id: String,
    /// The product's name; of one that is gone its id.
    client: String,
    /// Empty when the product is gone.
    client_href: String,
    account: String,
    account_href: String,
    state: &'static str,
    look: &'static str,
    ended: String,
    attempts: i64,
    /// When it was heard, given up, or is tried next.
    then: String,
    last_error: String,
    may_retry: bool,
}

impl LogOutsPage {
    pub fn of(
        page: Page,
        counts: Counts,
        state: Option<State>,
        rows: Vec<Row>,
        first_href: String,
        older_href: String,
    ) -> Self {
        Self { page, counts, state: state.map_or("", State::as_str), rows, first_href, older_href }
    }

    /// The choices of the select `state`: value, label, whether it is chosen.
    fn states(&self) -> [(&'static str, &'static str, bool); 4] {
        let choice = |value, label| (value, label, self.state == value);
        [
            choice("", "Any"),
            choice(State::Waiting.as_str(), "Waiting"),
            choice(State::Delivered.as_str(), "Heard"),
            choice(State::Failed.as_str(), "Given up"),
        ]
    }
}

impl Row {
    /// `name` is the product's and `email` the account's, as far as they are there.
    pub fn of(log_out: &Summary, name: Option<&str>, email: Option<&str>) -> Self {
        let (state, look, verb, at) = match log_out.state {
            State::Waiting if log_out.attempts == 0 => ("Waiting", "", "next", Some(log_out.next_attempt_at)),
            State::Waiting => ("Waiting", "warning", "next", Some(log_out.next_attempt_at)),
            State::Delivered => ("Heard", "success", "heard", log_out.finished_at),
            State::Failed => ("Given up", "danger", "given up", log_out.finished_at),
        };
        Self {
            id: log_out.id.to_string(),
            client_href: name.map(|_| clients::path_of(&log_out.client_id)).unwrap_or_default(),
            client: name.unwrap_or(&log_out.client_id).to_owned(),
            account: email.unwrap_or(log_out.account_id.as_str()).to_owned(),
            account_href: accounts::path_of(&log_out.account_id),
            state,
            look,
            ended: to_the_minute(log_out.created_at),
            attempts: log_out.attempts,
            then: at.map(|at| format!("{verb} {}", to_the_minute(at))).unwrap_or_default(),
            last_error: log_out.last_error.clone().unwrap_or_default(),
            may_retry: log_out.state == State::Failed || (log_out.state == State::Waiting && log_out.attempts > 0),
        }
    }
}

pub use specimens::specimens;

mod specimens {
    use super::*;
    use crate::guard;
    use account::log_out::LogOutId;
    use account::{AccountId, Timestamp};
    use web::page::PersonBadge;
    use web::specimen::Specimen;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn page() -> Page {
        let person = PersonBadge { name: "Olga Operator".into(), email: "olga@example.test".into(), avatar_url: None };
        Page {
            csrf: "specimen".to_owned(),
            person: Some(person),
            is_operator: true,
            sections: guard::sections(PATH),
            ..Page::new("Log-outs", "Latchkey")
        }
    }

    fn log_out(n: i64, client_id: &str, state: State, attempts: i64, last_error: Option<&str>) -> Summary {
        let id = format!("01934f6a-0000-7000-8000-0000000000{n:02}");
        let finished = state != State::Waiting;
        Summary {
            id: LogOutId::parse(&id).expect("it has the form of an id"),
            client_id: client_id.to_owned(),
            account_id: AccountId::parse(&id).expect("it has the form of an id"),
            state,
            created_at: NOW.plus_seconds(-600 * n),
            attempts,
            next_attempt_at: NOW.plus_seconds(300),
            finished_at: finished.then(|| NOW.plus_seconds(-599 * n)),
            last_error: last_error.map(str::to_owned),
        }
    }

    /// The page in each of its states.
    pub fn specimens() -> Vec<Specimen> {
        let error = "the client answered with status 503";
        let mixed = [
            log_out(1, "tracker", State::Waiting, 0, None),
            log_out(2, "wiki", State::Waiting, 3, Some(error)),
            log_out(3, "tracker", State::Delivered, 1, None),
            log_out(
                4,
                "b0b6e9d5c8f24a7fbb2f4f1f0d6a1c55",
                State::Failed,
                1,
                Some("the client has no address any more"),
            ),
        ];
        let counts = Counts { waiting: 2, retrying: 1, delivered: 148, failed: 1 };
        let name = |id: &str| match id {
            "tracker" => Some("Tracker"),
            "wiki" => Some("Wiki"),
            _ => None,
        };
        let shown = |state, log_outs: &[Summary], counts, more: bool| {
            let (first, older) = if more { (PATH, "/admin/log-outs?before=x") } else { ("", "") };
            let row = |log_out: &Summary| Row::of(log_out, name(&log_out.client_id), Some("alice@example.test"));
            LogOutsPage::of(
                page(),
                counts,
                state,
                log_outs.iter().map(row).collect(),
                first.to_owned(),
                older.to_owned(),
            )
        };
        let none = Counts::default();
        vec![
            Specimen::new("console/log-outs", &shown(None, &mixed[2..3], Counts { delivered: 1, ..none }, true)),
            Specimen::new("console/log-outs-failing", &shown(None, &mixed, counts, false)),
            Specimen::new("console/log-outs-none-fits", &shown(Some(State::Failed), &[], counts, false)),
            Specimen::new("console/log-outs-none", &shown(None, &[], none, false)),
        ]
    }
}

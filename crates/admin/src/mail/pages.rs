//! The page about mail, and its specimens.

use super::PATH;
use account::Timestamp;
use account::clock::to_the_minute;
use account::outbox::{MailCounts, MailState, MailSummary};
use askama::Template;
use web::page::Page;

/// What keeps mail from leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server refused, or was not reached.
    Failing {
        /// Mails that were tried and wait.
        waiting: i64,
        /// What the last attempt met.
        last_error: String,
        /// When the next one is.
        next_attempt_at: Timestamp,
    },
    /// Mails wait and nobody tries them.
    NotTried,
}

#[derive(Template)]
#[template(path = "admin/mail/list.html")]
pub(super) struct MailPage {
    page: Page,
    counts: MailCounts,
    trouble: Option<String>,
    state: &'static str,
    rows: Vec<Row>,
    first_href: String,
    older_href: String,
}

struct Row {
    id: String,
    kind: String,
    recipient: String,
    state: &'static str,
    look: &'static str,
    created: String,
    attempts: i64,
    /// When it was taken, given up, or is tried next.
    then: String,
    last_error: String,
    may_retry: bool,
}

impl MailPage {
    pub fn of(
        page: Page,
        counts: MailCounts,
        trouble: Option<Trouble>,
        state: Option<MailState>,
        mails: &[MailSummary],
        first_href: String,
        older_href: String,
    ) -> Self {
        Self {
            page,
            counts,
            trouble: trouble.as_ref().map(words),
            state: state.map_or("", MailState::as_str),
            rows: mails.iter().map(Row::of).collect(),
            first_href,
            older_href,
        }
    }

    /// The choices of the select `state`: value, label, whether it is chosen.
    fn states(&self) -> [(&'static str, &'static str, bool); 4] {
        let choice = |value, label| (value, label, self.state == value);
        [
            choice("", "Any"),
            choice(MailState::Queued.as_str(), "Waiting"),
            choice(MailState::Accepted.as_str(), "Sent"),
            choice(MailState::Failed.as_str(), "Given up"),
        ]
    }
}

fn words(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Failing { waiting, last_error, next_attempt_at } => {
            let (mails, verb) = if *waiting == 1 { ("mail", "waits") } else { ("mails", "wait") };
            format!(
                "The mail server does not take mail: {last_error}. {waiting} {mails} {verb}, nothing is lost; the next attempt \
                 is at {}. Check the setting mail.url and the server it names.",
                to_the_minute(*next_attempt_at)
            )
        }
        Trouble::NotTried => {
            "Mails wait and are not being sent. Set mail.url in the settings and start the server again; nothing is lost."
                .to_owned()
        }
    }
}

impl Row {
    fn of(mail: &MailSummary) -> Self {
        let (state, look, verb, at) = match mail.state {
            MailState::Queued if mail.attempts == 0 => ("Waiting", "", "next", Some(mail.next_attempt_at)),
            MailState::Queued => ("Waiting", "warning", "next", Some(mail.next_attempt_at)),
            MailState::Accepted => ("Sent", "success", "sent", mail.finished_at),
            MailState::Failed => ("Given up", "danger", "given up", mail.finished_at),
        };
        Self {
            id: mail.id.to_string(),
            kind: kind_in_words(&mail.kind),
            recipient: mail.recipient.clone(),
            state,
            look,
            created: to_the_minute(mail.created_at),
            attempts: mail.attempts,
            then: at.map(|at| format!("{verb} {}", to_the_minute(at))).unwrap_or_default(),
            last_error: mail.last_error.clone().unwrap_or_default(),
            may_retry: mail.state == MailState::Failed || (mail.state == MailState::Queued && mail.attempts > 0),
        }
    }
}

/// `verify_email` is "Verify email"; the names of kinds read well enough.
fn kind_in_words(kind: &str) -> String {
    let words = kind.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

pub use specimens::specimens;

mod specimens {
    use super::*;
    use crate::guard;
    use account::outbox::OutboxId;
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
            ..Page::new("Mail", "Latchkey")
        }
    }

    fn mail(n: i64, kind: &str, state: MailState, attempts: i64, last_error: Option<&str>) -> MailSummary {
        let id = format!("01934f6a-0000-7000-8000-0000000000{n:02}");
        let finished = state != MailState::Queued;
        MailSummary {
            id: OutboxId::parse(&id).expect("it has the form of an id"),
            kind: kind.to_owned(),
            account_id: None,
            recipient: "alice@example.test".to_owned(),
            state,
            created_at: NOW.plus_seconds(-600 * n),
            attempts,
            next_attempt_at: NOW.plus_seconds(300),
            finished_at: finished.then(|| NOW.plus_seconds(-590 * n)),
            last_error: last_error.map(str::to_owned),
        }
    }

    /// The page in each of its states.
    pub fn specimens() -> Vec<Specimen> {
        let error = "connection refused (smtp.example.test:587)";
        let mixed = [
            mail(1, "verify_email", MailState::Queued, 0, None),
            mail(2, "recovery", MailState::Queued, 3, Some(error)),
            mail(3, "password_changed", MailState::Accepted, 1, None),
            mail(4, "verify_email", MailState::Failed, 1, Some("550 5.1.1 no such mailbox")),
        ];
        let counts = MailCounts { queued: 2, retrying: 1, accepted: 148, failed: 1 };
        let failing = Trouble::Failing { waiting: 1, last_error: error.to_owned(), next_attempt_at: NOW };
        let shown = |trouble, state, mails: &[MailSummary], counts, more: bool| {
            let (first, older) = if more { ("/admin/mail", "/admin/mail?before=x") } else { ("", "") };
            MailPage::of(page(), counts, trouble, state, mails, first.to_owned(), older.to_owned())
        };
        let none = MailCounts::default();
        vec![
            Specimen::new("console/mail", &shown(None, None, &mixed[2..3], MailCounts { accepted: 1, ..none }, true)),
            Specimen::new("console/mail-failing", &shown(Some(failing), None, &mixed, counts, false)),
            Specimen::new("console/mail-not-set-up", &shown(Some(Trouble::NotTried), None, &mixed[..1], counts, false)),
            Specimen::new("console/mail-none-fits", &shown(None, Some(MailState::Failed), &[], counts, false)),
            Specimen::new("console/mail-none", &shown(None, None, &[], none, false)),
        ]
    }
}

//! The pages about accounts, and their specimens.

use super::{path_of, when, words};
use account::account::AccountStatus;
use account::administration::{AccountLine, Details, Filter};
use account::api_token::ApiToken;
use account::clock::to_the_minute;
use account::closure::Closure;
use askama::Template;
use web::page::Page;

#[derive(Template)]
#[template(path = "admin/accounts/list.html")]
pub(super) struct ListPage {
    pub page: Page,
    pub rows: Vec<Row>,
    pub filter: Filter,
    pub newer_href: String,
    pub older_href: String,
}

impl ListPage {
    /// The choices of the select `state`: value, label, whether it is chosen.
    fn states(&self) -> Vec<(&'static str, &'static str, bool)> {
        let listed =
            [AccountStatus::Active, AccountStatus::Unverified, AccountStatus::Deactivated, AccountStatus::Deleted];
        let any = ("", "Any", self.filter.status.is_none());
        let choice = |status: AccountStatus| (status.as_str(), label(status), self.filter.status == Some(status));
        std::iter::once(any).chain(listed.into_iter().map(choice)).collect()
    }

    fn is_filtered(&self) -> bool {
        self.filter != Filter::default()
    }
}

/// A line of the list.
pub(super) struct Row {
    pub href: String,
    pub name: String,
    pub email: String,
    pub operator: bool,
    pub status: &'static str,
    pub look: &'static str,
    pub last_login: String,
    pub created: String,
    pub sessions: i64,
}

impl Row {
    pub fn of(line: &AccountLine) -> Self {
        Self {
            href: path_of(&line.id),
            name: line.name.clone(),
            email: line.email.clone(),
            operator: line.operator,
            status: label(line.status),
            look: look(line.status),
            last_login: when(line.last_login_at),
            created: to_the_minute(line.created_at),
            sessions: line.sessions,
        }
    }
}

fn label(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Unverified => "Not verified",
        AccountStatus::Active => "Active",
        AccountStatus::Deactivated => "Deactivated",
        AccountStatus::Deleted => "Deleted",
    }
}

/// What its owner wants.
fn leaving(closure: &Closure) -> String {
    let since = to_the_minute(closure.asked_at);
    match closure.erase_at {
        Some(at) => format!("Its owner asked on {since} to delete it. It is erased on {}.", to_the_minute(at)),
        None => format!("Its owner deactivated it on {since}, and opens it again by logging in."),
    }
}

/// The badge's class.
fn look(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Unverified => "warning",
        AccountStatus::Active => "success",
        AccountStatus::Deactivated | AccountStatus::Deleted => "danger",
    }
}

#[derive(Template)]
#[template(path = "admin/accounts/account.html")]
pub(super) struct AccountPage {
    page: Page,
    row: Row,
    id: String,
    emails: Vec<EmailRow>,
    /// API tokens that work.
    tokens: i64,
    tokens_href: String,
    deactivated: Option<(String, String)>,
    /// That its owner left, in words.
    leaving: Option<String>,
    entries: Vec<EntryRow>,
    may_deactivate: bool,
    may_reactivate: bool,
    /// Whether logging in takes a second step.
    protected: bool,
    may_reset: bool,
}

struct EmailRow {
    address: String,
    is_primary: bool,
    is_verified: bool,
}

struct EntryRow {
    at: String,
    what: String,
    who: String,
    address: String,
}

impl AccountPage {
    pub fn of(page: Page, details: &Details, may_deactivate: bool) -> Self {
        let id = details.line.id.as_str();
        let email = |line: &account::administration::EmailLine| EmailRow {
            address: line.address.clone(),
            is_primary: line.is_primary,
            is_verified: line.verified_at.is_some(),
        };
        let entry = |entry: &account::administration::Entry| EntryRow {
            at: to_the_minute(entry.entry.at),
            what: words::what(entry),
            who: words::who(entry, id),
            address: entry.entry.address.clone().unwrap_or_default(),
        };
        Self {
            page,
            row: Row::of(&details.line),
            id: id.to_owned(),
            emails: details.emails.iter().map(email).collect(),
            tokens: details.api_tokens,
            tokens_href: format!("{}/tokens", path_of(&details.line.id)),
            deactivated: (details.deactivated.as_ref().filter(|_| details.closure.is_none()))
                .map(|(at, reason)| (to_the_minute(*at), reason.clone())),
            leaving: details.closure.as_ref().map(leaving),
            entries: details.entries.iter().map(entry).collect(),
            may_deactivate,
            may_reactivate: details.line.status == AccountStatus::Deactivated,
            protected: false,
            may_reset: false,
        }
    }

    /// Says whether logging in takes a second step, and whether the operator may remove it.
    pub fn with_second_step(self, protected: bool, may_reset: bool) -> Self {
        Self { protected, may_reset, ..self }
    }
}

#[derive(Template)]
#[template(path = "admin/accounts/reset.html")]
pub(super) struct ResetPage {
    page: Page,
    row: Row,
    reason: String,
}

impl ResetPage {
    pub fn of(page: Page, details: &Details, reason: &str) -> Self {
        Self { page, row: Row::of(&details.line), reason: reason.to_owned() }
    }
}

#[derive(Template)]
#[template(path = "admin/accounts/tokens.html")]
pub(super) struct TokensPage {
    page: Page,
    row: Row,
    tokens: Vec<TokenRow>,
    revoke_all_href: String,
}

struct TokenRow {
    id: String,
    name: String,
    beginning: String,
    scope: String,
    made: String,
    ends: String,
    last_used: String,
    is_over: bool,
    revoke_href: String,
}

impl TokensPage {
    pub fn of(page: Page, details: &Details, tokens: &[ApiToken], now: account::Timestamp) -> Self {
        let path = format!("{}/tokens", path_of(&details.line.id));
        let token = |token: &ApiToken| TokenRow {
            revoke_href: format!("{path}/{}/revoke", token.id),
            id: token.id.to_string(),
            name: token.name.clone(),
            beginning: token.beginning.clone(),
            scope: token.scope(),
            made: to_the_minute(token.created_at),
            ends: to_the_minute(token.expires_at),
            last_used: when(token.last_used_at),
            is_over: token.is_over(now),
        };
        let tokens = tokens.iter().map(token).collect();
        Self { page, row: Row::of(&details.line), tokens, revoke_all_href: format!("{path}/revoke-all") }
    }

    fn any_works(&self) -> bool {
        self.tokens.iter().any(|token| !token.is_over)
    }
}

#[derive(Template)]
#[template(path = "admin/accounts/change.html")]
pub(super) struct ChangePage {
    page: Page,
    row: Row,
    /// Deactivate, or activate again.
    deactivates: bool,
    /// That its owner left, in words.
    leaving: Option<String>,
    reason: String,
}

impl ChangePage {
    pub fn of(page: Page, details: &Details, deactivates: bool, reason: &str) -> Self {
        let leaving = details.closure.as_ref().map(leaving);
        Self { page, row: Row::of(&details.line), deactivates, leaving, reason: reason.to_owned() }
    }
}

pub use specimens::specimens;

mod specimens {
    use super::*;
    use crate::guard;
    use account::administration::{EmailLine, Entry};
    use account::api_token::{ApiTokenId, TokenScope};
    use account::audit::AuditEntry;
    use account::{AccountId, Timestamp};
    use serde_json::json;
    use web::page::{FormErrors, Notice, PersonBadge};
    use web::specimen::Specimen;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_000_000);

    fn page(title: &str) -> Page {
        let person = PersonBadge { name: "Olga Operator".into(), email: "olga@example.test".into(), avatar_url: None };
        Page {
            csrf: "specimen".to_owned(),
            person: Some(person),
            is_operator: true,
            sections: guard::sections(super::super::PATH),
            ..Page::new(title, "Latchkey")
        }
    }

    fn line(n: u8, name: &str, email: &str, status: AccountStatus) -> AccountLine {
        let id = format!("01934f6a-0000-7000-8000-0000000000{n:02}");
        AccountLine {
            id: AccountId::parse(&id).expect("it has the form of an id"),
            name: name.to_owned(),
            email: email.to_owned(),
            status,
            operator: n == 1,
            created_at: NOW.plus_seconds(-86_400 * i64::from(n)),
            last_login_at: (status != AccountStatus::Unverified).then(|| NOW.plus_seconds(-3600 * i64::from(n))),
            sessions: if status == AccountStatus::Active { 2 } else { 0 },
        }
    }

    fn lines() -> Vec<AccountLine> {
        vec![
            line(1, "Olga Operator", "olga@example.test", AccountStatus::Active),
            line(2, "Alice Example", "alice@example.test", AccountStatus::Active),
            line(3, "Bob Baker", "bob@example.test", AccountStatus::Unverified),
            line(
                4,
                "Maximiliane von der Lindenallee-Schönhausen",
                "maximiliane.von.der.lindenallee@a-rather-long-company-name.example.test",
                AccountStatus::Deactivated,
            ),
        ]
    }

    fn details(line: AccountLine) -> Details {
        let entry = |minutes: i64, action: &str, kind: &str, details| Entry {
            entry: AuditEntry {
                at: NOW.plus_seconds(-60 * minutes),
                actor_kind: kind.to_owned(),
                actor_id: Some(line.id.to_string()).filter(|_| kind == "account"),
                address: Some("192.0.2.17".to_owned()).filter(|_| kind == "account"),
                action: action.to_owned(),
                details,
            },
            actor_name: None,
        };
        Details {
            emails: vec![
                EmailLine { address: line.email.clone(), is_primary: true, verified_at: line.last_login_at },
                EmailLine { address: "second@example.test".to_owned(), is_primary: false, verified_at: Some(NOW) },
            ],
            api_tokens: 2,
            deactivated: (line.status == AccountStatus::Deactivated)
                .then(|| (NOW.plus_seconds(-90), "Left the company at the end of October.".to_owned())),
            closure: None,
            entries: if line.status == AccountStatus::Unverified {
                Vec::new()
            } else {
                vec![
                    entry(30, "password.changed", "account", json!({})),
                    entry(90, "account.reactivated", "command", json!({})),
                    entry(9000, "account.created", "account", json!({})),
                ]
            },
            line,
        }
    }

    fn to_be_deleted() -> Details {
        let closure = Closure { asked_at: NOW, erase_at: Some(NOW.plus_seconds(14 * 86_400)) };
        Details { closure: Some(closure), ..details(lines().swap_remove(3)) }
    }

    fn deleted() -> AccountLine {
        AccountLine { email: String::new(), ..line(5, "Former user", "", AccountStatus::Deleted) }
    }

    /// Every page of this room in each of its states.
    pub fn specimens() -> Vec<Specimen> {
        let list = |lines: Vec<AccountLine>, filter: Filter, more: bool| ListPage {
            page: page("Accounts"),
            rows: lines.iter().map(Row::of).collect(),
            filter,
            newer_href: if more { "/admin/accounts?before=x".to_owned() } else { String::new() },
            older_href: if more { "/admin/accounts?after=x".to_owned() } else { String::new() },
        };
        let account = |line: AccountLine, notice: Option<Notice>| {
            let mut page = page(&line.name);
            page.notices.extend(notice);
            let may_deactivate = line.status == AccountStatus::Active && !line.operator;
            AccountPage::of(page, &details(line), may_deactivate)
        };
        let change = |line: AccountLine, deactivates: bool, errors: FormErrors| {
            let title = if deactivates { "Deactivate" } else { "Activate" };
            let mut page = page(&format!("{title} {}", line.name));
            page.errors = errors;
            ChangePage::of(page, &details(line), deactivates, "")
        };
        let of = |n: usize| lines().swap_remove(n);
        let reset = |errors: FormErrors| {
            let page = Page { errors, ..page("Reset two-step verification of Alice Example") };
            ResetPage::of(page, &details(of(1)), "")
        };
        let tokens = |some: bool| {
            let token = |days: i64| ApiToken {
                id: ApiTokenId::new(NOW),
                account_id: of(1).id,
                name: "Backup".to_owned(),
                scopes: TokenScope::ALL.to_vec(),
                beginning: "lk_pat_4fQz".to_owned(),
                created_at: NOW.plus_seconds(-86_400),
                expires_at: NOW.plus_seconds(86_400 * days),
                last_used_at: None,
            };
            let tokens = if some { vec![token(7), token(0)] } else { Vec::new() };
            TokensPage::of(page("API tokens of Alice Example"), &details(of(1)), &tokens, NOW)
        };
        let sought = Filter { text: "zoe".to_owned(), status: Some(AccountStatus::Active), operators: false };
        vec![
            Specimen::new("console/accounts", &list(lines(), Filter::default(), true)),
            Specimen::new("console/accounts-none-fit", &list(Vec::new(), sought, false)),
            Specimen::new("console/accounts-none", &list(Vec::new(), Filter::default(), false)),
            Specimen::new("console/account", &account(of(1), None)),
            Specimen::new("console/account-two-step", &account(of(1), None).with_second_step(true, true)),
            Specimen::new("console/account-reset", &reset(FormErrors::none())),
            Specimen::new(
                "console/account-reset-without-reason",
                &reset(FormErrors::one("reason", "Write why, so that other operators know later.")),
            ),
            Specimen::new("console/account-own", &account(of(0), None)),
            Specimen::new("console/account-unverified", &account(of(2), None)),
            Specimen::new(
                "console/account-deactivated",
                &account(of(3), Some(Notice::success("The account is deactivated."))),
            ),
            Specimen::new("console/account-to-be-deleted", &AccountPage::of(page("Bob"), &to_be_deleted(), false)),
            Specimen::new("console/account-deleted", &account(deleted(), None)),
            Specimen::new("console/account-keep", &ChangePage::of(page("Activate Bob"), &to_be_deleted(), false, "")),
            Specimen::new("console/account-deactivate", &change(of(1), true, FormErrors::none())),
            Specimen::new(
                "console/account-deactivate-without-reason",
                &change(of(1), true, FormErrors::one("reason", "Write why, so that other operators know later.")),
            ),
            Specimen::new("console/account-tokens", &tokens(true)),
            Specimen::new("console/account-tokens-none", &tokens(false)),
            Specimen::new("console/account-reactivate", &change(of(3), false, FormErrors::none())),
        ]
    }
}

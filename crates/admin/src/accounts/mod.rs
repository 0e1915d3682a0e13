//! `/admin/accounts`: find an account, see it, deactivate it, activate it again, see its API tokens and revoke them.

mod change;
mod pages;
mod reset;
mod tokens;
mod words;

use crate::guard::Operator;
use account::AccountId;
use account::account::AccountStatus;
use account::administration::{self, Direction, Filter};
use account::clock::to_the_minute;
use account::protection;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, get, post};
pub use pages::specimens;
use pages::{AccountPage, ListPage};
use serde::Deserialize;
use url::form_urlencoded::Serializer;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Query, Site};

/// The path of the list.
pub const PATH: &str = "/admin/accounts";

/// Adds the pages of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(PATH, get().to(list))
        .route("/admin/accounts/{id}", get().to(show))
        .route("/admin/accounts/{id}/deactivate", get().to(change::ask_deactivate))
        .route("/admin/accounts/{id}/deactivate", post().to(change::deactivate))
        .route("/admin/accounts/{id}/reset-second-steps", get().to(reset::ask))
        .route("/admin/accounts/{id}/reset-second-steps", post().to(reset::carry_out))
        .route("/admin/accounts/{id}/reactivate", get().to(change::ask_reactivate))
        .route("/admin/accounts/{id}/reactivate", post().to(change::reactivate))
        .route("/admin/accounts/{id}/tokens", get().to(tokens::show))
        .route("/admin/accounts/{id}/tokens/revoke-all", post().to(tokens::revoke_all))
        .route("/admin/accounts/{id}/tokens/{token}/revoke", post().to(tokens::revoke));
}

/// The filter, in the address so that a view can be shared.
#[derive(Debug, Clone, Default, Deserialize)]
struct ListQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    role: String,
    after: Option<String>,
    before: Option<String>,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            text: self.q.chars().take(200).collect(),
            status: AccountStatus::parse(&self.state),
            operators: self.role == "operator",
        }
    }

    fn direction(&self) -> Direction {
        let id = |text: &Option<String>| text.as_deref().and_then(AccountId::parse);
        match (id(&self.after), id(&self.before)) {
            (Some(id), _) => Direction::After(id),
            (None, Some(id)) => Direction::Before(id),
            (None, None) => Direction::First,
        }
    }

    /// The address of the page that goes on at this account.
    fn address(&self, key: &str, id: &AccountId) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in [("q", &self.q), ("state", &self.state), ("role", &self.role)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        query.append_pair(key, id.as_str());
        format!("{PATH}?{}", query.finish())
    }
}

async fn list(operator: Operator, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let (filter, direction) = (query.0.filter(), query.0.direction());
    let (now, lifetimes) = (site.accounts.now(), site.lifetimes);
    let looked_for = filter.clone();
    let found =
        site.accounts.read(move |conn| administration::find(conn, &looked_for, &direction, now, &lifetimes)).await?;
    let newer = found.lines.first().filter(|_| found.has_newer).map(|line| query.0.address("before", &line.id));
    let older = found.lines.last().filter(|_| found.has_older).map(|line| query.0.address("after", &line.id));
    let page = ListPage {
        page: operator.page(&site, "Accounts", PATH),
        rows: found.lines.iter().map(pages::Row::of).collect(),
        filter,
        newer_href: newer.unwrap_or_default(),
        older_href: older.unwrap_or_default(),
    };
    Ok(page.answer(PageKind::Own))
}

/// What happened on the page before.
#[derive(Debug, Default, Deserialize)]
struct ShowQuery {
    #[serde(default)]
    done: String,
}

async fn show(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    query: Query<ShowQuery>,
) -> Result<HttpResponse, Failure> {
    let details = details(&site, &id).await?;
    let mut page = operator.page(&site, &details.line.name, PATH);
    match query.0.done.as_str() {
        "deactivated" => page.notices.push(Notice::success(
            "The account is deactivated. Its sessions have ended, what products held for it is revoked, and its owner is told by mail.",
        )),
        "kept" => page.notices.push(Notice::success("The account is kept and active again. Its owner is told by mail.")),
        "reactivated" => {
            page.notices.push(Notice::success("The account is active again, and its owner is told by mail."));
        }
        "reset" => page.notices.push(Notice::success(
            "The second steps are removed. The owner logs in with the password alone, can add new ones, and is told by mail.",
        )),
        _ => {}
    }
    let may_deactivate = details.line.status == AccountStatus::Active && details.line.id != operator.account;
    let id = details.line.id.clone();
    let protected = site.accounts.read(move |conn| protection::is_on(conn, &id)).await?;
    let may_reset = protected && details.line.id != operator.account;
    Ok(AccountPage::of(page, &details, may_deactivate).with_second_step(protected, may_reset).answer(PageKind::Own))
}

/// The account of an address, or the page that says there is none.
async fn details(site: &Site, id: &str) -> Result<administration::Details, Failure> {
    let id = AccountId::parse(id).ok_or_else(no_such_account)?;
    let (now, lifetimes) = (site.accounts.now(), site.lifetimes);
    let found = site.accounts.read(move |conn| administration::see(conn, &id, now, &lifetimes)).await?;
    found.ok_or_else(no_such_account)
}

fn no_such_account() -> Failure {
    Failure::with_status(
        actix_web::http::StatusCode::NOT_FOUND,
        "not_found",
        "There is no account at this address.",
        "It may have been removed. Look for it in the list.",
    )
    .with_way_on(PATH, "Show all accounts")
}

/// The address of an account's page.
pub(crate) fn path_of(id: &AccountId) -> String {
    format!("{PATH}/{id}")
}

fn when(at: Option<account::Timestamp>) -> String {
    at.map_or_else(|| "Never".to_owned(), to_the_minute)
}

//! `/admin/log-outs`: whether products hear of ended log-ins (OpenID Connect Back-Channel Logout 1.0). A product that is
//! away loses nothing, and is seen here.

mod pages;

use crate::guard::Operator;
use account::log_out::LogOutId;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, get, post};
use oidc::Provider;
use oidc::logout::back_channel::{self, State};
pub use pages::specimens;
use pages::{LogOutsPage, Row};
use serde::Deserialize;
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Form, Query, Site};

/// The path of the list.
pub const PATH: &str = "/admin/log-outs";
/// Log-outs on one page.
const PER_PAGE: usize = 50;

/// Adds the pages of this room.
pub fn configure(config: &mut ServiceConfig) {
    config.route(PATH, get().to(list)).route("/admin/log-outs/{id}/retry", post().to(retry));
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    #[serde(default)]
    state: String,
    before: Option<String>,
    #[serde(default)]
    done: String,
}

async fn list(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    query: Query<ListQuery>,
) -> Result<HttpResponse, Failure> {
    let state = State::parse(&query.0.state);
    let before = query.0.before.as_deref().and_then(LogOutId::parse);
    let limit = i64::try_from(PER_PAGE + 1).expect("a page is small");
    let is_first = before.is_none();
    let read = site.accounts.read(move |conn| {
        let log_outs = back_channel::list(conn, state, before.as_ref(), limit)?;
        let mut emails = BTreeMap::new();
        for log_out in &log_outs {
            if !emails.contains_key(&log_out.account_id)
                && let Some(email) = account::account::primary_email(conn, &log_out.account_id)?
            {
                emails.insert(log_out.account_id.clone(), email.address);
            }
        }
        Ok((back_channel::counts(conn)?, log_outs, emails))
    });
    let (counts, mut log_outs, emails) = read.await?;
    let older = (log_outs.len() > PER_PAGE).then(|| {
        log_outs.truncate(PER_PAGE);
        log_outs.last().map(|log_out| address(state, Some(&log_out.id)))
    });
    let mut page = operator.page(&site, "Log-outs", PATH);
    if query.0.done == "retried" {
        page.notices.push(Notice::success("The product is being told again. Load the page again to see how it went."));
    }
    let first_href = if is_first { String::new() } else { address(state, None) };
    let rows = log_outs.iter().map(|log_out| {
        let client = provider.clients.find(&log_out.client_id);
        let name = client.as_ref().map(|client| client.name([]));
        Row::of(log_out, name, emails.get(&log_out.account_id).map(String::as_str))
    });
    let page = LogOutsPage::of(page, counts, state, rows.collect(), first_href, older.flatten().unwrap_or_default());
    Ok(page.answer(PageKind::Own))
}

fn address(state: Option<State>, before: Option<&LogOutId>) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(state) = state {
        query.append_pair("state", state.as_str());
    }
    if let Some(before) = before {
        query.append_pair("before", before.as_str());
    }
    match query.finish() {
        query if query.is_empty() => PATH.to_owned(),
        query => format!("{PATH}?{query}"),
    }
}

#[derive(Deserialize)]
struct Back {
    /// The filter of the list that the button stood in.
    #[serde(default)]
    state: String,
}

async fn retry(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Back>,
) -> Result<HttpResponse, Failure> {
    let id = LogOutId::parse(&id).ok_or_else(nothing_to_retry)?;
    let retried = site.accounts.write(&operator.visitor.actor, move |tx| back_channel::retry_now(tx, &id)).await?;
    if !retried {
        return Err(nothing_to_retry());
    }
    let state = State::parse(&form.0.state).map_or("", State::as_str);
    Ok(operator.visitor.see_other(&format!("{PATH}?state={state}&done=retried")))
}

fn nothing_to_retry() -> Failure {
    Failure::with_status(
        StatusCode::CONFLICT,
        "log_out_not_waiting",
        "This log-out does not wait to be told.",
        "The product heard of it, or is being told at this moment.",
    )
    .with_way_on(PATH, "Show all log-outs")
}

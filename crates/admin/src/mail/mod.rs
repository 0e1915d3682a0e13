//! `/admin/mail`: whether mail leaves. A broken mail server loses nothing, and is seen here.

mod pages;

use crate::guard::Operator;
use account::outbox::{self, MailCounts, MailState, MailSummary, OutboxId};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, get, post};
pub use pages::specimens;
use pages::{MailPage, Trouble};
use serde::Deserialize;
use std::time::Duration;
use url::form_urlencoded::Serializer;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Form, Query, Site};

/// The path of the list.
pub const PATH: &str = "/admin/mail";
/// Mails on one page.
const PER_PAGE: usize = 50;
/// A mail that nobody tried for this long: no worker runs, because mail is not set up.
const OUGHT_TO_BE_TRIED: Duration = Duration::from_secs(300);

/// Adds the pages of this room.
pub fn configure(config: &mut ServiceConfig) {
    config.route(PATH, get().to(list)).route("/admin/mail/{id}/retry", post().to(retry));
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    #[serde(default)]
    state: String,
    before: Option<String>,
    #[serde(default)]
    done: String,
}

async fn list(operator: Operator, site: Data<Site>, query: Query<ListQuery>) -> Result<HttpResponse, Failure> {
    let state = MailState::parse(&query.0.state);
    let before = query.0.before.as_deref().and_then(OutboxId::parse);
    let limit = i64::try_from(PER_PAGE + 1).expect("a page is small");
    let is_first = before.is_none();
    let (counts, waiting, mut mails) = site
        .accounts
        .read(move |conn| {
            let counts = outbox::store::counts(conn)?;
            let waiting = outbox::store::list(conn, Some(MailState::Queued), None, limit)?;
            Ok((counts, waiting, outbox::store::list(conn, state, before.as_ref(), limit)?))
        })
        .await?;
    let older = (mails.len() > PER_PAGE).then(|| {
        mails.truncate(PER_PAGE);
        mails.last().map(|mail| address(state, &mail.id))
    });
    let mut page = operator.page(&site, "Mail", PATH);
    if query.0.done == "retried" {
        page.notices.push(Notice::success("The mail is being sent again. Load the page again to see how it went."));
    }
    let now = site.accounts.now();
    let trouble = trouble(counts, &waiting, |mail| now.since(mail.created_at) > OUGHT_TO_BE_TRIED);
    let first_href = if is_first { String::new() } else { address_of_first(state) };
    let older_href = older.flatten().unwrap_or_default();
    Ok(MailPage::of(page, counts, trouble, state, &mails, first_href, older_href).answer(PageKind::Own))
}

/// What is wrong with the mail server, as far as the mails that wait tell.
fn trouble(counts: MailCounts, waiting: &[MailSummary], is_old: impl Fn(&MailSummary) -> bool) -> Option<Trouble> {
    let refused = waiting.iter().filter(|mail| mail.last_error.is_some()).max_by_key(|mail| mail.next_attempt_at);
    match refused {
        Some(mail) => Some(Trouble::Failing {
            waiting: counts.retrying,
            last_error: mail.last_error.clone().unwrap_or_default(),
            next_attempt_at: mail.next_attempt_at,
        }),
        None if waiting.iter().any(|mail| mail.attempts == 0 && is_old(mail)) => Some(Trouble::NotTried),
        None => None,
    }
}

fn address_of_first(state: Option<MailState>) -> String {
    state.map_or_else(|| PATH.to_owned(), |state| format!("{PATH}?state={}", state.as_str()))
}

fn address(state: Option<MailState>, before: &OutboxId) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(state) = state {
        query.append_pair("state", state.as_str());
    }
    query.append_pair("before", before.as_str());
    format!("{PATH}?{}", query.finish())
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
    let id = OutboxId::parse(&id).ok_or_else(nothing_to_retry)?;
    let retried = site.accounts.write(&operator.visitor.actor, move |tx| outbox::retry_now(tx, &id)).await?;
    if !retried {
        return Err(nothing_to_retry());
    }
    let state = MailState::parse(&form.0.state).map_or("", MailState::as_str);
    Ok(operator.visitor.see_other(&format!("{PATH}?state={state}&done=retried")))
}

fn nothing_to_retry() -> Failure {
    Failure::with_status(
        StatusCode::CONFLICT,
        "mail_not_waiting",
        "This mail does not wait to be sent.",
        "It was taken by the mail server, or is being sent at this moment.",
    )
    .with_way_on(PATH, "Show all mails")
}

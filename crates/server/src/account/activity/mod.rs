//! `/account/activity`: the person's own log, and "this was not me", which locks the door.

mod lock;
mod page;
pub(crate) mod words;

pub(super) use lock::{LOCKED_PATH, NOT_ME_PATH, lock, show_locked, show_not_me};
pub(super) use page::specimens;

use super::{own_account, page as account_page};
use account::audit::{self, AuditEntryId};
use actix_web::HttpResponse;
use actix_web::web::Data;
use oidc::Provider;
use page::ActivityPage;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::Render;
use web::{Failure, Query, Site, Visitor};

pub(super) const PATH: &str = "/account/activity";

/// Entries on one page.
const PER_PAGE: usize = 25;

#[derive(Deserialize)]
pub(super) struct From {
    /// The entry before which the page begins.
    #[serde(default)]
    before: Option<String>,
}

pub(super) async fn show(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(from): Query<From>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (id, before) = (account.id.clone(), from.before.as_deref().and_then(AuditEntryId::parse));
    let (is_first, limit) = (before.is_none(), i64::try_from(PER_PAGE + 1).expect("a page is small"));
    let read = site.accounts.read(move |conn| audit::of_account(conn, &id, before.as_ref(), &words::HIDDEN, limit));
    let mut entries = read.await?;
    // One more than is shown tells whether there is a further page.
    let has_older = entries.len() > PER_PAGE;
    entries.truncate(PER_PAGE);
    let older = entries.last().filter(|_| has_older).map(|entry| format!("{PATH}?before={}", entry.id));
    let name_of = |client_id: &str| provider.clients.find(client_id).map(|client| client.name([]).to_owned());
    let view = ActivityPage {
        page: account_page(&site, &visitor, "Activity", PATH),
        rows: entries.iter().map(|entry| page::Row::of(entry, &account.id, &site.places, &name_of)).collect(),
        first_href: if is_first { "" } else { PATH },
        older_href: older.unwrap_or_default(),
    };
    Ok(view.answer(PageKind::Own))
}

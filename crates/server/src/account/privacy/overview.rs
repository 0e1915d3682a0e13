//! `/account/privacy`: what can be decided here, each with its way there.

use super::SECTION;
use super::visibility::label;
use crate::account::{own_account, page};
use account::visibility;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Query, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/privacy/overview.html")]
pub(super) struct OverviewPage {
    pub page: Page,
    /// The fields that not everybody sees, by their labels.
    pub hidden: Vec<&'static str>,
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, SECTION).await?;
    let kept = site.accounts.read(move |conn| visibility::of(conn, &account.id)).await?.unwrap_or_default();
    let mut page = page(&site, &visitor, "Privacy", SECTION);
    page.notices.extend(query.done.as_deref().and_then(notice));
    Ok(OverviewPage { page, hidden: kept.hidden().map(label).collect() }.answer(PageKind::Own))
}

/// What was done before this page was shown.
fn notice(done: &str) -> Option<Notice> {
    match done {
        "visibility" => Some(Notice::success("Saved. Products see it from their next request on.")),
        _ => None,
    }
}

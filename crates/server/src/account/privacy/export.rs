//! `/account/privacy/export`: everything that is held about a person, as a file for that person.

use super::SECTION;
use crate::account::{fresh_account, own_account, page};
use account::clock::to_the_minute;
use account::export::{self, A_DAY, Asked, Export, ExportId, PARTS, State};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

pub(super) const PATH: &str = "/account/privacy/export";
/// Seconds after which the page asks anew while the file is being made.
const REFRESH_SECONDS: &str = "3";

#[derive(Template)]
#[template(path = "server/account/privacy/export.html")]
pub(super) struct ExportPage {
    pub page: Page,
    pub shown: Shown,
}

/// How far it is.
pub(super) enum Shown {
    /// None was asked for, or it is gone.
    Nothing,
    /// Being made: so many parts of so many.
    Working { discard: String, done: i64, parts: usize },
    /// To be fetched.
    Ready { fetch: String, discard: String, size: String, made: String, until: String },
    /// Given up.
    Failed,
}

impl Shown {
    fn of(export: Option<Export>) -> Self {
        let Some(export) = export else { return Self::Nothing };
        let fetch = format!("{PATH}/{}", export.id);
        let discard = format!("{fetch}/discard");
        match export.state {
            State::Working(done) => Self::Working { discard, done, parts: PARTS },
            State::Ready { bytes, until } => {
                let (made, until) = (to_the_minute(export.created_at), to_the_minute(until));
                Self::Ready { fetch, discard, size: size(bytes), made, until }
            }
            State::Failed => Self::Failed,
        }
    }
}

/// Bytes in words.
pub(super) fn size(bytes: i64) -> String {
    match bytes {
        ..1_000_000 => format!("{} kB", (bytes + 999) / 1000),
        _ => format!("{} MB", (bytes + 999_999) / 1_000_000),
    }
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let mut view = view(&site, &visitor).await?;
    if query.done.as_deref() == Some("discarded") {
        view.page.notices.push(Notice::success("The file is thrown away."));
    }
    let mut answer = view.answer(PageKind::Own);
    if matches!(view.shown, Shown::Working { .. }) {
        // Without script too, the page shows how far it is; it is short, and nothing can be typed on it.
        answer.headers_mut().insert(header::REFRESH, header::HeaderValue::from_static(REFRESH_SECONDS));
    }
    Ok(answer)
}

async fn view(site: &Site, visitor: &Visitor) -> Result<ExportPage, Failure> {
    let (account, now) = (own_account(site, visitor, PATH).await?, site.accounts.now());
    let found = site.accounts.read(move |conn| export::latest(conn, &account.id, now)).await?;
    Ok(ExportPage { page: page(site, visitor, "Your data", SECTION), shown: Shown::of(found) })
}

/// Asks for one.
pub(super) async fn ask(site: Data<Site>, visitor: Visitor, Form(_): Form<Nothing>) -> Result<HttpResponse, Failure> {
    let account = fresh_account(&site, &visitor, PATH).await?;
    match site.accounts.write(&visitor.actor, move |tx| export::ask(tx, &account.id)).await? {
        Asked::Begun | Asked::AlreadyWorking => Ok(visitor.see_other(PATH)),
        Asked::Wait(seconds) => {
            let mut view = view(&site, &visitor).await?;
            view.page.errors = FormErrors::form(wait(seconds));
            Ok(view.answer_with(StatusCode::TOO_MANY_REQUESTS, PageKind::Own))
        }
    }
}

pub(super) fn wait(seconds: i64) -> String {
    let hours = (seconds + 3599) / 3600;
    let time = if hours == 1 { "1 hour".to_owned() } else { format!("{hours} hours") };
    format!("You can ask for your data {A_DAY} times a day. Wait {time}, then ask again.")
}

/// The file itself.
pub(super) async fn fetch(site: Data<Site>, visitor: Visitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    let id = ExportId::parse(&id).ok_or_else(gone)?;
    let account = fresh_account(&site, &visitor, &format!("{PATH}/{id}")).await?;
    let domain = site.accounts.clone();
    let opened = site.accounts.write(&visitor.actor, move |tx| export::open(tx, &domain.key, &account.id, &id)).await?;
    let file = opened.ok_or_else(gone)?;
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"my-data.zip\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(file.to_vec()))
}

/// Throws it away.
pub(super) async fn discard(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let id = ExportId::parse(&id).ok_or_else(gone)?;
    site.accounts.write(&visitor.actor, move |tx| export::discard(tx, &account.id, &id)).await?;
    Ok(visitor.see_other("/account/privacy/export?done=discarded"))
}

fn gone() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such file any more.",
        "Files are kept for 7 days. Ask for a new one.",
    )
    .with_way_on(PATH, "Go to your data")
}

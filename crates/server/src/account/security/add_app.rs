//! `/account/security/apps/add`: a new app, or one that takes the place of another. First what it takes, then the
//! square to scan and the first code; with the first app come the recovery codes.

use super::super::page;
use super::recovery_codes::CodesPage;
use super::{ADD, PATH, no_such_app, owner};
use account::account::Account;
use account::credential::totp::{self, AppId, AppName, Square, Waiting};
use account::protection::{self, Added};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// What an app is called until its owner says otherwise.
const NAME: &str = "Authenticator app";

/// What it takes.
#[derive(Template)]
#[template(path = "server/account/security/add_app.html")]
pub(super) struct AddPage {
    pub page: Page,
    /// Whether logging in takes a second step already.
    pub is_on: bool,
}

/// The square, the key, the first code.
#[derive(Template)]
#[template(path = "server/account/security/scan.html")]
pub(super) struct ScanPage {
    pub page: Page,
    pub app: String,
    /// The name in its field.
    pub name: String,
    /// None: the text is too long for a square, and the key has to be typed.
    pub square: Option<Square>,
    /// The secret in groups of four.
    pub key: String,
    /// What the app shows the account as.
    pub account: String,
    /// Whether it takes the place of another app.
    pub moves: bool,
    /// Whether to offer the end of other sessions: this is the first second step.
    pub turns_on: bool,
    /// Whether that is ticked.
    pub end_others: bool,
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    app: Option<String>,
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    app: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    code: String,
    #[serde(default, rename = "end-others")]
    end_others: Option<String>,
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(which): Query<Which>,
) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, ADD).await?;
    if let Some(app) = which.app.as_deref().and_then(AppId::parse)
        && let Some(waiting) = waiting(&site, &account, &app).await?
    {
        let name = waiting.name.clone();
        return Ok(scan(&site, &visitor, &account, &waiting, name).await?.answer(PageKind::Own));
    }
    let id = account.id.clone();
    let is_on = site.accounts.read(move |conn| protection::is_on(conn, &id)).await?;
    let mut view = AddPage { page: page(&site, &visitor, "Add an authenticator app", PATH), is_on };
    match which.done.as_deref() {
        Some("gone") => view.page.notices.push(Notice::info(
            "That square is not in use any more: it is too old, or another one was begun after it. Begin again; what you scanned can be removed from the app.",
        )),
        Some("full") => view.page.notices.push(Notice::warning(
            "Your account has as many apps as it may have. Remove one that you do not use, then add the new one.",
        )),
        _ => {}
    }
    Ok(view.answer(PageKind::Own))
}

async fn waiting(site: &Site, account: &Account, app: &AppId) -> Result<Option<Waiting>, Failure> {
    let (domain, id, app, now) = (site.accounts.clone(), account.id.clone(), app.clone(), site.accounts.now());
    Ok(site.accounts.read(move |conn| totp::waiting(conn, &domain.key, &id, &app, now)).await?)
}

async fn scan(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    waiting: &Waiting,
    name: String,
) -> Result<ScanPage, Failure> {
    let id = account.id.clone();
    let is_on = site.accounts.read(move |conn| protection::is_on(conn, &id)).await?;
    let moves = waiting.replaces.is_some();
    let title = if moves { "Move to a new phone" } else { "Scan the square" };
    let uri = waiting.secret.uri(&site.brand.name, &account.email.address);
    Ok(ScanPage {
        page: page(site, visitor, title, PATH),
        app: waiting.id.to_string(),
        name,
        square: Square::of(&uri),
        key: in_groups(&waiting.secret.base32()),
        account: account.email.address.clone(),
        moves,
        turns_on: !is_on,
        end_others: false,
    })
}

/// `ABCD EFGH …`: easier to type.
fn in_groups(key: &str) -> String {
    let groups: Vec<&str> = key.as_bytes().chunks(4).filter_map(|group| str::from_utf8(group).ok()).collect();
    groups.join(" ")
}

/// Makes the app and shows it.
pub(super) async fn begin(site: Data<Site>, visitor: Visitor, Form(_): Form<Nothing>) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, ADD).await?;
    let name = AppName::parse(NAME).map_err(|problem| Failure::Internal(problem.to_string()))?;
    begin_one(&site, &visitor, &account, name, None).await
}

/// Makes an app, in place of `replaces` once it is confirmed, and leads to its square.
pub(super) async fn begin_one(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    name: AppName,
    replaces: Option<AppId>,
) -> Result<HttpResponse, Failure> {
    let id = account.id.clone();
    let begun = site.accounts.write(&visitor.actor, move |tx| protection::begin(tx, &id, &name, replaces.as_ref()));
    Ok(visitor.see_other(&match begun.await? {
        Some(app) => format!("{ADD}?app={app}"),
        None => format!("{ADD}?done=full"),
    }))
}

/// Takes the first code.
pub(super) async fn confirm(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, ADD).await?;
    let app = AppId::parse(&typed.app).ok_or_else(no_such_app)?;
    let mut errors = FormErrors::none();
    match AppName::parse(&typed.name) {
        Err(problem) => errors.add("name", problem.to_string()),
        Ok(name) => match take(&site, &visitor, &account, &app, name, &typed).await? {
            Added::Now { codes: Some(codes), .. } => {
                let mut page = page(&site, &visitor, "Your recovery codes", PATH);
                page.notices.push(Notice::success("The app is added. Its codes count from now on."));
                return Ok(CodesPage::of(page, &account, &codes).answer(PageKind::Own));
            }
            Added::Now { moved: true, .. } => return Ok(visitor.see_other("/account/security?done=app-moved")),
            Added::Now { .. } => return Ok(visitor.see_other("/account/security?done=app-added")),
            Added::Gone => return gone(&site, &visitor, &account, &app).await,
            Added::Wrong => errors.add(
                "code",
                "This is not the code that the app shows now. Type the newest one; if it is refused again, check the clock of your phone.",
            ),
        },
    }
    let Some(waiting) = waiting(&site, &account, &app).await? else {
        return gone(&site, &visitor, &account, &app).await;
    };
    let mut view = scan(&site, &visitor, &account, &waiting, typed.name).await?;
    view.page.errors = errors;
    view.end_others = typed.end_others.is_some();
    Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
}

async fn take(
    site: &Site,
    visitor: &Visitor,
    account: &Account,
    app: &AppId,
    name: AppName,
    typed: &Typed,
) -> Result<Added, Failure> {
    let keep = visitor.session.as_ref().map(|session| session.id.clone()).filter(|_| typed.end_others.is_some());
    let (id, app, code) = (account.id.clone(), app.clone(), typed.code.clone());
    let added = move |tx: &mut account::Tx<'_>| protection::add(tx, &id, &app, &name, &code, keep.as_ref());
    Ok(site.accounts.write(&visitor.actor, added).await?)
}

/// The form was sent twice, or too late.
async fn gone(site: &Site, visitor: &Visitor, account: &Account, app: &AppId) -> Result<HttpResponse, Failure> {
    let (id, own) = (account.id.clone(), app.clone());
    let there = site.accounts.read(move |conn| totp::find(conn, &id, &own)).await?;
    let way = if there.is_some() { "/account/security?done=app-added".to_owned() } else { format!("{ADD}?done=gone") };
    Ok(visitor.see_other(&way))
}

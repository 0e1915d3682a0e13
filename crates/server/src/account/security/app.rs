//! `/account/security/apps/{id}`: one app; its name, its move to a new phone, its end.

use super::super::page;
use super::{PATH, add_app, no_such_app, own_app, owner, path_of, used};
use account::credential::totp::{App, AppId, AppName};
use account::protection;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self as extract, Data};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/security/app.html")]
pub(super) struct AppPage {
    pub page: Page,
    pub href: String,
    /// The name in its field.
    pub name: String,
    pub used: String,
}

#[derive(Template)]
#[template(path = "server/account/security/remove_app.html")]
pub(super) struct RemovePage {
    pub page: Page,
    pub href: String,
    pub name: String,
    /// Whether it is the last second step.
    pub last: bool,
}

#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

type Id = extract::Path<String>;

/// Where a fresh proof leads back to.
fn path(id: &str) -> Result<String, Failure> {
    AppId::parse(id).map(|id| path_of(&id)).ok_or_else(no_such_app)
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor, id: Id) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, &path(&id)?).await?;
    let app = own_app(&site, &account.id, &id).await?;
    Ok(view(&site, &visitor, &app, app.name.clone(), FormErrors::none()).answer(PageKind::Own))
}

fn view(site: &Site, visitor: &Visitor, app: &App, name: String, errors: FormErrors) -> AppPage {
    AppPage {
        page: Page { errors, ..page(site, visitor, &app.name, PATH) },
        href: path_of(&app.id),
        name,
        used: used(app),
    }
}

pub(super) async fn rename(
    site: Data<Site>,
    visitor: Visitor,
    id: Id,
    Form(typed): Form<Named>,
) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, &path(&id)?).await?;
    let app = own_app(&site, &account.id, &id).await?;
    let name = match AppName::parse(&typed.name) {
        Ok(name) => name,
        Err(problem) => {
            let view = view(&site, &visitor, &app, typed.name, FormErrors::one("name", problem.to_string()));
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
        }
    };
    let renamed = move |tx: &mut account::Tx<'_>| protection::rename(tx, &account.id, &app.id, &name);
    match site.accounts.write(&visitor.actor, renamed).await? {
        true => Ok(visitor.see_other("/account/security?done=app-renamed")),
        false => Err(no_such_app()),
    }
}

pub(super) async fn begin_move(
    site: Data<Site>,
    visitor: Visitor,
    id: Id,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, &path(&id)?).await?;
    let app = own_app(&site, &account.id, &id).await?;
    let name = AppName::parse(&app.name).map_err(|problem| Failure::Internal(problem.to_string()))?;
    add_app::begin_one(&site, &visitor, &account, name, Some(app.id)).await
}

pub(super) async fn ask_remove(site: Data<Site>, visitor: Visitor, id: Id) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, &format!("{}/remove", path(&id)?)).await?;
    let app = own_app(&site, &account.id, &id).await?;
    let (own, removed) = (account.id.clone(), app.id.clone());
    let last = site.accounts.read(move |conn| protection::is_last(conn, &own, &removed)).await?;
    let page = page(&site, &visitor, &format!("Remove {}?", app.name), PATH);
    Ok(RemovePage { page, href: path_of(&app.id), name: app.name, last }.answer(PageKind::Own))
}

pub(super) async fn remove(
    site: Data<Site>,
    visitor: Visitor,
    id: Id,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = owner(&site, &visitor, &path(&id)?).await?;
    let app = own_app(&site, &account.id, &id).await?;
    let removed = move |tx: &mut account::Tx<'_>| protection::remove(tx, &account.id, &app.id);
    match site.accounts.write(&visitor.actor, removed).await? {
        Some(removed) if removed.turned_off => Ok(visitor.see_other("/account/security?done=two-step-off")),
        Some(_) => Ok(visitor.see_other("/account/security?done=app-removed")),
        None => Err(no_such_app()),
    }
}

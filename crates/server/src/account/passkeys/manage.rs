//! One passkey: its name, and its removal.

use super::super::{own_account_freshly, page};
use super::{PATH, SECTION, party};
use account::AccountId;
use account::credential::passkey::{self, Passkey, PasskeyId, PasskeyName};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

#[derive(Template)]
#[template(path = "server/account/passkeys/rename.html")]
pub(super) struct RenamePage {
    pub page: Page,
    pub id: String,
    /// What the field holds.
    pub name: String,
}

#[derive(Template)]
#[template(path = "server/account/passkeys/remove.html")]
pub(super) struct RemovePage {
    pub page: Page,
    pub id: String,
    pub name: String,
    /// It is the only one.
    pub is_last: bool,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// The account of somebody who just proved who they are, and its passkey of this id; another account's is not found.
/// `below` is the page's path below the passkey's.
async fn own_passkey(site: &Site, visitor: &Visitor, id: &str, below: &str) -> Result<(AccountId, Passkey), Failure> {
    party(site)?;
    let id = PasskeyId::parse(id).ok_or_else(Failure::not_found)?;
    let back = format!("{PATH}/{id}{below}");
    let account = own_account_freshly(site, visitor, &back).await?.id;
    let whose = account.clone();
    let found = site.accounts.read(move |conn| passkey::find(conn, &whose, &id)).await?;
    Ok((account, found.ok_or_else(Failure::not_found)?))
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    let (_, passkey) = own_passkey(&site, &visitor, &id, "").await?;
    Ok(view(&site, &visitor, &passkey, passkey.name.clone(), FormErrors::none()).answer(PageKind::Own))
}

fn view(site: &Site, visitor: &Visitor, passkey: &Passkey, name: String, errors: FormErrors) -> RenamePage {
    let page = Page { errors, ..page(site, visitor, "Name of the passkey", SECTION) };
    RenamePage { page, id: passkey.id.to_string(), name }
}

pub(super) async fn rename(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let (account, passkey) = own_passkey(&site, &visitor, &id, "").await?;
    let name = match PasskeyName::parse(&typed.name) {
        Ok(name) => name,
        Err(problem) => {
            let errors = FormErrors::one("name", problem.to_string());
            let view = view(&site, &visitor, &passkey, typed.name, errors);
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
        }
    };
    site.accounts.write(&visitor.actor, move |tx| passkey::rename(tx, &account, &passkey.id, &name)).await?;
    Ok(visitor.see_other("/account/security/passkeys?done=renamed"))
}

pub(super) async fn show_removal(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let (account, passkey) = own_passkey(&site, &visitor, &id, "/remove").await?;
    let present = site.accounts.read(move |conn| passkey::count(conn, &account)).await?;
    let view = RemovePage {
        page: page(&site, &visitor, "Remove this passkey?", SECTION),
        id: passkey.id.to_string(),
        is_last: present == 1,
        name: passkey.name,
    };
    Ok(view.answer(PageKind::Own))
}

pub(super) async fn remove(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let (account, passkey) = own_passkey(&site, &visitor, &id, "/remove").await?;
    site.accounts.write(&visitor.actor, move |tx| passkey::remove(tx, &account, &passkey.id)).await?;
    Ok(visitor.see_other("/account/security/passkeys?done=removed"))
}

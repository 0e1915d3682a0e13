//! `/account/email/add`: one more address.

use super::{SECTION, throttled};
use crate::account::{own_account_freshly, page, wait_words};
use account::addresses::{self, Asked};
use account::email::Email;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

pub(super) const PATH: &str = "/account/email/add";

#[derive(Template)]
#[template(path = "server/account/addresses/add.html")]
pub(super) struct AddPage {
    pub page: Page,
    /// What the field holds.
    pub typed: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    email: String,
}

fn view(site: &Site, visitor: &Visitor, typed: String, errors: FormErrors) -> AddPage {
    AddPage { page: Page { errors, ..page(site, visitor, "Add an address", SECTION) }, typed }
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    own_account_freshly(&site, &visitor, PATH).await?;
    Ok(view(&site, &visitor, String::new(), FormErrors::none()).answer(PageKind::Own))
}

pub(super) async fn add(site: Data<Site>, visitor: Visitor, Form(typed): Form<Typed>) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let refuse = |errors| {
        let view = view(&site, &visitor, typed.email.clone(), errors);
        Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
    };
    let email = match Email::parse(&typed.email) {
        Ok(email) => email,
        Err(problem) => return refuse(FormErrors::one("email", problem.to_string())),
    };
    let (url, subjects) = (site.public_url.as_str().to_owned(), throttled(&site, &visitor, &account.id, &email));
    let asked =
        site.accounts.write(&visitor.actor, move |tx| addresses::add(tx, &url, &account.id, &email, &subjects)).await?;
    match asked {
        Asked::Noted => Ok(visitor.see_other("/account/email?done=sent")),
        Asked::Own => refuse(FormErrors::one("email", "This is your address already. Write another one.")),
        Asked::TooMany => refuse(FormErrors::form("You have 10 addresses. Remove one that you no longer need first.")),
        Asked::Wait(seconds) => refuse(FormErrors::form(wait_words(seconds))),
        Asked::NotActive | Asked::Gone => Err(Failure::log_in_first(PATH)),
    }
}

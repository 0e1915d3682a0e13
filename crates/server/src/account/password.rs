//! `/account/security/password`: the change of password by who knows the old one.

use super::{own_account_freshly, page, prove};
use account::account::Account;
use account::credential::change::change_password;
use account::credential::password::{Busy, Hints, Password};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

const SECTION: &str = "/account/security";
const PATH: &str = "/account/security/password";
const CURRENT: &str = "current-password";

#[derive(Template)]
#[template(path = "server/account/password.html")]
pub(super) struct PasswordPage {
    pub page: Page,
    /// For password managers, and so that it is no part of the password.
    pub email: String,
    pub name: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(rename = "current-password")]
    current: Password,
    password: Password,
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    Ok(view(&site, &visitor, account, FormErrors::none()).answer(PageKind::Own))
}

fn view(site: &Site, visitor: &Visitor, account: Account, errors: FormErrors) -> PasswordPage {
    let page = Page { errors, ..page(site, visitor, "Change password", SECTION) };
    PasswordPage { page, email: account.email.address, name: account.name }
}

pub(super) async fn save(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let Some(keep) = visitor.session.as_ref().map(|session| session.id.clone()) else {
        return Err(Failure::log_in_first(PATH));
    };
    let again = |account, errors| {
        Ok(view(&site, &visitor, account, errors).answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
    };
    let proof = match prove(&site, &visitor, &account.id, typed.current, CURRENT).await? {
        Ok(proof) => proof,
        Err(errors) => return again(account, errors),
    };
    let hints = Hints::new(&account.email.address, &account.name, &site.brand.name);
    let chosen = site.accounts.passwords.choose(typed.password, hints).await;
    let phc = match chosen.map_err(|_: Busy| Failure::Busy(Busy::RETRY_AFTER_SECONDS))? {
        Ok(phc) => phc,
        Err(refusal) => return again(account, FormErrors::one("password", refusal.to_string())),
    };
    let changed = site.accounts.write(&visitor.actor, move |tx| change_password(tx, &proof, &phc, &keep)).await?;
    if !changed {
        let errors =
            FormErrors::one(CURRENT, "Your password was changed in the meantime. Type the one that is in use.");
        return again(account, errors);
    }
    Ok(visitor.see_other("/account/security?done=password"))
}

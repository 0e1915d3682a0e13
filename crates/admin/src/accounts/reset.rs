//! Removing the second steps of somebody who has lost them: a page that says what will happen, then the change.

use super::change::{Reason, problem_of, refusal};
use super::pages::ResetPage;
use super::{details, no_such_account, path_of};
use crate::guard::Operator;
use account::administration::{self, Details, Refused};
use account::{AccountId, protection};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site};

pub(super) async fn ask(operator: Operator, site: Data<Site>, id: Path<String>) -> Result<HttpResponse, Failure> {
    let details = details(&site, &id).await?;
    let account = details.line.id.clone();
    if account == operator.account {
        return Err(refusal(&account, Refused::Yourself));
    }
    let looked_at = account.clone();
    if !site.accounts.read(move |conn| protection::is_on(conn, &looked_at)).await? {
        return Ok(operator.visitor.see_other(&path_of(&account)));
    }
    Ok(view(&operator, &site, &details, "", FormErrors::none()).answer(PageKind::Own))
}

fn view(operator: &Operator, site: &Site, details: &Details, reason: &str, errors: FormErrors) -> ResetPage {
    let title = format!("Reset two-step verification of {}", details.line.name);
    ResetPage::of(Page { errors, ..operator.page(site, &title, super::PATH) }, details, reason)
}

pub(super) async fn carry_out(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Reason>,
) -> Result<HttpResponse, Failure> {
    let id = AccountId::parse(&id).ok_or_else(no_such_account)?;
    let reason = form.0.reason.trim().to_owned();
    if let Some(problem) = problem_of(&reason) {
        let (details, errors) = (details(&site, id.as_str()).await?, FormErrors::one("reason", problem));
        let view = view(&operator, &site, &details, &reason, errors);
        return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
    }
    let target = id.clone();
    let reset = move |tx: &mut account::Tx<'_>| administration::reset_second_steps(tx, &target, &reason);
    match site.accounts.write(&operator.visitor.actor, reset).await? {
        Ok(()) => Ok(operator.visitor.see_other(&format!("{}?done=reset", path_of(&id)))),
        Err(refused) => Err(refusal(&id, refused)),
    }
}

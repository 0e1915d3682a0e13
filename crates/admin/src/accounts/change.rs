//! Deactivating and activating: a page that says what will happen, then the change.

use super::pages::ChangePage;
use super::{details, no_such_account, path_of};
use crate::guard::Operator;
use account::AccountId;
use account::account::AccountStatus;
use account::administration::{self, Details, LONGEST_REASON, Refused};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Render};
use web::{Failure, Form, Site};

#[derive(Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    pub(super) reason: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn ask_deactivate(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let details = details(&site, &id).await?;
    if details.line.id == operator.account {
        return Err(refusal(&details.line.id, Refused::Yourself));
    }
    if details.line.status != AccountStatus::Active {
        return Ok(operator.visitor.see_other(&path_of(&details.line.id)));
    }
    Ok(deactivation_page(&operator, &site, &details, "", FormErrors::none()).answer(PageKind::Own))
}

pub(super) async fn deactivate(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    form: Form<Reason>,
) -> Result<HttpResponse, Failure> {
    let id = AccountId::parse(&id).ok_or_else(no_such_account)?;
    let reason = form.0.reason.trim().to_owned();
    if let Some(problem) = problem_of(&reason) {
        let (details, errors) = (details(&site, id.as_str()).await?, FormErrors::one("reason", problem));
        let page = deactivation_page(&operator, &site, &details, &reason, errors);
        return Ok(page.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
    }
    let (accounts, target) = (site.accounts.clone(), id.clone());
    let outcome = site
        .accounts
        .write(&operator.visitor.actor, move |tx| administration::deactivate(tx, &accounts.key, &target, &reason))
        .await?;
    match outcome {
        Ok(()) => Ok(operator.visitor.see_other(&format!("{}?done=deactivated", path_of(&id)))),
        Err(refused) => Err(refusal(&id, refused)),
    }
}

pub(super) fn problem_of(reason: &str) -> Option<String> {
    if reason.is_empty() {
        return Some("Write why, so that other operators know later.".to_owned());
    }
    (reason.chars().count() > LONGEST_REASON).then(|| format!("Write at most {LONGEST_REASON} characters."))
}

fn deactivation_page(
    operator: &Operator,
    site: &Site,
    details: &Details,
    reason: &str,
    errors: FormErrors,
) -> ChangePage {
    let title = format!("Deactivate {}", details.line.name);
    let mut page = operator.page(site, &title, super::PATH);
    page.errors = errors;
    ChangePage::of(page, details, true, reason)
}

pub(super) async fn ask_reactivate(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let details = details(&site, &id).await?;
    if details.line.status != AccountStatus::Deactivated {
        return Ok(operator.visitor.see_other(&path_of(&details.line.id)));
    }
    let page = operator.page(&site, &format!("Activate {}", details.line.name), super::PATH);
    Ok(ChangePage::of(page, &details, false, "").answer(PageKind::Own))
}

pub(super) async fn reactivate(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let id = AccountId::parse(&id).ok_or_else(no_such_account)?;
    let (accounts, target) = (site.accounts.clone(), id.clone());
    let outcome = site
        .accounts
        .write(&operator.visitor.actor, move |tx| administration::reactivate(tx, &accounts.key, &target))
        .await?;
    match outcome {
        Ok(()) => Ok(operator.visitor.see_other(&format!("{}?done=reactivated", path_of(&id)))),
        Err(refused) => Err(refusal(&id, refused)),
    }
}

pub(super) fn refusal(id: &AccountId, refused: Refused) -> Failure {
    let (code, what_happened, what_to_do) = match refused {
        Refused::NotFound => return no_such_account(),
        Refused::NotInThatState => (
            "state_changed",
            "The account is no longer in the state that you saw.",
            "Somebody else may have been faster. Look at the account again.",
        ),
        Refused::Yourself => (
            "own_account",
            "You cannot do this to your own account.",
            "Ask another operator to do it, so that nobody locks themselves out by mistake.",
        ),
        Refused::LastOperator => (
            "last_operator",
            "This is the only operator who is active.",
            "Invite another one first: run latchkey admin invite with their e-mail address.",
        ),
    };
    Failure::with_status(StatusCode::CONFLICT, code, what_happened, what_to_do)
        .with_way_on(&path_of(id), "Go back to the account")
}

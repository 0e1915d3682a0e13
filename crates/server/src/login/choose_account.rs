//! `/choose-account`: which of the accounts that are logged in here?

use crate::journey::{self, Way};
use account::session::{self, LoginId};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, PersonBadge, Render};
use web::{Failure, Form, Query, Site, Visitor, local_path};

/// The page.
#[derive(Template)]
#[template(path = "server/login/choose_account.html")]
pub(super) struct ChooseAccountPage {
    pub page: Page,
    pub choices: Vec<Choice>,
    /// `?interaction=…`.
    pub query: String,
}

/// An account to choose.
pub(super) struct Choice {
    /// The log-in's id.
    pub login: String,
    pub person: PersonBadge,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    /// A log-in's id, or `another`.
    account: String,
}

/// Shows the accounts of this session. Without an interaction one begins, which leads to `to`: the account switcher.
pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    if way.interaction.is_none() {
        let to = way.to.as_deref().and_then(local_path).unwrap_or_else(|| DEFAULT_PATH.to_owned());
        let id = journey::begin(&site, &visitor, &to).await?;
        return Ok(visitor.see_other(&journey::with(&id, "/choose-account")));
    }
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(session) = &visitor.session else {
        return Ok(visitor.see_other(&journey::with(&on.id, "/login")));
    };
    let persons = journey::persons_of(&site, session.logins.clone()).await?;
    let choice = |(login, person): (session::Login, PersonBadge)| Choice { login: login.id.to_string(), person };
    let view = ChooseAccountPage {
        page: journey::page(&site, &provider, &visitor, &on, "Choose an account"),
        choices: persons.into_iter().map(choice).collect(),
        query: journey::with(&on.id, ""),
    };
    Ok(view.answer(PageKind::Interaction))
}

/// Takes the choice: one of this session's log-ins, or a log-in that is yet to come.
pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(chosen): Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let next = interaction::resume_path(&on.id);
    if chosen.account == "another" {
        site.accounts
            .write(&visitor.actor, move |tx| {
                interaction::note_account_chosen(tx, &on, None)?;
                interaction::note_email(tx, &on, None)
            })
            .await?;
        return Ok(visitor.see_other(&next));
    }
    let wanted = LoginId::parse(&chosen.account);
    let found = visitor.session.as_ref().and_then(|session| {
        let login = session.logins.iter().find(|login| Some(&login.id) == wanted.as_ref())?;
        Some((session.id.clone(), login.id.clone()))
    });
    let Some((session, login)) = found else {
        // Logged out in another window meanwhile: the page shows who is left.
        return Ok(visitor.see_other(&journey::with(&on.id, "/choose-account")));
    };
    site.accounts
        .write(&visitor.actor, move |tx| {
            session::touch(tx, &session, Some(&login))?;
            interaction::note_account_chosen(tx, &on, Some(&login))
        })
        .await?;
    Ok(visitor.see_other(&next))
}

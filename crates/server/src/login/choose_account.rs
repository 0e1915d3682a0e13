//! `/choose-account`: which of the accounts that are logged in here?

use crate::ended;
use crate::journey::{self, Way};
use account::session::{self, LoginId, MOST_ACCOUNTS};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, DEFAULT_PATH, Interaction};
use oidc::logout::Ending;
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
    /// There is no room for another one.
    pub is_full: bool,
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
    #[serde(default)]
    account: String,
    /// The id of a log-in to end.
    #[serde(default)]
    remove: String,
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
        is_full: session.logins.len() >= MOST_ACCOUNTS,
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
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(chosen): Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    if !chosen.remove.is_empty() {
        return remove(&site, &provider, &visitor, &on, &chosen.remove).await;
    }
    let next = interaction::resume_path(&on.id);
    if chosen.account == "another" {
        if visitor.session.as_ref().is_some_and(|session| session.logins.len() >= MOST_ACCOUNTS) {
            // The page says what to do.
            return Ok(visitor.see_other(&journey::with(&on.id, "/choose-account")));
        }
        visitor.put_down();
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

/// Logs out of one of the accounts, and shows who is left.
async fn remove(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    login: &str,
) -> Result<HttpResponse, Failure> {
    let session = visitor.session.as_ref();
    let found = session.and_then(|session| session.logins.iter().find(|own| own.id.as_str() == login)).cloned();
    let frames = match found {
        Some(login) => ended::end(site, provider, visitor, Ending::Login(login), None).await?,
        None => Vec::new(),
    };
    Ok(ended::leave(site, visitor, frames, Some(&journey::with(&on.id, "/choose-account"))))
}

//! The consent page: what a client may see and do, allowed or denied.

mod page;
pub(crate) mod words;

pub use page::specimens;

use crate::journey::{self, Way};
use crate::oidc::authorize::{accept_again, answer, demands, known_of};
use ::web::headers::PageKind;
use ::web::page::Render;
use ::web::{Failure, Form, Query, Site, Visitor};
use account::session::Login;
use account::visibility;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::Provider;
use oidc::interaction::{self, Interaction, NextStep, Permission, consent, next_step};
use page::ConsentPage;
use serde::Deserialize;

/// The addresses of this room.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/consent", web::get().to(show)).route("/consent", web::post().to(decide));
}

/// What is to be decided, by whom, for whom; or an answer when there is nothing to decide (any more).
async fn question(
    request: &HttpRequest,
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    interaction: &Interaction,
) -> Result<Result<(Login, Permission), HttpResponse>, Failure> {
    let valid = match accept_again(provider, interaction) {
        None => return Ok(Err(visitor.see_other(&interaction::resume_path(&interaction.id)))),
        Some(Err(rejection)) => return answer::rejected(request, provider, rejection).map(Err),
        Some(Ok(valid)) => valid,
    };
    let session = visitor.session.as_ref();
    let demands = demands(site, &valid, session).await?;
    let known = known_of(site, &demands, &interaction.progress, session, Some(&valid)).await?;
    Ok(match next_step(&demands, &interaction.progress, session, &known, site.accounts.now()) {
        NextStep::Consent(login, wanted) => Ok((login.clone(), wanted)),
        _ => Err(visitor.see_other(&interaction::resume_path(&interaction.id))),
    })
}

async fn show(
    request: HttpRequest,
    visitor: Visitor,
    Query(way): Query<Way>,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let interaction = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let (login, wanted) = match question(&request, &site, &provider, &visitor, &interaction).await? {
        Ok(question) => question,
        Err(answer) => return Ok(answer),
    };
    let persons = journey::persons_of(&site, vec![login.clone()]).await?;
    let person = persons.into_iter().next().map(|(_, person)| person).unwrap_or_default();
    let account = login.account_id.clone();
    let hidden = site.accounts.read(move |conn| visibility::of(conn, &account)).await?.unwrap_or_default();
    let page = journey::page(&site, &provider, &visitor, &interaction, "Allow access");
    Ok(ConsentPage::new(page, person, &hidden, &wanted, interaction.id.as_str(), login.id.as_str())
        .answer(PageKind::Interaction))
}

#[derive(Deserialize)]
struct Decision {
    interaction: String,
    /// The log-in that the page spoke of.
    login: String,
    choice: Choice,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Allow,
    Deny,
}

async fn decide(
    request: HttpRequest,
    visitor: Visitor,
    Form(decision): Form<Decision>,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let interaction = journey::find(&site, &visitor, &request, Some(&decision.interaction)).await?;
    if decision.choice == Choice::Deny {
        return answer::deny(&request, &site, &provider, &visitor, &interaction).await;
    }
    let (login, wanted) = match question(&request, &site, &provider, &visitor, &interaction).await? {
        Ok(question) => question,
        Err(answer) => return Ok(answer),
    };
    let resume = interaction::resume_path(&interaction.id);
    if login.id.as_str() != decision.login {
        // Another window changed the account since the page was shown: it is shown again, with the other name on it.
        return Ok(visitor.see_other(&resume));
    }
    let actor = visitor.actor.as_account(&login.account_id);
    site.accounts
        .write(&actor, move |tx| {
            if interaction::note_consented(tx, &interaction, &login.account_id, &wanted)?
                && let Some(client_id) = &interaction.client_id
            {
                consent::remember(tx, &login.account_id, client_id, &wanted)?;
            }
            Ok(())
        })
        .await?;
    Ok(visitor.see_other(&resume))
}

//! From one step to the next: asks the pure function, and does what it says.

use super::answer;
use crate::login;
use account::email::Email;
use account::session::{self, Login, Session};
use account::{Error, Tx};
use actix_web::HttpResponse;
use oidc::Provider;
use oidc::authorize::{self, ValidatedRequest};
use oidc::interaction::{
    self, Demands, Interaction, InteractionId, Known, NextStep, Permission, Progress, Questions, next_step,
};
use oidc::tokens::TokenError;
use std::sync::Arc;
use web::{Failure, Site, Visitor};

/// Goes on with an authorization request: to a page, or back to the client.
pub(super) async fn go_on(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    valid: ValidatedRequest,
    interaction: Option<Interaction>,
) -> Result<HttpResponse, Failure> {
    let progress = interaction.as_ref().map(|interaction| interaction.progress.clone()).unwrap_or_default();
    let session = visitor.session.as_ref();
    let demands = demands(site, &valid, session).await?;
    let known = known_of(site, &demands, &progress, session, Some(&valid)).await?;
    match next_step(&demands, &progress, session, &known, site.accounts.now()) {
        NextStep::Done(login, allowed) => {
            let login = login.clone();
            grant(site, provider, visitor, valid, interaction, login, allowed).await
        }
        NextStep::Refuse(error) => {
            answer::refuse(site, provider, visitor, &valid.reply_to, interaction.as_ref(), &error).await
        }
        step => {
            let page = page_of(&step);
            let login = if let NextStep::Reauthenticate(login) = step { Some(login.clone()) } else { None };
            let (id, by_mail) = keep(site, visitor, &valid, interaction, login).await?;
            let page = if by_mail { TWO_STEP } else { page };
            Ok(visitor.see_other(&format!("{page}?interaction={id}")))
        }
    }
}

/// What the request demands. A `login_hint` that is the address of one of several accounts here means that one (OpenID
/// Connect Core §3.1.2.1); of anybody else it is but a word for the log-in form.
pub(crate) async fn demands<'a>(
    site: &Site,
    valid: &'a ValidatedRequest,
    session: Option<&Session>,
) -> Result<Demands<'a>, Failure> {
    let several = session.filter(|session| session.logins.len() > 1);
    let hint = valid.request.login_hint.as_deref().and_then(|hint| Email::parse(hint).ok());
    let Some((session, hint)) = several.zip(hint) else { return Ok(Demands::of(valid)) };
    let logins = session.logins.clone();
    let meant = site.accounts.read(move |conn| session::login_by_address(conn, &logins, &hint)).await?;
    Ok(Demands::of(valid).preferring(meant))
}

/// Goes on to a page of ours. Any log-in will do for it, or a fresh one; what else the page demands, it asks for.
pub(super) async fn go_on_to_page(
    site: &Site,
    visitor: &Visitor,
    interaction: Interaction,
    path: &str,
) -> Result<HttpResponse, Failure> {
    let (demands, session) = (Demands::of_a_page(&interaction.kind), visitor.session.as_ref());
    let known = known_of(site, &demands, &interaction.progress, session, None).await?;
    let login = match next_step(&demands, &interaction.progress, session, &known, site.accounts.now()) {
        NextStep::Done(login, _) => login,
        step => {
            let login = if let NextStep::Reauthenticate(login) = step { Some(login.clone()) } else { None };
            let mut page = page_of(&step);
            if let Some(login) = login {
                let (on, asked) = (interaction.clone(), Asked::of(site, visitor));
                let by_mail = site.accounts.write(&visitor.actor, move |tx| asked.prove_again(tx, &on, &login)).await?;
                page = if by_mail { TWO_STEP } else { page };
            }
            return Ok(visitor.see_other(&format!("{page}?interaction={}", interaction.id)));
        }
    };
    let in_use = session.filter(|session| session.current().is_some_and(|current| current.id != login.id));
    let in_use = in_use.map(|session| (session.id.clone(), login.id.clone()));
    site.accounts
        .write(&visitor.actor, move |tx| {
            if let Some((session, login)) = &in_use {
                session::touch(tx, session, Some(login))?;
            }
            interaction::finish(tx, &interaction)
        })
        .await?;
    Ok(visitor.see_other(path))
}

const TWO_STEP: &str = "/login/two-step";

/// Who is asked to prove again who they are.
struct Asked {
    browser: Vec<u8>,
    throttle: bool,
}

impl Asked {
    fn of(site: &Site, visitor: &Visitor) -> Self {
        Self { browser: visitor.browser_hash().to_vec(), throttle: site.throttle }
    }

    /// Notes whose password the page asks for; who has none gets a code by mail. Returns whether it is by mail.
    fn prove_again(&self, tx: &mut Tx<'_>, on: &Interaction, login: &Login) -> Result<bool, Error> {
        let email = session::person(tx.conn, &login.account_id)?.map(|person| person.email);
        interaction::note_email(tx, on, email.as_deref())?;
        login::begin_without_a_password(tx, on, &self.browser, &login.account_id, self.throttle)
    }
}

fn page_of(step: &NextStep<'_>) -> &'static str {
    match step {
        NextStep::SignUp => "/signup",
        NextStep::SecondStep => TWO_STEP,
        NextStep::Reauthenticate(_) => "/login/password",
        NextStep::ChooseAccount => "/choose-account",
        NextStep::Consent(..) => "/consent",
        NextStep::LogIn | NextStep::Refuse(_) | NextStep::Done(..) => "/login",
    }
}

/// What is known of the account that is about to be used; read only where it can make a difference.
pub(crate) async fn known_of(
    site: &Site,
    demands: &Demands<'_>,
    progress: &Progress,
    session: Option<&Session>,
    valid: Option<&ValidatedRequest>,
) -> Result<Known, Failure> {
    let questions = Questions::of(demands, valid.map(|valid| valid.client.client_id.as_str()));
    let candidate = interaction::candidate(demands, progress, session);
    let Some(login) = candidate.filter(|_| !questions.is_empty()) else { return Ok(Known::default()) };
    let account = login.account_id.clone();
    Ok(site.accounts.read(move |conn| questions.ask(conn, &account)).await?)
}

/// Makes sure that the request is kept while the visitor is on a page. For a repeated proof the page needs to know
/// whose password to ask for; the second value says whether it is proved by a mailed code instead.
async fn keep(
    site: &Site,
    visitor: &Visitor,
    valid: &ValidatedRequest,
    interaction: Option<Interaction>,
    reauthenticate: Option<Login>,
) -> Result<(InteractionId, bool), Failure> {
    if let (Some(interaction), None) = (&interaction, &reauthenticate) {
        return Ok((interaction.id.clone(), false));
    }
    let (asked, request) = (Asked::of(site, visitor), valid.request.clone());
    let kept = site.accounts.write(&visitor.actor, move |tx| {
        let on = match &interaction {
            Some(interaction) => Some(interaction.clone()),
            None => {
                let id = interaction::begin_authorization(tx, Some(&asked.browser), &request, &Progress::default())?;
                interaction::find(tx.conn, &id, &asked.browser, tx.now)?
            }
        };
        let on = on.ok_or_else(|| Error::Corrupt("an interaction that was just begun".to_owned()))?;
        let by_mail = match &reauthenticate {
            Some(login) => asked.prove_again(tx, &on, login)?,
            None => false,
        };
        Ok((on.id, by_mail))
    });
    Ok(kept.await?)
}

/// Grants: one write, which ends the interaction, if there is one, and so happens once.
async fn grant(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    valid: ValidatedRequest,
    interaction: Option<Interaction>,
    login: Login,
    allowed: Permission,
) -> Result<HttpResponse, Failure> {
    let recipient = match authorize::recipient(provider, &valid).await {
        Ok(recipient) => recipient,
        Err(TokenError::Refused(error)) => {
            return answer::refuse(site, provider, visitor, &valid.reply_to, interaction.as_ref(), &error).await;
        }
        Err(error) => return Err(Failure::Internal(error.to_string())),
    };
    let settings = provider.settings.clone();
    let valid = Arc::new(valid);
    let other_in_use = visitor.session.as_ref().filter(|s| s.current().is_some_and(|current| current.id != login.id));
    let session = other_in_use.filter(|_| interaction.is_some()).map(|session| session.id.clone());
    let written = Arc::clone(&valid);
    let actor = visitor.actor.as_account(&login.account_id);
    let granted = site.accounts.write(&actor, move |tx| {
        if let Some(interaction) = &interaction
            && !interaction::finish(tx, interaction)?
        {
            return Ok(None);
        }
        if let Some(session) = &session {
            session::touch(tx, session, Some(&login.id))?;
        }
        authorize::grant(tx, &written, &login, &allowed, &settings).map(Some)
    });
    match granted.await? {
        Some(granted) => {
            let delivery = authorize::success(provider, &valid, &granted, recipient, visitor.browser_state());
            answer::deliver(delivery.map_err(|error| Failure::Internal(error.to_string()))?, site)
        }
        None => Err(answer::finished_elsewhere()),
    }
}

//! Passkeys on the way in: as the whole log-in, on `/login` and on `/login/password`, and as the second step, on
//! `/login/two-step/passkey`. The script `js/passkey.js` asks for a challenge and sends the form with the answer.

use super::{StrengthLimit, identifier, password, two_step};
use crate::account::passkeys::{offer, refuse};
use crate::journey::{self, Way};
use account::Tx;
use account::credential::passkey::{self, Answer, Assertion, Expected, Refusal, RelyingParty};
use account::login::{self, Completion, Finished, PasskeyOutcome};
use account::second_step::Method;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use oidc::Provider;
use oidc::interaction::{self, Interaction};
use serde::Deserialize;
use web::{Failure, Form, Metrics, Query, Site, Visitor};

/// The page that asks for a passkey as the second step.
pub(super) const TWO_STEP_PATH: &str = "/login/two-step/passkey";

#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct Signed {
    #[serde(default)]
    challenge: String,
    #[serde(default)]
    credential: String,
}

/// The installation as authenticators know it; where passkeys cannot be used nothing answers here.
fn party(site: &Site) -> Result<&RelyingParty, Failure> {
    site.passkeys.as_ref().ok_or_else(Failure::not_found)
}

/// A challenge for whoever comes; it says nothing about anybody.
pub(super) async fn challenge(
    request: HttpRequest,
    site: Data<Site>,
    limit: Data<StrengthLimit>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let party = party(&site)?;
    if site.throttle && !limit.allows(visitor.actor.address) {
        return Ok(refuse(StatusCode::TOO_MANY_REQUESTS, "There were too many tries. Wait a minute, then try again."));
    }
    journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let browser = visitor.browser_hash();
    Ok(offer(&passkey::begin_log_in(&site.accounts, party, &visitor.actor, browser).await?))
}

/// The page that the answer came from, and that says what was wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Identifier,
    Password,
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    metrics: Data<Metrics>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(signed): Form<Signed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    log_in(&site, &provider, &metrics, &visitor, on, signed, From::Identifier).await
}

pub(super) async fn take_again(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    metrics: Data<Metrics>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(signed): Form<Signed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    log_in(&site, &provider, &metrics, &visitor, on, signed, From::Password).await
}

async fn log_in(
    site: &Site,
    provider: &Provider,
    metrics: &Metrics,
    visitor: &Visitor,
    on: Interaction,
    signed: Signed,
    from: From,
) -> Result<HttpResponse, Failure> {
    let party = party(site)?;
    let outcome = match Answer::of_form(&signed.challenge, &signed.credential) {
        Some(answer) => {
            let (browser, entering, waiting) = (visitor.browser_hash(), journey::entering(site, visitor), on.clone());
            let noted =
                move |tx: &mut Tx<'_>, login: &_| interaction::note_authenticated(tx, &waiting, login).map(|_| ());
            login::log_in_by_passkey(&site.accounts, party, &visitor.actor, browser, &answer, entering, noted).await?
        }
        None => PasskeyOutcome::Refused(Refusal::NotGenuine),
    };
    metrics.log_in(word(&outcome));
    let (status, message) = match outcome {
        PasskeyOutcome::LoggedIn(logged_in) => {
            visitor.set_session(&logged_in.session);
            visitor.set_device(&logged_in.device);
            return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
        }
        PasskeyOutcome::Refused(refusal) => (StatusCode::UNPROCESSABLE_ENTITY, words(refusal)),
        PasskeyOutcome::Deactivated => (StatusCode::FORBIDDEN, password::DEACTIVATED),
        PasskeyOutcome::Unverified => (StatusCode::FORBIDDEN, UNVERIFIED),
        PasskeyOutcome::Void => (StatusCode::FORBIDDEN, LOCKED),
        PasskeyOutcome::Full => (StatusCode::CONFLICT, password::FULL),
    };
    match from {
        From::Identifier => identifier::refuse(site, provider, visitor, &on, status, message).await,
        From::Password => Ok(password::refuse(site, provider, visitor, &on, status, message)),
    }
}

fn word(outcome: &PasskeyOutcome) -> &'static str {
    match outcome {
        PasskeyOutcome::LoggedIn(_) => "logged_in",
        PasskeyOutcome::Refused(_) => "passkey_refused",
        PasskeyOutcome::Deactivated => "deactivated",
        PasskeyOutcome::Unverified => "unverified",
        PasskeyOutcome::Void => "void",
        PasskeyOutcome::Full => "full",
    }
}

const UNVERIFIED: &str = "Your e-mail address is not confirmed yet. Log in with your password to confirm it.";

const LOCKED: &str = "The account was locked. Choose a new password first: follow the link that we sent by mail, or ask for \
    another one with \"Forgot your password?\" on the page of the password.";

/// What to do when a passkey was not taken.
pub(super) fn words(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Stale => "That took more than five minutes, or it was sent twice. Try again.",
        Refusal::Unknown => {
            "We do not know this passkey. It may have been removed from your account. Use another one, or another way to log in."
        }
        Refusal::Suspended | Refusal::Copied => {
            "This passkey is suspended, because there may be a copy of it. Log in another way, then remove it under Security."
        }
        Refusal::NotVerified => {
            "Your device did not check that it is you. Use your finger, your face or your PIN when it asks, or log in another way."
        }
        Refusal::NotGenuine => "Your browser did not send an answer that we can use. Try again, or log in another way.",
    }
}

/// A challenge for the passkeys of the account that waits for its second step.
pub(super) async fn challenge_second(
    request: HttpRequest,
    site: Data<Site>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let party = party(&site)?;
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = two_step::half_of(&site, &on).filter(|half| half.takes(Method::Passkey)) else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    let (actor, browser) = (&visitor.actor, visitor.browser_hash());
    let offered = passkey::begin_second_step(&site.accounts, party, actor, &half.account, browser).await?;
    Ok(offered.map_or_else(|| refuse(StatusCode::CONFLICT, words(Refusal::Suspended)), |offered| offer(&offered)))
}

/// Takes a passkey as the second step.
pub(super) async fn take_second(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    metrics: Data<Metrics>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(signed): Form<Signed>,
) -> Result<HttpResponse, Failure> {
    let party = party(&site)?;
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = two_step::half_of(&site, &on).cloned() else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    let verified = match Answer::of_form(&signed.challenge, &signed.credential) {
        Some(answer) => {
            let expected = Expected::Of(half.account.clone());
            passkey::verify(&site.accounts, party, &visitor.actor, &expected, visitor.browser_hash(), &answer).await?
        }
        None => Err(Refusal::NotGenuine),
    };
    let refusal = verified.as_ref().err().copied();
    let finished = complete(&site, &visitor, &on, verified.ok()).await?;
    metrics.log_in(two_step::word(&finished));
    Ok(match finished {
        Finished::LoggedIn(logged_in) => {
            visitor.set_session(&logged_in.session);
            visitor.set_device(&logged_in.device);
            visitor.see_other(&interaction::resume_path(&on.id))
        }
        Finished::Wrong | Finished::Wait(_) => {
            let message = words(refusal.unwrap_or(Refusal::Copied));
            two_step::refuse_passkey(&site, &provider, &visitor, &on, &half, message)
        }
        Finished::Void => visitor.see_other(&format!("{}&over=1", journey::with(&on.id, "/login/password"))),
    })
}

/// The one write: the half log-in as it is kept at this moment, and the use of the passkey.
async fn complete(
    site: &Site,
    visitor: &Visitor,
    on: &Interaction,
    assertion: Option<Assertion>,
) -> Result<Finished, Failure> {
    let completion = Completion {
        entering: journey::entering(site, visitor),
        method: Method::Passkey,
        remember: false,
        throttle: site.throttle,
    };
    let waiting = on.clone();
    let finished = site.accounts.write(&visitor.actor, move |tx| {
        let Some(half) = interaction::half(tx, &waiting)? else { return Ok(Finished::Void) };
        let prove = |tx: &mut Tx<'_>| match &assertion {
            Some(assertion) => login::prove_by_passkey(tx, &half, assertion),
            None => Ok(None),
        };
        let noted = |tx: &mut Tx<'_>, login: &_| interaction::note_authenticated(tx, &waiting, login).map(|_| ());
        let finished = login::finish(tx, &half, &completion, prove, noted)?;
        if matches!(finished, Finished::Void) {
            interaction::note_half(tx, &waiting, None)?;
        }
        Ok(finished)
    });
    Ok(finished.await?)
}

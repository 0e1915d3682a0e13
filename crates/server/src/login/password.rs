//! `/login/password`: is it really them?

use super::two_step;
use crate::journey::{self, Way};
use crate::oidc::authorize::Ending;
use account::AccountId;
use account::credential::password::{Busy, Password};
use account::email::Email;
use account::login::{self, Attempt, Noted, Outcome};
use account::sign_up::{self, Links, Sent};
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, Interaction, Kind};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Metrics, Query, Site, Visitor};

/// The page.
#[derive(Template)]
#[template(path = "server/login/password.html")]
pub(super) struct PasswordPage {
    pub page: Page,
    pub email: String,
    /// `?interaction=…`, which every link of the page takes along.
    pub query: String,
    /// Whether passkeys are possible here.
    pub passkeys: bool,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    /// As the page shows it, so that what is checked is what the person sees.
    #[serde(default)]
    email: String,
    password: Password,
}

/// What was done before this page was shown.
#[derive(Deserialize)]
pub(super) struct Before {
    #[serde(default)]
    over: Option<String>,
}

pub(super) const AGAIN: &str =
    "What you are about to do asks for a log-in within the last ten minutes. Enter your password again to go on.";

pub(super) const OVER: &str = "Your password does not count any more for this log-in. Enter it again.";

pub(super) const WRONG: &str = "The e-mail address or the password is not right. Check both and try again.";

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Query(before): Query<Before>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(email) = on.email() else {
        return Ok(visitor.see_other(&journey::with(&on.id, "/login")));
    };
    let mut view = view(&site, &provider, &visitor, &on, email);
    if before.over.is_some() {
        view.page.notices.push(Notice::info(OVER));
    } else if visitor.login().is_some() && matches!(on.kind, Kind::StepUp(_)) {
        view.page.notices.push(Notice::info(AGAIN));
    }
    Ok(view.answer(PageKind::Interaction))
}

fn view(site: &Site, provider: &Provider, visitor: &Visitor, on: &Interaction, email: &str) -> PasswordPage {
    PasswordPage {
        page: journey::page(site, provider, visitor, on, "Enter your password"),
        email: email.to_owned(),
        query: journey::with(&on.id, ""),
        passkeys: site.passkeys.is_some(),
    }
}

/// The page once more, after a passkey that was not taken.
pub(super) fn refuse(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    status: StatusCode,
    message: &str,
) -> HttpResponse {
    let mut view = view(site, provider, visitor, on, on.email().unwrap_or_default());
    view.page.errors = FormErrors::form(message);
    view.answer_with(status, PageKind::Interaction)
}

pub(super) async fn take(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    metrics: Data<Metrics>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Ok(email) = Email::parse(&typed.email) else {
        return Ok(visitor.see_other(&journey::with(&on.id, "/login")));
    };
    let attempt = Attempt {
        email,
        password: typed.password,
        entering: journey::entering(&site, &visitor),
        may_be_spared: two_step::may_be_spared(&provider, &on),
        throttle: site.throttle,
    };
    let (waiting, browser, throttle) = (on.clone(), visitor.browser_hash().to_vec(), site.throttle);
    let ending = Ending::of(&provider, &on).await;
    let end = ending.clone();
    let noted = move |tx: &mut account::Tx<'_>, noted: Noted<'_>| match noted {
        Noted::LoggedIn(logged_in) => end.reach(tx, logged_in),
        Noted::Half(half) => two_step::begin(tx, &waiting, &browser, half, throttle).map(|()| None),
    };
    let (outcome, ended) = login::log_in(&site.accounts, &visitor.actor, attempt, noted).await?;
    metrics.log_in(word(&outcome));
    let again = |status, message: &str| {
        let mut view = view(&site, &provider, &visitor, &on, &typed.email);
        view.page.errors = FormErrors::form(message);
        view.answer_with(status, PageKind::Interaction)
    };
    Ok(match outcome {
        Outcome::LoggedIn(logged_in) => ending.answer(&site, &provider, &visitor, &logged_in, ended.flatten())?,
        Outcome::SecondStep(_) => visitor.see_other(&interaction::resume_path(&on.id)),
        Outcome::Wrong => again(StatusCode::UNPROCESSABLE_ENTITY, WRONG),
        Outcome::Wait(seconds) => {
            let mut answer = again(StatusCode::TOO_MANY_REQUESTS, &wait(seconds));
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Outcome::Deactivated => again(StatusCode::FORBIDDEN, DEACTIVATED),
        Outcome::Void => again(StatusCode::FORBIDDEN, VOID),
        Outcome::Full => again(StatusCode::CONFLICT, FULL),
        Outcome::Unverified(account) => match verify_here(&site, &visitor, &on, account).await? {
            Sent::Done => visitor.see_other(&journey::with(&on.id, "/verify-email")),
            Sent::Wait(seconds) => {
                let mut answer = again(StatusCode::TOO_MANY_REQUESTS, &unconfirmed(seconds));
                answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
                answer
            }
        },
        Outcome::Busy => return Err(Failure::Busy(Busy::RETRY_AFTER_SECONDS)),
    })
}

/// As `/metrics` counts it.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::LoggedIn(_) => "logged_in",
        Outcome::SecondStep(_) => "second_step",
        Outcome::Wrong => "wrong",
        Outcome::Wait(_) => "wait",
        Outcome::Deactivated => "deactivated",
        Outcome::Unverified(_) => "unverified",
        Outcome::Void => "void",
        Outcome::Full => "full",
        Outcome::Busy => "busy",
    }
}

/// The password was right, but the address is not confirmed: this browser gets a code for it.
async fn verify_here(site: &Site, visitor: &Visitor, on: &Interaction, account: AccountId) -> Result<Sent, Failure> {
    let (accounts, throttle) = (site.accounts.clone(), site.throttle);
    let links = Links::under(site.public_url.as_str());
    let (browser, return_to) = (visitor.browser_hash().to_vec(), interaction::resume_path(&on.id));
    let sent = site.accounts.write(&visitor.actor, move |tx| {
        sign_up::verify_here(tx, &accounts.key, &account, &browser, Some(&return_to), &links, throttle)
    });
    Ok(sent.await?)
}

pub(super) const DEACTIVATED: &str = "This account is deactivated. Ask whoever runs this service to activate it again.";

/// The right password, which its owner declared void.
pub(super) const VOID: &str = "This password is void, because the account was locked. Choose a new password: follow the \
    link that we sent by mail, or ask for another one with \"Forgot your password?\".";

/// As many accounts as can be.
pub(super) const FULL: &str = "10 accounts are logged in in this browser, and there is no room for more. Log out of one of \
    them in another tab, under \"Switch account\" in the menu at the top right of your account, then log in here.";

/// Too many tries.
pub(super) fn wait(seconds: i64) -> String {
    format!(
        "There were too many tries. Wait {}, then try again. \
         If you forgot your password, you can choose a new one at once.",
        in_words(seconds)
    )
}

/// Too many mails.
pub(super) fn unconfirmed(seconds: i64) -> String {
    format!(
        "Your e-mail address is not confirmed yet, and we sent several mails to it already. \
         Open the link in the latest one, or wait {} and log in again to get another.",
        in_words(seconds)
    )
}

pub(super) fn in_words(seconds: i64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        2..120 => format!("{seconds} seconds"),
        _ => format!("{} minutes", (seconds + 59) / 60),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn waiting_is_told_in_seconds_or_minutes() {
        for (seconds, words) in
            [(1, "1 second"), (2, "2 seconds"), (119, "119 seconds"), (120, "2 minutes"), (900, "15 minutes")]
        {
            assert_eq!(super::in_words(seconds), words);
        }
    }
}

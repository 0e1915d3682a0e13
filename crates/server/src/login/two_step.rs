//! `/login/two-step`: the second step of a log-in, by a code; the page for a passkey too, which [`super::passkey`] takes.

use super::password::in_words;
use crate::journey::{self, Way};
use crate::oidc::authorize::accept_again;
use account::login::{self, Completion, Finished, HalfLogin};
use account::second_step::mailed_code::{self, Sent};
use account::second_step::{self, Method};
use account::{AccountId, Tx};
use actix_web::http::{StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::interaction::{self, Demands, Interaction};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Metrics, Query, Site, Visitor};

/// The page.
pub(super) const PATH: &str = "/login/two-step";
/// The page that takes a recovery code.
pub(super) const RECOVERY_PATH: &str = "/login/two-step/recovery-code";
/// Where the button posts to that asks for another mail.
pub(super) const MAIL_PATH: &str = "/login/two-step/mail";

/// What the page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    AppCode,
    RecoveryCode,
    MailedCode,
    Passkey,
}

/// The page.
#[derive(Template)]
#[template(path = "server/login/two_step.html")]
pub(super) struct TwoStepPage {
    pub page: Page,
    pub email: String,
    /// `?interaction=…`, which every link of the page takes along.
    pub query: String,
    pub asks: Asks,
    pub offers_app_code: bool,
    pub offers_recovery_code: bool,
    pub offers_passkey: bool,
    /// Whether there is something to lose: an app or a key.
    pub can_be_lost: bool,
    /// Where another mail is asked for.
    pub resend: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
    #[serde(default, rename = "remember-device")]
    remember_device: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

/// What was done before this page was shown.
#[derive(Deserialize)]
pub(super) struct Before {
    #[serde(default)]
    sent: Option<String>,
}

pub(super) const WRONG_APP: &str =
    "This is not the code that your app shows now, or it was used already. Wait for the next one and type that.";
pub(super) const WRONG_RECOVERY: &str =
    "This is none of your recovery codes, or it was used already. Check it, or try another one.";
pub(super) const WRONG_MAIL: &str =
    "This is not the code of the latest mail, or it does not work any more. Check it, or ask for another mail.";

/// Whether a remembered device may spare the second step here: not where more than a password is asked for.
pub(super) fn may_be_spared(provider: &Provider, on: &Interaction) -> bool {
    match accept_again(provider, on) {
        Some(Ok(valid)) => Demands::of(&valid).may_be_spared_a_step(),
        Some(Err(_)) => true,
        None => Demands::of_a_page(&on.kind).may_be_spared_a_step(),
    }
}

/// Keeps what was proved, in the write that found it right. Where a mailed code is the second step, it is sent.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    on: &Interaction,
    browser: &[u8],
    half: &HalfLogin,
    throttle: bool,
) -> Result<(), account::Error> {
    interaction::note_half(tx, on, Some(half))?;
    if half.takes(Method::MailedCode) {
        mailed_code::send(tx, &half.account, &bound_to(on, browser), throttle)?;
    }
    Ok(())
}

/// Begins the renewed proof of somebody without a password, where a mailed code is what there is. Returns whether it is.
pub(crate) fn begin_without_a_password(
    tx: &mut Tx<'_>,
    on: &Interaction,
    browser: &[u8],
    account: &AccountId,
    throttle: bool,
) -> Result<bool, account::Error> {
    let Some(methods) = second_step::means(tx.conn, account)?.instead_of_a_password() else { return Ok(false) };
    let half = HalfLogin::without_a_password(tx, account, methods)?;
    begin(tx, on, browser, &half, throttle)?;
    Ok(true)
}

/// What a mailed code is good for: this interaction in this browser.
fn bound_to(on: &Interaction, browser: &[u8]) -> Vec<u8> {
    [browser, on.id.as_str().as_bytes()].concat()
}

pub(super) async fn show(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Query(before): Query<Before>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = half_of(&site, &on) else { return Ok(visitor.see_other(&interaction::resume_path(&on.id))) };
    let mut view = view(&site, &provider, &visitor, &on, half, first_choice(half));
    if before.sent.is_some() {
        view.page.notices.push(Notice::success("We sent another mail. Use the code of that one."));
    }
    Ok(view.answer(PageKind::Interaction))
}

pub(super) async fn show_recovery(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = half_of(&site, &on).filter(|half| half.takes(Method::RecoveryCode)) else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    Ok(view(&site, &provider, &visitor, &on, half, Asks::RecoveryCode).answer(PageKind::Interaction))
}

pub(super) async fn show_passkey(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = half_of(&site, &on).filter(|half| half.takes(Method::Passkey)) else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    Ok(view(&site, &provider, &visitor, &on, half, Asks::Passkey).answer(PageKind::Interaction))
}

/// The page once more, after a passkey that was not taken.
pub(super) fn refuse_passkey(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    half: &HalfLogin,
    message: &str,
) -> HttpResponse {
    let mut view = view(site, provider, visitor, on, half, Asks::Passkey);
    view.page.errors = FormErrors::form(message);
    view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction)
}

/// What waits for its second step here.
pub(super) fn half_of<'a>(site: &Site, on: &'a Interaction) -> Option<&'a HalfLogin> {
    on.progress.half.as_ref().filter(|half| half.is_alive(site.accounts.now()))
}

fn first_choice(half: &HalfLogin) -> Asks {
    match half.methods.first() {
        Some(Method::MailedCode) => Asks::MailedCode,
        _ if half.takes(Method::AppCode) => Asks::AppCode,
        _ => Asks::Passkey,
    }
}

fn view(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    on: &Interaction,
    half: &HalfLogin,
    asks: Asks,
) -> TwoStepPage {
    TwoStepPage {
        page: journey::page(site, provider, visitor, on, "Two-step verification"),
        email: on.email().unwrap_or_default().to_owned(),
        query: journey::with(&on.id, ""),
        asks,
        offers_app_code: asks != Asks::AppCode && half.takes(Method::AppCode),
        offers_recovery_code: asks != Asks::RecoveryCode && half.takes(Method::RecoveryCode),
        offers_passkey: asks != Asks::Passkey && half.takes(Method::Passkey) && site.passkeys.is_some(),
        can_be_lost: !half.takes(Method::MailedCode),
        resend: journey::with(&on.id, MAIL_PATH),
    }
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
    let asks = half_of(&site, &on).map_or(Asks::AppCode, first_choice);
    complete(&site, &provider, &metrics, &visitor, on, typed, asks).await
}

pub(super) async fn take_recovery(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    metrics: Data<Metrics>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(typed): Form<Typed>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    complete(&site, &provider, &metrics, &visitor, on, typed, Asks::RecoveryCode).await
}

async fn complete(
    site: &Site,
    provider: &Provider,
    metrics: &Metrics,
    visitor: &Visitor,
    on: Interaction,
    typed: Typed,
    asks: Asks,
) -> Result<HttpResponse, Failure> {
    let method = match asks {
        Asks::RecoveryCode => Method::RecoveryCode,
        Asks::MailedCode => Method::MailedCode,
        Asks::AppCode | Asks::Passkey => Method::AppCode,
    };
    let completion = Completion {
        entering: journey::entering(site, visitor),
        method,
        remember: method == Method::AppCode && typed.remember_device.is_some(),
        throttle: site.throttle,
    };
    let (waiting, bound) = (on.clone(), bound_to(&on, visitor.browser_hash()));
    let finished = site.accounts.write(&visitor.actor, move |tx| {
        let Some(half) = interaction::half(tx, &waiting)? else { return Ok(Finished::Void) };
        let prove = |tx: &mut Tx<'_>| second_step::spend(tx, &half.account, method, &typed.code, &bound, &half.amr);
        let noted = |tx: &mut Tx<'_>, login: &_| interaction::note_authenticated(tx, &waiting, login).map(|_| ());
        let finished = login::finish(tx, &half, &completion, prove, noted)?;
        if matches!(finished, Finished::Void) {
            interaction::note_half(tx, &waiting, None)?;
        }
        Ok(finished)
    });
    let finished = finished.await?;
    metrics.log_in(word(&finished));
    let again = |status, errors| match &on.progress.half {
        Some(half) => {
            let mut view = view(site, provider, visitor, &on, half, asks);
            view.page.errors = errors;
            view.answer_with(status, PageKind::Interaction)
        }
        None => visitor.see_other(&interaction::resume_path(&on.id)),
    };
    Ok(match finished {
        Finished::LoggedIn(logged_in) => {
            visitor.set_session(&logged_in.session);
            visitor.set_device(&logged_in.device);
            visitor.see_other(&interaction::resume_path(&on.id))
        }
        Finished::Wrong => again(StatusCode::UNPROCESSABLE_ENTITY, FormErrors::one("code", wrong(asks))),
        Finished::Wait(seconds) => {
            let mut answer = again(StatusCode::TOO_MANY_REQUESTS, FormErrors::form(wait(seconds)));
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            answer
        }
        Finished::Void => visitor.see_other(&format!("{}&over=1", journey::with(&on.id, "/login/password"))),
    })
}

pub(super) fn word(finished: &Finished) -> &'static str {
    match finished {
        Finished::LoggedIn(_) => "logged_in",
        Finished::Wrong => "second_step_wrong",
        Finished::Wait(_) => "second_step_wait",
        Finished::Void => "second_step_void",
    }
}

fn wrong(asks: Asks) -> &'static str {
    match asks {
        Asks::RecoveryCode => WRONG_RECOVERY,
        Asks::MailedCode => WRONG_MAIL,
        Asks::AppCode | Asks::Passkey => WRONG_APP,
    }
}

/// Too many codes.
pub(super) fn wait(seconds: i64) -> String {
    format!("There were too many wrong codes. Wait {}, then try again.", in_words(seconds))
}

/// Sends another code.
pub(super) async fn send(
    request: HttpRequest,
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(way): Query<Way>,
    Form(Nothing {}): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let on = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    let Some(half) = half_of(&site, &on).filter(|half| half.takes(Method::MailedCode)).cloned() else {
        return Ok(visitor.see_other(&interaction::resume_path(&on.id)));
    };
    let (waiting, throttle, bound) = (on.clone(), site.throttle, bound_to(&on, visitor.browser_hash()));
    let sent = site.accounts.write(&visitor.actor, move |tx| {
        let half = interaction::half(tx, &waiting)?.filter(|half| half.takes(Method::MailedCode));
        match half {
            Some(half) if half.holds(tx.conn, tx.now)? => mailed_code::send(tx, &half.account, &bound, throttle),
            _ => Ok(Sent::Done),
        }
    });
    match sent.await? {
        Sent::Done => Ok(visitor.see_other(&format!("{}&sent=1", journey::with(&on.id, PATH)))),
        Sent::Wait(seconds) => {
            let mut view = view(&site, &provider, &visitor, &on, &half, Asks::MailedCode);
            view.page.errors = FormErrors::form(format!(
                "We sent several mails already. Use the code of the latest one, or wait {} for another.",
                in_words(seconds)
            ));
            let mut answer = view.answer_with(StatusCode::TOO_MANY_REQUESTS, PageKind::Interaction);
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(answer)
        }
    }
}

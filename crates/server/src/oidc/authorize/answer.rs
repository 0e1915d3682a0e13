//! Answers of the authorization endpoint: to the client through the browser, or to the person as a page.

use account::secret::Token;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::authorize::response_mode::{self, Delivery, FormPost};
use oidc::authorize::{PageError, Rejection, ReplyTo};
use oidc::interaction::{self, Interaction};
use protocol::error::Endpoint;
use protocol::{ErrorCode, OAuthError};
use web::headers::PageKind;
use web::page::{Page, Render};
use web::visitor::request_id;
use web::{Failure, Site, Visitor};

/// The page that posts an answer to the client (OAuth 2.0 Form Post Response Mode §2).
#[derive(Debug, Clone, Template)]
#[template(path = "server/authorize/form_post.html")]
pub(super) struct FormPostPage {
    pub(super) page: Page,
    pub(super) form: FormPost,
    /// Of the script that presses the button; none: nothing presses it, as in a browser without script.
    pub(super) nonce: Option<String>,
}

/// Sends an answer through the browser.
pub(crate) fn deliver(delivery: Delivery, site: &Site) -> Result<HttpResponse, Failure> {
    Ok(match delivery {
        Delivery::Redirect(location) => see_other(&location),
        Delivery::FormPost(form) => {
            let nonce = Token::generate().reveal().to_owned();
            let kind = PageKind::FormPost { nonce: nonce.clone(), origin: form.origin.clone() };
            let page = Page::new("Back to the product", site.brand.name.clone());
            FormPostPage { page, form, nonce: Some(nonce) }.answer(kind)
        }
    })
}

/// 303, not kept by anybody.
pub(crate) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// A request that was not accepted: the client is told where that is possible, and else the person.
pub(crate) fn rejected(
    request: &HttpRequest,
    provider: &Provider,
    rejection: Rejection,
) -> Result<HttpResponse, Failure> {
    match rejection {
        Rejection::Page(error) => Err(page(request, &error)),
        Rejection::Reply(reply_to, error) => {
            tracing::info!(
                request_id = %request_id(request), client_id = reply_to.client_id(), code = %error.code(),
                check = error.description(), "an authorization request was refused"
            );
            let site = request.app_data::<actix_web::web::Data<Site>>();
            let site = site.ok_or_else(|| Failure::Internal("the site is not wired".into()))?;
            deliver(response_mode::error(&reply_to, &error, &provider.issuer), site)
        }
    }
}

/// An error that must not travel, as the page. The developer finds the check in its details, the operator in the log.
pub(crate) fn page(request: &HttpRequest, error: &PageError) -> Failure {
    tracing::info!(
        request_id = %request_id(request), client_id = error.client_id.as_deref().unwrap_or("unknown"),
        code = %error.code, check = error.check, "an authorization request was refused"
    );
    let what_happened = match error.code {
        ErrorCode::InvalidRedirectUri => {
            "The product that sent you here did not name an address, registered with us, to send you back to."
        }
        ErrorCode::InvalidClient => "The product that sent you here is not known to us.",
        ErrorCode::UnauthorizedClient => "The product that sent you here may not be used at present.",
        _ => "The product that sent you here asked in a way that we do not understand.",
    };
    let status = actix_web::http::StatusCode::from_u16(error.code.status(Endpoint::Page));
    Failure::with_status(
        status.unwrap_or(actix_web::http::StatusCode::BAD_REQUEST),
        error.code.as_str(),
        what_happened,
        "Nothing of yours was sent anywhere. Go back to the product; if this happens again, tell the people who run it \
         what the details below say.",
    )
    .with_details(&error.check, &error.how_to_mend)
}

/// Ends with an error for the client.
pub(crate) async fn refuse(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    reply_to: &ReplyTo,
    interaction: Option<&Interaction>,
    error: &OAuthError,
) -> Result<HttpResponse, Failure> {
    if let Some(interaction) = interaction.cloned() {
        let finished = site.accounts.write(&visitor.actor, move |tx| interaction::finish(tx, &interaction)).await?;
        if !finished {
            return Err(finished_elsewhere());
        }
    }
    deliver(response_mode::error(reply_to, error, &provider.issuer), site)
}

/// The visitor said no, to the log-in or to the client: `access_denied`, or, on the way to a page of ours, the log-in
/// page anew.
pub(crate) async fn deny(
    request: &HttpRequest,
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    interaction: &Interaction,
) -> Result<HttpResponse, Failure> {
    match super::accept_again(provider, interaction) {
        None => Ok(visitor.see_other("/login")),
        Some(Err(rejection)) => rejected(request, provider, rejection),
        Some(Ok(valid)) => {
            let error = OAuthError::new(ErrorCode::AccessDenied, "the visitor said no");
            refuse(site, provider, visitor, &valid.reply_to, Some(interaction), &error).await
        }
    }
}

/// Two requests raced for one interaction, and this is the one that lost.
pub(crate) fn finished_elsewhere() -> Failure {
    Failure::refused(
        "interaction_over",
        "This log-in was finished a moment ago, in another window or by a second click.",
        "Go back to the product that you want to use.",
    )
    .with_way_on("/account", "Go to your account")
}

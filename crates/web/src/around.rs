//! What happens around every request: cookies are set, failures become pages, and the log has a line.

use crate::headers::PageKind;
use crate::page::{ErrorPage, ErrorView, Page, Render};
use crate::visitor::{Cookies, request_id};
use crate::{Failure, Site, metrics};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError as _, web};
use std::time::Instant;

/// The outermost middleware of the pages (`middleware::from_fn(around)`): puts the visitor's cookies on the answer,
/// whatever it is, shows a [`Failure`] as the error page, and logs what is ours to mend, once, under the request id.
pub async fn around(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let began = Instant::now();
    // HEAD is GET without the body (RFC 9110 §9.3.2): the routes know GET, and the connection leaves the body out.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    // No clone of the request may be held over this call: actix changes it in place while it finds the route.
    let mut response = if has_nul(request.path()) {
        request.into_response(Failure::not_found().error_response())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    if let Some(error) = response.response().error() {
        log_cause(response.request(), error);
    }
    let view = response.response_mut().extensions_mut().remove::<ErrorView>();
    if let Some(view) = view {
        let page = error_page(response.request(), view, response.response());
        response = ServiceResponse::new(response.request().clone(), page);
    }
    set_cookies(&mut response);
    keep_no_redirect(&mut response);
    metrics::count(&response, began);
    Ok(response)
}

/// A NUL character is in no id of ours, and PostgreSQL takes none: nothing has an address with one.
fn has_nul(path: &str) -> bool {
    path.contains("%00") || path.contains('\0')
}

/// Where a visitor is sent depends on who they are, and may carry a code: no cache keeps it, unless the handler said so.
fn keep_no_redirect(response: &mut ServiceResponse<BoxBody>) {
    if response.status() == StatusCode::SEE_OTHER && !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn log_cause(request: &HttpRequest, error: &Error) {
    if let Some(Failure::Internal(cause)) = error.as_error::<Failure>() {
        let (id, path) = (request_id(request), request.match_pattern().unwrap_or_default());
        tracing::error!(request_id = %id, route = %path, %cause, "a request failed");
    } else {
        tracing::debug!(request_id = %request_id(request), cause = %error, "a request was refused");
    }
}

/// The error page in the place of an empty answer, with that answer's status and headers.
fn error_page(request: &HttpRequest, mut view: ErrorView, bare: &HttpResponse<BoxBody>) -> HttpResponse {
    view.request_id = request_id(request);
    let brand = request.app_data::<web::Data<Site>>().map(|site| site.brand.clone()).unwrap_or_default();
    let page = Page {
        brand_logo_url: brand.logo_url,
        support_url: brand.support_url,
        ..Page::new(heading(&view), brand.name)
    };
    let mut answer = ErrorPage { page, error: view }.answer_with(bare.status(), PageKind::Interaction);
    for (name, value) in bare.headers() {
        answer.headers_mut().append(name.clone(), value.clone());
    }
    answer
}

fn heading(view: &ErrorView) -> &'static str {
    match &*view.code {
        "not_found" => "Page not found",
        "link_expired" | "invitation_void" => "This link no longer works",
        _ => "That did not work",
    }
}

fn set_cookies(response: &mut ServiceResponse<BoxBody>) {
    let cookies = response.request().extensions().get::<Cookies>().cloned();
    for cookie in cookies.iter().flat_map(|cookies| cookies.0.take()) {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
}

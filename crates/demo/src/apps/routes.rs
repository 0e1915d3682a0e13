//! The products on HTTP.

use super::login::{Answer, Login, Outcome, secret};
use super::pages::{Article, Bar, Failed, List, LoggedOut, Missing, Show, Welcome};
use super::product::Product;
use super::provider::{Failure, Person};
use crate::http::{is_from, page, see_other, style_sheet};
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Server;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use askama::Template;
use serde::Deserialize;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

type Site = web::Data<Login>;

/// The web server of one product, not yet running.
pub(super) fn serve(listener: TcpListener, login: Arc<Login>) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(login.clone()))
            .wrap(
                DefaultHeaders::new()
                    .add((header::CONTENT_SECURITY_POLICY, policy(&login)))
                    .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .add((header::REFERRER_POLICY, "same-origin")),
            )
            .configure(routes)
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(2).listen(listener)?.run())
}

/// The addresses of a product.
fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(home))
        .route("/enter", web::get().to(enter))
        .route("/log-in", web::get().to(log_in))
        .route("/callback", web::get().to(callback))
        .route("/log-out", web::post().to(log_out))
        .route("/backchannel-logout", web::post().to(backchannel_logout))
        .route("/logged-out", web::get().to(logged_out))
        .route("/style.css", web::get().to(style_sheet_of_all))
        .route("/icon.svg", web::get().to(icon))
        .route("/{folder}/{slug}", web::get().to(entry))
        .default_service(web::to(missing));
}

/// Pictures come from the provider; and the log-out form is answered by a redirect to it, which `form-action` covers.
fn policy(login: &Login) -> String {
    let provider = login.issuer.origin().ascii_serialization();
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self' {provider}; form-action 'self' {provider}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The first page: the product for who is logged in, an invitation for who is not.
async fn home(site: Site, request: HttpRequest) -> HttpResponse {
    match person(&site, &request) {
        Some(person) => first_page(&site, &person),
        None => page(StatusCode::OK, &Welcome { bar: Bar::new(&site, None) }),
    }
}

fn first_page(site: &Login, person: &Person) -> HttpResponse {
    let bar = Bar::new(site, Some(person));
    match site.product {
        Product::Wiki => page(StatusCode::OK, &Article { bar, entry: &Product::Wiki.entries()[0] }),
        Product::Tracker | Product::Desk => page(StatusCode::OK, &List { bar, name: &person.name }),
    }
}

/// An issue, a page, a request. Whoever follows a link to one is logged in first and then sees it.
async fn entry(site: Site, request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let found = site.product.entry(&path.1).filter(|_| path.0 == site.product.folder());
    let Some(entry) = found else { return missing(site, request).await };
    let Some(person) = person(&site, &request) else {
        return see_other(&format!("/log-in?to=/{}/{}", site.product.folder(), entry.slug));
    };
    let bar = Bar::new(&site, Some(&person));
    match site.product {
        Product::Wiki => page(StatusCode::OK, &Article { bar, entry }),
        Product::Tracker | Product::Desk => page(StatusCode::OK, &Show { bar, name: &person.name, entry }),
    }
}

/// The links between the products lead here: straight in.
async fn enter(site: Site, request: HttpRequest) -> HttpResponse {
    if person(&site, &request).is_some() { see_other("/") } else { depart(&site, &request, "/").await }
}

#[derive(Deserialize)]
struct Destination {
    to: Option<String>,
}

async fn log_in(site: Site, request: HttpRequest, query: Option<web::Query<Destination>>) -> HttpResponse {
    let to = query.and_then(|query| query.into_inner().to).unwrap_or_default();
    depart(&site, &request, &to).await
}

async fn depart(site: &Login, request: &HttpRequest, destination: &str) -> HttpResponse {
    let browser = browser(site, request);
    match site.depart(&browser, destination).await {
        Ok(to) => with_cookie(see_other(to.as_str()), browser_cookie(site, browser)),
        Err(failure) => failed(site, request, &failure, destination),
    }
}

async fn callback(site: Site, request: HttpRequest, answer: Option<web::Query<Answer>>) -> HttpResponse {
    let answer = answer.map(web::Query::into_inner).unwrap_or_default();
    let old = cookie(&request, &session_name(&site));
    match site.arrive(&browser(&site, &request), answer, old.as_deref()).await {
        Outcome::In { session, destination } => {
            with_cookie(see_other(&destination), hardened(&site, Cookie::new(session_name(&site), session)))
        }
        Outcome::Stale => {
            let person = person(&site, &request);
            answer_with(Failed::stale(Bar::new(&site, person.as_ref())))
        }
        Outcome::Failed { failure, destination } => failed(&site, &request, &failure, &destination),
    }
}

/// Ends the session here, then at the provider.
async fn log_out(site: Site, request: HttpRequest) -> HttpResponse {
    if !is_from(&site.url.origin().ascii_serialization(), request.headers()) {
        let person = person(&site, &request);
        return answer_with(Failed::foreign_form(Bar::new(&site, person.as_ref())));
    }
    let browser = browser(&site, &request);
    let to = site.leave(&browser, &cookie(&request, &session_name(&site)).unwrap_or_default()).await;
    let mut gone = hardened(&site, Cookie::new(session_name(&site), ""));
    gone.make_removal();
    with_cookie(with_cookie(see_other(to.as_str()), gone), browser_cookie(&site, browser))
}

#[derive(Deserialize)]
struct Notice {
    logout_token: String,
}

/// The provider tells that a log-in ended (OpenID Connect Back-Channel Logout §2.5). No browser and no cookie is
/// involved: the token alone says whether it is true. §2.8 has the status codes.
async fn backchannel_logout(site: Site, form: Option<web::Form<Notice>>) -> HttpResponse {
    let status = match form {
        None => StatusCode::BAD_REQUEST,
        Some(form) => match site.end(&form.logout_token).await {
            Ok(()) => StatusCode::OK,
            // Not the token's fault: the provider tries again.
            Err(Failure::Unreachable) => StatusCode::BAD_GATEWAY,
            Err(_) => StatusCode::BAD_REQUEST,
        },
    };
    HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

#[derive(Deserialize)]
struct Farewell {
    state: Option<String>,
}

/// Where the provider sends the browser after the log-out. Without a state that left with this browser, nothing is
/// said about the provider.
async fn logged_out(site: Site, request: HttpRequest, query: Option<web::Query<Farewell>>) -> HttpResponse {
    if person(&site, &request).is_some() {
        return see_other("/");
    }
    let state = query.and_then(|query| query.into_inner().state).unwrap_or_default();
    let everywhere = site.has_left(&browser(&site, &request), &state);
    page(StatusCode::OK, &LoggedOut { bar: Bar::new(&site, None), everywhere })
}

async fn style_sheet_of_all() -> HttpResponse {
    style_sheet()
}

async fn icon(site: Site) -> HttpResponse {
    let (colour, drawing) = (site.product.colour(), site.product.drawing());
    HttpResponse::Ok().content_type("image/svg+xml").body(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 32 32"><rect x="-4" y="-4" width="32" height="32" rx="8" fill="{colour}"/><g fill="none" stroke="white" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{drawing}</g></svg>"#
    ))
}

async fn missing(site: Site, request: HttpRequest) -> HttpResponse {
    let person = person(&site, &request);
    page(StatusCode::NOT_FOUND, &Missing { bar: Bar::new(&site, person.as_ref()) })
}

fn failed(site: &Login, request: &HttpRequest, failure: &Failure, destination: &str) -> HttpResponse {
    let mut retry = site.page("/log-in");
    retry.query_pairs_mut().append_pair("to", &site.local(destination));
    let retry = retry[url::Position::BeforePath..].to_owned();
    let person = person(site, request);
    answer_with(Failed::by(Bar::new(site, person.as_ref()), failure, retry))
}

fn answer_with((status, template): (StatusCode, impl Template)) -> HttpResponse {
    page(status, &template)
}

/// The person whose session the request's cookie names.
fn person(site: &Login, request: &HttpRequest) -> Option<Person> {
    site.person(&cookie(request, &session_name(site))?)
}

/// Each product's own name: cookies ignore ports.
fn session_name(site: &Login) -> String {
    format!("{}_session", site.product.key())
}

/// The secret that ties a log-in under way to this browser, new if it has none. One for all its tabs.
fn browser(site: &Login, request: &HttpRequest) -> String {
    cookie(request, &browser_name(site)).filter(|value| !value.is_empty()).unwrap_or_else(secret)
}

fn browser_name(site: &Login) -> String {
    format!("{}_browser", site.product.key())
}

fn browser_cookie(site: &Login, browser: String) -> Cookie<'static> {
    let mut cookie = hardened(site, Cookie::new(browser_name(site), browser));
    cookie.set_max_age(Duration::minutes(10));
    cookie
}

fn hardened(site: &Login, mut cookie: Cookie<'static>) -> Cookie<'static> {
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(site.url.scheme() == "https");
    cookie
}

fn cookie(request: &HttpRequest, name: &str) -> Option<String> {
    request.cookie(name).map(|cookie| cookie.value().to_owned())
}

fn with_cookie(mut response: HttpResponse, cookie: Cookie<'_>) -> HttpResponse {
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
    response
}

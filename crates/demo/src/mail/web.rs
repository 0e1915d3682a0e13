//! The catcher's page, and the same as JSON for tests and scripts.

use super::mailbox::Mailbox;
use super::message::Message;
use crate::http::{is_from, page, see_other};
use actix_web::dev::Server;
use actix_web::http::{StatusCode, header};
use actix_web::middleware::DefaultHeaders;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, guard, web};
use askama::Template;
use serde::Deserialize;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;

/// The pages load their own style sheet and frame a mail's HTML; nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";
/// A mail's HTML comes from anyone: it runs nothing, loads nothing, has no origin, and its links open elsewhere.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
     style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'";

/// The web server over the mailbox, not yet running.
pub(super) fn serve(listener: TcpListener, mailbox: Arc<Mailbox>) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(web::Data::from(mailbox.clone()))
            .wrap(
                DefaultHeaders::new()
                    .add((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
                    .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    .add((header::REFERRER_POLICY, "same-origin")),
            )
            .service(
                // Log-in links are in these mails: a foreign name that was pointed at this machine (DNS rebinding)
                // must not read them.
                web::scope("")
                    .guard(guard::fn_guard(|context| is_local(context.head().headers())))
                    .route("/", web::get().to(list))
                    .route("/messages/{id}", web::get().to(show))
                    .route("/messages/{id}/html", web::get().to(html))
                    .route("/messages/{id}/source", web::get().to(source))
                    .route("/delete-all", web::post().to(delete_all))
                    .route("/api/messages", web::get().to(api_list))
                    .route("/api/messages/{id}", web::get().to(api_show))
                    .route("/style.css", web::get().to(style)),
            )
    });
    Ok(server.workers(1).disable_signals().shutdown_timeout(2).listen(listener)?.run())
}

fn is_local(headers: &header::HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    matches!(name.map_or(host, |(name, _)| name), "localhost" | "127.0.0.1" | "[::1]")
}

#[derive(Template)]
#[template(path = "mail/list.html")]
struct List {
    messages: Vec<Arc<Message>>,
}

#[derive(Template)]
#[template(path = "mail/message.html")]
struct Show<'a> {
    message: &'a Message,
}

#[derive(Template)]
#[template(path = "mail/missing.html")]
struct Missing;

async fn list(mailbox: web::Data<Mailbox>) -> HttpResponse {
    let mut messages = mailbox.messages();
    messages.reverse();
    page(StatusCode::OK, &List { messages })
}

async fn show(mailbox: web::Data<Mailbox>, id: web::Path<u64>) -> HttpResponse {
    match mailbox.message(*id) {
        Some(message) => page(StatusCode::OK, &Show { message: &message }),
        None => page(StatusCode::NOT_FOUND, &Missing),
    }
}

async fn html(mailbox: web::Data<Mailbox>, id: web::Path<u64>) -> HttpResponse {
    match mailbox.message(*id).as_ref().and_then(|message| message.html.as_deref()) {
        Some(html) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, MAIL_POLICY))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            // Outside its frame the page would replace the mail. After a doctype, if any, for the same rendering.
            .body(with_links_in_new_tabs(html)),
        None => page(StatusCode::NOT_FOUND, &Missing),
    }
}

/// `<base target>` in front of what the mail brings; a doctype stays first, or the page would be in quirks mode.
fn with_links_in_new_tabs(html: &str) -> String {
    let is_doctype = html.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"));
    let at = if is_doctype { html.find('>').map_or(0, |end| end + 1) } else { 0 };
    format!("{}<base target=\"_blank\">{}", &html[..at], &html[at..])
}

async fn source(mailbox: web::Data<Mailbox>, id: web::Path<u64>) -> HttpResponse {
    match mailbox.message(*id) {
        Some(message) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(message.raw.clone()),
        None => page(StatusCode::NOT_FOUND, &Missing),
    }
}

async fn delete_all(mailbox: web::Data<Mailbox>, request: HttpRequest) -> HttpResponse {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_from(&format!("http://{host}"), request.headers()) {
        return HttpResponse::Forbidden().body("This form was sent from another site.");
    }
    match web::block(move || mailbox.clear()).await {
        Ok(()) => see_other("/"),
        Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[derive(Deserialize)]
struct Search {
    to: Option<String>,
}

/// All mails, newest first; `?to=` keeps those to one address.
async fn api_list(mailbox: web::Data<Mailbox>, search: web::Query<Search>) -> HttpResponse {
    let mut messages = mailbox.messages();
    messages.reverse();
    messages.retain(|message| search.to.as_ref().is_none_or(|to| message.is_to(to)));
    json(&messages.iter().map(AsRef::as_ref).collect::<Vec<&Message>>())
}

async fn api_show(mailbox: web::Data<Mailbox>, id: web::Path<u64>) -> HttpResponse {
    match mailbox.message(*id) {
        Some(message) => json(&*message),
        None => HttpResponse::NotFound().json(serde_json::json!({ "error": "no such mail" })),
    }
}

fn json(value: &impl serde::Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(value)
}

async fn style() -> HttpResponse {
    crate::http::style_sheet()
}

//! Log-out begun by a product (OpenID Connect RP-Initiated Logout 1.0): at once when an ID token of this very log-in
//! comes along, else after a click.

use super::authorize::answer::see_other;
use crate::{ended, journey};
use ::web::headers::PageKind;
use ::web::page::{ClientBadge, Page, PersonBadge, Render};
use ::web::specimen::Specimen;
use ::web::visitor::request_id;
use ::web::{Failure, Form, Site, Visitor};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use oidc::Provider;
use oidc::authorize::Context;
use oidc::logout::{Ending, Frame, LogoutRequest, Return, Verdict, judge, judge_confirmed};
use protocol::{ErrorCode, Parameters, Placement, append_parameters};
use serde::Deserialize;

/// Bytes of parameters that an address can carry everywhere; more are nobody's log-out request.
const MAX_BYTES: usize = 8 * 1024;

/// The addresses of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/oauth2/logout", web::get().to(ask))
        .route("/oauth2/logout", web::post().to(ask_by_post))
        .route("/oauth2/logout/confirm", web::post().to(confirm));
}

/// The page that asks, and carries the product's request along.
#[derive(Template)]
#[template(path = "server/logout/confirm.html")]
struct ConfirmPage {
    page: Page,
    persons: Vec<PersonBadge>,
    fields: Vec<(&'static str, String)>,
}

async fn ask(
    request: HttpRequest,
    visitor: Visitor,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let asked = read(&request, request.query_string().as_bytes())?;
    let keys = provider.keys.current();
    let context = Context::new(&provider, &keys);
    match judge(&asked, visitor.session.as_ref(), &context) {
        Verdict::LogOut { login, client, then } => {
            let client_id = Some(client.client_id.clone());
            let frames = ended::end(&site, &provider, &visitor, Ending::Login(login), client_id).await?;
            Ok(leave(&site, &visitor, frames, then))
        }
        Verdict::NothingToEnd { then } => Ok(leave(&site, &visitor, Vec::new(), then)),
        // The page that asks has an address of its own.
        Verdict::Ask { .. } => Ok(see_other(&with_fields("/logout", &asked))),
        Verdict::Wrong { code, check, how_to_mend } => Err(wrong(&request, code, check, how_to_mend)),
    }
}

/// The page at `/logout` that asks on behalf of a product; nothing ends before the visitor's click.
pub(crate) async fn ask_on_behalf(
    request: &HttpRequest,
    visitor: &Visitor,
    site: &Site,
    provider: &Provider,
) -> Result<HttpResponse, Failure> {
    let asked = read(request, request.query_string().as_bytes())?;
    let keys = provider.keys.current();
    let client = match judge(&asked, visitor.session.as_ref(), &Context::new(provider, &keys)) {
        Verdict::Wrong { code, check, how_to_mend } => return Err(wrong(request, code, check, how_to_mend)),
        Verdict::LogOut { client, .. } => Some(client),
        Verdict::Ask { client } => client,
        Verdict::NothingToEnd { .. } => None,
    };
    show_confirm(site, visitor, &asked, client.as_deref()).await
}

/// A product's form on another site posts without our cookies: the browser comes back by GET.
async fn ask_by_post(request: HttpRequest, body: web::Bytes) -> Result<HttpResponse, Failure> {
    let asked = read(&request, &body)?;
    Ok(see_other(&with_fields("/oauth2/logout", &asked)))
}

/// The visitor's click.
async fn confirm(
    visitor: Visitor,
    Form(confirmed): Form<Confirmed>,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    if confirmed.choice == "stay" {
        return Ok(visitor.see_other("/account"));
    }
    let asked = LogoutRequest {
        id_token_hint: confirmed.id_token_hint,
        client_id: confirmed.client_id,
        post_logout_redirect_uri: confirmed.post_logout_redirect_uri,
        state: confirmed.state,
    };
    let keys = provider.keys.current();
    let context = Context::new(&provider, &keys);
    let (client, then) = judge_confirmed(&asked, &context).unzip();
    let client_id = client.map(|client| client.client_id.clone());
    let frames = match visitor.session.clone() {
        Some(session) => ended::end(&site, &provider, &visitor, Ending::Session(session), client_id).await?,
        None => Vec::new(),
    };
    let then = then.flatten();
    let location = then.as_ref().map_or("/logout", Return::location);
    Ok(ended::leave(&site, &visitor, frames, Some(location)))
}

#[derive(Deserialize)]
struct Confirmed {
    #[serde(default)]
    choice: String,
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

fn read(request: &HttpRequest, bytes: &[u8]) -> Result<LogoutRequest, Failure> {
    let refuse = |check: &str| {
        wrong(request, ErrorCode::InvalidRequest, check, "Send each parameter once, percent-encoded as UTF-8.")
    };
    if bytes.len() > MAX_BYTES {
        return Err(refuse("The request has at most 8192 bytes of parameters."));
    }
    let parameters = Parameters::parse(bytes).map_err(|error| refuse(&format!("Reading the parameters: {error}.")))?;
    LogoutRequest::from_parameters(&parameters).map_err(|name| refuse(&format!("{name} occurs once.")))
}

fn wrong(request: &HttpRequest, code: ErrorCode, check: &str, how_to_mend: &str) -> Failure {
    tracing::info!(request_id = %request_id(request), code = %code, check, "a log-out request was refused");
    Failure::refused(
        code.as_str(),
        "The product that sent you here asked for a log-out in a way that we cannot follow.",
        "You are still logged in here. To log out all the same, use the button.",
    )
    .with_details(check, how_to_mend)
    .with_way_on("/logout", "Log out")
}

fn leave(site: &Site, visitor: &Visitor, frames: Vec<Frame>, then: Option<Return>) -> HttpResponse {
    ended::leave(site, visitor, frames, then.as_ref().map(Return::location))
}

async fn show_confirm(
    site: &Site,
    visitor: &Visitor,
    asked: &LogoutRequest,
    client: Option<&oidc::Client>,
) -> Result<HttpResponse, Failure> {
    let Some(session) = &visitor.session else { return Ok(leave(site, visitor, Vec::new(), None)) };
    let persons = journey::persons_of(site, session.logins.clone()).await?;
    let badge = client.map(|client| ClientBadge { name: client.name([]).to_owned(), ..ClientBadge::default() });
    let page = Page { person: None, is_operator: false, client: badge, ..visitor.page(site, "Log out?") };
    let persons = persons.into_iter().map(|(_, person)| person).collect();
    Ok(ConfirmPage { page, persons, fields: fields(asked) }.answer(PageKind::Interaction))
}

/// An address of ours that carries the request along.
fn with_fields(path: &str, asked: &LogoutRequest) -> String {
    let fields = fields(asked);
    append_parameters(path, Placement::Query, fields.iter().map(|(name, value)| (*name, value.as_str())))
}

fn fields(asked: &LogoutRequest) -> Vec<(&'static str, String)> {
    let all = [
        ("id_token_hint", &asked.id_token_hint),
        ("client_id", &asked.client_id),
        ("post_logout_redirect_uri", &asked.post_logout_redirect_uri),
        ("state", &asked.state),
    ];
    all.into_iter().filter_map(|(name, value)| value.clone().map(|value| (name, value))).collect()
}

/// Every page of this room.
pub fn specimens() -> Vec<Specimen> {
    let page = || Page::new("Log out?", "Latchkey");
    let person =
        |name: &str, email: &str| PersonBadge { name: name.to_owned(), email: email.to_owned(), avatar_url: None };
    let alice = || person("Alice Example", "alice@example.test");
    let client = Some(ClientBadge { name: "Tracker".to_owned(), ..ClientBadge::default() });
    vec![
        Specimen::new(
            "logout/asked-by-a-product",
            &ConfirmPage {
                page: Page { client, ..page() },
                persons: vec![alice(), person("Bob Example", "bob@example.test")],
                fields: vec![("client_id", "tracker".to_owned())],
            },
        ),
        Specimen::new("logout/asked-by-nobody", &ConfirmPage { page: page(), persons: vec![alice()], fields: vec![] }),
    ]
}

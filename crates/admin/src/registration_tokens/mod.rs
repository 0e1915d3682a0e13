//! `/admin/registration-tokens`: initial access tokens, by which others may register clients (RFC 7591 §3). A token is
//! shown once, on the page that answers the form.

mod pages;

use crate::guard::Operator;
use account::secret::Token;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, get, post};
use oidc::registration::initial_token::{self, InitialTokenId, MAX_DAYS, MAX_USES};
use oidc::{Provider, endpoints};
pub use pages::specimens;
use pages::{IssuedPage, ListPage, Row};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Render};
use web::{Failure, Form, Query, Site};

/// The path of the list.
pub const PATH: &str = "/admin/registration-tokens";
/// The section of the console that these pages belong to.
const SECTION: &str = "/admin/clients";
/// Tokens on the list.
const LISTED: i64 = 200;

/// Adds the pages of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(PATH, get().to(list))
        .route(PATH, post().to(issue))
        .route("/admin/registration-tokens/{id}/revoke", post().to(revoke));
}

/// What the form for a new token holds, as typed.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
struct TokenForm {
    note: String,
    uses: String,
    days: String,
}

impl Default for TokenForm {
    fn default() -> Self {
        Self { note: String::new(), uses: "1".to_owned(), days: "7".to_owned() }
    }
}

impl TokenForm {
    /// Uses and days.
    fn numbers(&self) -> Result<(u32, u32), FormErrors> {
        let mut errors = FormErrors::none();
        let mut number = |field: &str, text: &str, most: u32| {
            let number = text.trim().parse().ok().filter(|number| (1..=most).contains(number));
            if number.is_none() {
                errors.add(field, format!("Write a number from 1 to {most}."));
            }
            number.unwrap_or(1)
        };
        let numbers = (number("uses", &self.uses, MAX_USES), number("days", &self.days, MAX_DAYS));
        if errors.is_empty() { Ok(numbers) } else { Err(errors) }
    }
}

#[derive(Debug, Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

async fn list(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    Query(Done { done }): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let mut shown = list_page(&operator, &site, &provider, TokenForm::default()).await?;
    if done == "revoked" {
        shown.page.notices.push(Notice::success("The token is revoked. Clients that were registered with it stay."));
    }
    Ok(shown.answer(PageKind::Own))
}

async fn list_page(
    operator: &Operator,
    site: &Site,
    provider: &Provider,
    form: TokenForm,
) -> Result<ListPage, Failure> {
    let now = provider.accounts.now();
    let tokens = provider.accounts.read(move |conn| initial_token::usable(conn, now, LISTED)).await?;
    Ok(ListPage {
        page: operator.page(site, "Registration tokens", SECTION),
        mode: provider.settings.registration.mode,
        form,
        rows: tokens.iter().map(Row::of).collect(),
    })
}

async fn issue(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    Form(form): Form<TokenForm>,
) -> Result<HttpResponse, Failure> {
    let (uses, days) = match form.numbers() {
        Ok(numbers) => numbers,
        Err(errors) => {
            let mut shown = list_page(&operator, &site, &provider, form).await?;
            shown.page.errors = errors;
            return Ok(shown.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
        }
    };
    let (secret, note) = (Token::generate(), form.note);
    let shown = secret.reveal().to_owned();
    provider
        .accounts
        .write(&operator.visitor.actor, move |tx| initial_token::issue(tx, &secret, &note, uses, days))
        .await?;
    let page = operator.page(&site, "The token is made", SECTION);
    let endpoint = format!("{}{}", provider.issuer, endpoints::REGISTER);
    Ok(IssuedPage { page, token: shown, endpoint }.answer(PageKind::Own))
}

/// Nothing but the CSRF field, which [`Form`] checks.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn revoke(
    operator: Operator,
    provider: Data<Provider>,
    id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let id = InitialTokenId::parse(&id).ok_or_else(gone)?;
    let revoked = provider.accounts.write(&operator.visitor.actor, move |tx| initial_token::revoke(tx, &id)).await?;
    if !revoked {
        return Err(gone());
    }
    Ok(operator.visitor.see_other(&format!("{PATH}?done=revoked")))
}

fn gone() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "token_not_found",
        "There is no such token that could still be used.",
        "It was used up, has expired, or somebody revoked it.",
    )
    .with_way_on(PATH, "Show all tokens")
}

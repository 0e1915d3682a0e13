//! `/account/tokens`: API tokens, with which a person's own programs speak for them. Made in [`make`], listed and
//! revoked here. The token itself is shown once, on the page that answers the form.

mod make;
mod specimens;

pub(super) use specimens::specimens;

use super::{own_account, page};
use account::AccountId;
use account::api_token::{self, ApiToken, ApiTokenId, MAX_LIVING, TokenScope};
use account::clock::to_the_minute;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig, get, post, resource};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

const PATH: &str = "/account/tokens";

/// Adds the routes of this room.
pub(super) fn configure(routes: &mut ServiceConfig) {
    routes
        .service(resource(PATH).route(get().to(list)))
        .service(resource(make::PATH).route(get().to(make::show)).route(post().to(make::make)))
        .service(resource("/account/tokens/revoke-all").route(get().to(ask_all)).route(post().to(revoke_all)))
        .service(resource("/account/tokens/{id}/revoke").route(get().to(ask_one)).route(post().to(revoke_one)));
}

/// A token in the list.
struct Row {
    id: String,
    name: String,
    beginning: String,
    opens: Vec<&'static str>,
    made: String,
    ends: String,
    is_over: bool,
    last_used: Option<String>,
}

#[derive(Template)]
#[template(path = "server/account/tokens/list.html")]
struct ListPage {
    page: Page,
    rows: Vec<Row>,
    /// Whether there is one to revoke.
    any_works: bool,
    /// Whether another one may be made.
    may_make: bool,
}

#[derive(Template)]
#[template(path = "server/account/tokens/revoke.html")]
struct RevokePage {
    page: Page,
    /// Where the form goes.
    action: String,
    /// The token's name; none: all of them.
    name: Option<String>,
    /// How it begins.
    beginning: String,
    /// When it was last used.
    last_used: Option<String>,
    /// How many there are.
    count: usize,
}

/// What a scope opens, in words.
fn words(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::OpenId => "See that it is you",
        TokenScope::Profile => "See your name, picture and profile",
        TokenScope::Email => "See your e-mail address",
        TokenScope::Address => "See your postal address",
        TokenScope::Phone => "See your phone number",
    }
}

impl Row {
    fn of(token: &ApiToken, now: account::Timestamp) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            beginning: token.beginning.clone(),
            opens: token.scopes.iter().copied().map(words).collect(),
            made: to_the_minute(token.created_at),
            ends: to_the_minute(token.expires_at),
            is_over: token.is_over(now),
            last_used: token.last_used_at.map(to_the_minute),
        }
    }
}

impl ListPage {
    fn of(page: Page, rows: Vec<Row>) -> Self {
        let working = rows.iter().filter(|row| !row.is_over).count();
        let may_make = i64::try_from(working).is_ok_and(|working| working < MAX_LIVING);
        Self { page, any_works: working > 0, may_make, rows }
    }
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
struct Nothing {}

async fn tokens_of(site: &Site, account: &AccountId) -> Result<Vec<ApiToken>, Failure> {
    let id = account.clone();
    Ok(site.accounts.read(move |conn| api_token::list(conn, &id)).await?)
}

async fn list(site: Data<Site>, visitor: Visitor, Query(query): Query<Done>) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (tokens, now) = (tokens_of(&site, &account.id).await?, site.accounts.now());
    let mut page = page(&site, &visitor, "API tokens", PATH);
    page.notices.extend(match query.done.as_deref() {
        Some("revoked") => Some(Notice::success("The token is revoked. What used it is refused from now on.")),
        Some("all-revoked") => Some(Notice::success("All tokens are revoked. What used them is refused from now on.")),
        Some("made-before") => Some(Notice::info(
            "This form made its token already, and a token is shown only once. If you did not copy it, revoke it and make another one.",
        )),
        _ => None,
    });
    Ok(ListPage::of(page, tokens.iter().map(|token| Row::of(token, now)).collect()).answer(PageKind::Own))
}

async fn ask_one(site: Data<Site>, visitor: Visitor, id: Path<String>) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (id, now) = (ApiTokenId::parse(&id).ok_or_else(gone)?, site.accounts.now());
    let found = site.accounts.read(move |conn| api_token::find_own(conn, &account.id, &id, now)).await?;
    let token = found.ok_or_else(gone)?;
    let view = RevokePage {
        page: page(&site, &visitor, "Revoke this token?", PATH),
        action: format!("{PATH}/{}/revoke", token.id),
        last_used: token.last_used_at.map(to_the_minute),
        name: Some(token.name),
        beginning: token.beginning,
        count: 1,
    };
    Ok(view.answer(PageKind::Own))
}

async fn revoke_one(
    site: Data<Site>,
    visitor: Visitor,
    id: Path<String>,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let id = ApiTokenId::parse(&id).ok_or_else(gone)?;
    match site.accounts.write(&visitor.actor, move |tx| api_token::revoke(tx, &account.id, &id)).await? {
        true => Ok(visitor.see_other("/account/tokens?done=revoked")),
        false => Err(gone()),
    }
}

async fn ask_all(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (tokens, now) = (tokens_of(&site, &account.id).await?, site.accounts.now());
    let count = tokens.iter().filter(|token| !token.is_over(now)).count();
    if count == 0 {
        return Ok(visitor.see_other(PATH));
    }
    let page = page(&site, &visitor, "Revoke all tokens?", PATH);
    let action = "/account/tokens/revoke-all".to_owned();
    let view = RevokePage { page, action, name: None, beginning: String::new(), last_used: None, count };
    Ok(view.answer(PageKind::Own))
}

async fn revoke_all(site: Data<Site>, visitor: Visitor, Form(_): Form<Nothing>) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    site.accounts.write(&visitor.actor, move |tx| api_token::revoke_all(tx, &account.id)).await?;
    Ok(visitor.see_other("/account/tokens?done=all-revoked"))
}

fn gone() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "token_not_found",
        "Your account has no such token that still works.",
        "It has expired, or it was revoked before.",
    )
    .with_way_on(PATH, "Show your tokens")
}

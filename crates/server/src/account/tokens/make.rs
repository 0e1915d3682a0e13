//! `/account/tokens/new`: the form for a token, and the page that shows it this once.

use super::words;
use crate::account::{own_account_freshly, page};
use account::api_token::{self, ApiSecret, MAX_DAYS, Made, NewToken, TokenName, TokenScope};
use account::clock::to_the_minute;
use account::secret::Token;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use std::collections::BTreeMap;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

pub(super) const PATH: &str = "/account/tokens/new";

#[derive(Template)]
#[template(path = "server/account/tokens/make.html")]
pub(super) struct MakePage {
    pub page: Page,
    pub name: String,
    pub days: String,
    pub scopes: Vec<Choice>,
    /// Names this form, so that it makes one token however often it is sent.
    pub form: String,
}

/// A scope to tick.
pub(super) struct Choice {
    pub id: String,
    pub label: &'static str,
    pub hint: &'static str,
    pub ticked: bool,
}

#[derive(Template)]
#[template(path = "server/account/tokens/made.html")]
pub(super) struct MadePage {
    pub page: Page,
    pub token: String,
    pub name: String,
    pub ends: String,
    /// A command that tries it.
    pub example: String,
}

/// The field of a scope.
fn field(scope: TokenScope) -> String {
    format!("scope-{}", scope.as_str())
}

fn choices(ticked: impl Fn(TokenScope) -> bool) -> Vec<Choice> {
    let hint = |scope| match scope {
        TokenScope::OpenId => "By the id of your account. Most programs need this.",
        _ => "",
    };
    let choice = |scope| Choice { id: field(scope), label: words(scope), hint: hint(scope), ticked: ticked(scope) };
    TokenScope::ALL.into_iter().map(choice).collect()
}

impl MakePage {
    /// The form as it is at first.
    pub(super) fn fresh(page: Page) -> Self {
        Self {
            page,
            name: String::new(),
            days: MAX_DAYS.to_string(),
            scopes: choices(|scope| scope == TokenScope::OpenId),
            form: Token::generate().reveal().to_owned(),
        }
    }

    /// The form as it was sent, with what is to be mended.
    pub(super) fn refused(page: Page, typed: &BTreeMap<String, String>, errors: FormErrors) -> Self {
        let text = |field: &str| typed.get(field).cloned().unwrap_or_default();
        Self {
            page: Page { errors, ..page },
            name: text("name"),
            days: text("days"),
            scopes: choices(|scope| typed.contains_key(&field(scope))),
            form: text("form"),
        }
    }
}

fn read(typed: &BTreeMap<String, String>) -> Result<NewToken, FormErrors> {
    let text = |field: &str| typed.get(field).map_or("", String::as_str);
    let mut errors = FormErrors::none();
    let name = TokenName::parse(text("name")).map_err(|problem| errors.add("name", problem.to_string())).ok();
    let days: Option<u32> = text("days").trim().parse().ok().filter(|days| (1..=MAX_DAYS).contains(days));
    if days.is_none() {
        errors.add("days", format!("Write a number from 1 to {MAX_DAYS}."));
    }
    let scopes: Vec<_> = TokenScope::ALL.into_iter().filter(|scope| typed.contains_key(&field(*scope))).collect();
    if scopes.is_empty() {
        errors.add(field(TokenScope::OpenId), "Choose at least one thing that the token may do.");
    }
    let form = Token::parse(text("form"));
    if form.is_none() {
        errors.add("", "The form did not arrive in one piece. Load the page again and fill it in once more.");
    }
    match (name, days, form) {
        (Some(name), Some(days), Some(form)) if errors.is_empty() => Ok(NewToken { name, scopes, days, form }),
        _ => Err(errors),
    }
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    own_account_freshly(&site, &visitor, PATH).await?;
    Ok(MakePage::fresh(page(&site, &visitor, "New API token", super::PATH)).answer(PageKind::Own))
}

pub(super) async fn make(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, Failure> {
    let account = own_account_freshly(&site, &visitor, PATH).await?;
    let refuse = |errors| {
        let view = MakePage::refused(page(&site, &visitor, "New API token", super::PATH), &typed, errors);
        Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own))
    };
    let new = match read(&typed) {
        Ok(new) => new,
        Err(errors) => return refuse(errors),
    };
    let secret = ApiSecret::generate();
    let shown = secret.reveal().to_owned();
    let made = site.accounts.write(&visitor.actor, move |tx| api_token::make(tx, &account.id, &new, &secret)).await?;
    match made {
        Made::Token(token) => Ok(MadePage {
            page: page(&site, &visitor, "Your token is made", super::PATH),
            example: format!(
                "curl -H 'Authorization: Bearer {shown}' {}{}",
                site.public_url.as_str(),
                oidc::endpoints::USERINFO
            ),
            token: shown,
            name: token.name,
            ends: to_the_minute(token.expires_at),
        }
        .answer(PageKind::Own)),
        Made::Already => Ok(visitor.see_other("/account/tokens?done=made-before")),
        Made::TooMany => refuse(FormErrors::one("", "You have 50 tokens. Revoke one that you no longer need first.")),
        Made::NotActive => Err(Failure::log_in_first(PATH)),
    }
}

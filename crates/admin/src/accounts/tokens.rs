//! `/admin/accounts/{id}/tokens`: the API tokens of an account. An operator sees how they begin, and revokes them.

use super::pages::TokensPage;
use super::{details, no_such_account, path_of};
use crate::guard::Operator;
use account::AccountId;
use account::api_token::{self, ApiTokenId};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Form, Query, Site};

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    query: Query<Done>,
) -> Result<HttpResponse, Failure> {
    let details = details(&site, &id).await?;
    let (account, now) = (details.line.id.clone(), site.accounts.now());
    let tokens = site.accounts.read(move |conn| api_token::list(conn, &account)).await?;
    let mut page = operator.page(&site, &format!("API tokens of {}", details.line.name), super::PATH);
    match query.0.done.as_str() {
        "revoked" => page.notices.push(Notice::success("The token is revoked. What used it is refused from now on.")),
        "all" => page.notices.push(Notice::success("All tokens are revoked. What used them is refused from now on.")),
        _ => {}
    }
    Ok(TokensPage::of(page, &details, &tokens, now).answer(PageKind::Own))
}

pub(super) async fn revoke(
    operator: Operator,
    site: Data<Site>,
    ids: Path<(String, String)>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = AccountId::parse(&ids.0).ok_or_else(no_such_account)?;
    let (owner, token) = (account.clone(), ApiTokenId::parse(&ids.1).ok_or_else(|| gone(&account))?);
    let revoke = move |tx: &mut account::Tx<'_>| api_token::revoke(tx, &owner, &token);
    match site.accounts.write(&operator.visitor.actor, revoke).await? {
        true => Ok(operator.visitor.see_other(&format!("{}/tokens?done=revoked", path_of(&account)))),
        false => Err(gone(&account)),
    }
}

pub(super) async fn revoke_all(
    operator: Operator,
    site: Data<Site>,
    id: Path<String>,
    _form: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = AccountId::parse(&id).ok_or_else(no_such_account)?;
    let owner = account.clone();
    site.accounts.write(&operator.visitor.actor, move |tx| api_token::revoke_all(tx, &owner)).await?;
    Ok(operator.visitor.see_other(&format!("{}/tokens?done=all", path_of(&account))))
}

fn gone(account: &AccountId) -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "token_not_found",
        "The account has no such token that still works.",
        "It has expired, or somebody revoked it.",
    )
    .with_way_on(&format!("{}/tokens", path_of(account)), "Show its tokens")
}

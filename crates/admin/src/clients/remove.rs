//! Switching a client off and on, vouching for it, and deleting it.

use super::secret::Nothing;
use super::{SECTION, find, gone, path_of};
use crate::guard::Operator;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use oidc::Provider;
use oidc::client::store;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Site};

#[derive(Template)]
#[template(path = "admin/clients/delete.html")]
pub(super) struct DeletePage {
    pub page: Page,
    pub path: String,
    pub name: String,
    pub disabled: bool,
}

/// `POST /admin/clients/{client_id}/disable`.
pub async fn disable(
    operator: Operator,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    switch(operator, provider, client_id.into_inner(), true).await
}

/// `POST /admin/clients/{client_id}/enable`.
pub async fn enable(
    operator: Operator,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    switch(operator, provider, client_id.into_inner(), false).await
}

async fn switch(
    operator: Operator,
    provider: Data<Provider>,
    client_id: String,
    disabled: bool,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let id = client.client_id.clone();
    provider
        .clients
        .change(&provider.accounts, &operator.visitor.actor, move |tx| store::set_disabled(tx, &id, disabled))
        .await?;
    let done = if disabled { "disabled" } else { "enabled" };
    Ok(operator.visitor.see_other(&format!("{}?done={done}", path_of(&client.client_id))))
}

/// `POST /admin/clients/{client_id}/verify`: the operator vouches for a client that registered itself.
pub async fn verify(
    operator: Operator,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    vouch(operator, provider, client_id.into_inner(), true).await
}

/// `POST /admin/clients/{client_id}/unverify`.
pub async fn unverify(
    operator: Operator,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    vouch(operator, provider, client_id.into_inner(), false).await
}

async fn vouch(
    operator: Operator,
    provider: Data<Provider>,
    client_id: String,
    verified: bool,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let id = client.client_id.clone();
    provider
        .clients
        .change(&provider.accounts, &operator.visitor.actor, move |tx| store::set_verified(tx, &id, verified))
        .await?;
    let done = if verified { "verified" } else { "unverified" };
    Ok(operator.visitor.see_other(&format!("{}?done={done}", path_of(&client.client_id))))
}

/// `GET /admin/clients/{client_id}/delete`: asks first.
pub async fn page(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let name = client.name([]).to_owned();
    let page = operator.page(&site, &format!("Delete {name}?"), SECTION);
    let page = DeletePage { page, path: path_of(&client.client_id), name, disabled: client.disabled };
    Ok(page.answer(PageKind::Own))
}

/// `POST /admin/clients/{client_id}/delete`.
pub async fn delete(
    operator: Operator,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let id = client_id.into_inner();
    let was_there =
        provider.clients.change(&provider.accounts, &operator.visitor.actor, move |tx| store::delete(tx, &id)).await?;
    if !was_there {
        return Err(gone());
    }
    Ok(operator.visitor.see_other(&format!("{SECTION}?done=deleted")))
}

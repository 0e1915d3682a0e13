//! A client's secret: shown once, replaced on demand.

use super::{SECTION, find, gone, path_of};
use crate::guard::Operator;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use askama::Template;
use oidc::Provider;
use oidc::client::{Client, ClientAuthMethod, generate_secret, generate_signing_secret, store};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::{Failure, Form, Site};

/// Nothing but the CSRF field, which [`Form`] checks.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

#[derive(Template)]
#[template(path = "admin/clients/secret.html")]
pub(super) struct SecretPage {
    pub page: Page,
    pub path: String,
    pub client_id: String,
    pub secret: String,
    /// Whether it replaces one that just stopped working.
    pub replaced: bool,
}

impl SecretPage {
    pub(super) fn new(page: Page, client: &Client, secret: &str, replaced: bool) -> Self {
        let path = path_of(&client.client_id);
        Self { page, path, client_id: client.client_id.clone(), secret: secret.to_owned(), replaced }
    }
}

#[derive(Template)]
#[template(path = "admin/clients/new_secret.html")]
pub(super) struct ConfirmPage {
    pub page: Page,
    pub path: String,
    pub name: String,
}

/// `GET /admin/clients/{client_id}/secret`: asks first.
pub async fn page(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let client = with_secret(find(&provider, &client_id).await?)?;
    let page = operator.page(&site, "Make a new secret?", SECTION);
    let confirm = ConfirmPage { page, path: path_of(&client.client_id), name: client.name([]).to_owned() };
    Ok(confirm.answer(PageKind::Own))
}

/// `POST /admin/clients/{client_id}/secret`.
pub async fn renew(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
    _: Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let client = with_secret(find(&provider, &client_id).await?)?;
    let secret = match client.token_endpoint_auth_method {
        ClientAuthMethod::ClientSecretJwt => generate_signing_secret(),
        _ => generate_secret(),
    };
    let (id, new) = (client.client_id.clone(), secret.clone());
    let done = provider
        .clients
        .change(&provider.accounts, &operator.visitor.actor, move |tx| store::set_secret(tx, &id, &new))
        .await?;
    if !done {
        return Err(gone());
    }
    let page = operator.page(&site, "The new secret", SECTION);
    Ok(SecretPage::new(page, &client, &secret, true).answer(PageKind::Own))
}

fn with_secret(client: std::sync::Arc<Client>) -> Result<std::sync::Arc<Client>, Failure> {
    if client.token_endpoint_auth_method.uses_secret() {
        return Ok(client);
    }
    Err(Failure::refused(
        "no_client_secret",
        "This client has no secret: it authenticates in another way.",
        "To give it one, edit the client and choose a client secret as its authentication.",
    )
    .with_way_on(&path_of(&client.client_id), "Back to the client"))
}

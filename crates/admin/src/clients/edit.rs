//! Registering a client, and changing one.

use super::form::{ClientForm, errors_of};
use super::secret::SecretPage;
use super::{SECTION, find, gone, path_of};
use crate::guard::Operator;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use askama::Template;
use oidc::Provider;
use oidc::client::{self, Sector, Source, store};
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site};

#[derive(Template)]
#[template(path = "admin/clients/edit.html")]
pub(super) struct EditPage {
    pub page: Page,
    pub form: ClientForm,
    /// The client that is edited; none: one is registered.
    pub editing: Option<String>,
    pub more_open: bool,
}

impl EditPage {
    pub(super) fn new(mut page: Page, form: ClientForm, editing: Option<String>, errors: FormErrors) -> Self {
        let more_open = ClientForm::more_is_open(&errors);
        page.errors = errors;
        Self { page, form, editing, more_open }
    }

    fn refused(self) -> HttpResponse {
        self.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own)
    }
}

/// `GET /admin/register-client`.
pub async fn new_page(operator: Operator, site: Data<Site>) -> HttpResponse {
    let page = operator.page(&site, "Register a client", SECTION);
    EditPage::new(page, ClientForm::fresh(), None, FormErrors::none()).answer(PageKind::Own)
}

/// `POST /admin/register-client`.
pub async fn register(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    Form(form): Form<ClientForm>,
) -> Result<HttpResponse, Failure> {
    let page = || operator.page(&site, "Register a client", SECTION);
    let mut registration = match form.registration(true) {
        Ok(registration) => registration,
        Err(errors) => return Ok(EditPage::new(page(), form, None, errors).refused()),
    };
    registration.terms.sector = Sector::fetch(&provider.fetcher, &registration.metadata).await;
    let accepted = match client::validate(registration, Source::Console, None, provider.accounts.now()) {
        Ok(accepted) => accepted,
        Err(problems) => return Ok(EditPage::new(page(), form, None, errors_of(&problems)).refused()),
    };
    let record = accepted.client.record.clone();
    let free = provider
        .clients
        .change(&provider.accounts, &operator.visitor.actor, move |tx| store::insert(tx, &record))
        .await?;
    if !free {
        let errors = FormErrors::one(
            "client_id",
            "A client with this id is registered already. If you sent this form twice, look in the list of clients.",
        );
        return Ok(EditPage::new(page(), form, None, errors).refused());
    }
    let path = path_of(&accepted.client.client_id);
    match accepted.secret {
        Some(secret) => {
            let page = operator.page(&site, "The client is registered", SECTION);
            Ok(SecretPage::new(page, &accepted.client, &secret, false).answer(PageKind::Own))
        }
        None => Ok(operator.visitor.see_other(&format!("{path}?done=registered"))),
    }
}

/// `GET /admin/clients/{client_id}/edit`.
pub async fn edit_page(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let page = operator.page(&site, &title(client.name([])), SECTION);
    let edit = EditPage::new(page, ClientForm::of(&client), Some(client.client_id.clone()), FormErrors::none());
    Ok(edit.answer(PageKind::Own))
}

/// `POST /admin/clients/{client_id}/edit`.
pub async fn save(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    client_id: Path<String>,
    Form(form): Form<ClientForm>,
) -> Result<HttpResponse, Failure> {
    let client = find(&provider, &client_id).await?;
    let refused = |form, errors| {
        let page = operator.page(&site, &title(client.name([])), SECTION);
        EditPage::new(page, form, Some(client.client_id.clone()), errors).refused()
    };
    let mut registration = match form.registration(false) {
        Ok(registration) => registration,
        Err(errors) => return Ok(refused(form, errors)),
    };
    registration.terms.sector = Sector::fetch(&provider.fetcher, &registration.metadata).await;
    let now = provider.accounts.now();
    let accepted = match client::validate(registration, Source::Console, Some(&client.record), now) {
        Ok(accepted) => accepted,
        Err(problems) => return Ok(refused(form, errors_of(&problems))),
    };
    let record = accepted.client.record.clone();
    let there = provider
        .clients
        .change(&provider.accounts, &operator.visitor.actor, move |tx| store::update(tx, &record))
        .await?;
    match accepted.secret {
        _ if !there => Err(gone()),
        Some(secret) => {
            let page = operator.page(&site, "The client is saved", SECTION);
            Ok(SecretPage::new(page, &accepted.client, &secret, false).answer(PageKind::Own))
        }
        None => Ok(operator.visitor.see_other(&format!("{}?done=saved", path_of(&client.client_id)))),
    }
}

fn title(name: &str) -> String {
    format!("Edit {name}")
}

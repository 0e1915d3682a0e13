//! `/account/privacy/visibility`: who sees which field of the profile.

use super::SECTION;
use crate::account::{own_account, page};
use account::visibility::{self, Field, Level, Visibility};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use std::collections::BTreeMap;
use web::headers::PageKind;
use web::page::{FormErrors, Page, Render};
use web::{Failure, Form, Site, Visitor};

pub(super) const PATH: &str = "/account/privacy/visibility";

/// No account is managed by an organisation yet.
const IS_MANAGED: bool = false;

#[derive(Template)]
#[template(path = "server/account/privacy/visibility.html")]
pub(super) struct VisibilityPage {
    pub page: Page,
    pub rows: Vec<Row>,
}

/// A field with its choices.
pub(super) struct Row {
    pub id: String,
    pub label: &'static str,
    pub hint: &'static str,
    /// Value, words, whether it is chosen.
    pub choices: Vec<(&'static str, &'static str, bool)>,
}

/// What the page calls a field.
pub(crate) fn label(field: Field) -> &'static str {
    match field {
        Field::Name => "Name",
        Field::Picture => "Picture",
        Field::Email => "E-mail address",
        Field::Nickname => "Nickname and user name",
        Field::Gender => "Gender",
        Field::Birthdate => "Date of birth",
        Field::Locale => "Language and time zone",
        Field::Website => "Website and page about you",
        Field::Phone => "Phone number",
        Field::Address => "Postal address",
    }
}

/// What products do without it.
fn consequence(field: Field) -> &'static str {
    match field {
        Field::Name => "Hidden: others in a product see a placeholder, or a name that you type there.",
        Field::Picture => "Hidden: products show none, and its address opens for nobody but you.",
        Field::Email => "Hidden: products cannot write to you, and those that know you by it may not let you in.",
        Field::Nickname => "Hidden: products ask you for another one or use your name.",
        Field::Gender => "Hidden: products that address you by it ask you, or do not know.",
        Field::Birthdate => "Hidden: products with an age limit ask you for it or for a proof.",
        Field::Locale => "Hidden: products guess from your browser.",
        Field::Website => "Hidden: products show no link.",
        Field::Phone => "Hidden: products cannot call you or send you text messages.",
        Field::Address => "Hidden: you type it anew for each delivery.",
    }
}

fn words(level: Level) -> &'static str {
    match level {
        Level::Anyone => "Products that I allow",
        Level::Organisation => "My organisation",
        Level::OnlyMe => "Only me",
    }
}

fn id(field: Field) -> String {
    format!("see-{}", field.as_str())
}

impl VisibilityPage {
    pub(super) fn new(page: Page, visibility: &Visibility) -> Self {
        let row = |field: Field| Row {
            id: id(field),
            label: label(field),
            hint: consequence(field),
            choices: Level::offered(IS_MANAGED)
                .iter()
                .map(|level| (level.as_str(), words(*level), visibility.level(field) == *level))
                .collect(),
        };
        Self { page, rows: Field::ALL.into_iter().map(row).collect() }
    }
}

/// The posted levels, by the ids of their selects.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Chosen(BTreeMap<String, String>);

impl Chosen {
    /// The levels of the fields that are there; the ids of those whose level is none that is offered.
    fn read(&self) -> Result<Vec<(Field, Level)>, Vec<String>> {
        let (mut levels, mut wrong) = (Vec::new(), Vec::new());
        for field in Field::ALL {
            let Some(text) = self.0.get(&id(field)) else { continue };
            match Level::parse(text).filter(|level| Level::offered(IS_MANAGED).contains(level)) {
                Some(level) => levels.push((field, level)),
                None => wrong.push(id(field)),
            }
        }
        if wrong.is_empty() { Ok(levels) } else { Err(wrong) }
    }
}

pub(super) async fn show(site: Data<Site>, visitor: Visitor) -> Result<HttpResponse, Failure> {
    Ok(view(&site, &visitor, FormErrors::none()).await?.answer(PageKind::Own))
}

async fn view(site: &Site, visitor: &Visitor, errors: FormErrors) -> Result<VisibilityPage, Failure> {
    let account = own_account(site, visitor, PATH).await?;
    let kept = site.accounts.read(move |conn| visibility::of(conn, &account.id)).await?.unwrap_or_default();
    let page = Page { errors, ..page(site, visitor, "Who sees what", SECTION) };
    Ok(VisibilityPage::new(page, &kept))
}

pub(super) async fn save(
    site: Data<Site>,
    visitor: Visitor,
    Form(chosen): Form<Chosen>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let levels = match chosen.read() {
        Ok(levels) => levels,
        Err(wrong) => {
            let mut errors = FormErrors::none();
            wrong.into_iter().for_each(|id| errors.add(id, "Choose one of the list."));
            return Ok(view(&site, &visitor, errors)
                .await?
                .answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
        }
    };
    site.accounts.write(&visitor.actor, move |tx| visibility::change(tx, &account.id, &levels)).await?;
    Ok(visitor.see_other("/account/privacy?done=visibility"))
}

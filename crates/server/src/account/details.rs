//! `/account/details`: the standard claims of OpenID Connect Core §5.1, for products that ask for them.

use super::{own_account, page};
use account::account::{Account, Claims};
use account::profile::{ADDRESS_MEMBERS, Changes, TEXT_CLAIMS, change_claims, time_zones};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

const PATH: &str = "/account/details";

#[derive(Template)]
#[template(path = "server/account/details.html")]
pub(super) struct DetailsPage {
    pub page: Page,
    /// About the person.
    pub about: Vec<Input>,
    /// The time zones to choose from, the chosen one marked.
    pub zones: Vec<(String, bool)>,
    /// How to reach them.
    pub contact: Vec<Input>,
    /// Street and house, in several lines.
    pub street: String,
    /// The rest of the address.
    pub address: Vec<Input>,
}

/// A field of one line.
pub(super) struct Input {
    pub id: &'static str,
    pub label: &'static str,
    pub kind: String,
    pub autocomplete: &'static str,
    pub hint: &'static str,
    pub value: String,
}

/// Id, label, kind, autocomplete token (HTML §4.10.18.7.1), hint.
type Described = (&'static str, &'static str, &'static str, &'static str, &'static str);

const ABOUT: [Described; 8] = [
    ("given_name", "Given name", "text", "given-name", ""),
    ("middle_name", "Middle name", "text", "additional-name", ""),
    ("family_name", "Family name", "text", "family-name", ""),
    ("nickname", "Nickname", "text", "nickname", ""),
    ("preferred_username", "User name you like to go by", "text", "off", ""),
    ("gender", "Gender", "text", "sex", "In your own words."),
    ("birthdate", "Date of birth", "text", "bday", "Like 1990-12-31, or only the year."),
    ("locale", "Language", "text", "language", "Such as en or de-CH."),
];

const CONTACT: [Described; 3] = [
    ("website", "Website", "url", "url", "Begins with https://."),
    ("profile", "Page about you elsewhere", "url", "off", ""),
    ("phone_number", "Phone number", "tel", "tel", "With the country, such as +49 30 1234567."),
];

const ADDRESS: [Described; 4] = [
    ("postal_code", "Postal code", "text", "postal-code", ""),
    ("locality", "Town", "text", "address-level2", ""),
    ("region", "State or region", "text", "address-level1", ""),
    ("country", "Country", "text", "country-name", ""),
];

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let mut page = page(&site, &visitor, "Personal details", PATH);
    if query.done.is_some() {
        page.notices.push(Notice::success("Your details are saved."));
    }
    Ok(DetailsPage::new(page, &kept(&account)).answer(PageKind::Own))
}

impl DetailsPage {
    pub(super) fn new(page: Page, values: &BTreeMap<String, String>) -> Self {
        let value = |id: &str| values.get(id).cloned().unwrap_or_default();
        let input = |&(id, label, kind, autocomplete, hint): &Described| Input {
            id,
            label,
            kind: kind.to_owned(),
            autocomplete,
            hint,
            value: value(id),
        };
        Self {
            page,
            about: ABOUT.iter().map(input).collect(),
            zones: zones(&value("zoneinfo")),
            contact: CONTACT.iter().map(input).collect(),
            street: value("street_address"),
            address: ADDRESS.iter().map(input).collect(),
        }
    }
}

/// Every zone, and what is stored in case it is none of the list.
fn zones(chosen: &str) -> Vec<(String, bool)> {
    let mut zones: Vec<_> = time_zones().map(|name| (name.to_owned(), name == chosen)).collect();
    if !chosen.is_empty() && zones.iter().all(|(_, is_chosen)| !is_chosen) {
        zones.insert(0, (chosen.to_owned(), true));
    }
    zones
}

/// What the fields hold at first.
fn kept(account: &Account) -> BTreeMap<String, String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let claims: &Claims = &account.claims;
    let of_claim = |name: &&str| Some(((*name).to_owned(), text(claims.get(name))?));
    let of_address = |name: &&str| Some(((*name).to_owned(), text(claims.get("address")?.get(name))?));
    let texts = TEXT_CLAIMS.iter().filter_map(of_claim);
    texts.chain(ADDRESS_MEMBERS.iter().filter_map(of_address)).collect()
}

pub(super) async fn save(
    site: Data<Site>,
    visitor: Visitor,
    Form(typed): Form<BTreeMap<String, String>>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let changes = match Changes::read(&typed) {
        Ok(changes) => changes,
        Err(problems) => {
            let mut view = DetailsPage::new(page(&site, &visitor, "Personal details", PATH), &typed);
            view.page.errors = FormErrors::none();
            problems.into_iter().for_each(|problem| view.page.errors.add(problem.field, problem.sentence));
            return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
        }
    };
    site.accounts.write(&visitor.actor, move |tx| change_claims(tx, &account.id, &changes)).await?;
    Ok(visitor.see_other("/account/details?done=saved"))
}

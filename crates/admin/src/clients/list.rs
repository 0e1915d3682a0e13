//! The list of clients: the filter is in the address, so that a view can be shared.

use super::SECTION;
use crate::guard::Operator;
use actix_web::HttpResponse;
use actix_web::web::Data;
use askama::Template;
use oidc::Provider;
use oidc::client::{Client, Filter, Source};
use serde::Deserialize;
use std::sync::Arc;
use url::form_urlencoded::Serializer;
use web::headers::PageKind;
use web::page::{Notice, Page, Render};
use web::{Failure, Query, Site};

const PAGE_SIZE: usize = 50;

/// What the address says.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    source: String,
    after: Option<String>,
    done: Option<String>,
}

impl Wanted {
    fn filter(&self) -> Filter {
        let disabled = match self.state.as_str() {
            "active" => Some(false),
            "disabled" => Some(true),
            _ => None,
        };
        let by_itself = match self.source.as_str() {
            "operator" => Some(false),
            "itself" => Some(true),
            _ => None,
        };
        Filter { text: self.q.clone(), disabled, by_itself, after: self.after.clone() }
    }

    fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty() || !self.state.is_empty() || !self.source.is_empty()
    }

    /// The address of the same view, further on.
    fn href(&self, after: Option<&str>) -> String {
        let mut query = Serializer::new(String::new());
        let fields = [("q", self.q.as_str()), ("state", &self.state), ("source", &self.source)];
        for (name, value) in fields.into_iter().chain([("after", after.unwrap_or(""))]) {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        if query.is_empty() { SECTION.to_owned() } else { format!("{SECTION}?{query}") }
    }
}

/// A row of the list.
pub(super) struct Row {
    pub id: String,
    pub name: String,
    pub kind: &'static str,
    pub first_party: bool,
    pub by_itself: bool,
    pub unverified: bool,
    pub disabled: bool,
    pub returns_to: String,
}

impl Row {
    pub(super) fn of(client: &Client) -> Self {
        Self {
            id: client.client_id.clone(),
            name: client.name([]).to_owned(),
            kind: kind(client),
            first_party: client.first_party,
            by_itself: client.source == Source::Dynamic,
            unverified: client.shown_as_unverified(),
            disabled: client.disabled,
            returns_to: client.redirect_uris.first().map(|uri| uri.destination()).unwrap_or_default(),
        }
    }
}

/// What sort of product it is, in a word.
pub(super) fn kind(client: &Client) -> &'static str {
    match (client.is_native(), client.is_public(), client.redirect_uris.is_empty()) {
        (true, ..) => "Native",
        (false, true, _) => "Browser",
        (false, false, true) => "Service",
        (false, false, false) => "Web",
    }
}

#[derive(Template)]
#[template(path = "admin/clients/list.html")]
pub(super) struct ListPage {
    pub page: Page,
    pub q: String,
    pub state: String,
    pub source: String,
    pub filtered: bool,
    pub rows: Vec<Row>,
    pub summary: String,
    pub first_href: String,
    pub next_href: String,
}

/// `GET /admin/clients`.
pub async fn page(
    operator: Operator,
    site: Data<Site>,
    provider: Data<Provider>,
    Query(wanted): Query<Wanted>,
) -> Result<HttpResponse, Failure> {
    provider.clients.refresh(&provider.accounts).await?;
    let found = provider.clients.list(&wanted.filter(), PAGE_SIZE);
    let mut page = operator.page(&site, "Clients", SECTION);
    if wanted.done.as_deref() == Some("deleted") {
        page.notices.push(Notice::success("The client is deleted."));
    }
    let rows = found.clients.iter().map(|client: &Arc<Client>| Row::of(client)).collect();
    let list = ListPage {
        page,
        filtered: wanted.is_filtered(),
        rows,
        summary: summary(found.total),
        first_href: wanted.after.as_ref().map(|_| wanted.href(None)).unwrap_or_default(),
        next_href: found.next.as_deref().map(|after| wanted.href(Some(after))).unwrap_or_default(),
        q: wanted.q,
        state: wanted.state,
        source: wanted.source,
    };
    Ok(list.answer(PageKind::Own))
}

pub(super) fn summary(total: usize) -> String {
    if total == 1 { "1 client".to_owned() } else { format!("{total} clients") }
}

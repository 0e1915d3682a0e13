//! `/account/apps`: the products that the account is connected with, what each may do, and the end of that.

mod page;

pub(super) use page::specimens;

use super::{own_account, page as account_page};
use actix_web::HttpResponse;
use actix_web::web::Data;
use oidc::{Provider, connection};
use page::AppsPage;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{Notice, Render};
use web::{Failure, Form, Query, Site, Visitor};

pub(super) const PATH: &str = "/account/apps";

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    client: String,
}

pub(super) async fn show(
    site: Data<Site>,
    provider: Data<Provider>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let (id, now) = (account.id.clone(), site.accounts.now());
    let found = site.accounts.read(move |conn| connection::of_account(conn, &id, now)).await?;
    let named = found.into_iter().filter_map(|found| Some((provider.clients.find(&found.client_id)?, found)));
    let mut page = account_page(&site, &visitor, "Connected apps", PATH);
    page.notices.extend(query.done.as_deref().and_then(notice));
    Ok(AppsPage::new(page, named, &account.email.address).answer(PageKind::Own))
}

/// What was done before this page was shown.
fn notice(done: &str) -> Option<Notice> {
    match done {
        "removed" => Some(Notice::success("The access is taken back. Its tokens stopped working at this moment.")),
        "gone" => Some(Notice::info("This product had no access any more.")),
        _ => None,
    }
}

/// Ends the account's connection with a product.
pub(super) async fn remove(
    site: Data<Site>,
    visitor: Visitor,
    Form(which): Form<Which>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let ended = site.accounts.write(&visitor.actor, move |tx| connection::end(tx, &account.id, &which.client));
    let done = if ended.await? { "removed" } else { "gone" };
    Ok(visitor.see_other(&format!("{PATH}?done={done}")))
}

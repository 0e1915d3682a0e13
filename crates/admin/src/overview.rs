//! `/admin`: what there is, what needs attention, and the first steps of a fresh installation.

use crate::guard::{self, Operator};
use account::administration::{self, Counts};
use account::outbox::{self, MailCounts};
use actix_web::HttpResponse;
use actix_web::web::{Data, ServiceConfig, get};
use askama::Template;
use oidc::Provider;
use oidc::client::Filter;
use oidc::logout::back_channel::{self, Counts as LogOutCounts};
use web::headers::PageKind;
use web::page::{Page, PersonBadge, Render};
use web::specimen::Specimen;
use web::{Failure, Site};

/// The path of the console's first page.
pub const PATH: &str = "/admin";

/// Adds the page.
pub fn configure(config: &mut ServiceConfig) {
    config.route(PATH, get().to(show));
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    page: Page,
    accounts: Counts,
    clients: usize,
    mails: MailCounts,
    log_outs: LogOutCounts,
    issuer: String,
}

async fn show(operator: Operator, site: Data<Site>, provider: Data<Provider>) -> Result<HttpResponse, Failure> {
    let counts = site
        .accounts
        .read(|conn| Ok((administration::counts(conn)?, outbox::store::counts(conn)?, back_channel::counts(conn)?)));
    let (accounts, mails, log_outs) = counts.await?;
    provider.clients.refresh(&site.accounts).await?;
    let page = OverviewPage {
        page: operator.page(&site, "Overview", PATH),
        accounts,
        clients: provider.clients.list(&Filter::default(), 1).total,
        mails,
        log_outs,
        issuer: provider.issuer.clone(),
    };
    Ok(page.answer(PageKind::Own))
}

/// The page in each of its states.
pub fn specimens() -> Vec<Specimen> {
    let page = |clients: usize, mails: MailCounts, accounts: Counts, log_outs: LogOutCounts| {
        let person = PersonBadge { name: "Olga Operator".into(), email: "olga@example.test".into(), avatar_url: None };
        let page = Page {
            csrf: "specimen".to_owned(),
            person: Some(person),
            is_operator: true,
            sections: guard::sections(PATH),
            ..Page::new("Overview", "Latchkey")
        };
        OverviewPage { page, accounts, clients, mails, log_outs, issuer: "https://id.example.test".to_owned() }
    };
    let fresh = Counts { active: 1, operators: 1, ..Counts::default() };
    let grown = Counts { unverified: 12, active: 4211, deactivated: 38, operators: 3 };
    let fine = MailCounts { accepted: 912, ..MailCounts::default() };
    let failing = MailCounts { queued: 4, retrying: 3, accepted: 912, failed: 1 };
    let heard = LogOutCounts { delivered: 388, ..LogOutCounts::default() };
    let unheard = LogOutCounts { waiting: 2, retrying: 2, ..heard };
    vec![
        Specimen::new("console/overview", &page(7, fine, grown, heard)),
        Specimen::new("console/overview-mail-failing", &page(7, failing, grown, unheard)),
        Specimen::new("console/overview-fresh", &page(0, MailCounts::default(), fresh, LogOutCounts::default())),
    ]
}

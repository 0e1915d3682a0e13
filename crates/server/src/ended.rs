//! The end of a log-in through the browser: how every page that logs out does it, and the page afterwards.

use actix_web::HttpResponse;
use askama::Template;
use oidc::Provider;
use oidc::logout::{self, Ending, Frame};
use std::time::Duration;
use web::headers::PageKind;
use web::page::{Page, Render};
use web::specimen::Specimen;
use web::{Failure, Site, Visitor};

/// How long a browser waits at most for products to take their back-channel log-out.
const PATIENCE: Duration = Duration::from_millis(2500);
/// Seconds after which the browser goes on, although a product's page did not load.
const GOES_ON_AFTER_SECONDS: u8 = 4;

/// The page afterwards: `main#logged-out`.
#[derive(Template)]
#[template(path = "server/logout/logged_out.html")]
struct LoggedOutPage {
    page: Page,
    /// Pages of products that have to be loaded.
    frames: Vec<Frame>,
    /// Where the visitor goes on to.
    then: Option<String>,
    seconds: u8,
}

/// Ends it, and tells the products before the browser goes on. Returns what the browser has to load: the front channel.
pub(crate) async fn end(
    site: &Site,
    provider: &Provider,
    visitor: &Visitor,
    ending: Ending,
    client_id: Option<String>,
) -> Result<Vec<Frame>, Failure> {
    let Some(session) = visitor.session.clone() else { return Ok(Vec::new()) };
    let mut rest = session.clone();
    let ended = site.accounts.write(&visitor.actor, move |tx| logout::end(tx, &session, &ending, client_id.as_deref()));
    let ended = ended.await?;
    if ended.session_is_gone {
        visitor.clear_session(site);
    } else {
        rest.logins.retain(|login| !ended.logins.contains(&login.id));
        visitor.set_browser_state(site, Some(&rest));
    }
    ended.batch.deliver_now(provider, PATIENCE).await;
    Ok(logout::frames(provider, &ended.parts))
}

/// Sends the visitor on: to `then` when there is something; by way of the page when products have to be loaded there.
pub(crate) fn leave(site: &Site, visitor: &Visitor, frames: Vec<Frame>, then: Option<&str>) -> HttpResponse {
    match then {
        Some(then) if frames.is_empty() => visitor.see_other(then),
        _ => logged_out(site, visitor, frames, then),
    }
}

/// Says that nobody is logged in any more, and loads what products need to have loaded.
fn logged_out(site: &Site, visitor: &Visitor, frames: Vec<Frame>, then: Option<&str>) -> HttpResponse {
    let page = Page { person: None, is_operator: false, ..visitor.page(site, "You are logged out") };
    let mut origins: Vec<String> = frames.iter().map(|frame| frame.origin.clone()).collect();
    origins.sort();
    origins.dedup();
    let kind = if origins.is_empty() { PageKind::Interaction } else { PageKind::FrontChannelLogOut { origins } };
    LoggedOutPage { page, frames, then: then.map(str::to_owned), seconds: GOES_ON_AFTER_SECONDS }.answer(kind)
}

/// The page in each of its states.
pub fn specimens() -> Vec<Specimen> {
    let shown = |frames: &[&str], then: Option<&str>| LoggedOutPage {
        page: Page { csrf: "sample".into(), ..Page::new("You are logged out", "Latchkey") },
        frames: frames
            .iter()
            .map(|name| Frame {
                client_name: (*name).to_owned(),
                src: "about:blank".to_owned(),
                origin: "https://app.example.test".to_owned(),
            })
            .collect(),
        then: then.map(str::to_owned),
        seconds: 60,
    };
    vec![
        Specimen::new("logout/logged-out", &shown(&[], None)),
        Specimen::new("logout/logged-out-of-products", &shown(&["Tracker", "Wiki"], None)),
        Specimen::new("logout/logged-out-and-back", &shown(&["Tracker"], Some("https://app.example.test/bye"))),
    ]
}

//! The way of a visitor through the log-in pages: which interaction a page belongs to, and how the page shows the
//! product that asked.

use account::login::Entering;
use account::session;
use actix_web::HttpRequest;
use oidc::interaction::{self, Interaction, InteractionId, Kind};
use oidc::{Client, Provider};
use serde::Deserialize;
use url::Url;
use web::page::{ClientBadge, Page};
use web::{Failure, Site, Visitor, cookie};

/// The query of every page on the way.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Way {
    /// The interaction.
    pub interaction: Option<String>,
    /// Where to go in the end, on this site; for a way that begins at the log-in page.
    pub to: Option<String>,
    /// Whether that page asks for a fresh proof of who the visitor is.
    pub fresh: Option<String>,
}

/// The interaction of a page: this browser's, and not over. Else a refusal with a way on.
pub(crate) async fn find(
    site: &Site,
    visitor: &Visitor,
    request: &HttpRequest,
    id: Option<&str>,
) -> Result<Interaction, Failure> {
    let Some(id) = id.and_then(InteractionId::parse) else { return Err(lost(visitor)) };
    if cookie::read(request, cookie::Kind::Browser, site.public_url.is_https()).is_none() {
        return Err(cookies_blocked());
    }
    let (browser, now) = (visitor.browser_hash().to_vec(), site.accounts.now());
    let found = site.accounts.read(move |conn| interaction::find(conn, &id, &browser, now)).await?;
    let found = found.filter(|interaction| !interaction.is_over).ok_or_else(|| lost(visitor))?;
    let typed = visitor.carried(site, &typed(&found.id));
    Ok(Interaction { typed, ..found })
}

/// Keeps the address that was typed for the pages that follow: with the browser where it can carry it, which costs no
/// commit, else with the interaction.
pub(crate) async fn keep_typed(site: &Site, visitor: &Visitor, on: &Interaction, email: &str) -> Result<(), Failure> {
    let purpose = typed(&on.id);
    if !on.must_note_email() && visitor.can_carry(site, &purpose) {
        visitor.carry(site, &purpose, email, interaction::LIFETIME_SECONDS);
        return Ok(());
    }
    let (on, email) = (on.clone(), email.to_owned());
    site.accounts.write(&visitor.actor, move |tx| interaction::note_email(tx, &on, Some(&email))).await?;
    Ok(())
}

/// The browser carries the address for one interaction.
fn typed(id: &InteractionId) -> String {
    format!("email typed/{id}")
}

/// The browser comes back without the cookie that it was just given.
fn cookies_blocked() -> Failure {
    Failure::refused(
        "cookies_blocked",
        "Your browser did not keep our cookie, and without it we cannot log you in.",
        "Allow cookies for this site in your browser's settings, then start again.",
    )
    .with_way_on("/login", "Start again")
}

fn lost(visitor: &Visitor) -> Failure {
    let refused = Failure::refused(
        "interaction_over",
        "This log-in is finished, is more than an hour old, or was begun in another browser.",
        "Go back to the product that you want to use and start again from there.",
    );
    match visitor.login() {
        Some(_) => refused.with_way_on("/account", "Go to your account"),
        None => refused.with_way_on("/login", "Log in"),
    }
}

/// Begins a way that ends at the local path `to`.
pub(crate) async fn begin(site: &Site, visitor: &Visitor, to: &str) -> Result<InteractionId, Failure> {
    let (browser, to) = (visitor.browser_hash().to_vec(), to.to_owned());
    Ok(site.accounts.write(&visitor.actor, move |tx| interaction::begin_local(tx, &browser, &to)).await?)
}

/// [`begin`] for a page that asks for a fresh proof of who the visitor is.
pub(crate) async fn begin_step_up(site: &Site, visitor: &Visitor, to: &str) -> Result<InteractionId, Failure> {
    let (browser, to) = (visitor.browser_hash().to_vec(), to.to_owned());
    Ok(site.accounts.write(&visitor.actor, move |tx| interaction::begin_step_up(tx, &browser, &to)).await?)
}

/// A page on the way: it shows the product that asked, and the button that goes back to it. It does not show who is
/// logged in, which it is about to find out.
pub(crate) fn page(site: &Site, provider: &Provider, visitor: &Visitor, on: &Interaction, title: &str) -> Page {
    let client = client_of(provider, on).map(|client| badge(&client, on));
    let cancel_action = client.is_some().then(|| interaction::cancel_path(&on.id));
    Page { person: None, is_operator: false, display: display(on), client, cancel_action, ..visitor.page(site, title) }
}

/// `display` (OpenID Connect Core §3.1.2.1) as the layout's class. `page` needs none, and what nobody knows is a page.
fn display(on: &Interaction) -> &'static str {
    let Kind::Authorization(request) = &on.kind else { return "" };
    match request.display.as_deref() {
        Some("popup") => "popup",
        Some("touch" | "wap") => "touch",
        _ => "",
    }
}

/// What the browser brings along that logs in.
pub(crate) fn entering(site: &Site, visitor: &Visitor) -> Entering {
    Entering { session: visitor.session.clone(), device: visitor.device_token().cloned(), lifetimes: site.lifetimes }
}

/// `path` with the interaction in its query.
pub(crate) fn with(id: &InteractionId, path: &str) -> String {
    format!("{path}?interaction={id}")
}

/// The client that asked; none for a way to a page of ours.
pub(crate) fn client_of(provider: &Provider, on: &Interaction) -> Option<std::sync::Arc<Client>> {
    on.client_id.as_deref().and_then(|id| provider.clients.find(id))
}

/// How the pages show a client, in the languages that its request names.
pub(crate) fn badge(client: &Client, on: &Interaction) -> ClientBadge {
    let languages = match &on.kind {
        Kind::Authorization(request) => request.ui_locales.as_deref().unwrap_or(""),
        Kind::Local(_) | Kind::StepUp(_) => "",
    };
    let web_link = |uri: Option<&str>| uri.filter(|uri| is_web(uri)).map(str::to_owned);
    let languages = || languages.split_ascii_whitespace();
    let returns_to = || {
        let presented = match &on.kind {
            Kind::Authorization(request) => request.redirect_uri.as_deref(),
            Kind::Local(_) | Kind::StepUp(_) => None,
        };
        let url = Url::parse(presented.unwrap_or_default()).ok();
        url.map(|url| url.host_str().map_or_else(|| format!("an app ({})", url.scheme()), str::to_owned))
    };
    ClientBadge {
        name: client.name(languages()).to_owned(),
        logo_uri: client.logo_uri(languages()).filter(|uri| is_safe_picture(uri)).map(str::to_owned),
        policy_uri: web_link(client.policy_uri(languages())),
        tos_uri: web_link(client.tos_uri(languages())),
        unverified_host: client.shown_as_unverified().then(returns_to).flatten(),
    }
}

fn is_web(uri: &str) -> bool {
    uri.starts_with("https://") || uri.starts_with("http://")
}

/// https, or http on this machine, as the pages' policy allows.
fn is_safe_picture(uri: &str) -> bool {
    let loopback = || Url::parse(uri).is_ok_and(|url| matches!(url.host_str(), Some("localhost" | "127.0.0.1")));
    uri.starts_with("https://") || (uri.starts_with("http://") && loopback())
}

/// The person of a log-in, for a page on the way.
pub(crate) async fn persons_of(
    site: &Site,
    logins: Vec<session::Login>,
) -> Result<Vec<(session::Login, web::page::PersonBadge)>, Failure> {
    let found = site.accounts.read(move |conn| {
        let mut persons = Vec::new();
        for login in logins {
            if let Some(person) = session::person(conn, &login.account_id)? {
                let avatar_url = person.avatar_id.map(|id| format!("/avatar/{id}/64"));
                persons.push((login, web::page::PersonBadge { name: person.name, email: person.email, avatar_url }));
            }
        }
        Ok(persons)
    });
    Ok(found.await?)
}

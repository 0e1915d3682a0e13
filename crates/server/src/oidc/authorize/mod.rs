//! The authorization endpoint (RFC 6749 §3.1; OpenID Connect Core §3.1.2), the way back to it after each page, and the
//! answer to the client.

pub(crate) mod answer;
mod ending;
mod flow;
mod specimens;

pub(crate) use ending::Ending;
pub(crate) use flow::{demands, known_of};
pub use specimens::specimens;

use crate::journey::{self, Way};
use ::web::{Failure, Query, Site, Visitor, visitor};
use account::{Actor, ActorKind};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use oidc::Provider;
use oidc::authorize::{Context, RawRequest, Rejection, ValidatedRequest, accept};
use oidc::interaction::{self, Interaction, InteractionId, Kind, Progress};
use oidc::request_object;

/// The addresses of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/oauth2/authorize", web::get().to(ask))
        .route("/oauth2/authorize", web::post().to(ask_by_post))
        .route("/oauth2/authorize/resume", web::get().to(resume))
        .route("/oauth2/authorize/cancel", web::post().to(cancel));
}

/// A request arrives. With a live log-in and remembered consent it is answered at once and nothing else is stored.
async fn ask(
    request: HttpRequest,
    visitor: Visitor,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let raw = RawRequest::parse(request.query_string().as_bytes()).map_err(|error| answer::page(&request, &error))?;
    match judge(&provider, raw).await {
        Ok(valid) => flow::go_on(&site, &provider, &visitor, valid, None).await,
        Err(rejection) => answer::rejected(&request, &provider, rejection),
    }
}

/// A request arrives by POST, perhaps from another site, and so without our cookies: it is kept, and the browser
/// comes back for it by GET.
async fn ask_by_post(
    request: HttpRequest,
    body: web::Bytes,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let raw = RawRequest::parse(&body).map_err(|error| answer::page(&request, &error))?;
    let valid = match judge(&provider, raw).await {
        Ok(valid) => valid,
        Err(rejection) => return answer::rejected(&request, &provider, rejection),
    };
    // No `Visitor` here: without the cookie that other sites cannot send it would give the browser a new one.
    let actor = Actor {
        kind: ActorKind::Anonymous,
        address: visitor::address(&request, &site.trusted_proxies),
        user_agent: String::new(),
        request_id: visitor::request_id(&request),
    };
    let kept = valid.request.clone();
    let id = site
        .accounts
        .write(&actor, move |tx| interaction::begin_authorization(tx, None, &kept, &Progress::default()))
        .await?;
    Ok(answer::see_other(&interaction::resume_path(&id)))
}

/// Judges a request that has just arrived: what a request object of the client says is part of it. What is kept of it
/// afterwards is the whole, without the object, which may expire meanwhile.
async fn judge(provider: &Provider, raw: RawRequest) -> Result<ValidatedRequest, Rejection> {
    let raw = request_object::unfold(provider, raw).await?;
    let keys = provider.keys.current();
    accept(raw, &Context::new(provider, &keys))
}

/// The visitor comes back from a page: what is next?
async fn resume(
    request: HttpRequest,
    visitor: Visitor,
    Query(way): Query<Way>,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let interaction = find_or_adopt(&request, &site, &visitor, way.interaction.as_deref()).await?;
    if interaction.is_over {
        return Err(over(&provider, &visitor, &interaction));
    }
    let sent = match &interaction.kind {
        Kind::Local(path) | Kind::StepUp(path) => {
            let path = path.clone();
            return flow::go_on_to_page(&site, &visitor, interaction, &path).await;
        }
        Kind::Authorization(sent) => RawRequest::from((**sent).clone()),
    };
    let keys = provider.keys.current();
    let context = Context::new(&provider, &keys);
    match accept(sent, &context) {
        Ok(valid) => flow::go_on(&site, &provider, &visitor, valid, Some(interaction)).await,
        Err(rejection) => answer::rejected(&request, &provider, rejection),
    }
}

async fn find_or_adopt(
    request: &HttpRequest,
    site: &Site,
    visitor: &Visitor,
    id: Option<&str>,
) -> Result<Interaction, Failure> {
    let Some(parsed) = id.and_then(InteractionId::parse) else {
        return journey::find(site, visitor, request, id).await;
    };
    let (browser, now) = (visitor.browser_hash().to_vec(), site.accounts.now());
    let (wanted, hash) = (parsed.clone(), browser.clone());
    let found = site.accounts.read(move |conn| interaction::find(conn, &wanted, &hash, now)).await?;
    if let Some(found) = found {
        return Ok(found);
    }
    let adopted = site.accounts.write(&visitor.actor, {
        let (id, browser) = (parsed.clone(), browser.clone());
        move |tx| {
            let _ = interaction::adopt(tx, &id, &browser)?;
            interaction::find(tx.conn, &id, &browser, tx.now)
        }
    });
    match adopted.await? {
        Some(interaction) => Ok(interaction),
        None => journey::find(site, visitor, request, id).await,
    }
}

/// It came to its end before: a second click, the back button, or more than an hour.
fn over(provider: &Provider, visitor: &Visitor, interaction: &Interaction) -> Failure {
    let refused = Failure::refused(
        "interaction_over",
        "This log-in is finished already, or it was begun more than an hour ago.",
        "Go back to the product that you want to use. If you are not logged in there, start again from there.",
    );
    let client = journey::client_of(provider, interaction).filter(|client| !client.disabled);
    let way = client.as_ref().and_then(|client| {
        let starts = client.record.metadata.initiate_login_uri.as_deref();
        let iss = [("iss", provider.issuer.as_str())];
        let start = starts.map(|uri| protocol::append_parameters(uri, protocol::Placement::Query, iss));
        start.or_else(|| client.client_uri([]).filter(|uri| uri.starts_with("https://")).map(str::to_owned))
    });
    match (client, way) {
        (Some(client), Some(way)) => refused.with_way_on(&way, &format!("Go to {}", client.name([]))),
        _ if visitor.login().is_some() => refused.with_way_on("/account", "Go to your account"),
        _ => refused.with_way_on("/login", "Log in"),
    }
}

/// The button `cancel`: back to the client with `access_denied`.
async fn cancel(
    request: HttpRequest,
    visitor: Visitor,
    Query(way): Query<Way>,
    _form: ::web::Form<NoFields>,
    site: Data<Site>,
    provider: Data<Provider>,
) -> Result<HttpResponse, Failure> {
    let interaction = journey::find(&site, &visitor, &request, way.interaction.as_deref()).await?;
    answer::deny(&request, &site, &provider, &visitor, &interaction).await
}

#[derive(serde::Deserialize)]
struct NoFields {}

/// Judges anew the request that an interaction keeps.
pub(crate) fn accept_again(
    provider: &Provider,
    interaction: &Interaction,
) -> Option<Result<ValidatedRequest, Rejection>> {
    let Kind::Authorization(sent) = &interaction.kind else { return None };
    let keys = provider.keys.current();
    let context = Context::new(provider, &keys);
    Some(accept(RawRequest::from((**sent).clone()), &context))
}

//! `/setup`: where a one-time link makes an operator, of a new account or of one that exists.
//!
//! Opening the link changes nothing (mail scanners open links); the button on the page does. Whoever has to log in
//! first is remembered by their browser, so that the token travels no further than the page.

mod pages;

use account::account::{DisplayName, NewAccount};
use account::credential::password::{Hints, Password};
use account::email::Email;
use account::login::{self, Entering};
use account::operator::{self, Accepted, Invitation, Invited, Ticket};
use account::secret::Token;
use account::session::Authentication;
use account::{AccountId, Error};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, ServiceConfig, get, post};
pub use pages::specimens;
use pages::{Scene, SetUpPage};
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Render};
use web::{Failure, Form, Query, Site, Visitor};

/// The path of the link.
pub const PATH: &str = "/setup";

/// Adds the pages of this room.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(PATH, get().to(show))
        .route(PATH, post().to(create))
        .route("/setup/accept", post().to(accept))
        .route("/setup/log-in", post().to(log_in));
}

/// The link of a token, to print or to mail.
pub fn link(site_url: &str, token: &Token) -> String {
    format!("{site_url}{PATH}?token={}", token.reveal())
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    token: String,
}

/// What the visitor holds: the token, or a browser that showed it before.
fn ticket(token: &str, visitor: &Visitor) -> Result<Ticket, Failure> {
    if token.is_empty() {
        return Ok(Ticket::Browser(visitor.browser_hash().to_vec()));
    }
    Token::parse(token).map(Ticket::Link).ok_or_else(void)
}

fn void() -> Failure {
    Failure::with_status(
        StatusCode::NOT_FOUND,
        "invitation_void",
        "This link has been used, is too old, or was replaced by a newer one.",
        "Ask whoever runs this service for a new one. They run latchkey admin invite with your address; a service \
         without operators prints a new link when it starts.",
    )
}

async fn show(visitor: Visitor, site: Data<Site>, query: Query<Link>) -> Result<HttpResponse, Failure> {
    let ticket = ticket(&query.0.token, &visitor)?;
    let (invitation, invited) = look(&site, &ticket).await?;
    let scene = scene(&visitor, &invitation, &invited);
    Ok(SetUpPage::new(visitor.page(&site, scene.title()), scene, &query.0.token).answer(PageKind::Interaction))
}

/// The invitation, and who has its address.
async fn look(site: &Site, ticket: &Ticket) -> Result<(Invitation, Invited), Failure> {
    let (ticket, now) = (ticket.clone(), site.accounts.now());
    let found = site
        .accounts
        .read(move |conn| {
            let Some(invitation) = operator::find(conn, &ticket, now)? else { return Ok(None) };
            let invited = match invitation.email.as_deref().and_then(|email| Email::parse(email).ok()) {
                Some(email) => operator::holder_of(conn, &email)?,
                None => Invited::Nobody,
            };
            Ok(Some((invitation, invited)))
        })
        .await?;
    found.ok_or_else(void)
}

fn scene(visitor: &Visitor, invitation: &Invitation, invited: &Invited) -> Scene {
    let here: Option<&AccountId> = visitor.login().map(|login| &login.account_id);
    let email = invitation.email.clone().unwrap_or_default();
    match (invited, here) {
        (Invited::Deactivated, _) => Scene::Deactivated { email },
        (Invited::Account(account), Some(here)) if account == here => Scene::Accept,
        (Invited::Account(_), Some(_)) => Scene::OtherAccount { email },
        (Invited::Account(_), None) => Scene::LogIn { email },
        (Invited::Nobody, Some(_)) if invitation.email.is_none() => Scene::Accept,
        (Invited::Nobody, _) => Scene::Create { email, name: String::new(), is_fixed: invitation.email.is_some() },
    }
}

async fn accept(visitor: Visitor, site: Data<Site>, form: Form<Link>) -> Result<HttpResponse, Failure> {
    let ticket = ticket(&form.0.token, &visitor)?;
    let account = visitor.login_or_go(PATH)?.account_id.clone();
    let accepted = site.accounts.write(&visitor.actor, move |tx| operator::accept(tx, &ticket, &account)).await?;
    match accepted {
        Accepted::Operator(_) => Ok(visitor.see_other("/admin")),
        Accepted::Void => Err(void()),
        Accepted::NotTheirs | Accepted::AddressTaken => Err(not_theirs()),
    }
}

fn not_theirs() -> Failure {
    Failure::with_status(
        StatusCode::FORBIDDEN,
        "invitation_of_another",
        "The invitation is for another e-mail address than the one you are logged in with.",
        "Log out, then open the link again.",
    )
    .with_way_on("/logout", "Log out")
}

/// To the log-in page and back; the browser is remembered instead of the token.
async fn log_in(visitor: Visitor, site: Data<Site>, form: Form<Link>) -> Result<HttpResponse, Failure> {
    if let Ticket::Link(token) = ticket(&form.0.token, &visitor)? {
        let browser = visitor.browser_hash().to_vec();
        let bound = site.accounts.write(&visitor.actor, move |tx| operator::bind(tx, &token, &browser)).await?;
        if !bound {
            return Err(void());
        }
    }
    Err(Failure::log_in_first(PATH))
}

#[derive(Deserialize)]
struct NewOperator {
    #[serde(default)]
    token: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    password: Password,
}

async fn create(visitor: Visitor, site: Data<Site>, form: Form<NewOperator>) -> Result<HttpResponse, Failure> {
    let form = form.0;
    let ticket = ticket(&form.token, &visitor)?;
    let (invitation, _) = look(&site, &ticket).await?;
    let is_fixed = invitation.email.is_some();
    let typed = invitation.email.unwrap_or(form.email);
    let refused = |errors: FormErrors| {
        let scene = Scene::Create { email: typed.clone(), name: form.name.clone(), is_fixed };
        let mut page = visitor.page(&site, scene.title());
        page.errors = errors;
        SetUpPage::new(page, scene, &form.token).answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Interaction)
    };
    let mut errors = FormErrors::none();
    let email = Email::parse(&typed).map_err(|problem| errors.add("email", problem.to_string())).ok();
    let name = DisplayName::parse(&form.name).map_err(|problem| errors.add("name", problem.to_string())).ok();
    let hints = Hints::new(&typed, &form.name, &site.brand.name);
    let phc = site.accounts.passwords.choose(form.password, hints).await.map_err(|_| Failure::Busy(2))?;
    let phc = phc.map_err(|refusal| errors.add("password", refusal.to_string())).ok();
    let (Some(email), Some(name), Some(phc)) = (email, name, phc) else { return Ok(refused(errors)) };
    let new = NewAccount { verified: true, operator: true, ..NewAccount::of_person(email, name) };
    let entering = Entering {
        session: visitor.session.clone(),
        device: visitor.device_token().cloned(),
        lifetimes: site.lifetimes,
    };
    let (accepted, entered) = site
        .accounts
        .write(&visitor.actor, move |tx| {
            let accepted = operator::accept_with_new_account(tx, &ticket, &new, &phc)?;
            let entered = match &accepted {
                // An account that was made a moment ago has no second step.
                Accepted::Operator(account) => Some(login::enter(tx, &entering, account, Authentication::password())?),
                _ => None,
            };
            Ok::<_, Error>((accepted, entered))
        })
        .await?;
    if let Some(entered) = entered {
        visitor.set_session(&entered.session);
        visitor.set_device(&entered.device);
    }
    match accepted {
        Accepted::Operator(_) => Ok(visitor.see_other("/admin")),
        Accepted::Void => Err(void()),
        Accepted::AddressTaken | Accepted::NotTheirs => {
            let problem = "There is an account with this address. Use \u{201c}I have an account\u{201d} below.";
            Ok(refused(FormErrors::one("email", problem)))
        }
    }
}

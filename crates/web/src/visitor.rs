//! Who asks: the browser, its session, and where it comes from.

use crate::cookie::{self, Kind};
use crate::page::Page;
use crate::person::{self, Person};
use crate::{Failure, Site, browser_state, csrf};
use account::second_step;
use account::secret::Token;
use account::session::{self, Login, Session};
use account::{Actor, ActorKind};
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use ipnet::IpNet;
use std::cell::RefCell;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

/// A visit is noted when the last one is this long ago: a write each request would cost a commit each request.
const TOUCH_AFTER: Duration = Duration::from_secs(300);
/// Bytes of a `User-Agent` that are kept.
const USER_AGENT_BYTES: usize = 256;

/// Who asks, from where, and with which session. Read once per request.
pub struct Visitor {
    /// The circumstances, for the domain.
    pub actor: Actor,
    /// The session at the provider, when it is alive.
    pub session: Option<Session>,
    browser: Token,
    browser_hash: Vec<u8>,
    csrf: String,
    browser_state: Option<String>,
    device: Option<Token>,
    /// What the browser carries, sealed; see [`Visitor::carried`].
    pub(crate) carried: Option<String>,
    person: Option<Person>,
    cookies: Cookies,
    pub(crate) https: bool,
    session_seconds: i64,
}

/// The cookies that the answer will set; [`crate::around`] puts them on it, whatever the answer is.
#[derive(Clone, Default)]
pub(crate) struct Cookies(pub(crate) Rc<RefCell<Vec<Cookie<'static>>>>);

impl Visitor {
    /// The log-in in use: the one that was made or used last.
    pub fn login(&self) -> Option<&Login> {
        self.session.as_ref().and_then(Session::current)
    }

    /// The log-in in use, or a redirect to the log-in page that comes back to `path`.
    pub fn login_or_go(&self, path: &str) -> Result<&Login, Failure> {
        self.login().ok_or_else(|| Failure::log_in_first(path))
    }

    /// The log-in in use when the person proved within the last ten minutes who they are, with a second step where the
    /// account has one: what changes of security and other risky acts ask for. Else a redirect that has them prove it
    /// again and comes back to `path`: that of a page, also where a form was posted.
    pub async fn fresh_login_or_go(&self, site: &Site, path: &str) -> Result<&Login, Failure> {
        let login = self.login().ok_or_else(|| Failure::prove_first(path))?;
        let account = login.account_id.clone();
        let reachable = site.accounts.read(move |conn| second_step::reachable(conn, &account)).await?;
        if login.is_fresh(site.accounts.now(), reachable) { Ok(login) } else { Err(Failure::prove_first(path)) }
    }

    /// Whether the log-in in use is an operator's.
    pub fn is_operator(&self) -> bool {
        self.person.as_ref().is_some_and(|person| person.operator)
    }

    /// What interactions, verifications and the like are bound to: the hash of the browser cookie.
    pub fn browser_hash(&self) -> &[u8] {
        &self.browser_hash
    }

    /// The browser cookie itself, for keyed hashes of other things bound to this browser.
    pub fn browser(&self) -> &Token {
        &self.browser
    }

    /// The hidden field `csrf` of every form.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// The cookie that says that this browser logged in before.
    pub fn device_token(&self) -> Option<&Token> {
        self.device.as_ref()
    }

    /// A page with everything of the visitor and the installation filled in.
    pub fn page(&self, site: &Site, title: &str) -> Page {
        Page {
            csrf: self.csrf.clone(),
            brand_logo_url: site.brand.logo_url.clone(),
            support_url: site.brand.support_url.clone(),
            person: self.person.as_ref().map(Person::badge),
            is_operator: self.is_operator(),
            ..Page::new(title, site.brand.name.clone())
        }
    }

    /// Gives the browser a new session cookie. What it carried on the way there, it puts down.
    pub fn set_session(&self, token: &Token) {
        self.put_down();
        self.set(cookie::make(Kind::Session, token, self.https, self.session_seconds));
    }

    /// Remembers the browser as one that logged in.
    pub fn set_device(&self, token: &Token) {
        self.set(cookie::make(Kind::Device, token, self.https, self.session_seconds));
    }

    /// Takes the session cookie away.
    pub fn clear_session(&self, site: &Site) {
        self.set(cookie::removal(Kind::Session, self.https));
        self.set_browser_state(site, None);
    }

    /// Tells this browser that `session` is now all that is logged in here.
    pub fn set_browser_state(&self, site: &Site, session: Option<&Session>) {
        self.new_browser_state(site, session);
    }

    /// [`Visitor::set_browser_state`]; returns the state from now on, for an answer that tells it at once.
    pub fn new_browser_state(&self, site: &Site, session: Option<&Session>) -> String {
        let state = browser_state::of(&site.accounts.key, &self.browser, session);
        self.set(cookie::make_state(state.clone(), self.https, self.session_seconds));
        state
    }

    /// What stands for who is logged in in this browser (Session Management §3.2, the OP browser state). `None`: the
    /// request may come from another site, without our cookies, and so we do not know.
    pub fn browser_state(&self) -> Option<&str> {
        self.browser_state.as_deref()
    }

    /// 303 to one of our own pages or, after the checks of the protocol, to a client.
    pub fn see_other(&self, location: &str) -> HttpResponse {
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, location))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .finish()
    }

    pub(crate) fn set(&self, cookie: Cookie<'static>) {
        let mut cookies = self.cookies.0.borrow_mut();
        cookies.retain(|other| other.name() != cookie.name());
        cookies.push(cookie);
    }
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { gather(&request).await })
    }
}

async fn gather(request: &HttpRequest) -> Result<Visitor, Failure> {
    let site = request
        .app_data::<web::Data<Site>>()
        .cloned()
        .ok_or_else(|| Failure::Internal("the site is not wired".into()))?;
    let https = site.public_url.is_https();
    let cookies = Cookies::default();
    request.extensions_mut().insert(cookies.clone());
    let (browser, is_new) = match cookie::read(request, Kind::Browser, https) {
        Some(browser) => (browser, false),
        None => (Token::generate(), true),
    };
    let (session, person) = match cookie::read(request, Kind::Session, https) {
        Some(token) => find_session(&site, &token).await?,
        None => (None, None),
    };
    // A request from another site's frame or form brings none of our `Lax` cookies: it says nothing about the session.
    let knows = !is_new || session.is_some();
    let browser_state = knows.then(|| browser_state::of(&site.accounts.key, &browser, session.as_ref()));
    let kind = match session.as_ref().and_then(Session::current) {
        Some(login) => ActorKind::Account(login.account_id.clone()),
        None => ActorKind::Anonymous,
    };
    let visitor = Visitor {
        actor: Actor {
            kind,
            address: address(request, &site.trusted_proxies),
            user_agent: user_agent(request),
            request_id: request_id(request),
        },
        session,
        browser_hash: browser.hash(),
        csrf: csrf::token(&site.accounts.key, &browser),
        browser_state,
        device: cookie::read(request, Kind::Device, https),
        carried: request.cookie(cookie::carried_name(https)).map(|cookie| cookie.value().to_owned()),
        browser,
        person,
        cookies,
        https,
        session_seconds: site.lifetimes.absolute_seconds,
    };
    if is_new {
        visitor.set(cookie::make(Kind::Browser, &visitor.browser, https, site.lifetimes.absolute_seconds));
    }
    let shown = request.cookie(cookie::state_name(https));
    if let Some(state) = visitor.browser_state()
        && shown.is_none_or(|shown| shown.value() != state)
    {
        visitor.set(cookie::make_state(state.to_owned(), https, site.lifetimes.absolute_seconds));
    }
    note_visit(&site, &visitor);
    Ok(visitor)
}

async fn find_session(site: &Site, token: &Token) -> Result<(Option<Session>, Option<Person>), Failure> {
    let (hash, now, lifetimes) = (token.hash(), site.accounts.now(), site.lifetimes);
    let found = site
        .accounts
        .read(move |conn| {
            let session = session::find(conn, &hash, now, &lifetimes)?;
            let person = match session.as_ref().and_then(Session::current) {
                Some(login) => person::find(conn, &login.account_id)?,
                None => None,
            };
            Ok((session, person))
        })
        .await?;
    Ok(found)
}

/// Notes the visit, beside the request and not before its answer.
fn note_visit(site: &web::Data<Site>, visitor: &Visitor) {
    let Some(session) = &visitor.session else { return };
    if site.accounts.now().since(session.last_seen_at) < TOUCH_AFTER {
        return;
    }
    let (site, actor, id) = (site.clone(), visitor.actor.clone(), session.id.clone());
    actix_web::rt::spawn(async move {
        let noted = site.accounts.write(&actor, move |tx| session::touch(tx, &id, None)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "a visit could not be noted");
        }
    });
}

/// The id under which the log speaks of this request; made at the first call.
pub fn request_id(request: &HttpRequest) -> String {
    if let Some(RequestId(id)) = request.extensions().get::<RequestId>() {
        return id.clone();
    }
    let id = uuid::Uuid::new_v4().simple().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    id
}

struct RequestId(String);

/// The visitor's network address: the peer's, or, when the peer is a trusted proxy, the last one before it that no
/// trusted proxy vouches for (RFC 7239 §5.2 has the same order).
pub fn address(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut nearest = peer;
    for address in forwarded_for(request).into_iter().rev() {
        let Some(address) = address else { break };
        nearest = address;
        if !is_trusted(&address) {
            break;
        }
    }
    Some(nearest)
}

/// The chain of `X-Forwarded-For`, or of `Forwarded`, nearest last; `None` for what is no address.
fn forwarded_for(request: &HttpRequest) -> Vec<Option<IpAddr>> {
    let lines = |name: &str| -> Vec<String> {
        let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(|part| part.trim().to_owned()).collect()
    };
    let plain = lines("x-forwarded-for");
    let parts = if plain.is_empty() {
        let for_of = |element: String| {
            let pairs = element.split(';').map(str::trim).map(str::to_owned).collect::<Vec<_>>();
            pairs
                .into_iter()
                .find_map(|p| {
                    p.get(..4).filter(|k| k.eq_ignore_ascii_case("for=")).map(|_| p[4..].trim_matches('"').to_owned())
                })
                .unwrap_or_default()
        };
        lines("forwarded").into_iter().map(for_of).collect()
    } else {
        plain
    };
    parts.iter().map(|part| parse_address(part)).collect()
}

fn parse_address(text: &str) -> Option<IpAddr> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    let direct = bracketed.unwrap_or(text);
    let without_port = || direct.split_once(':').and_then(|(host, _)| host.parse().ok());
    direct.parse().ok().or_else(without_port).map(|address: IpAddr| address.to_canonical())
}

fn user_agent(request: &HttpRequest) -> String {
    let text = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or("");
    // `to_str` leaves visible ASCII only, so any byte is a boundary.
    text.get(..USER_AGENT_BYTES).unwrap_or(text).to_owned()
}

/// Accepts a path on this site and nothing else: `/x?y`, never `//host`, `/\host`, a scheme or control characters.
pub fn local_path(text: &str) -> Option<String> {
    let good = text.len() <= 2048
        && text.starts_with('/')
        && !text.starts_with("//")
        && !text.chars().any(|c| c.is_control() || c == '\\');
    good.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_local_paths_are_destinations() {
        for good in ["/", "/account", "/account?x=1&y=//z", "/oauth2/authorize/resume?interaction=1"] {
            assert_eq!(local_path(good).as_deref(), Some(good));
        }
        for bad in ["", "account", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "\t//x"] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().expect("network")];
        let ask = |peer: &str, headers: &[(&str, &str)]| {
            let mut request = TestRequest::default().peer_addr(peer.parse().expect("address"));
            for (name, value) in headers {
                request = request.append_header((*name, *value));
            }
            address(&request.to_http_request(), &trusted).expect("an address").to_string()
        };
        assert_eq!(ask("192.0.2.1:1", &[("x-forwarded-for", "198.51.100.7")]), "192.0.2.1");
        assert_eq!(ask("10.0.0.1:1", &[("x-forwarded-for", "198.51.100.7")]), "198.51.100.7");
        assert_eq!(ask("10.0.0.1:1", &[("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.0.0.2")]), "198.51.100.7");
        assert_eq!(ask("10.0.0.1:1", &[("x-forwarded-for", "198.51.100.7, nonsense")]), "10.0.0.1");
        assert_eq!(ask("10.0.0.1:1", &[("forwarded", "for=\"[2001:db8::1]:80\";proto=https")]), "2001:db8::1");
        assert_eq!(ask("10.0.0.1:1", &[]), "10.0.0.1");
    }
}

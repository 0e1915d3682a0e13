mod back_channel;
mod provider;

use super::login::Login;
use super::{App, Product, Running, bind};
use chrono::{DateTime, TimeDelta, Utc};
use provider::{Manner, Provider};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use url::Url;

/// A moment that is not now, so that a forgotten clock shows.
fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(2_000_000_000, 0).unwrap()
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn app(url: &str, issuer: &str) -> App {
    App {
        url: url.to_owned(),
        client_id: "tracker".to_owned(),
        client_secret: "secret".to_owned(),
        issuer: issuer.to_owned(),
        siblings: vec![(Product::Wiki, "http://localhost:8082".to_owned())],
        clock: Arc::new(noon),
    }
}

/// Tracker and the provider it relies on.
struct World {
    provider: Provider,
    tracker: Running,
}

impl World {
    fn new() -> Self {
        let provider = provider::start(noon());
        let bound = bind(Product::Tracker, any_port()).unwrap();
        let url = format!("http://{}", bound.address());
        let tracker = bound.start(app(&url, &provider.issuer)).unwrap();
        Self { provider, tracker }
    }

    fn with(change: impl FnOnce(&mut Manner)) -> Self {
        let world = Self::new();
        change(&mut world.provider.manner.lock().unwrap());
        world
    }

    fn browser(&self) -> Browser {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Browser { http, home: Url::parse(self.tracker.url()).unwrap(), cookies: HashMap::new() }
    }

    async fn stop(self) {
        self.tracker.stop().await;
        self.provider.server.stop(true).await;
    }
}

/// A browser that follows nothing by itself.
struct Browser {
    http: reqwest::Client,
    home: Url,
    cookies: HashMap<String, String>,
}

struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Page {
    fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.headers["location"].to_str().unwrap()
    }

    fn shows_error(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(
            self.text.contains(&format!("<main class=\"hero\" id=\"error-page\" data-error=\"{code}\">")),
            "{}",
            self.text
        );
    }
}

impl Browser {
    async fn get(&mut self, path: &str) -> Page {
        let request = self.http.get(self.home.join(path).unwrap());
        self.send(request).await
    }

    async fn log_out(&mut self, origin: &str) -> Page {
        let request = self.http.post(self.home.join("/log-out").unwrap()).header("origin", origin);
        self.send(request).await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", cookies.join("; ")).send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, headers, text: answer.text().await.unwrap() }
    }

    /// Leaves for the provider; the parameters of the authorization request.
    async fn depart(&mut self, path: &str) -> HashMap<String, String> {
        let answer = self.get(path).await;
        let to = Url::parse(answer.location()).unwrap();
        assert_eq!(to.path(), "/authorize");
        to.query_pairs().into_owned().collect()
    }

    /// Comes back with a code.
    async fn arrive(&mut self, request: &HashMap<String, String>) -> Page {
        self.get(&format!("/callback?state={}&code={}", request["state"], request["nonce"])).await
    }

    async fn log_in(&mut self) {
        let request = self.depart("/log-in").await;
        assert_eq!(self.arrive(&request).await.location(), "/");
    }
}

#[actix_web::test]
async fn a_link_into_the_product_is_reached_through_the_log_in() {
    let world = World::new();
    let mut browser = world.browser();
    let asked = browser.get("/issues/3").await;
    assert_eq!(asked.location(), "/log-in?to=/issues/3");

    let request = browser.depart("/log-in?to=/issues/3").await;
    assert_eq!(request["response_type"], "code");
    assert_eq!(request["client_id"], "tracker");
    assert_eq!(request["redirect_uri"], format!("{}/callback", world.tracker.url()));
    assert_eq!(request["scope"], "openid profile email");
    assert_eq!(request["code_challenge_method"], "S256");
    assert!(request["code_challenge"].len() == 43 && request["nonce"].len() >= 43 && request["state"].len() >= 43);
    assert!(!request.contains_key("prompt"));

    let answer = browser.arrive(&request).await;
    assert_eq!(answer.location(), "/issues/3");
    let page = browser.get("/issues/3").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("id=\"person-name\">Alice &#60;Example&#62;</span>"), "{}", page.text);
    let picture = format!("id=\"person-avatar\" src=\"{}/alice.png\"", world.provider.issuer);
    assert!(page.text.contains(&picture), "{}", page.text);
    assert!(page.text.contains("<a id=\"go-wiki\" href=\"http://localhost:8082/enter\">Wiki</a>"));
    assert_eq!(browser.get("/enter").await.location(), "/");
    world.stop().await;
}

#[actix_web::test]
async fn a_link_from_another_product_enters_at_once_and_the_first_page_waits() {
    let world = World::new();
    let mut browser = world.browser();
    let first = browser.get("/").await;
    assert!(first.status == 200 && first.text.contains("id=\"log-in\" href=\"/log-in\""));
    let policy = first.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(first.headers["x-content-type-options"], "nosniff");
    let request = browser.depart("/enter").await;
    assert_eq!(browser.arrive(&request).await.location(), "/");
    assert!(browser.get("/").await.text.contains("id=\"log-out\""));
}

#[actix_web::test]
async fn an_answer_works_once() {
    let world = World::new();
    let mut browser = world.browser();
    let request = browser.depart("/log-in").await;
    browser.arrive(&request).await.location();
    browser.arrive(&request).await.shows_error(400, "stale_log_in");
}

#[actix_web::test]
async fn an_answer_for_another_browser_is_refused_and_stays_good_for_its_own() {
    let world = World::new();
    let (mut owner, mut stranger) = (world.browser(), world.browser());
    let request = owner.depart("/log-in").await;
    stranger.depart("/log-in").await;
    stranger.arrive(&request).await.shows_error(400, "stale_log_in");
    assert!(!stranger.cookies.contains_key("tracker_session"));
    owner.arrive(&request).await.location();
}

#[actix_web::test]
async fn answers_nobody_asked_for_are_refused() {
    let world = World::new();
    let mut browser = world.browser();
    browser.depart("/log-in").await;
    for query in
        ["", "?code=x", "?code=x&state=", "?state=made-up&code=x", "?state=a&state=b&code=x", "?state=%FF&code=x"]
    {
        browser.get(&format!("/callback{query}")).await.shows_error(400, "stale_log_in");
    }
}

#[actix_web::test]
async fn two_tabs_log_in_side_by_side() {
    let world = World::new();
    let mut browser = world.browser();
    let first = browser.depart("/log-in?to=/issues/1").await;
    let second = browser.depart("/log-in?to=/issues/2").await;
    assert_eq!(browser.arrive(&first).await.location(), "/issues/1");
    assert_eq!(browser.arrive(&second).await.location(), "/issues/2");
}

#[actix_web::test]
async fn a_no_from_the_provider_is_shown_with_a_way_on() {
    let world = World::new();
    let mut browser = world.browser();
    let request = browser.depart("/log-in?to=/issues/2").await;
    let error = "error=access_denied&error_description=%3Cb%3Ecancelled";
    let page = browser.get(&format!("/callback?state={}&{error}", request["state"])).await;
    page.shows_error(403, "access_denied");
    assert!(page.text.contains("&#60;b&#62;cancelled") && page.text.contains("href=\"/log-in?to=%2Fissues%2F2\""));

    let request = browser.depart("/log-in").await;
    let page = browser.get(&format!("/callback?state={}&code=spent", request["state"])).await;
    page.shows_error(502, "invalid_grant");
    assert!(page.text.contains("The code was used already."));
}

#[actix_web::test]
async fn what_does_not_verify_lets_nobody_in() {
    let worlds: [(&str, World); 7] = [
        ("the ID token is for another audience", World::with(|it| it.audience = "wiki")),
        ("the ID token has another nonce", World::with(|it| it.nonce = Some("guessed"))),
        ("the ID token has expired", World::with(|it| it.age = TimeDelta::hours(1))),
        ("the ID token&#39;s signature", World::with(|it| it.key = 1)),
        ("the access token&#39;s hash", World::with(|it| it.hashed_token = "another")),
        ("userinfo speaks of another subject", World::with(|it| it.subject_at_userinfo = "mallory")),
        ("the answer names no issuer", World::with(|it| it.announces_iss = true)),
    ];
    for (check, world) in worlds {
        let mut browser = world.browser();
        let request = browser.depart("/log-in").await;
        let page = browser.arrive(&request).await;
        page.shows_error(502, "not_verified");
        assert!(page.text.contains(check), "{check}: {}", page.text);
        assert!(!browser.cookies.contains_key("tracker_session"));
    }
}

/// RFC 9207: a mix-up attack is seen by the issuer in the answer.
#[actix_web::test]
async fn an_answer_of_another_issuer_is_refused_before_the_code_is_sent_anywhere() {
    let world = World::with(|it| it.announces_iss = true);
    let mut browser = world.browser();
    let mut callback = async |iss: &str| {
        let request = browser.depart("/log-in").await;
        browser.get(&format!("/callback?state={}&code={}&iss={iss}", request["state"], request["nonce"])).await
    };
    let page = callback("https://evil.test").await;
    page.shows_error(502, "not_verified");
    assert!(page.text.contains("the answer names another issuer"));
    callback(&world.provider.issuer).await.location();
}

#[actix_web::test]
async fn rotated_keys_are_fetched_when_a_token_names_them() {
    let world = World::new();
    world.browser().log_in().await;
    {
        let mut manner = world.provider.manner.lock().unwrap();
        (manner.key, manner.published) = (1, 1);
    }
    world.browser().log_in().await;
}

#[actix_web::test]
async fn a_provider_that_does_not_answer_well_is_asked_again_the_next_time() {
    let world = World::with(|it| it.is_broken = true);
    let mut browser = world.browser();
    browser.get("/log-in").await.shows_error(502, "provider_unreachable");
    world.provider.manner.lock().unwrap().is_broken = false;
    browser.log_in().await;
}

#[actix_web::test]
async fn logging_out_ends_the_session_here_and_then_at_the_provider() {
    let world = World::new();
    let mut browser = world.browser();
    browser.log_in().await;
    let old = browser.cookies["tracker_session"].clone();

    let answer = browser.log_out(world.tracker.url()).await;
    let to = Url::parse(answer.location()).unwrap();
    assert_eq!(to.path(), "/logout");
    let parameters: HashMap<_, _> = to.query_pairs().into_owned().collect();
    assert_eq!(parameters["client_id"], "tracker");
    assert_eq!(parameters["post_logout_redirect_uri"], format!("{}/logged-out", world.tracker.url()));
    assert_eq!(parameters["id_token_hint"].split('.').count(), 3);

    browser.cookies.insert("tracker_session".to_owned(), old);
    assert!(browser.get("/").await.text.contains("id=\"log-in\""), "the old cookie must be worth nothing");
    let back = format!("/logged-out?state={}", parameters["state"]);
    assert!(!world.browser().get(&back).await.text.contains("has ended, too"));
    let page = browser.get(&back).await;
    assert!(page.text.contains("id=\"logged-out\"") && page.text.contains("has ended, too"), "{}", page.text);
    assert!(!browser.get(&back).await.text.contains("has ended, too"), "the state works once");
}

#[actix_web::test]
async fn another_site_cannot_log_anyone_out() {
    let world = World::new();
    let mut browser = world.browser();
    browser.log_in().await;
    // Another port of the same host is the same site to a cookie, but not to us.
    for origin in ["http://127.0.0.1:1", "https://evil.test", "null", ""] {
        browser.log_out(origin).await.shows_error(403, "foreign_form");
    }
    let unmarked = browser.http.post(browser.home.join("/log-out").unwrap());
    browser.send(unmarked).await.shows_error(403, "foreign_form");
    assert!(browser.get("/").await.text.contains("id=\"person-name\""));
}

#[actix_web::test]
async fn every_page_of_every_product_is_there() {
    for product in Product::ALL {
        let provider = provider::start(noon());
        let bound = bind(product, any_port()).unwrap();
        let url = format!("http://{}", bound.address());
        let running = bound.start(app(&url, &provider.issuer)).unwrap();
        let world = World { provider, tracker: running };
        let mut browser = world.browser();
        browser.log_in().await;
        assert!(browser.cookies.contains_key(&format!("{}_session", product.key())));
        for entry in product.entries() {
            let page = browser.get(&format!("/{}/{}", product.folder(), entry.slug)).await;
            assert!(page.status == 200 && page.text.contains("id=\"person-name\""));
        }
        for (path, status) in
            [("/", 200), ("/style.css", 200), ("/icon.svg", 200), ("/nowhere", 404), ("/issues/99", 404)]
        {
            assert_eq!(browser.get(path).await.status, status, "{path}");
        }
    }
}

#[test]
fn a_destination_is_a_page_of_the_product() {
    let login = Login::new(Product::Tracker, app("http://localhost:8081", "http://localhost:8080")).unwrap();
    for (destination, kept) in [
        ("/issues/3", "/issues/3"),
        ("/issues/3?tab=1#end", "/issues/3?tab=1"),
        ("", "/"),
        ("issues/3", "/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("/\\evil.test/", "/"),
        ("/\t/evil.test/", "/"),
        ("/.//evil.test/", "/"),
        ("/a/..//evil.test/", "/"),
        ("\\\\evil.test", "/"),
        ("javascript:alert(1)", "/"),
        ("http://localhost:8081/issues/3", "/"),
        ("/a\r\nSet-Cookie: x=1", "/aSet-Cookie:%20x=1"),
    ] {
        assert_eq!(login.local(destination), kept, "{destination:?}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let first = bind(Product::Wiki, any_port()).unwrap();
    let error = bind(Product::Desk, first.address()).err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().starts_with(&format!("Desk cannot listen on {}: ", first.address())), "{error}");
}

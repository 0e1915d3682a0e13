//! Oversized, malformed, doubled and non-UTF-8 input on every route: a proper error, never a 500, never a redirect to
//! somebody else's site.

use super::csrf_of;
use super::raw::{self, Answer};
use super::routes::{Kind, ROUTES, Route};
use crate::console::operator;
use crate::support::{Browser, Provider};

const FORM: &str = "application/x-www-form-urlencoded";

/// The one that attacks: a stranger, or somebody who is logged in and has the token of their own forms.
struct Attacker {
    url: String,
    cookies: String,
    csrf: String,
}

impl Attacker {
    async fn of(provider: &Provider, browser: &Browser, page: &str) -> Self {
        let csrf = csrf_of(&browser.open(page).await);
        let names = ["latchkey-session", "latchkey-browser", "latchkey-device", "latchkey-carried"];
        let pairs = names.iter().filter_map(|name| browser.cookie(name).map(|value| format!("{name}={value}")));
        Self { url: provider.url.clone(), cookies: pairs.collect::<Vec<_>>().join("; "), csrf }
    }

    fn send(&self, route: &Route, target: &str, headers: &[String], body: Option<(&str, &[u8])>) -> Option<Answer> {
        let mut lines = vec![format!("Cookie: {}", self.cookies)];
        lines.extend_from_slice(headers);
        raw::send(&self.url, &raw::request(route.method, target, &lines, body))
    }

    /// Some forms ask who it is before they read anything.
    fn is_asked_to_log_in(&self, status: u16) -> bool {
        status == 303 && !self.cookies.contains("latchkey-session")
    }

    /// Asserts what holds for any answer.
    #[track_caller]
    fn judge(&self, answer: Option<Answer>, what: &str) -> u16 {
        let answer = answer.unwrap_or_else(|| panic!("no answer to {what}"));
        assert!(answer.status < 500 && answer.status >= 200, "{what}: {}", answer.head);
        if let Some(to) = answer.header("location") {
            let local = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\");
            assert!(local || to.starts_with(&format!("{}/", self.url)), "{what} leads to {to}");
        }
        answer.status
    }
}

/// Values that no parameter ought to have, percent-encoded.
const VALUES: &[&str] = &[
    "",
    "%00",
    "a%00b",
    "%FF",
    "%C3%28",
    "%ZZ",
    "%",
    "%0D%0ASet-Cookie:%20x=y",
    "https://evil.example/",
    "//evil.example",
    "%2F%5Cevil.example",
    "%F0%9F%94%91%E2%80%AE",
    "'%20OR%201=1--",
    "-9223372036854775809",
    "%7B%22a%22:%5B%5B%5B%5B",
];

/// Queries and bodies that nobody's browser sends.
fn odd_texts(parameters: &[&str]) -> Vec<(String, String)> {
    let first = parameters.first().copied().unwrap_or("x");
    let mut texts = vec![
        ("500 parameters".to_owned(), (0..500).map(|n| format!("p{n}=v")).collect::<Vec<_>>().join("&")),
        ("a long value".to_owned(), format!("{first}={}", "a".repeat(10 * 1024))),
        ("a long name".to_owned(), format!("{}=a", "a".repeat(10 * 1024))),
        ("only separators".to_owned(), "&&&===&=&".to_owned()),
        ("a name that is not UTF-8".to_owned(), "%FF%FE=a".to_owned()),
        ("a bracketed name".to_owned(), format!("{first}[]=a&{first}[x]=b")),
    ];
    for name in parameters {
        texts.push((format!("{name} twice"), format!("{name}=a&{name}=b")));
    }
    for value in VALUES {
        texts.push((
            format!("all {value}"),
            parameters.iter().map(|n| format!("{n}={value}")).collect::<Vec<_>>().join("&"),
        ));
    }
    texts
}

fn attack_all_routes(attacker: &Attacker, who: &str) {
    for route in ROUTES {
        let address = route.address();
        let is_post = route.method == "POST";
        let csrf = if route.needs_csrf() { format!("csrf={}&", attacker.csrf) } else { String::new() };
        let whole =
            format!("{csrf}{}", route.parameters.iter().map(|n| format!("{n}=a")).collect::<Vec<_>>().join("&"));
        let body = is_post.then_some((FORM, whole.as_bytes()));
        for (kind, text) in odd_texts(route.parameters) {
            let what = format!("{who}: {} {address} with {kind}", route.method);
            attacker.judge(attacker.send(route, &format!("{address}?{text}"), &[], body), &format!("{what} as query"));
            if is_post {
                let text = format!("{csrf}{text}");
                let answer = attacker.send(route, &address, &[], Some((FORM, text.as_bytes())));
                let status = attacker.judge(answer, &what);
                if kind.starts_with("500") || (kind.starts_with("a name that") && route.needs_csrf()) {
                    assert!(status >= 400 || attacker.is_asked_to_log_in(status), "{what}: {status}");
                }
            }
        }
        for value in VALUES.iter().chain(&["..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a%2Fb"]) {
            if !value.is_empty() && route.path.contains("{segment}") {
                let target = route.path.replace("{segment}", value);
                let status = attacker.judge(attacker.send(route, &target, &[], body), &format!("{who}: {target}"));
                assert!(status >= 300, "{who}: {target} is {status}");
                assert!(!value.contains("%00") || status == 404, "{who}: {target} is {status}");
            }
        }
        if is_post {
            odd_bodies(attacker, who, route, &address, &whole);
        }
        odd_headers(attacker, who, route, &address, body);
    }
}

fn odd_bodies(attacker: &Attacker, who: &str, route: &Route, address: &str, whole: &str) {
    let large = format!("{whole}&filler={}", "x".repeat(70 * 1024));
    let mut raw_bytes = whole.as_bytes().to_vec();
    raw_bytes.extend_from_slice(b"&x=\xff\xfe\x00");
    let bodies: [(&str, &str, &[u8]); 8] = [
        ("70 KiB", FORM, large.as_bytes()),
        ("JSON", "application/json", b"{\"csrf\":1}"),
        ("text", "text/plain", whole.as_bytes()),
        ("XML", "application/xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
        ("no media type", "", whole.as_bytes()),
        ("raw bytes", FORM, &raw_bytes),
        ("a multipart form without boundary", "multipart/form-data", whole.as_bytes()),
        (
            "a broken multipart form",
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data\r\n\r\n",
        ),
    ];
    for (kind, media_type, body) in bodies {
        let what = format!("{who}: POST {address} with {kind}");
        let status = attacker.judge(attacker.send(route, address, &[], Some((media_type, body))), &what);
        let asked = attacker.is_asked_to_log_in(status);
        assert!(status >= 400 || asked || route.kind == Kind::FromProducts, "{what}: {status}");
    }
    let what = format!("{who}: POST {address} without a body");
    attacker.judge(attacker.send(route, address, &[], None), &what);
}

fn odd_headers(attacker: &Attacker, who: &str, route: &Route, address: &str, body: Option<(&str, &[u8])>) {
    let long = "a".repeat(20 * 1024);
    for line in [
        "Cookie: latchkey-session=%FF; latchkey-browser=\"; =; ;;; latchkey-device=\u{fc}; latchkey-carried=%"
            .to_owned(),
        format!("Cookie: latchkey-session={}", "A".repeat(4000)),
        "Authorization: Basic !!!".to_owned(),
        "Authorization: Basic /////w==".to_owned(),
        "Authorization: Basic Og==".to_owned(),
        "Authorization: Bearer a.b.c".to_owned(),
        "Authorization: Bearer".to_owned(),
        "Authorization: \u{fc}".to_owned(),
        format!("Authorization: Bearer {long}"),
        format!("User-Agent: {long}"),
        format!("X-Forwarded-For: {long}"),
        "X-Forwarded-For: 1.2.3.4, ::1, ::ffff:1.2.3.4%eth0, 999.1.1.1, \u{fc}".to_owned(),
        "X-Forwarded-Host: evil.example".to_owned(),
        "Forwarded: for=\"[::1\";host=evil.example;proto=javascript".to_owned(),
        "Origin: \u{fc}".to_owned(),
        "Referer: https://evil.example/\u{fc}".to_owned(),
        "X-Request-Id: \u{1b}[31m".to_owned(),
        "Accept-Language: *;q=9,\u{fc}".to_owned(),
        "If-None-Match: \u{fc}".to_owned(),
        "Range: bytes=5-1,-".to_owned(),
    ] {
        let what = format!("{who}: {} {address}, {:.60}", route.method, line);
        attacker.judge(attacker.send(route, address, &[line], body), &what);
    }
    let foreign_host =
        format!("{} {address} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", route.method);
    attacker.judge(raw::send(&attacker.url, foreign_host.as_bytes()), &format!("{who}: {address} for another host"));
    for method in ["DELETE", "PUT", "PATCH", "TRACE", "PROPFIND"] {
        let what = format!("{who}: {method} {address}");
        let request = raw::request(method, address, &[format!("Cookie: {}", attacker.cookies)], None);
        let status = attacker.judge(raw::send(&attacker.url, &request), &what);
        // The bare address leads to the account, whoever asks and however.
        assert!((400..500).contains(&status) || address == "/", "{what}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_breaks_no_route() {
    let provider = Provider::start_with(|settings| settings.limits.throttle = false).await;
    let browser = provider.browser();
    let attacker = Attacker::of(&provider, &browser, "/login").await;
    attack_all_routes(&attacker, "stranger");
    browser.open("/login").await.expect("/login");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_breaks_no_route() {
    let provider = Provider::start_with(|settings| settings.limits.throttle = false).await;
    let browser = operator(&provider).await;
    let attacker = Attacker::of(&provider, &browser, "/account").await;
    // The attacks below get past the door: these forms are read, and this is an operator.
    let to_read = ROUTES.iter().filter(|route| route.needs_csrf() && route.path != "/account");
    // Those that end the session are left out.
    let ends = |path: &str| path.contains("logout") || path.ends_with("/not-me");
    for route in to_read.filter(|route| !ends(route.path)) {
        let values = route.parameters.iter().map(|name| format!("&{name}=a")).collect::<String>();
        let body = format!("csrf={}{values}", attacker.csrf);
        let answer = attacker.send(route, &route.address(), &[], Some((FORM, body.as_bytes()))).expect("an answer");
        let to_log_in = answer.header("location").is_some_and(|to| to.starts_with("/login?to="));
        assert!(answer.status != 403 && !to_log_in, "{}: {}", route.path, answer.head);
    }
    attack_all_routes(&attacker, "operator");
}

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::{FetchError, FetchSettings, Fetcher, Limits};

/// A server on loopback that gives each connection the answer for its path and counts connections.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start(answer: impl Fn(&str, u16) -> Option<String> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let (answer, counter) = (Arc::new(answer), connections.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut request = Vec::new();
                    let mut buffer = [0; 4096];
                    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
                        match stream.read(&mut buffer).await {
                            // 0x16 begins a TLS handshake: this server speaks none.
                            Ok(n) if n > 0 && buffer[0] != 0x16 => request.extend_from_slice(&buffer[..n]),
                            _ => return,
                        }
                    }
                    match answer(&String::from_utf8_lossy(&request), port) {
                        Some(text) => drop(stream.write_all(text.as_bytes()).await),
                        // Never answers: holds the connection until the other side goes.
                        None => drop(stream.read(&mut buffer).await),
                    }
                });
            }
        });
        Self { port, connections }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn ok(body: &str) -> Option<String> {
    Some(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    ))
}

fn redirect(to: &str) -> Option<String> {
    Some(format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"))
}

fn private() -> Fetcher {
    Fetcher::new(FetchSettings { allow_private_networks: true, extra_ca_file: None }).unwrap()
}

fn public() -> Fetcher {
    Fetcher::new(FetchSettings::default()).unwrap()
}

fn resolving_to(addresses: &'static [&'static str], allow_private_networks: bool) -> Fetcher {
    let settings = FetchSettings { allow_private_networks, extra_ca_file: None };
    let found = move |_| addresses.iter().map(|a| std::net::SocketAddr::new(a.parse().unwrap(), 0)).collect();
    Fetcher::with_lookup(settings, Arc::new(move |host: String| Box::pin(std::future::ready(Ok(found(host)))))).unwrap()
}

const LIMITS: Limits = Limits { max_bytes: 1000, timeout: Duration::from_secs(20), max_redirects: 2 };

#[tokio::test]
async fn reads_a_document_and_says_who_asks() {
    let server = Server::start(|request, _| ok(&request.to_lowercase())).await;
    let fetched = private().get(&server.url("/jwks?x=1"), LIMITS, "application/json").await.unwrap();
    assert_eq!((fetched.status, fetched.content_type.as_deref()), (200, Some("application/json")));
    let request = String::from_utf8(fetched.body).unwrap();
    for part in ["get /jwks?x=1 ", "accept: application/json", "accept-encoding: identity", "user-agent: latchkey/"] {
        assert!(request.contains(part), "{part} in {request}");
    }
    assert!(!request.contains("cookie") && !request.contains("referer"));
}

#[tokio::test]
async fn sends_a_body_and_hands_a_redirect_back() {
    let server = Server::start(|request, port| match request.starts_with("POST /moved ") {
        true => redirect(&format!("http://127.0.0.1:{port}/elsewhere")),
        false => ok(&request.to_lowercase()),
    })
    .await;
    let sent = private().post(&server.url("/hook"), "application/json", b"{}".to_vec(), LIMITS).await.unwrap();
    assert!(String::from_utf8(sent.body).unwrap().contains("content-type: application/json"));
    let moved = private().post(&server.url("/moved"), "text/plain", b"x".to_vec(), LIMITS).await.unwrap();
    assert!(moved.status == 302 && !moved.is_success());
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_announced_or_not() {
    let server = Server::start(|request, _| match request.starts_with("GET /announced ") {
        true => ok(&"x".repeat(1001)),
        false => Some(format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(100_000))),
    })
    .await;
    for path in ["/announced", "/endless"] {
        let error = private().get(&server.url(path), LIMITS, "*/*").await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { limit: 1000 }), "{error}");
    }
    let exact = Server::start(|_, _| ok(&"x".repeat(1000))).await;
    assert_eq!(private().get(&exact.url("/"), LIMITS, "*/*").await.unwrap().body.len(), 1000);
}

#[tokio::test]
async fn a_silent_server_runs_into_the_time_limit() {
    let server = Server::start(|_, _| None).await;
    let limits = Limits { timeout: Duration::from_millis(100), ..LIMITS };
    assert!(matches!(private().get(&server.url("/"), limits, "*/*").await, Err(FetchError::Timeout)));
    let posted = private().post(&server.url("/"), "text/plain", Vec::new(), limits).await;
    assert!(matches!(posted, Err(FetchError::Timeout)));
}

#[tokio::test]
async fn redirects_are_followed_up_to_the_limit() {
    let server = Server::start(|request, _| match request.split(' ').nth(1).unwrap() {
        "/2" => redirect("/1"),
        "/1" => redirect("/0"),
        "/0" => ok("here"),
        _ => redirect("/loop"),
    })
    .await;
    assert_eq!(private().get(&server.url("/2"), LIMITS, "*/*").await.unwrap().body, b"here");
    let before = server.connections();
    let error = private().get(&server.url("/loop"), LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(error, FetchError::TooManyRedirects { limit: 2 }), "{error}");
    assert_eq!(server.connections() - before, 3);
}

#[tokio::test]
async fn a_redirect_passes_the_same_checks() {
    let server = Server::start(|request, _| {
        redirect(match request.split(' ').nth(1).unwrap() {
            "/metadata" => "https://169.254.169.254/latest/meta-data/",
            "/plain" => "http://example.test/",
            "/user" => "https://u:p@example.test/",
            _ => "file:///etc/passwd",
        })
    })
    .await;
    let get = async |path: &str| private().get(&server.url(path), LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(get("/metadata").await, FetchError::BlockedAddress { .. }));
    assert!(matches!(get("/plain").await, FetchError::SchemeRefused));
    assert!(matches!(get("/user").await, FetchError::UserInfo));
    assert!(matches!(get("/file").await, FetchError::SchemeRefused));
}

#[test]
fn a_redirect_never_leaves_https() {
    let hop = |from: &str, to: &'static str| {
        crate::fetcher::next_hop(&from.parse().unwrap(), &reqwest::header::HeaderValue::from_static(to))
    };
    let error = hop("https://a.example/x", "http://localhost/").unwrap_err();
    assert!(matches!(error, FetchError::InsecureRedirect));
    assert!(matches!(hop("https://a.example/x", "https://").unwrap_err(), FetchError::BadRedirect));
    assert_eq!(hop("https://a.example/x/y", "../z").unwrap().as_str(), "https://a.example/z");
    assert_eq!(hop("https://a.example/x", "//b.example/").unwrap().as_str(), "https://b.example/");
}

#[tokio::test]
async fn private_addresses_and_other_schemes_are_refused() {
    let get = async |url: &str| public().get(url, LIMITS, "*/*").await.unwrap_err();
    for url in [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://0.0.0.0/",
        "https://localhost/",
    ] {
        let error = get(url).await;
        assert!(matches!(error, FetchError::BlockedAddress { .. }), "{url}: {error}");
    }
    for url in ["http://example.test/", "http://127.0.0.1/", "ftp://example.test/", "file:///etc/passwd"] {
        let error = get(url).await;
        assert!(matches!(error, FetchError::SchemeRefused | FetchError::InvalidUrl), "{url}: {error}");
    }
    assert!(matches!(get("/relative").await, FetchError::InvalidUrl));
    let error = private().get("http://10.0.0.1/", LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(error, FetchError::SchemeRefused));
}

/// A name that passed an earlier look-up and now points inside: what counts is the look-up of the connection itself.
#[tokio::test]
async fn a_name_that_leads_inside_is_refused_without_a_connection() {
    let server = Server::start(|_, _| ok("secret")).await;
    let url = format!("https://rebound.example:{}/", server.port);
    for inside in [&["127.0.0.1"][..], &["127.0.0.1", "::1"], &["::ffff:127.0.0.1"], &["169.254.169.254"]] {
        let error = resolving_to(inside, false).get(&url, LIMITS, "*/*").await.unwrap_err();
        assert!(matches!(&error, FetchError::BlockedAddress { host } if host == "rebound.example"), "{error}");
    }
    assert_eq!(server.connections(), 0);
    // Allowed, the same name does reach the server (which speaks no TLS).
    let error = resolving_to(&["127.0.0.1"], true).get(&url, LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(error, FetchError::Connect { .. }), "{error}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_name_without_addresses_says_so() {
    let error = resolving_to(&[], false).get("https://nowhere.example/", LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(&error, FetchError::NameNotResolved { host } if host == "nowhere.example"), "{error}");
}

#[tokio::test]
async fn compressed_and_broken_answers_are_errors() {
    let server = Server::start(|request, _| match request.split(' ').nth(1).unwrap() {
        "/gzip" => Some("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 1\r\n\r\nx".into()),
        "/short" => Some("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort".into()),
        _ => Some("SSH-2.0-OpenSSH\r\n\r\n".into()),
    })
    .await;
    let get = async |path: &str| private().get(&server.url(path), LIMITS, "*/*").await.unwrap_err();
    assert!(matches!(get("/gzip").await, FetchError::Encoded));
    assert!(matches!(get("/short").await, FetchError::Transport { .. }));
    let error = get("/ssh").await;
    assert!(matches!(&error, FetchError::Transport { .. }), "{error}");
    assert!(!error.to_string().contains("/ssh"), "the address is not repeated: {error}");
}

#[test]
fn a_wrong_file_of_authorities_is_named_at_start() {
    let missing = FetchSettings { extra_ca_file: Some("/nonexistent/ca.pem".into()), ..FetchSettings::default() };
    let error = Fetcher::new(missing).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/ca.pem"), "{error}");
    let source = FetchSettings { extra_ca_file: Some(file!().into()), ..FetchSettings::default() };
    assert!(matches!(Fetcher::new(source), Err(FetchError::ExtraCa { .. })));
}

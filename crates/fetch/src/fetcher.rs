//! The client: checks before, limits during, one hop at a time.

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use reqwest::{Client, ClientBuilder, Method, Response};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::{Host, Url};

use crate::address::may_connect;
use crate::error::FetchError;
use crate::resolver::{AllBlocked, FilteringResolver, Lookup, NotResolved, system};
use crate::trust;

/// The operator's settings, section `fetch`.
#[derive(Debug, Clone, Default)]
pub struct FetchSettings {
    /// Whether private networks and this machine may be reached, and http be spoken to loopback hosts.
    pub allow_private_networks: bool,
    /// Certificates (PEM) trusted besides those of the system: of authorities, or of the servers themselves.
    pub extra_ca_file: Option<PathBuf>,
}

/// How much one fetch may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest body, in bytes.
    pub max_bytes: usize,
    /// Time for everything: name, connection, all redirects, the whole body.
    pub timeout: Duration,
    /// Redirects followed; at 0 the first one is an error.
    pub max_redirects: usize,
}

impl Default for Limits {
    /// Fit for a document of keys or metadata: 256 KiB, 5 seconds, 3 redirects.
    fn default() -> Self {
        Self { max_bytes: 256 * 1024, timeout: Duration::from_secs(5), max_redirects: 3 }
    }
}

/// What came back; also for statuses other than 2xx.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// The `Content-Type`, as sent.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Fetched {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The outbound client. Cheap to clone; one serves the whole process, on any runtime.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    allow_private_networks: bool,
}

impl Fetcher {
    /// Makes the client.
    ///
    /// # Errors
    /// `ExtraCa` when the file cannot be read or holds no certificate, `Setup` when TLS cannot be set up.
    pub fn new(settings: FetchSettings) -> Result<Self, FetchError> {
        Self::with_lookup(settings, system())
    }

    pub(crate) fn with_lookup(settings: FetchSettings, lookup: Lookup) -> Result<Self, FetchError> {
        let extra = extra_authorities(&settings)?;
        let allow_private_networks = settings.allow_private_networks;
        let builder = || base_client(FilteringResolver { lookup: lookup.clone(), allow_private_networks });
        let built = match extra.as_slice() {
            [] => builder().build(),
            extra => {
                let tls = trust::tls(extra).map_err(|error| FetchError::Setup(chain(&error)))?;
                builder().tls_backend_preconfigured(tls).build()
            }
        };
        let client = match built {
            Ok(client) => client,
            // A container image without certificate authorities: everything else should still work.
            Err(error) => {
                tracing::warn!(cause = %chain(&error), "no system certificate authorities: outbound https will fail");
                builder().tls_certs_only([]).build().map_err(|error| FetchError::Setup(chain(&error)))?
            }
        };
        Ok(Self { client, allow_private_networks })
    }

    /// Reads a document. `accept` is the `Accept` header. Redirects are followed, each hop checked like the first.
    ///
    /// # Errors
    /// See [`FetchError`]; a status such as 404 is no error here.
    pub async fn get(&self, url: &str, limits: Limits, accept: &str) -> Result<Fetched, FetchError> {
        within(limits.timeout, self.follow(url, limits, accept)).await
    }

    /// Sends a body. A redirect is not followed but handed back: what was meant for one receiver goes to no other.
    ///
    /// # Errors
    /// See [`FetchError`]; a status such as 500 is no error here.
    pub async fn post(
        &self,
        url: &str,
        content_type: &str,
        body: Vec<u8>,
        limits: Limits,
    ) -> Result<Fetched, FetchError> {
        let url = self.check(url)?;
        let exchange = async {
            let request = self.client.request(Method::POST, url.clone()).header(CONTENT_TYPE, content_type).body(body);
            let response = request.send().await.map_err(|error| failure(error, &url))?;
            read(response, &url, limits.max_bytes).await
        };
        within(limits.timeout, exchange).await
    }

    async fn follow(&self, url: &str, limits: Limits, accept: &str) -> Result<Fetched, FetchError> {
        let mut url = self.check(url)?;
        for _ in 0..=limits.max_redirects {
            let request = self.client.request(Method::GET, url.clone()).header(ACCEPT, accept);
            let response = request.send().await.map_err(|error| failure(error, &url))?;
            let Some(location) = redirect_of(&response) else {
                return read(response, &url, limits.max_bytes).await;
            };
            let next = next_hop(&url, location)?;
            url = self.check(next.as_str())?;
        }
        Err(FetchError::TooManyRedirects { limit: limits.max_redirects })
    }

    /// What can be told from the address alone. Names are judged when they are resolved for the connection.
    fn check(&self, url: &str) -> Result<Url, FetchError> {
        let url = Url::parse(url).map_err(|_| FetchError::InvalidUrl)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(FetchError::SchemeRefused);
        }
        let host = url.host().ok_or(FetchError::InvalidUrl)?;
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let loopback = literal.is_some_and(|address| address.is_loopback()) || host == Host::Domain("localhost");
        if url.scheme() == "http" && !(self.allow_private_networks && loopback) {
            return Err(FetchError::SchemeRefused);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::UserInfo);
        }
        if literal.is_some_and(|address| !may_connect(address, self.allow_private_networks)) {
            return Err(FetchError::BlockedAddress { host: host.to_string() });
        }
        Ok(url)
    }
}

fn base_client(resolver: FilteringResolver) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    Client::builder()
        .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .dns_resolver(resolver)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // Each fetch has its own connection: a kept one would be driven by the worker thread that opened it, and would
        // outlive the judgement on its address.
        .pool_max_idle_per_host(0)
}

fn extra_authorities(settings: &FetchSettings) -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let Some(path) = &settings.extra_ca_file else { return Ok(Vec::new()) };
    let wrong = |cause: String| FetchError::ExtraCa { path: path.clone(), cause };
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(found) if found.is_empty() => Err(wrong("the file holds no certificate in PEM form".into())),
        Ok(found) => Ok(found),
        Err(error) => Err(wrong(chain(&error))),
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(FetchError::Timeout))
}

fn redirect_of(response: &Response) -> Option<&HeaderValue> {
    matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308)
        .then(|| response.headers().get(LOCATION))
        .flatten()
}

/// Where a redirect leads; what was asked for over https is never read over http.
pub(crate) fn next_hop(from: &Url, location: &HeaderValue) -> Result<Url, FetchError> {
    let next = location.to_str().ok().and_then(|text| from.join(text).ok()).ok_or(FetchError::BadRedirect)?;
    if from.scheme() == "https" && next.scheme() == "http" {
        return Err(FetchError::InsecureRedirect);
    }
    Ok(next)
}

async fn read(mut response: Response, url: &Url, max_bytes: usize) -> Result<Fetched, FetchError> {
    let too_large = FetchError::TooLarge { limit: max_bytes };
    if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding.as_bytes() != b"identity") {
        return Err(FetchError::Encoded);
    }
    if response.content_length().is_some_and(|length| length > max_bytes as u64) {
        return Err(too_large);
    }
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(error, url))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Fetched { status: response.status().as_u16(), content_type, body })
}

fn failure(error: reqwest::Error, url: &Url) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let error = error.without_url();
    if causes(&error).any(|cause| cause.is::<AllBlocked>()) {
        FetchError::BlockedAddress { host }
    } else if causes(&error).any(|cause| cause.is::<NotResolved>()) {
        FetchError::NameNotResolved { host }
    } else if error.is_timeout() {
        FetchError::Timeout
    } else if error.is_connect() {
        FetchError::Connect { host, cause: chain(&error) }
    } else {
        FetchError::Transport { host, cause: chain(&error) }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}

fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

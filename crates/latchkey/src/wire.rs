//! The wiring: joins every crate into one process. `serve`, `demo` and the whole-application tests start the same.

use crate::settings::Settings;
use account::Accounts;
use account::credential::passkey::RelyingParty;
use account::mail::Letterhead;
use account::outbox::{self, Transport};
use account::places::Places;
use account::session::Lifetimes;
use account::{closure, export, housekeeping, second_step_reset};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{App, HttpResponse, HttpServer};
use anyhow::Context;
use fetch::{FetchSettings, Fetcher};
use oidc::client::Registry;
use oidc::keys::SigningKeys;
use oidc::logout::back_channel;
use oidc::{Provider, ProviderParts, ProviderSettings, registration};
use server::login::StrengthLimit;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use web::logo::Logo;
use web::{Brand, Failure, Metrics, PublicUrl, Site};

/// How long requests in progress may take to end when the process is asked to stop, in seconds.
const STOP_SECONDS: u64 = 10;

/// How long a connection without requests is kept, in seconds. Longer than the reverse proxies in front of us keep theirs
/// (60 by default in most): the one that closes first must be the one that sends requests, or some meet a closed door.
const KEEP_ALIVE_SECONDS: u64 = 75;

/// One node: what its handlers and background tasks share.
#[derive(Clone)]
pub struct Node {
    /// The installation, as its pages see it.
    pub site: Data<Site>,
    /// The OpenID Connect engine.
    pub provider: Data<Provider>,
    /// What is counted, for `/metrics`.
    pub metrics: Data<Metrics>,
    strength_limit: Data<StrengthLimit>,
    logo: Option<Logo>,
    mail: Option<Arc<Transport>>,
}

impl Node {
    /// Builds a node over an open, migrated database. The first one makes the signing keys.
    ///
    /// # Errors
    /// The database cannot be read, a stored key does not open, or the extra certificate authorities cannot be read.
    pub async fn build(settings: &Settings, accounts: Accounts) -> anyhow::Result<Self> {
        let lifetimes = Lifetimes {
            idle_seconds: settings.tokens.session_idle_seconds.into(),
            absolute_seconds: settings.tokens.session_absolute_seconds.into(),
        };
        let provider = provider(settings, accounts.clone(), lifetimes).await?;
        let logo = settings.brand.logo_file.as_deref().map(Logo::read).transpose()?;
        let site = Site {
            accounts,
            public_url: PublicUrl::new(settings.server.public_url.as_str()),
            brand: brand(settings, logo.as_ref()),
            passkeys: RelyingParty::new(settings.server.public_url.as_str(), &settings.brand.name),
            lifetimes,
            throttle: settings.limits.throttle,
            sign_up_enabled: settings.sign_up.enabled,
            trusted_proxies: settings.server.trusted_proxies.iter().map(|network| network.0).collect(),
            places: places(settings)?,
        };
        let mail = mail(settings)?.map(Arc::new);
        Ok(Self {
            site: Data::new(site),
            provider: Data::new(provider),
            metrics: Data::default(),
            strength_limit: Data::default(),
            logo,
            mail,
        })
    }

    /// [`Node::background_until`] for as long as it is polled. Never returns.
    pub async fn background(&self) {
        self.background_until(std::future::pending()).await;
    }

    /// What runs beside the requests until `stop` is ready: mails and log-outs are delivered, exports made, clients and keys kept fresh,
    /// expired rows removed. What is being delivered then is finished first, for some seconds at most.
    pub async fn background_until(&self, stop: impl Future<Output = ()>) {
        let accounts = &self.site.accounts;
        let (stopping, stopped) = tokio::sync::watch::channel(false);
        let until_stop = || {
            let mut stopped = stopped.clone();
            async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            }
        };
        let deliver = async {
            let mail = async {
                if let Some(transport) = &self.mail {
                    outbox::deliver(accounts, transport, until_stop()).await;
                }
            };
            let log_outs = back_channel::deliver(&self.provider, until_stop());
            let exports = export::make(accounts, self.site.public_url.as_str(), until_stop());
            let stop = async {
                stop.await;
                stopping.send_replace(true);
            };
            tokio::join!(mail, log_outs, exports, stop);
        };
        let endless = async {
            let provider = Provider::clone(&self.provider);
            tokio::join!(
                provider.clone().keep_fresh(),
                registration::keep_clean(provider),
                housekeeping::keep_clean(accounts.clone()),
                closure::keep(accounts.clone(), self.site.public_url.as_str().to_owned()),
                second_step_reset::keep_noticing(accounts.clone(), self.site.public_url.as_str().to_owned())
            )
        };
        tokio::select! {
            () = deliver => {}
            _ = endless => {}
        }
    }

    /// Every route of the node.
    pub fn configure(&self, routes: &mut ServiceConfig) {
        routes.app_data(self.site.clone()).app_data(self.provider.clone()).app_data(self.metrics.clone());
        routes.app_data(self.strength_limit.clone());
        server::configure(routes);
        admin::configure(routes);
        web::assets::configure(routes);
        if let Some(logo) = &self.logo {
            logo.configure(routes);
        }
        routes.default_service(to(no_such_page));
    }

    /// Starts to serve on a bound socket; `extra` adds routes (the demo's gallery).
    ///
    /// # Errors
    /// The workers cannot be started.
    pub fn serve(
        &self,
        listener: TcpListener,
        tls: Option<rustls::ServerConfig>,
        workers: usize,
        extra: impl Fn(&mut ServiceConfig) + Send + Clone + 'static,
    ) -> std::io::Result<Server> {
        let node = self.clone();
        let https = node.site.public_url.is_https();
        let server = HttpServer::new(move || {
            let (node, extra) = (node.clone(), extra.clone());
            App::new().wrap(from_fn(web::around)).wrap(web::headers::site_wide(https)).configure(move |routes| {
                extra(routes);
                node.configure(routes);
            })
        })
        .workers(workers)
        .shutdown_timeout(STOP_SECONDS)
        .keep_alive(Duration::from_secs(KEEP_ALIVE_SECONDS))
        .client_request_timeout(Duration::from_secs(10))
        .disable_signals();
        let server = match tls {
            Some(config) => server.listen_rustls_0_23(listener, config)?,
            None => server.listen(listener)?,
        };
        Ok(server.run())
    }
}

async fn no_such_page() -> Result<HttpResponse, Failure> {
    Err(Failure::not_found())
}

/// Binds a socket.
///
/// # Errors
/// The address is in use or not ours; the message says what to do.
pub fn bind(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| {
        format!("The address {address} cannot be used. Stop the program that uses it, or change {setting}")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn provider(settings: &Settings, accounts: Accounts, lifetimes: Lifetimes) -> anyhow::Result<Provider> {
    let tokens = &settings.tokens;
    let token_seconds = i64::from(tokens.access_token_seconds.max(tokens.id_token_seconds));
    let opened = accounts.clone();
    let keys = tokio::task::spawn_blocking(move || SigningKeys::open(&opened, token_seconds)).await??;
    let fetch = FetchSettings {
        allow_private_networks: settings.fetch.allow_private_networks,
        extra_ca_file: settings.fetch.extra_ca_file.clone(),
    };
    Ok(Provider::new(ProviderParts {
        clients: Registry::load(&accounts, settings.registration.allow_implicit).await?,
        keys,
        accounts,
        issuer: settings.server.public_url.as_str().to_owned(),
        settings: ProviderSettings {
            access_token_seconds: tokens.access_token_seconds.into(),
            id_token_seconds: tokens.id_token_seconds.into(),
            authorization_code_seconds: tokens.authorization_code_seconds.into(),
            refresh_token_seconds: tokens.refresh_token_seconds.into(),
            refresh_grace_seconds: tokens.refresh_grace_seconds.into(),
            lifetimes,
            sign_up: settings.sign_up.enabled,
            registration: registration::Settings {
                mode: settings.registration.mode.0,
                allow_implicit: settings.registration.allow_implicit,
            },
        },
        fetcher: Fetcher::new(fetch)?,
    }))
}

/// Where mails are handed over, when the settings say so.
///
/// # Errors
/// The address or the sender cannot be used, or the extra certificates cannot be read.
pub fn mail(settings: &Settings) -> anyhow::Result<Option<Transport>> {
    let Some(url) = &settings.mail.url else { return Ok(None) };
    let head = Letterhead {
        brand_name: settings.brand.name.clone(),
        public_url: settings.server.public_url.as_str().to_owned(),
        support_url: settings.brand.support_url.as_ref().map(|url| url.url().to_string()),
    };
    let authorities = settings.fetch.extra_ca_file.as_deref().map(|path| {
        std::fs::read(path).with_context(|| format!("fetch.extra_ca_file: {} cannot be read", path.display()))
    });
    let authorities = authorities.transpose()?;
    let transport = Transport::open(url.expose(), settings.mail_from().as_str(), head, authorities.as_deref());
    transport.map(Some).context("mail cannot be sent by these settings")
}

/// Where addresses are, when the settings name a file that knows.
fn places(settings: &Settings) -> anyhow::Result<Places> {
    let Some(path) = &settings.geo.database_file else { return Ok(Places::none()) };
    Places::open(path).map_err(|problem| anyhow::anyhow!("geo.database_file: {problem}"))
}

fn brand(settings: &Settings, logo: Option<&Logo>) -> Brand {
    Brand {
        name: settings.brand.name.clone(),
        logo_url: logo.map(Logo::url),
        support_url: settings.brand.support_url.as_ref().map(|url| url.url().to_string()),
    }
}

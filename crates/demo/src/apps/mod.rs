//! Three small products. Each is a relying party as a stranger would write one: it knows the issuer, its client id
//! and its secret, and the `openidconnect` crate checks the rest.
//!
//! [`bind`] takes the port, [`Bound::start`] begins to serve, [`Running::stop`] ends.

mod login;
mod logout_token;
mod pages;
mod product;
mod provider;
mod routes;
mod shelf;

#[cfg(test)]
mod tests;

use crate::http;
use actix_web::dev::ServerHandle;
use chrono::{DateTime, Utc};
use login::Login;
pub use product::Product;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use url::Url;

/// Tells the time: the same clock as the provider's, or tokens would look expired in tests.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What a product has to know to run.
#[derive(Clone)]
pub struct App {
    /// Its own address in the browser, without a trailing slash: `http://localhost:8081`. The client is registered
    /// with `{url}/callback` as redirect URI, `{url}/logged-out` as post-logout redirect URI and
    /// `{url}/backchannel-logout` as back-channel logout URI.
    pub url: String,
    /// The client identifier at the provider.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The provider's issuer.
    pub issuer: String,
    /// The other products, for the links in the top bar: which one, and its `url`.
    pub siblings: Vec<(Product, String)>,
    /// The clock that tokens and sessions are measured by.
    pub clock: Clock,
}

/// A product that has its port and does not serve yet.
pub struct Bound {
    product: Product,
    listener: TcpListener,
    address: SocketAddr,
}

/// A product that serves.
pub struct Running {
    url: String,
    server: ServerHandle,
}

/// Takes the port (0 for any).
///
/// # Errors
/// An address in use or not a loopback one; the error names product and address.
pub fn bind(product: Product, listen: SocketAddr) -> io::Result<Bound> {
    let listener = http::listen(product.name(), listen)?;
    Ok(Bound { product, address: listener.local_addr()?, listener })
}

impl Bound {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to serve. The provider need not be there yet.
    ///
    /// # Errors
    /// `InvalidInput` for an address in `app` that is none; or the listener cannot be handed to the event loop.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self, app: App) -> io::Result<Running> {
        let url = app.url.clone();
        let login = Arc::new(Login::new(self.product, app)?);
        let server = routes::serve(self.listener, login)?;
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Running { url, server: handle })
    }
}

impl Running {
    /// The product's address in the browser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops; answers that are being made are finished first.
    pub async fn stop(self) {
        self.server.stop(true).await;
    }
}

/// An address from the settings.
fn address(value: &str) -> io::Result<Url> {
    Url::parse(value).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, format!("{value}: {error}")))
}

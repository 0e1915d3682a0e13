//! The demo's three products, as relying parties of a test's provider.

use super::Provider;
use demo::apps::{App, Product, Running, bind};
use serde_json::json;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The running products, in the order of [`Product::ALL`].
pub struct Products(pub Vec<Running>);

impl Products {
    /// The address of a product.
    pub fn url(&self, product: Product) -> &str {
        let index = Product::ALL.iter().position(|p| *p == product).expect("one of the three");
        self.0[index].url()
    }
}

impl Provider {
    /// Registers and starts the three products.
    pub async fn products(&self) -> Products {
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let bound: Vec<_> = Product::ALL.iter().map(|p| bind(*p, loopback).expect("a free port")).collect();
        let urls: Vec<String> = bound.iter().map(|b| format!("http://localhost:{}", b.address().port())).collect();
        let all: Vec<_> = Product::ALL.iter().copied().zip(urls.iter().cloned()).collect();
        let mut running = Vec::new();
        for ((product, url), bound) in all.iter().cloned().zip(bound) {
            let party = self
                .register(
                    true,
                    json!({
                        "client_name": product.name(),
                        "redirect_uris": [format!("{url}/callback")],
                        "post_logout_redirect_uris": [format!("{url}/logged-out")],
                        "backchannel_logout_uri": format!("{url}/backchannel-logout"),
                        "backchannel_logout_session_required": true,
                    }),
                )
                .await;
            let clock = self.clock.clone();
            let app = App {
                url,
                client_id: party.id,
                client_secret: party.secret,
                issuer: self.url.clone(),
                siblings: all.iter().filter(|(p, _)| *p != product).cloned().collect(),
                clock: Arc::new(move || {
                    chrono::DateTime::from_timestamp_micros(clock.now().as_micros()).expect("a time of this century")
                }),
            };
            running.push(bound.start(app).expect("the product starts"));
        }
        Products(running)
    }
}

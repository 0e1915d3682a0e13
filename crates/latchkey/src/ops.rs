//! What orchestrators ask, on `server.ops_listen` only: is the process alive, may it get traffic, and what has it done?

use crate::wire::Node;
use account::outbox;
use actix_web::dev::Server;
use actix_web::http::header;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer};
use jose::SigningAlgorithm;
use serde::Serialize;
use std::net::TcpListener;
use std::time::Duration;

/// How long the database may take to answer before the node says that it is not ready.
const PATIENCE: Duration = Duration::from_secs(3);

/// Starts to answer `/health/live`, `/health/ready` and `/metrics`.
///
/// # Errors
/// The worker cannot be started.
pub fn serve(listener: TcpListener, node: Node) -> std::io::Result<Server> {
    let node = Data::new(node);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(node.clone())
            .route("/health/live", web::get().to(live))
            .route("/health/ready", web::get().to(ready))
            .route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).shutdown_timeout(1).disable_signals().listen(listener)?.run())
}

/// The process answers; nothing else is asked, because a restart mends nothing else.
async fn live() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Live { status: "alive" })
}

#[derive(Serialize)]
struct Live {
    status: &'static str,
}

/// What the node needs before it may get traffic.
#[derive(Debug, Clone, Copy, Serialize)]
struct Ready {
    status: &'static str,
    /// The database answers.
    database: bool,
    /// It has every migration that this program knows.
    migrations: bool,
    /// There are keys to sign with.
    signing_keys: bool,
}

async fn ready(node: Data<Node>) -> HttpResponse {
    let (database, migrations) = database_state(&node).await;
    let now = node.site.accounts.now();
    let signing_keys = node.provider.keys.current().signer(SigningAlgorithm::Rs256, now).is_some();
    let good = database && migrations && signing_keys;
    let state = Ready { status: if good { "ready" } else { "not ready" }, database, migrations, signing_keys };
    let mut answer = if good { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(state)
}

/// Whether the database answers, and whether its migrations are current.
async fn database_state(node: &Node) -> (bool, bool) {
    let db = node.site.accounts.db.clone();
    let asked = tokio::task::spawn_blocking(move || db.pending_migrations());
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(pending))) => (true, pending.missing.is_empty()),
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (false, false)
        }
        Ok(Err(_)) | Err(_) => {
            tracing::warn!("not ready: the database does not answer in time");
            (false, false)
        }
    }
}

/// The counters of this node, in the text format of Prometheus; the outbox is everybody's.
async fn metrics(node: Data<Node>) -> HttpResponse {
    let counted = tokio::time::timeout(PATIENCE, node.site.accounts.read(outbox::store::counts)).await;
    let waiting = match counted {
        Ok(Ok(counts)) => Some(counts.queued),
        Ok(Err(_)) | Err(_) => None,
    };
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .body(node.metrics.text(waiting))
}

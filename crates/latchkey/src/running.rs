//! A node at work: its servers and what runs beside them, until it is asked to stop.

use crate::wire::Node;
use actix_web::dev::Server;
use actix_web::rt;
use tokio::sync::oneshot;

/// Runs a node until `stop` is ready. Requests in progress are finished first, then the mail that is being sent.
///
/// # Errors
/// A server ended by itself.
pub async fn run_until(
    node: &Node,
    pages: Server,
    ops: Option<Server>,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let (handle, ops_handle) = (pages.handle(), ops.as_ref().map(Server::handle));
    let (stop_background, background_stopped) = oneshot::channel::<()>();
    let beside = node.clone();
    let background = rt::spawn(async move {
        let stopped = async {
            // Also ready when the sender is gone, which is a stop too.
            let _ = background_stopped.await;
        };
        beside.background_until(stopped).await;
    });
    if let Some(ops) = ops {
        rt::spawn(ops);
    }
    let mut pages = rt::spawn(pages);
    tokio::select! {
        () = stop => {}
        ended = &mut pages => return ended.unwrap_or_else(|error| Err(std::io::Error::other(error))),
    }
    tracing::info!("asked to stop; requests in progress are finished first");
    handle.stop(true).await;
    drop(stop_background);
    if let Err(error) = background.await {
        tracing::warn!(%error, "the work beside the requests did not end well");
    }
    if let Some(ops) = ops_handle {
        ops.stop(false).await;
    }
    Ok(())
}

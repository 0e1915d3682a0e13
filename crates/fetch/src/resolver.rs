//! Name resolution that gives out only addresses that may be connected to. The HTTP client connects to exactly the
//! addresses it gets here, so there is no second look-up that could answer differently.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::may_connect;

type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Where addresses come from: the system, or a test.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;

/// The resolver of the operating system.
pub(crate) fn system() -> Lookup {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }))
}

/// Every address of the name was refused.
#[derive(Debug, thiserror::Error)]
#[error("every address of the name is refused")]
pub(crate) struct AllBlocked;

/// The name has no address, or asking failed.
#[derive(Debug, thiserror::Error)]
#[error("the name could not be resolved")]
pub(crate) struct NotResolved;

pub(crate) struct FilteringResolver {
    pub(crate) lookup: Lookup,
    pub(crate) allow_private_networks: bool,
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.lookup)(name.as_str().to_owned());
        let allow_private = self.allow_private_networks;
        Box::pin(async move {
            let all = found.await.map_err(|_| NotResolved)?;
            if all.is_empty() {
                return Err(NotResolved.into());
            }
            let allowed: Vec<_> = all.into_iter().filter(|found| may_connect(found.ip(), allow_private)).collect();
            if allowed.is_empty() {
                return Err(AllBlocked.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

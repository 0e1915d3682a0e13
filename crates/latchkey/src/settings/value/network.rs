//! An entry of `server.trusted_proxies`.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;

/// A network, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network(pub IpNet);

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parsed = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        let network = parsed.map_err(|_| {
            format!("\"{text}\" is no network; write addresses such as \"10.0.0.7\" or networks such as \"10.0.0.0/8\"")
        })?;
        if network.prefix_len() == 0 {
            return Err(format!("\"{text}\" would let anybody pretend any address; write only your proxies"));
        }
        Ok(Self(network.trunc()))
    }
}

//! `server.listen` and `server.ops_listen`, read so that a refusal shows what an address looks like.

use std::net::SocketAddr;

use serde::de::{Deserialize, Deserializer, Error};

/// Reads an address with its port.
pub fn address<'de, D: Deserializer<'de>>(text: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(text)?;
    text.parse().map_err(|_| {
        let advice = "write address and port, such as \"127.0.0.1:8080\", \"0.0.0.0:8080\" or \"[::]:8080\"";
        D::Error::custom(format!("\"{text}\" is no address to listen on; {advice}"))
    })
}

/// Reads an address that may be left out.
pub fn optional_address<'de, D: Deserializer<'de>>(text: D) -> Result<Option<SocketAddr>, D::Error> {
    address(text).map(Some)
}

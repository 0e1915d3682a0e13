//! Which addresses may be connected to (IANA special-purpose address registries; RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address is an ordinary one of the public Internet. Everything that leads into the operator's own network,
/// to this machine, to several machines, or wraps another address (IPv4-mapped, NAT64, 6to4, Teredo) is not.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

/// Whether a connection may be made. `allow_private` adds loopback and private networks, and nothing else: link-local
/// addresses stay refused, for there the clouds keep their instance credentials.
pub(crate) fn may_connect(address: IpAddr, allow_private: bool) -> bool {
    is_public(address) || (allow_private && is_private_network(address))
}

fn is_private_network(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || is_shared_v4(v4),
        // fd00:ec2::254 is an instance credentials service too.
        IpAddr::V6(v6) => {
            v6.is_loopback() || (v6.is_unique_local() && v6 != Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))
        }
    }
}

/// Carrier-grade NAT, 100.64.0.0/10 (RFC 6598).
fn is_shared_v4(address: Ipv4Addr) -> bool {
    let [a, b, _, _] = address.octets();
    a == 100 && (64..128).contains(&b)
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let refused = match address.octets() {
        [0, ..] | [10, ..] | [127, ..] => true,
        [169, 254, ..] | [192, 168, ..] => true,
        [172, b, ..] => (16..32).contains(&b),
        [100, ..] => is_shared_v4(address),
        // Protocol assignments, documentation, 6to4 relays.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] => true,
        [198, 18 | 19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !refused
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Protocol assignments with Teredo, benchmarking and ORCHID: 2001::/23.
        [0x2001, 0..=0x1ff, ..] => false,
        // Documentation.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // 6to4 wraps an IPv4 address.
        [0x2002, ..] => false,
        // Global unicast is 2000::/3 alone; mapped, NAT64, unique and link-local, multicast are all outside.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450::1",
        ] {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn addresses_that_are_not_public() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn allowing_private_networks_allows_them_only() {
        for text in ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "100.64.0.1", "fd12::1", "1.1.1.1"] {
            assert!(may_connect(text.parse().unwrap(), true), "{text}");
        }
        for text in ["0.0.0.0", "::", "169.254.169.254", "fe80::1", "fd00:ec2::254", "224.0.0.1", "::ffff:10.0.0.1"] {
            assert!(!may_connect(text.parse().unwrap(), true), "{text}");
        }
        assert!(!may_connect("127.0.0.1".parse().unwrap(), false));
    }
}

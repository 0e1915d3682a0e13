//! A tiny database of places for tests: the real ones have licences of their own.

use std::net::Ipv4Addr;

/// A network of IPv4 addresses with its prefix length, its city and its country; either may be empty.
pub type Network<'a> = (Ipv4Addr, u8, &'a str, &'a str);

#[derive(Clone, Copy)]
enum Record {
    Nothing,
    Node(usize),
    Data(usize),
}

/// Writes these networks in the MMDB format, version 2.0. Networks do not overlap.
pub fn database(networks: &[Network<'_>]) -> Vec<u8> {
    let (mut nodes, mut data) = (vec![[Record::Nothing; 2]], Vec::new());
    for (address, prefix, city, country) in networks {
        let at = data.len();
        data.extend(map(&[("city", named(city)), ("country", named(country))]));
        insert(&mut nodes, u32::from(*address), *prefix, at);
    }
    let count = nodes.len();
    let mut file = Vec::new();
    for record in nodes.iter().flatten() {
        let value = match record {
            Record::Nothing => count,
            Record::Node(node) => *node,
            Record::Data(at) => count + 16 + at,
        };
        // Records of 24 bits.
        file.extend(&u32::try_from(value).expect("a small file").to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    file.extend(map(&[
        ("binary_format_major_version", vec![0xa1, 2]),
        ("binary_format_minor_version", vec![0xa0]),
        ("build_epoch", vec![0x01, 0x02, 1]),
        ("database_type", text("Test-City")),
        ("description", map(&[])),
        ("ip_version", vec![0xa1, 4]),
        ("languages", vec![0x00, 0x04]),
        ("node_count", [&[0xc4][..], &u32::try_from(count).expect("a small file").to_be_bytes()].concat()),
        ("record_size", vec![0xa1, 24]),
    ]));
    file
}

fn insert(nodes: &mut Vec<[Record; 2]>, address: u32, prefix: u8, at: usize) {
    let mut node = 0;
    for depth in 0..prefix {
        let side = usize::from(address << depth >> 31 == 1);
        if depth + 1 == prefix {
            nodes[node][side] = Record::Data(at);
            return;
        }
        node = match nodes[node][side] {
            Record::Node(next) => next,
            _ => {
                nodes.push([Record::Nothing; 2]);
                let next = nodes.len() - 1;
                nodes[node][side] = Record::Node(next);
                next
            }
        };
    }
}

fn named(name: &str) -> Vec<u8> {
    if name.is_empty() { map(&[]) } else { map(&[("names", map(&[("en", text(name))]))]) }
}

fn text(value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).ok().filter(|length| *length < 29).expect("a short text");
    [&[0x40 | length][..], value.as_bytes()].concat()
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = vec![0xe0 | u8::try_from(entries.len()).expect("a few entries")];
    for (name, value) in entries {
        out.extend(text(name));
        out.extend(value);
    }
    out
}

/// The places of a database in which 198.51.100.0/24 is Vienna.
///
/// # Panics
/// Never: a test opens it.
pub fn vienna() -> super::Places {
    let file = database(&[(Ipv4Addr::new(198, 51, 100, 0), 24, "Vienna", "Austria")]);
    let reader = maxminddb::Reader::from_source(file).expect("a database as it is made here");
    super::Places(Some(std::sync::Arc::new(reader)))
}

use super::{Places, PlacesProblem, testing};
use std::net::Ipv4Addr;

fn written(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn addresses_are_told_as_city_and_country() {
    let file = testing::database(&[
        (Ipv4Addr::new(198, 51, 100, 0), 24, "Vienna", "Austria"),
        (Ipv4Addr::new(203, 0, 113, 0), 25, "", "Iceland"),
        (Ipv4Addr::new(192, 0, 2, 1), 32, "", ""),
    ]);
    let (_folder, path) = written(&file);
    let places = Places::open(&path).unwrap();
    for (address, place) in [
        ("198.51.100.7", Some("Vienna, Austria")),
        ("203.0.113.7", Some("Iceland")),
        ("203.0.113.200", None),
        ("192.0.2.1", None),
        ("127.0.0.1", None),
        ("2001:db8::1", None),
        ("", None),
        ("somewhere", None),
    ] {
        assert_eq!(places.of_text(address).as_deref(), place, "{address}");
        assert_eq!(Places::none().of_text(address), None);
    }
}

#[test]
fn what_is_no_database_is_refused_with_what_to_write() {
    let (_folder, path) = written(b"city,country");
    let Err(problem) = Places::open(&path) else { panic!("it was taken") };
    assert!(matches!(problem, PlacesProblem::NotADatabase(..)));
    assert!(problem.to_string().contains("write the path of a file in the MMDB format"), "{problem}");
    let Err(problem) = Places::open(&path.with_extension("gone")) else { panic!("it was taken") };
    assert!(matches!(problem, PlacesProblem::Unreadable(..)), "{problem}");
}

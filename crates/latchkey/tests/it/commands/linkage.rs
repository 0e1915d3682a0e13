//! What the executable links: libpq, OpenSSL and SQLite are built in.

use std::process::Command;

/// The shared libraries of every Linux system.
const EVERYWHERE: [&str; 6] = ["libc.", "libm.", "libgcc_s.", "libpthread.", "libdl.", "ld-linux"];

#[test]
fn the_executable_links_nothing_that_a_machine_may_lack() {
    let output = Command::new("readelf").args(["-d", env!("CARGO_BIN_EXE_latchkey")]).output().expect("binutils");
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let needed: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split(['[', ']']).nth(1))
        .collect();
    assert!(!needed.is_empty(), "{text}");
    for library in needed {
        assert!(EVERYWHERE.iter().any(|known| library.starts_with(known)), "{library} is linked");
    }
}

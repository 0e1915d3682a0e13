//! The edges between our crates: a new one is a visible line here, and in `docs/architecture.md`.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;

const EDGES: &str = "\
account -> db fetch
admin -> account oidc web
latchkey -> account admin db demo fetch jose oidc protocol server web
oidc -> account db fetch jose protocol
server -> account oidc protocol web
web -> account";

#[test]
fn crates_name_only_those_below_them() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("cargo metadata");
    let ours: BTreeSet<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    let mut lines = Vec::new();
    for package in &metadata.packages {
        let edges: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal && ours.contains(&dependency.name))
            .map(|dependency| dependency.name.as_str())
            .collect();
        if !edges.is_empty() {
            lines.push(format!("{} -> {}", package.name, edges.into_iter().collect::<Vec<_>>().join(" ")));
        }
    }
    lines.sort();
    assert_eq!(lines.join("\n"), EDGES);
}

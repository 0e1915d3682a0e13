use std::path::Path;

use clap::{CommandFactory, Parser};

use super::{Cli, Command};

fn parse(line: &str) -> Cli {
    Cli::try_parse_from(line.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"))
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn the_settings_file_is_named_before_or_after_the_command() {
    for line in
        ["latchkey --config a.toml serve", "latchkey serve --config a.toml", "latchkey keys list --config a.toml"]
    {
        assert_eq!(parse(line).config.as_deref(), Some(Path::new("a.toml")), "{line}");
    }
}

#[test]
fn every_documented_command_is_understood() {
    for line in [
        "latchkey demo",
        "latchkey demo --fresh",
        "latchkey serve --no-migrate",
        "latchkey migrate --plan",
        "latchkey apply all.toml --plan",
        "latchkey admin invite olga@example.com",
        "latchkey keys list",
        "latchkey keys rotate --now --withdraw abc",
        "latchkey keys rotate --withdraw -abc",
    ] {
        parse(line);
    }
    assert!(matches!(parse("latchkey demo --fresh").command, Command::Demo(options) if options.fresh));
    assert!(Cli::try_parse_from(["latchkey", "apply"]).is_err());
}

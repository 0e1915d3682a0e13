//! The `latchkey` command: reads the command line and hands over to [`latchkey::commands`].

use std::process::ExitCode;

use clap::Parser;
use latchkey::commands::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}

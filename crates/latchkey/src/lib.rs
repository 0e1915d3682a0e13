//! The binary's own parts: settings, commands, logs, and the wiring that joins every crate into one process.
//!
//! A library beside `main.rs` so that the whole-application tests start the same wiring that the commands do.

pub mod commands;
pub mod installation;
pub mod logs;
pub mod ops;
pub mod running;
pub mod settings;
pub mod signals;
pub mod tls;
pub mod wire;

//! The whole application, tested from outside: the binary's own wiring on a real socket with the clock in the test's
//! hand; commands, signals and crashes through the built executable. One folder per specification or flow.
//!
//! Everything runs on SQLite, or, when `LATCHKEY_TEST_DATABASE` names a server, on PostgreSQL.

mod support;

mod activity;
mod addresses;
mod api_tokens;
mod apply;
mod architecture;
mod attacks;
mod authorize;
mod backchannel_logout;
mod claims;
mod client_authentication;
mod commands;
mod connected_apps;
mod consent;
mod console;
mod devices;
mod discovery;
mod form_post;
mod frontchannel_logout;
mod hybrid;
mod implicit;
mod introspection;
mod keys;
mod log_in;
mod mail;
mod main_job;
mod migrate_and_keys;
mod node_clients;
mod openid_core;
mod openidconnect_crate;
mod pages;
mod pairwise;
mod passkeys;
mod privacy;
mod profile;
mod recovery;
mod registration;
mod registration_management;
mod request_object;
mod revocation;
mod rp_logout;
mod second_steps;
mod session_management;
mod several_accounts;
mod sign_up;
mod tls;
mod token;
mod token_encryption;
mod two_step;
mod userinfo;

//! The rules that concern more than one key, and the files that settings name.

use std::path::Path;

use oidc::registration::Mode;

use super::problem::Problem;
use super::sections::{Password, Settings};

/// Rules between keys. `is_given` says whether the operator wrote a key (`server.listen`).
pub(super) fn rules(settings: &Settings, is_given: impl Fn(&str) -> bool) -> Vec<Problem> {
    let Settings { server, database, password, tokens, brand, .. } = settings;
    let broken = [
        (
            server.tls_certificate.is_some() && server.tls_key.is_none(),
            "server.tls_key",
            "tls_certificate is set, so name the file of its private key here",
        ),
        (
            server.tls_key.is_some() && server.tls_certificate.is_none(),
            "server.tls_certificate",
            "tls_key is set, so name the file of the certificate chain here",
        ),
        (
            server.tls_certificate.is_some() && server.tls_key.is_some() && !server.public_url.is_https(),
            "server.public_url",
            "tls_certificate is set, so write the address with https://",
        ),
        (
            server.ops_listen.is_some_and(|ops| ops == server.listen && ops.port() != 0),
            "server.ops_listen",
            "is the address of listen; write another port, such as \"127.0.0.1:9090\"",
        ),
        (
            database.url.is_postgres() && !is_given("secrets.key_file"),
            "secrets.key_file",
            "is required with PostgreSQL, because every node needs the same key; make one by \
             `head -c 32 /dev/urandom > latchkey.key` and write its path here",
        ),
        (
            password.memory_kib < 8 * password.parallelism,
            "password.memory_kib",
            "argon2id needs at least 8 KiB for each unit of parallelism; write 19456, the default",
        ),
        (
            tokens.session_idle_seconds > tokens.session_absolute_seconds,
            "tokens.session_idle_seconds",
            "is longer than session_absolute_seconds; write at most that number",
        ),
        (
            brand.name.trim().is_empty() || brand.name.chars().any(char::is_control) || brand.name.chars().count() > 64,
            "brand.name",
            "write a name of 1 to 64 characters on one line",
        ),
    ];
    broken.into_iter().filter(|(is_broken, ..)| *is_broken).map(|(_, key, advice)| Problem::new(key, advice)).collect()
}

/// Files that have to be there before the process starts.
pub(super) fn files(settings: &Settings) -> Vec<Problem> {
    let key_file = settings.database.url.is_postgres().then_some(&settings.secrets.key_file);
    let named = [
        ("server.tls_certificate", settings.server.tls_certificate.as_ref()),
        ("server.tls_key", settings.server.tls_key.as_ref()),
        ("secrets.key_file", key_file),
        ("fetch.extra_ca_file", settings.fetch.extra_ca_file.as_ref()),
        ("password.breached_file", settings.password.breached_file.as_ref()),
        ("geo.database_file", settings.geo.database_file.as_ref()),
        ("brand.logo_file", settings.brand.logo_file.as_ref()),
    ];
    named.into_iter().filter_map(|(key, path)| readable(path?).err().map(|advice| Problem::new(key, advice))).collect()
}

fn readable(path: &Path) -> Result<(), String> {
    let why = match std::fs::File::open(path).and_then(|file| file.metadata()) {
        Ok(metadata) if metadata.is_file() => return Ok(()),
        Ok(_) => "it is no file".to_owned(),
        Err(error) => error.to_string(),
    };
    Err(format!("\"{}\" cannot be read ({why}); write the path of a readable file", path.display()))
}

impl Settings {
    /// What is allowed and yet weakens the installation: a sentence each, for the log at start.
    pub fn warnings(&self) -> Vec<&'static str> {
        let Password { memory_kib, iterations, .. } = self.password;
        let weak_hash = u64::from(memory_kib) * u64::from(iterations) < 7_168 * 5;
        let warnings = [
            (!self.limits.throttle, "limits.throttle is off: passwords can be guessed without brakes"),
            (self.mail.url.is_none(), "mail.url is not set: mail waits in the outbox until it is"),
            (
                self.fetch.allow_private_networks,
                "fetch.allow_private_networks is on: clients can make this server ask machines in your network",
            ),
            (self.registration.mode.0 == Mode::Open, "registration.mode is open: anybody can register clients here"),
            (weak_hash, "password.memory_kib and password.iterations are below OWASP's minimum for argon2id"),
        ];
        warnings.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence).collect()
    }
}

//! The checks, one function each.

use super::Finding;
use crate::settings::Settings;
use crate::settings::value::DatabaseKind;
use crate::{installation, wire};
use account::credential::passkey::RelyingParty;
use account::{Clock, Timestamp};
use db::Database;
use fetch::{FetchSettings, Fetcher, Limits};
use serde_json::Value;
use std::time::Duration;

/// How far the clocks of this machine and of the database may lie apart.
const CLOCKS_APART: Duration = Duration::from_secs(2);
/// How long the mail server may take to greet us.
const PATIENCE: Duration = Duration::from_secs(15);

fn good(words: impl Into<String>) -> Finding {
    Finding::Good(words.into())
}

fn note(words: impl Into<String>) -> Finding {
    Finding::Note(words.into())
}

fn problem(words: impl Into<String>) -> Finding {
    Finding::Problem(words.into())
}

/// Whether the database can be reached and has the shape that this program wants.
pub(super) fn database(settings: &Settings) -> (Option<Database>, Finding) {
    if let DatabaseKind::Sqlite(path) = settings.database.url.kind()
        && !path.exists()
    {
        let words = format!(
            "There is no file {} yet. `latchkey migrate`, or the first `latchkey serve`, makes it; if there should be \
             one, point `database.url` to it.",
            path.display()
        );
        return (None, problem(words));
    }
    let database = match installation::open_database(settings) {
        Ok(database) => database,
        Err(error) => return (None, problem(format!("{error:#}."))),
    };
    let finding = match database.pending_migrations() {
        Err(error) => problem(format!("Its migrations cannot be read ({error}). Check the rights of its user.")),
        Ok(pending) if !pending.unknown.is_empty() => problem(format!(
            "A newer version of latchkey has changed it ({}). Use that version.",
            pending.unknown.join(", ")
        )),
        Ok(pending) if !pending.missing.is_empty() => problem(format!(
            "{} migrations are missing. Run `latchkey migrate`, or start `latchkey serve`.",
            pending.missing.len()
        )),
        Ok(_) => good("Reachable and up to date."),
    };
    (Some(database), finding)
}

/// Whether this machine and the database agree on the time: codes, tokens and leases hang on it.
pub(super) fn clock(database: &Database) -> Finding {
    let here = Clock::system().now();
    match database.server_time() {
        Ok(None) => good("There is only this machine's; keep it right by NTP, because products compare times too."),
        Ok(Some(there)) => compare(here, there),
        Err(error) => problem(format!("The database does not tell its time ({error}).")),
    }
}

fn compare(here: Timestamp, there: Timestamp) -> Finding {
    let apart = here.since(there).max(there.since(here));
    if apart <= CLOCKS_APART {
        return good("This machine and the database agree.");
    }
    let seconds = apart.as_secs();
    problem(format!("This machine and the database are {seconds} seconds apart. Set both right by NTP."))
}

/// Whether the key file is there, is the right one, and is nobody else's to read.
pub(super) fn key_file(settings: &Settings, database: Option<&Database>) -> Finding {
    let path = &settings.secrets.key_file;
    match installation::look_at_key(settings, database) {
        Err(error) => problem(format!("{error:#}")),
        Ok(false) => note(format!("{} is not there yet; the first start makes it.", path.display())),
        Ok(true) if others_may_read(path) => {
            note(format!("Other users of this machine may read it. Run `chmod 600 {}`.", path.display()))
        }
        Ok(true) => good("There, and the one that the database is sealed with. Keep a copy of it in a safe place."),
    }
}

#[cfg(unix)]
fn others_may_read(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_may_read(_: &std::path::Path) -> bool {
    false
}

/// Whether the mail server lets us in.
pub(super) async fn mail(settings: &Settings) -> Finding {
    let transport = match wire::mail(settings) {
        Ok(Some(transport)) => transport,
        Ok(None) => {
            return note("No mail leaves. Set `mail.url`, such as \"smtps://USER:PASSWORD@mail.example.com\".");
        }
        Err(error) => return problem(format!("{error:#}.")),
    };
    match tokio::time::timeout(PATIENCE, transport.reach()).await {
        Ok(Ok(())) => good(format!("The server of `mail.url` takes mail from {}.", settings.mail_from().as_str())),
        Ok(Err(error)) => problem(format!("{error}. Check `mail.url`, and whether a firewall is in between.")),
        Err(_) => problem("The server of `mail.url` does not answer. Check the host, the port and the firewall."),
    }
}

/// Whether products find us at the address that we call ourselves.
pub(super) async fn issuer(settings: &Settings) -> Finding {
    let issuer = settings.server.public_url.as_str();
    let url = format!("{issuer}/.well-known/openid-configuration");
    // Our own address may well lie in our own network.
    let open = FetchSettings { allow_private_networks: true, extra_ca_file: settings.fetch.extra_ca_file.clone() };
    let fetched = match Fetcher::new(open) {
        Ok(fetcher) => fetcher.get(&url, Limits::default(), "application/json").await,
        Err(error) => return problem(format!("{error}.")),
    };
    match fetched {
        Err(error) => problem(format!(
            "{url} cannot be read from here: {error}. Start `latchkey serve`, and check name, proxy and certificate."
        )),
        Ok(answer) if !answer.is_success() => problem(format!(
            "{url} answers with status {}. Check that the proxy hands every path to `server.listen`.",
            answer.status
        )),
        Ok(answer) => {
            let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            match told["issuer"].as_str() {
                Some(other) if other == issuer => good(format!("{issuer} answers, and calls itself so.")),
                Some(other) => problem(format!(
                    "{url} calls itself \"{other}\". Set `server.public_url` alike on every node, and restart them."
                )),
                None => problem(format!("{url} is no discovery document. Another program answers there.")),
            }
        }
    }
}

/// Whether browsers allow passkeys at our address.
pub(super) fn passkeys(settings: &Settings) -> Finding {
    let url = settings.server.public_url.as_str();
    match RelyingParty::new(url, &settings.brand.name) {
        Some(party) => good(format!(
            "On, for {}. Passkeys are bound to that name: with another host in `server.public_url` nobody's works.",
            party.id()
        )),
        None => note(format!(
            "Off: browsers bind passkeys to names, and {url} has an address. Give `server.public_url` a host name."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_lie_two_seconds_apart() {
        let at = |seconds: i64| Timestamp::from_seconds(1_000 + seconds);
        for (apart, fine) in [(0, true), (2, true), (-2, true), (3, false), (-3, false), (3600, false)] {
            assert_eq!(matches!(compare(at(0), at(apart)), Finding::Good(_)), fine, "{apart}");
        }
    }
}

//! What every command that touches the installation opens first: the key file and the database.

use crate::settings::Settings;
use account::credential::password::{BreachedList, Costs, Passwords};
use account::secret::InstallationKey;
use account::{Accounts, Clock};
use anyhow::{Context, bail};
use db::{Database, DatabaseUrl};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The name under which a database remembers the id of the key that it was sealed with.
const KEY_ID: &str = "key_id";
/// The name under which a database says that it belongs to the demo.
const DEMO: &str = "demo";

/// Opens the database of the settings, without looking at its migrations.
///
/// # Errors
/// The server or the file cannot be reached.
pub fn open_database(settings: &Settings) -> anyhow::Result<Database> {
    let url = DatabaseUrl::parse(settings.database.url.expose()).context("database.url is checked at start")?;
    Database::open(&url, settings.database.pool_size).with_context(|| {
        format!("The database cannot be opened ({url:?}). Check `database.url`, and that it is reachable")
    })
}

/// Refuses a database that lacks migrations: for commands that work on an installation and do not bring it up to date.
///
/// # Errors
/// Migrations are missing; the message says what to do.
pub fn require_current(db: &Database) -> anyhow::Result<()> {
    if db.pending_migrations()?.missing.is_empty() {
        return Ok(());
    }
    bail!("This database is not up to date, or new. Run `latchkey migrate` first, or start `latchkey serve`.")
}

/// Puts a migrated database and the installation's key together.
///
/// # Errors
/// The key file is missing (and may not be made), unreadable, of the wrong size, or not the one that this database was
/// sealed with.
pub fn open_accounts(settings: &Settings, db: Database, clock: Clock) -> anyhow::Result<Accounts> {
    let path = &settings.secrets.key_file;
    let sealed_with = read_note(&db, KEY_ID)?;
    let bytes = match read_key(path)? {
        Some(bytes) => bytes,
        None if sealed_with.is_some() => bail!(
            "The key file {} is missing, and this database is sealed with it. Put the file back, or point \
             `secrets.key_file` to where it is: without it nobody can log in with a second step and no token can be signed.",
            path.display()
        ),
        None if settings.database.url.is_postgres() => bail!(
            "The key file {} is missing. With PostgreSQL every node needs the same one, so it is not made here: write 32 \
             random bytes to it (`head -c 32 /dev/urandom > {}`), readable by this process alone, and copy it to each node.",
            path.display(),
            path.display()
        ),
        None => make_key(path)?,
    };
    let key = InstallationKey::new(&bytes);
    if sealed_with.is_none() {
        write_note(&db, KEY_ID, key.id())?;
    }
    // Read again: of two nodes that start at once with different keys, one learns it here.
    let sealed_with = read_note(&db, KEY_ID)?.unwrap_or_default();
    if sealed_with != key.id() {
        bail!(
            "The key file {} is not the one that this database was sealed with (it is key {}, the database wants key \
             {sealed_with}). Point `secrets.key_file` to the right file.",
            path.display(),
            key.id()
        );
    }
    Ok(Accounts::with_passwords(db, clock, key, passwords(settings)?))
}

/// Whether the key file is there; makes none and remembers nothing.
///
/// # Errors
/// What [`open_accounts`] would refuse: it is missing although it is needed, unreadable, of the wrong size, or not the one
/// that the database was sealed with.
pub fn look_at_key(settings: &Settings, db: Option<&Database>) -> anyhow::Result<bool> {
    let path = &settings.secrets.key_file;
    // A database without tables was sealed with none.
    let sealed_with = db.and_then(|db| read_note(db, KEY_ID).ok()).flatten();
    let Some(bytes) = read_key(path)? else {
        if sealed_with.is_some() || settings.database.url.is_postgres() {
            bail!("The key file {} is missing. Put it back, or point `secrets.key_file` to it.", path.display());
        }
        return Ok(false);
    };
    let key = InstallationKey::new(&bytes);
    match sealed_with {
        Some(wanted) if wanted != key.id() => bail!(
            "The key file {} is key {}, and the database was sealed with key {wanted}. Point `secrets.key_file` to that \
             one.",
            path.display(),
            key.id()
        ),
        _ => Ok(true),
    }
}

fn passwords(settings: &Settings) -> anyhow::Result<Passwords> {
    let set = &settings.password;
    let costs = Costs::new(set.memory_kib, set.iterations, set.parallelism)?;
    let breached = set.breached_file.as_deref().map(BreachedList::open).transpose()?;
    Ok(Passwords::new(costs, breached))
}

/// Whether the database belongs to the demo.
///
/// # Errors
/// The database cannot be read.
pub fn is_demo(db: &Database) -> anyhow::Result<bool> {
    Ok(read_note(db, DEMO)?.is_some())
}

/// Marks the database as the demo's, so that `serve` refuses it.
///
/// # Errors
/// The database cannot be written.
pub fn mark_as_demo(db: &Database) -> anyhow::Result<()> {
    write_note(db, DEMO, "1")
}

fn read_note(db: &Database, name: &'static str) -> anyhow::Result<Option<String>> {
    Ok(db.read_blocking(|conn| account::installation::note(conn, name))?)
}

fn write_note(db: &Database, name: &'static str, value: &str) -> anyhow::Result<()> {
    let value = value.to_owned();
    Ok(db.write_blocking(move |conn| account::installation::remember(conn, name, &value))?)
}

fn read_key(path: &Path) -> anyhow::Result<Option<Zeroizing<[u8; 32]>>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| format!("The key file {} cannot be read", path.display())),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(64));
    file.take(64).read_to_end(&mut bytes).with_context(|| format!("reading {}", path.display()))?;
    let key: [u8; 32] = bytes.as_slice().try_into().ok().with_context(|| {
        format!("The key file {} has {} bytes, and must have exactly 32.", path.display(), bytes.len())
    })?;
    Ok(Some(Zeroizing::new(key)))
}

/// Makes the key file, readable by its owner alone, and on the disk before anything is sealed with it.
fn make_key(path: &Path) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let key = Zeroizing::new(account::secret::random_bytes());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let made = options.open(path).and_then(|mut file| {
        file.write_all(&*key)?;
        file.sync_all()
    });
    made.with_context(|| format!("The key file {} cannot be made", path.display()))?;
    Ok(key)
}

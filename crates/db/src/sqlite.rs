//! SQLite: reads on the caller's thread, writes gathered by one writer thread into durable commits, checkpoints apart.

use crate::conn::{Conn, batch};
use crate::database::guarded;
use crate::{Error, Result};
use diesel::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Writes that one commit takes at most: bounds how long the first of them waits.
const GROUP: usize = 128;
/// Writes after which the checkpoint thread is woken (about 4 MB of WAL at two or three pages each).
const CHECKPOINT_AFTER: usize = 400;

static NEXT_STORE: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Each thread's own read-only connection to each open store: a read costs no hand-over.
    static READERS: RefCell<HashMap<u64, Conn>> = RefCell::new(HashMap::new());
}

/// Runs the closure of one write inside the open transaction; `true` when its savepoint is to be kept. The returned
/// box, called after the commit, answers the caller.
trait Job: Send {
    fn run(&mut self, conn: &mut Conn) -> bool;
    fn answer(self: Box<Self>, commit: std::result::Result<(), String>);
}

struct WriteJob<T, F> {
    f: F,
    outcome: Option<Result<T>>,
    reply: Box<dyn FnOnce(Result<T>) + Send>,
}

impl<T: Send, F: FnMut(&mut Conn) -> Result<T> + Send> Job for WriteJob<T, F> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        let outcome = guarded(|| (self.f)(conn));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, commit: std::result::Result<(), String>) {
        let outcome = match (commit, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(Error::Closed),
            (Err(why), _) => Err(Error::Commit(why)),
        };
        (self.reply)(outcome);
    }
}

/// An open SQLite file.
pub(crate) struct Store {
    id: u64,
    path: PathBuf,
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    writer: Option<JoinHandle<()>>,
}

/// Opens a connection with the settings that every connection needs.
pub(crate) fn connect(path: &Path) -> Result<Conn> {
    // SQLite takes some strings for URIs or for memory; a path never is one of those here.
    let text = path.to_str().ok_or_else(|| Error::Connection("the path is not UTF-8".into()))?;
    let name = if path.is_absolute() { text.to_owned() } else { format!("./{text}") };
    let inner =
        SqliteConnection::establish(&name).map_err(|e| Error::Connection(format!("{}: {e}", path.display())))?;
    let mut conn = Conn::Sqlite(inner);
    batch(&mut conn, "PRAGMA busy_timeout = 10000")?;
    // The first switch to WAL does not wait for others that do the same: try again.
    let mut switched = batch(&mut conn, "PRAGMA journal_mode = WAL");
    for _ in 0..100 {
        if switched.is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
        switched = batch(&mut conn, "PRAGMA journal_mode = WAL");
    }
    switched?;
    // Without temp_store, what a savepoint may have to restore goes to a new file under /tmp at every other write.
    batch(
        &mut conn,
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; \
         PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF; PRAGMA cache_size = -2000;",
    )?;
    Ok(conn)
}

impl Store {
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let writer_conn = connect(path)?;
        restrict_permissions(path);
        let (jobs, queue) = mpsc::channel::<Box<dyn Job>>();
        let (wake, woken) = mpsc::channel::<()>();
        let checkpoint_path = path.to_owned();
        let spawn_failed = |e: std::io::Error| Error::Connection(format!("thread: {e}"));
        // Not joined: it ends when the writer drops its end, and a checkpoint cut short loses nothing.
        std::thread::Builder::new()
            .name("sqlite-checkpoint".into())
            .spawn(move || checkpoint(&checkpoint_path, &woken))
            .map_err(spawn_failed)?;
        let writer = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || write_all(writer_conn, &queue, &wake))
            .map_err(spawn_failed)?;
        Ok(Self {
            id: NEXT_STORE.fetch_add(1, Ordering::Relaxed),
            path: path.to_owned(),
            jobs: Some(jobs),
            writer: Some(writer),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        // Taken out while it is in use, so that a nested read (a bug, but a harmless one) opens another.
        let taken = READERS.with_borrow_mut(|readers| readers.remove(&self.id));
        let mut conn = match taken {
            Some(conn) => conn,
            None => {
                let mut conn = connect(&self.path)?;
                batch(&mut conn, "PRAGMA query_only = ON")?;
                conn
            }
        };
        let outcome = guarded(|| f(&mut conn));
        READERS.with_borrow_mut(|readers| readers.insert(self.id, conn));
        outcome
    }

    pub(crate) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // The caller may have gone (a request that was dropped): its write stands all the same.
        self.submit(f, Box::new(move |outcome| drop(reply.send(outcome))))?;
        answer.await.map_err(|_| Error::Closed)?
    }

    pub(crate) fn write_blocking<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = mpsc::channel();
        self.submit(f, Box::new(move |outcome| drop(reply.send(outcome))))?;
        answer.recv().map_err(|_| Error::Closed)?
    }

    fn submit<T, F>(&self, f: F, reply: Box<dyn FnOnce(Result<T>) + Send>) -> Result<()>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        let jobs = self.jobs.as_ref().ok_or(Error::Closed)?;
        jobs.send(Box::new(WriteJob { f, outcome: None, reply })).map_err(|_| Error::Closed)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            // What was accepted is committed before the program ends.
            let _ = writer.join();
        }
        READERS.with_borrow_mut(|readers| readers.remove(&self.id));
    }
}

/// The writer thread: waits for a write, takes with it what else is waiting, commits once, answers all.
fn write_all(mut conn: Conn, queue: &mpsc::Receiver<Box<dyn Job>>, wake: &mpsc::Sender<()>) {
    let mut since_checkpoint = 0;
    while let Ok(first) = queue.recv() {
        let mut group = vec![first];
        group.extend(std::iter::from_fn(|| queue.try_recv().ok()).take(GROUP - 1));
        let commit = commit_group(&mut conn, &mut group);
        if let Err(why) = &commit {
            tracing::error!(error = %why, "a group of writes could not be committed");
        }
        since_checkpoint += group.len();
        for job in group {
            job.answer(commit.clone());
        }
        if since_checkpoint >= CHECKPOINT_AFTER {
            since_checkpoint = 0;
            let _ = wake.send(());
        }
    }
    // Closing: leave little of the WAL to the next start. Passive, so that a reader elsewhere delays nothing.
    let _ = batch(&mut conn, "PRAGMA wal_checkpoint(PASSIVE)");
}

fn commit_group(conn: &mut Conn, group: &mut [Box<dyn Job>]) -> std::result::Result<(), String> {
    let outcome = match group {
        [alone] => commit_alone(conn, &mut **alone),
        several => commit_together(conn, several),
    };
    outcome.map_err(|e| {
        let _ = batch(conn, "ROLLBACK");
        e.to_string()
    })
}

/// A write that nobody waits beside has the transaction to itself. A savepoint would copy every page that it changes.
fn commit_alone(conn: &mut Conn, job: &mut dyn Job) -> QueryResult<()> {
    batch(conn, "BEGIN IMMEDIATE")?;
    let end = if job.run(conn) { "COMMIT" } else { "ROLLBACK" };
    batch(conn, end)
}

/// Of several, each has a savepoint, so that one which fails takes none with it.
fn commit_together(conn: &mut Conn, group: &mut [Box<dyn Job>]) -> QueryResult<()> {
    batch(conn, "BEGIN IMMEDIATE")?;
    for job in group {
        batch(conn, "SAVEPOINT one")?;
        let end = if job.run(conn) { "RELEASE one" } else { "ROLLBACK TO one; RELEASE one" };
        batch(conn, end)?;
    }
    batch(conn, "COMMIT")
}

/// The checkpoint thread: moves the WAL into the file away from the writer, or its tail latency grows tenfold.
fn checkpoint(path: &Path, woken: &mpsc::Receiver<()>) {
    let Ok(mut conn) = connect(path) else { return };
    while woken.recv().is_ok() {
        // Several wake-ups that came meanwhile are one.
        while woken.recv_timeout(Duration::ZERO).is_ok() {}
        if let Err(error) = batch(&mut conn, "PRAGMA wal_checkpoint(PASSIVE)") {
            tracing::warn!(%error, "checkpoint failed");
        }
    }
}

/// The file holds password hashes and sealed keys: nobody but the owner reads it.
fn restrict_permissions(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
            tracing::warn!(%error, "cannot restrict the database file to its owner");
        }
    }
}

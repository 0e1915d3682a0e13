//! PostgreSQL: a permit first, then the blocking pool, then a connection; serializable writes with bounded retry.

use crate::conn::{Conn, batch};
use crate::database::guarded;
use crate::{Error, Result, Timestamp};
use diesel::prelude::*;
use diesel::r2d2::{Error as PoolError, ManageConnection, Pool as R2d2};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// How often a write is tried at most: with the growing pause below that is about two seconds.
const TRIES: u32 = 40;

/// An idle connection older than this is tried before it is lent, in case the server went away meanwhile.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// A pool of connections with as many permits. The permit is taken before the blocking pool is entered, so that
/// waiting requests hold no thread.
pub(crate) struct Pool {
    pool: R2d2<Manager>,
    permits: Arc<Semaphore>,
}

/// Makes and judges connections. (Diesel's own manager would try SQLite with a URL whose server is away.)
struct Manager {
    url: String,
}

struct Pooled {
    conn: Conn,
    last_used: Instant,
    suspect: bool,
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = PoolError;

    fn connect(&self) -> std::result::Result<Pooled, PoolError> {
        let inner = PgConnection::establish(&self.url).map_err(PoolError::ConnectionError)?;
        let mut conn = Conn::Postgres(inner);
        // A transaction whose node died or hangs must not hold its locks; a commit is durable before it is answered.
        batch(
            &mut conn,
            "SET synchronous_commit = on; SET statement_timeout = '30s'; \
             SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning",
        )
        .map_err(PoolError::QueryError)?;
        Ok(Pooled { conn, last_used: Instant::now(), suspect: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> std::result::Result<(), PoolError> {
        if pooled.last_used.elapsed() < TRUSTED_IDLE {
            return Ok(());
        }
        batch(&mut pooled.conn, "SELECT 1").map_err(PoolError::QueryError)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.suspect
    }
}

impl Pool {
    pub(crate) fn open(url: &str, size: u32) -> Result<Self> {
        // The pool opens connections on threads of its own, and a short command may end meanwhile. libpq's OpenSSL would
        // take itself apart at the exit, under the feet of such a thread: initialised like this, it does not.
        openssl_sys::init();
        let pool = R2d2::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(10))
            .build(Manager { url: url.to_owned() })
            .map_err(|e| Error::Connection(e.to_string()))?;
        Ok(Self { pool, permits: Arc::new(Semaphore::new(size as usize)) })
    }

    pub(crate) async fn read<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.on_connection(move |conn| guarded(|| f(conn))).await
    }

    pub(crate) async fn write<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T> + Send + 'static,
    {
        self.on_connection(move |conn| serializable(conn, f)).await
    }

    pub(crate) fn read_blocking<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        with_connection(&self.pool, |conn| guarded(|| f(conn)))
    }

    pub(crate) fn write_blocking<T>(&self, f: impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
        with_connection(&self.pool, |conn| serializable(conn, f))
    }

    async fn on_connection<T, F>(&self, f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    {
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| Error::Closed)?;
        let pool = self.pool.clone();
        let work = tokio::task::spawn_blocking(move || {
            let outcome = with_connection(&pool, f);
            drop(permit);
            outcome
        });
        work.await.map_err(|_| Error::Panicked)?
    }
}

/// Lends a pooled connection to `f`; one that saw an error is not used again.
/// The server's clock.
pub(crate) fn time(conn: &mut Conn) -> Result<Timestamp> {
    #[derive(diesel::QueryableByName)]
    struct Now {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        micros: i64,
    }
    let asked = diesel::sql_query("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros");
    let now: Now = asked.get_result(conn)?;
    Ok(Timestamp::from_micros(now.micros))
}

fn with_connection<T>(pool: &R2d2<Manager>, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
    let mut pooled = pool.get().map_err(|e| Error::Connection(e.to_string()))?;
    let outcome = f(&mut pooled.conn);
    pooled.last_used = Instant::now();
    pooled.suspect = outcome.is_err();
    outcome
}

/// One serializable transaction, run again while PostgreSQL asks for it.
fn serializable<T>(conn: &mut Conn, mut f: impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
    for attempt in 0..TRIES {
        let outcome = attempt_once(conn, &mut f);
        match outcome {
            Err(error) if error.asks_for_retry() => pause(attempt),
            other => return other,
        }
    }
    Err(Error::Contention)
}

fn attempt_once<T>(conn: &mut Conn, f: &mut impl FnMut(&mut Conn) -> Result<T>) -> Result<T> {
    batch(conn, "BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    let outcome = guarded(|| f(conn)).and_then(|value| batch(conn, "COMMIT").map(|()| value).map_err(Error::from));
    if outcome.is_err() {
        let _ = batch(conn, "ROLLBACK");
    }
    outcome
}

/// Grows to 60 ms; the random part comes from the address space layout and time, which is enough to part two nodes.
fn pause(attempt: u32) {
    let spread = u64::from(uuid::Uuid::new_v4().as_u128() as u8 % 16);
    let millis = (1u64 << attempt.min(5)) + spread;
    std::thread::sleep(Duration::from_millis(millis));
}

//! Argon2id (RFC 9106) on threads of its own.
//!
//! As many threads as cores take hashes from one bounded queue, so that a storm of log-ins neither starves the rest nor
//! grows memory. The memory blocks are kept from the first hash on.

use super::{Password, Phc};
use crate::secret;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError};
use tokio::sync::oneshot;

/// Hashes that may wait for each thread: about a second's work at the default costs.
const QUEUE_PER_THREAD: usize = 48;

/// The costs of a hash, from the settings `password.*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costs(Params);

/// The costs are outside what Argon2 allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "password.memory_kib, password.iterations and password.parallelism do not go together: {0}; \
     write at least 8 KiB of memory for each lane"
)]
pub struct CostsProblem(String);

impl Costs {
    /// Checks the settings: memory of one hash in KiB, passes over it, lanes.
    pub fn new(memory_kib: u32, iterations: u32, parallelism: u32) -> Result<Self, CostsProblem> {
        Params::new(memory_kib, iterations, parallelism, None).map(Self).map_err(|e| CostsProblem(e.to_string()))
    }

    /// Hardly any work: for tests.
    pub fn lowest() -> Self {
        Self(Params::new(8, 1, 1, None).expect("the lowest costs are allowed"))
    }
}

impl Default for Costs {
    /// 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self(Params::new(19_456, 2, 1, None).expect("the default costs are allowed"))
    }
}

/// Too many hashes are waiting: answer 503 with `Retry-After`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

impl Busy {
    /// After how many seconds to try again.
    pub const RETRY_AFTER_SECONDS: u32 = 2;
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is the password.
    pub matches: bool,
    /// Whether the settings changed since it was hashed: hash it anew now that it is known.
    pub needs_rehash: bool,
}

/// The threads and their queue. They start with the first job and end with the last clone.
#[derive(Clone)]
pub struct Hasher(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    started: Once,
}

struct Shared {
    costs: Costs,
    queue: Mutex<Queue>,
    wake: Condvar,
    memory: Memory,
    threads: usize,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

type Job = Box<dyn FnOnce(&Worker<'_>) + Send>;

impl Hasher {
    /// With these costs. Starts nothing yet.
    pub fn new(costs: Costs) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let shared =
            Shared { costs, queue: Mutex::default(), wake: Condvar::new(), memory: Memory::default(), threads };
        Self(Arc::new(Handle { shared: Arc::new(shared), started: Once::new() }))
    }

    /// Runs `f` on one of the threads. Returns `Busy` at once when the queue is full. A job whose caller went away is
    /// left out.
    pub(super) async fn run<T, F>(&self, f: F) -> Result<T, Busy>
    where
        T: Send + 'static,
        F: FnOnce(&Worker<'_>) -> T + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let job = Box::new(move |worker: &Worker<'_>| {
            if !sender.is_closed() {
                // The caller may go away at any moment: then nobody needs the outcome.
                let _ = sender.send(f(worker));
            }
        });
        self.0.enqueue(job)?;
        receiver.await.map_err(|_| Busy)
    }

    /// Runs `f` on this thread, with memory of its own.
    pub(super) fn here<T>(&self, f: impl FnOnce(&Worker<'_>) -> T) -> T {
        f(&Worker { costs: &self.0.shared.costs, memory: &Memory::default() })
    }
}

impl Handle {
    fn enqueue(&self, job: Job) -> Result<(), Busy> {
        self.started.call_once(|| self.shared.clone().start());
        let mut queue = self.shared.lock();
        if queue.jobs.len() >= self.shared.threads * QUEUE_PER_THREAD {
            return Err(Busy);
        }
        queue.jobs.push_back(job);
        self.shared.wake.notify_one();
        Ok(())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.wake.notify_all();
    }
}

impl Shared {
    fn start(self: Arc<Self>) {
        for number in 0..self.threads {
            let shared = self.clone();
            let thread = std::thread::Builder::new().name(format!("password-{number}"));
            if let Err(error) = thread.spawn(move || shared.work()) {
                tracing::error!(%error, "a thread that checks passwords could not be started");
            }
        }
    }

    fn work(&self) {
        let worker = Worker { costs: &self.costs, memory: &self.memory };
        while let Some(job) = self.next() {
            if catch_unwind(AssertUnwindSafe(|| job(&worker))).is_err() {
                tracing::error!("checking a password panicked");
            }
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Memory for hashes, as much as was ever needed at once. What came back last is lent first: hashes that follow one
/// another on different threads work in the same blocks, which the processor's caches still hold.
#[derive(Default)]
struct Memory(Mutex<Vec<Vec<Block>>>);

impl Memory {
    /// Lends `f` so many blocks.
    fn lend<T>(&self, blocks: usize, f: impl FnOnce(&mut [Block]) -> T) -> T {
        let kept = self.free().pop();
        let mut lent = kept.filter(|kept| kept.len() >= blocks).unwrap_or_else(|| vec![Block::default(); blocks]);
        let value = f(&mut lent[..blocks]);
        self.free().push(lent);
        value
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hashes on one thread.
pub(super) struct Worker<'a> {
    costs: &'a Costs,
    memory: &'a Memory,
}

impl Worker<'_> {
    /// Hashes under a fresh salt.
    pub(super) fn hash(&self, password: &Password) -> Phc {
        let salt = &secret::random_bytes()[..16];
        let costs = self.costs.0.clone();
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        self.fill(Algorithm::Argon2id, Version::V0x13, costs, password, salt, &mut output);
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.costs.0).expect("costs without key id and data can be written"),
            salt: Some(Salt::new(salt).expect("16 bytes are a salt")),
            hash: Some(Output::new(&output).expect("32 bytes are a hash")),
        };
        Phc(hash.to_string())
    }

    /// Checks; without a hash (or with one that cannot be read) it works as long in vain.
    pub(super) fn verify(&self, password: &Password, phc: Option<&Phc>) -> Verdict {
        let stored = phc.and_then(|phc| Stored::parse(&phc.0));
        if stored.is_none() && phc.is_some() {
            tracing::error!("a stored password hash cannot be read");
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| Stored::nobody(self.costs));
        let mut output = vec![0; stored.hash.len()];
        let costs = stored.costs.clone();
        self.fill(stored.algorithm, stored.version, costs, password, &stored.salt, &mut output);
        let matches = secret::equal(&output, &stored.hash) && known;
        Verdict { matches, needs_rehash: matches && !stored.is_current(self.costs) }
    }

    fn fill(
        &self,
        algorithm: Algorithm,
        version: Version,
        costs: Params,
        password: &Password,
        salt: &[u8],
        output: &mut [u8],
    ) {
        self.memory.lend(costs.block_count(), |blocks| {
            Argon2::new(algorithm, version, costs)
                .hash_password_into_with_memory(password.reveal().as_bytes(), salt, output, blocks)
                .expect("lengths were checked with the costs");
        });
    }
}

/// A hash taken apart.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    costs: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    fn parse(phc: &str) -> Option<Self> {
        let hash = PasswordHash::new(phc).ok()?;
        let costs = Params::try_from(&hash).ok()?;
        let output = hash.hash?.as_bytes().to_vec();
        // With a length of output in the costs another one would be refused later.
        let costs = Params::new(costs.m_cost(), costs.t_cost(), costs.p_cost(), Some(output.len())).ok()?;
        let version = hash.version.map_or(Ok(Version::V0x13), Version::try_from).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        Some(Self { algorithm, version, costs, salt: AsRef::<[u8]>::as_ref(&hash.salt?).to_vec(), hash: output })
    }

    /// What is checked in the place of a hash that there is not.
    fn nobody(costs: &Costs) -> Self {
        Self {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            costs: costs.0.clone(),
            salt: secret::random_bytes()[..16].to_vec(),
            hash: vec![0; Params::DEFAULT_OUTPUT_LEN],
        }
    }

    fn is_current(&self, costs: &Costs) -> bool {
        let of = |p: &Params| (p.m_cost(), p.t_cost(), p.p_cost());
        matches!((self.algorithm, self.version), (Algorithm::Argon2id, Version::V0x13))
            && of(&self.costs) == of(&costs.0)
    }
}

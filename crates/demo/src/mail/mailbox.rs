//! The caught mails: in memory, and each in a file of its own so that a restarted demo shows them again.

use super::lock;
use super::message::Message;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::{fs, io};
use tokio::sync::Notify;

/// How many mails are kept; older ones go, their files too.
const KEPT: usize = 500;

/// The mails, and who waits for one.
pub(crate) struct Mailbox {
    folder: PathBuf,
    shelf: Mutex<Shelf>,
    refusals: AtomicUsize,
    changed: Notify,
}

struct Shelf {
    /// Oldest first.
    messages: VecDeque<Arc<Message>>,
    next: u64,
}

impl Mailbox {
    /// Reads the folder's mails, making the folder when it is missing.
    pub(crate) fn open(folder: PathBuf) -> io::Result<Self> {
        let named = |error: io::Error| {
            io::Error::new(error.kind(), format!("the mail catcher cannot use {}: {error}", folder.display()))
        };
        fs::create_dir_all(&folder).map_err(named)?;
        let mut numbers = Vec::new();
        for entry in fs::read_dir(&folder).map_err(named)? {
            numbers.extend(number_of(&entry.map_err(named)?.path()));
        }
        numbers.sort_unstable();
        let kept = &numbers[numbers.len().saturating_sub(KEPT)..];
        let messages = kept
            .iter()
            .map(|id| Ok(Arc::new(Message::parse(*id, fs::read(file(&folder, *id))?))))
            .collect::<io::Result<_>>()
            .map_err(named)?;
        let next = numbers.last().map_or(1, |last| last + 1);
        Ok(Self {
            folder,
            shelf: Mutex::new(Shelf { messages, next }),
            refusals: AtomicUsize::new(0),
            changed: Notify::new(),
        })
    }

    /// Keeps a mail, on disk first. Blocks.
    pub(crate) fn deliver(&self, from: &str, to: &[String], data: &[u8]) -> io::Result<u64> {
        let stored = Message::with_envelope(from, to, data);
        let mut shelf = lock(&self.shelf);
        let id = shelf.next;
        // Renamed into place: a demo killed while it writes leaves no half mail to be shown.
        let unfinished = self.folder.join(format!("{id:010}.part"));
        fs::write(&unfinished, &stored)?;
        fs::rename(&unfinished, file(&self.folder, id))?;
        shelf.next = id + 1;
        shelf.messages.push_back(Arc::new(Message::parse(id, stored)));
        while shelf.messages.len() > KEPT {
            if let Some(oldest) = shelf.messages.pop_front() {
                remove(&self.folder, oldest.id);
            }
        }
        drop(shelf);
        self.changed.notify_waiters();
        Ok(id)
    }

    /// All mails, oldest first.
    pub(crate) fn messages(&self) -> Vec<Arc<Message>> {
        lock(&self.shelf).messages.iter().cloned().collect()
    }

    /// One mail.
    pub(crate) fn message(&self, id: u64) -> Option<Arc<Message>> {
        lock(&self.shelf).messages.iter().find(|message| message.id == id).cloned()
    }

    /// Throws all mails away. Numbers go on, so that an open page never shows another mail. Blocks.
    pub(crate) fn clear(&self) {
        let mut shelf = lock(&self.shelf);
        for message in shelf.messages.drain(..) {
            remove(&self.folder, message.id);
        }
    }

    /// Has the next `count` deliveries refused.
    pub(crate) fn refuse_next(&self, count: usize) {
        self.refusals.store(count, Ordering::SeqCst);
        self.changed.notify_waiters();
    }

    /// Whether this delivery is to be refused; counts it.
    pub(crate) fn refuses(&self) -> bool {
        let refused =
            self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if refused {
            self.changed.notify_waiters();
        }
        refused
    }

    /// How many deliveries are still to be refused.
    pub(crate) fn refusals_left(&self) -> usize {
        self.refusals.load(Ordering::SeqCst)
    }

    /// Asks `question` now and after each change, until it has an answer.
    pub(crate) async fn until<T>(&self, question: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // Listening before asking: a mail that comes in between is not missed.
            changed.as_mut().enable();
            if let Some(answer) = question(self) {
                return answer;
            }
            changed.await;
        }
    }
}

fn file(folder: &Path, id: u64) -> PathBuf {
    folder.join(format!("{id:010}.eml"))
}

fn number_of(path: &Path) -> Option<u64> {
    (path.extension()? == "eml").then(|| path.file_stem()?.to_str()?.parse().ok())?
}

/// A file that cannot be removed is shown again after a restart; nothing worse comes of it.
fn remove(folder: &Path, id: u64) {
    if let Err(error) = fs::remove_file(file(folder, id)) {
        tracing::warn!(%error, id, "a caught mail could not be removed");
    }
}

//! The operator's list of passwords that were published in data breaches (`password.breached_file`).

use super::Password;
use aws_lc_rs::digest;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Characters of a SHA-1 hash in hexadecimal.
const HASH: usize = 40;
/// More bytes than a line can have.
const LINE: u64 = 80;

/// A file of SHA-1 hashes in upper-case hexadecimal, one a line, in rising order, each with an optional `:count` behind
/// it. It may be of any size: a look into it reads some thirty lines.
#[derive(Debug)]
pub struct BreachedList {
    file: Mutex<File>,
    length: u64,
}

/// Why a file is no such list.
#[derive(Debug, thiserror::Error)]
pub enum BreachedListProblem {
    /// It cannot be read.
    #[error("password.breached_file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It has other lines.
    #[error(
        "password.breached_file has a line that is not a SHA-1 hash in upper-case hexadecimal with an optional count \
         (such as 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:3), near byte {0}"
    )]
    Form(u64),
    /// Its lines do not rise.
    #[error("password.breached_file is not sorted, near byte {0}: sort it by its hashes (LC_ALL=C sort)")]
    Order(u64),
}

impl BreachedList {
    /// Opens the file and looks at lines all over it.
    pub fn open(path: &Path) -> Result<Self, BreachedListProblem> {
        let mut file = File::open(path)?;
        let length = file.seek(SeekFrom::End(0))?;
        let mut before = None;
        for part in 0..=64 {
            let at = length / 64 * part;
            let Some((_, hash)) = line_from(&mut file, at, length)? else { continue };
            if hash.len() != HASH || !hash.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F')) {
                return Err(BreachedListProblem::Form(at));
            }
            if before.is_some_and(|before| before > hash) {
                return Err(BreachedListProblem::Order(at));
            }
            before = Some(hash);
        }
        Ok(Self { file: Mutex::new(file), length })
    }

    /// Whether the password is on the list. When the file can no longer be read it is not, and the log says so: people
    /// must still be able to set passwords.
    pub fn contains(&self, password: &Password) -> bool {
        let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, password.reveal().as_bytes());
        let hash = hash.as_ref().iter().fold(String::with_capacity(HASH), |text, byte| text + &format!("{byte:02X}"));
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        search(&mut file, self.length, hash.as_bytes()).unwrap_or_else(|error| {
            tracing::error!(%error, "the list of breached passwords cannot be read");
            false
        })
    }
}

/// Looks for a line that begins with `hash`, halving the part of the file where it can be.
fn search(file: &mut File, length: u64, hash: &[u8]) -> io::Result<bool> {
    let (mut low, mut high) = (0, length);
    while low < high {
        let middle = low + (high - low) / 2;
        match line_from(file, middle, length)? {
            Some((next, found)) if found.as_slice() < hash => low = next,
            Some((_, found)) if found == hash => return Ok(true),
            // This line, and all that begin behind `middle`, come later.
            _ => high = middle,
        }
    }
    Ok(false)
}

/// The hash of the first line that begins at `at` or later, and where the line after it begins.
fn line_from(file: &mut File, at: u64, length: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    // From one byte before, so that a line that begins at `at` itself is seen as beginning there.
    let start = at.saturating_sub(1);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(2 * LINE as usize);
    file.take(2 * LINE).read_to_end(&mut bytes)?;
    let begins = if at == 0 { 0 } else { bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |i| i + 1) };
    let line = &bytes[begins..];
    if line.is_empty() {
        return Ok(None);
    }
    let ends = line.iter().position(|b| *b == b'\n').map_or(line.len(), |i| i + 1);
    let hash = line[..ends].split(|b| matches!(b, b':' | b'\r' | b'\n')).next().unwrap_or_default();
    let next = (start + (begins + ends) as u64).min(length);
    Ok(Some((next, hash.to_vec())))
}

//! What the demo keeps beside its database: the passwords it made, and the secrets of its products.

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The file's name; a folder without it and without a database is none of ours.
const FILE: &str = "secrets.toml";

/// The passwords and secrets, by address and client id. Readable by the owner alone; they guard a demo that only this
/// machine reaches.
pub(super) struct Data {
    path: PathBuf,
    pub kept: Kept,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(default)]
    pub passwords: BTreeMap<String, String>,
    #[serde(default)]
    pub client_secrets: BTreeMap<String, String>,
}

impl Data {
    /// Reads what is kept, making the folder when it is missing.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let path = folder.join(FILE);
        let kept = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .with_context(|| format!("{} cannot be read; `latchkey demo --fresh` starts over", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        Ok(Self { path, kept })
    }

    /// Writes it, in place of what was there, all at once.
    pub fn save(&self) -> anyhow::Result<()> {
        let text = toml::to_string(&self.kept).context("names and secrets are text")?;
        let unfinished = self.path.with_extension("part");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&unfinished).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written
            .and_then(|()| fs::rename(&unfinished, &self.path))
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// Removes the demo's folder. Returns an error, and removes nothing, when it does not look like one.
pub(super) fn throw_away(folder: &Path) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", folder.display())),
    };
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let ours = name.starts_with("latchkey.") || name.starts_with("secrets.") || name == "mail";
        if !ours {
            bail!("{} holds {name}, which the demo did not put there. Move it away first.", folder.display());
        }
    }
    fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))
}

/// A password that can be typed: five groups of two syllables, some 66 bits.
pub(super) fn made_up_password() -> String {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    // 196 is the largest multiple of 14, and 255 of 5, that a byte holds: the rest would make some letters likelier.
    let mut random = std::iter::repeat_with(account::secret::random_bytes).flatten();
    let mut pick = |letters: &[u8]| {
        let most = 256 / letters.len() * letters.len();
        let byte = random.by_ref().map(usize::from).find(|byte| *byte < most).unwrap_or_default();
        char::from(letters[byte % letters.len()])
    };
    let mut groups = Vec::new();
    for _ in 0..5 {
        groups.push([pick(CONSONANTS), pick(VOWELS), pick(CONSONANTS), pick(VOWELS)].iter().collect::<String>());
    }
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ_and_can_be_typed() {
        let (one, other) = (made_up_password(), made_up_password());
        assert_ne!(one, other);
        assert_eq!(one.len(), 24);
        assert!(one.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{one}");
    }

    #[test]
    fn what_is_kept_is_there_again_and_for_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut data = Data::open(folder.path()).unwrap();
        data.kept.passwords.insert("alice@example.test".into(), "secret".into());
        data.save().unwrap();
        assert_eq!(Data::open(folder.path()).unwrap().kept.passwords["alice@example.test"], "secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        assert!(throw_away(folder.path()).is_err());
        assert!(folder.path().join("thesis.txt").exists());
    }
}

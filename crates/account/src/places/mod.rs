//! Where network addresses are, roughly: from a file that the operator brings (`geo.database_file`, the MMDB format).
//! Without a file nothing is said about places.

pub mod testing;
#[cfg(test)]
mod tests;

use maxminddb::{Reader, geoip2};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// The operator's file, opened once and kept in memory. Cheap to clone.
#[derive(Clone, Default)]
pub struct Places(Option<Arc<Reader<Vec<u8>>>>);

/// Why a file cannot be used. The message says what to write instead.
#[derive(Debug, thiserror::Error)]
pub enum PlacesProblem {
    /// It cannot be read.
    #[error("\"{0}\" cannot be read ({1}); write the path of a readable file")]
    Unreadable(String, std::io::Error),
    /// It is something else.
    #[error(
        "\"{0}\" is no database of places ({1}); write the path of a file in the MMDB format, such as a city or country \
         database, unpacked"
    )]
    NotADatabase(String, maxminddb::MaxMindDbError),
}

impl Places {
    /// No file: no place of any address.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads a file into memory and looks whether it is what it should be.
    ///
    /// # Errors
    /// It cannot be read, or is no database of places.
    pub fn open(path: &Path) -> Result<Self, PlacesProblem> {
        let name = || path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| PlacesProblem::Unreadable(name(), error))?;
        let reader = Reader::from_source(bytes).map_err(|error| PlacesProblem::NotADatabase(name(), error))?;
        Ok(Self(Some(Arc::new(reader))))
    }

    /// The place of an address in words, "Vienna, Austria"; `None`: nobody knows, or there is no file.
    pub fn of(&self, address: IpAddr) -> Option<String> {
        let found = self.0.as_ref()?.lookup(address).ok()?;
        let record = found.decode::<geoip2::City<'_>>().ok()??;
        let names = [record.city.names.english, record.country.names.english];
        let words: Vec<&str> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// [`Places::of`] an address as it is kept: text, perhaps empty.
    pub fn of_text(&self, address: &str) -> Option<String> {
        self.of(address.parse().ok()?)
    }
}

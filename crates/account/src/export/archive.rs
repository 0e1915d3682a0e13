//! The ZIP file.

use super::contents::File;
use db::{Error, Result};
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Packs files. Their dates are all the first that the format knows: when each was made says nothing.
pub(super) fn pack(files: &[File]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o600);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.path.as_str(), options).map_err(broken)?;
        zip.write_all(&file.bytes).map_err(broken)?;
    }
    Ok(zip.finish().map_err(broken)?.into_inner())
}

/// Writing to memory fails only by a defect.
fn broken(error: impl std::fmt::Display) -> Error {
    Error::Corrupt(format!("the archive of an export: {error}"))
}

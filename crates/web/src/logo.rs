//! The operator's logo (`brand.logo_file`): read once at start, served like our own files.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use aws_lc_rs::digest::{SHA256, digest};
use std::path::Path;

/// Bytes that a logo may have: it is part of every page.
pub const MAX_BYTES: usize = 100 * 1024;

/// A logo, ready to be served.
#[derive(Clone)]
pub struct Logo {
    name: String,
    media_type: &'static str,
    body: Bytes,
}

/// Why a logo is not taken.
#[derive(Debug, thiserror::Error)]
pub enum LogoError {
    /// The file cannot be read.
    #[error("brand.logo_file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// It is too large.
    #[error("brand.logo_file has {0} bytes; make it at most {MAX_BYTES}, every page carries it")]
    TooLarge(usize),
    /// It is none of the formats that every browser shows.
    #[error("brand.logo_file is neither SVG, PNG nor WebP; convert it to one of these")]
    Format,
}

impl Logo {
    /// Reads the file and tells its format from its content.
    ///
    /// # Errors
    /// See [`LogoError`].
    pub fn read(path: &Path) -> Result<Self, LogoError> {
        let bytes = std::fs::read(path)?;
        if bytes.len() > MAX_BYTES {
            return Err(LogoError::TooLarge(bytes.len()));
        }
        let (extension, media_type) = format(&bytes).ok_or(LogoError::Format)?;
        let hash: String = digest(&SHA256, &bytes).as_ref()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { name: format!("{hash}.{extension}"), media_type, body: Bytes::from(bytes) })
    }

    /// Where it is served.
    pub fn url(&self) -> String {
        format!("/static/logo/{}", self.name)
    }

    /// Adds its address.
    pub fn configure(&self, config: &mut ServiceConfig) {
        config.app_data(Data::new(self.clone())).route(&self.url(), web::get().to(serve));
    }
}

async fn serve(logo: Data<Logo>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((CONTENT_TYPE, logo.media_type))
        // An SVG opened on its own is a document: it may run nothing.
        .insert_header(("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
        .body(logo.body.clone())
}

fn format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(("png", "image/png"));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(("webp", "image/webp"));
    }
    let text = std::str::from_utf8(bytes).ok()?;
    text.contains("<svg").then_some(("svg", "image/svg+xml"))
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn the_content_tells_the_format() {
        assert_eq!(format(b"\x89PNG\r\n\x1a\n...").map(|f| f.0), Some("png"));
        assert_eq!(format(b"<?xml version='1.0'?><svg xmlns=''/>").map(|f| f.0), Some("svg"));
        assert_eq!(format(b"GIF89a"), None);
        assert_eq!(format(b"\xff\xfe<svg"), None);
    }
}

//! Reads the form of the profile page, which carries a file (`multipart/form-data`, RFC 7578).

use account::profile::avatar::AVATAR_BYTES;
use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use futures_util::StreamExt;
use web::Failure;
use web::form::check_csrf;

/// Bytes that a text of the form may have.
const TEXT_BYTES: usize = 16 * 1024;
/// Bytes that are read of a file which is too large, so that the browser stays to hear that it is.
const PATIENCE_BYTES: usize = 32 * 1024 * 1024;
/// Parts that the form may have.
const PARTS: usize = 8;

/// What the form carried.
#[derive(Debug, Default)]
pub(super) struct Upload {
    /// The field `name`.
    pub name: String,
    /// The field `avatar`.
    pub avatar: Avatar,
}

/// The file of the form.
#[derive(Debug, Default)]
pub(super) enum Avatar {
    /// None was chosen.
    #[default]
    None,
    /// More than [`AVATAR_BYTES`].
    TooLarge,
    /// The file.
    File(Vec<u8>),
}

/// Reads the form. Each field comes once; the field `csrf` and the origin are checked.
pub(super) async fn read(request: &HttpRequest, mut form: Multipart) -> Result<Upload, Failure> {
    let (mut upload, mut csrf, mut seen) = (Upload::default(), String::new(), Vec::<String>::new());
    while let Some(part) = form.next().await {
        let mut part = part.map_err(|_| malformed())?;
        let name = part.name().unwrap_or("").to_owned();
        if seen.contains(&name) || seen.len() >= PARTS {
            return Err(malformed());
        }
        match name.as_str() {
            "csrf" => csrf = text(&mut part).await?,
            "name" => upload.name = text(&mut part).await?,
            "avatar" => upload.avatar = file(&mut part).await?,
            _ => _ = text(&mut part).await?,
        }
        seen.push(name);
    }
    check_csrf(request, &csrf)?;
    Ok(upload)
}

async fn text(part: &mut Field) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        bytes.extend_from_slice(&chunk.map_err(|_| malformed())?);
        if bytes.len() > TEXT_BYTES {
            return Err(malformed());
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| malformed())?;
    if text.contains('\0') { Err(malformed()) } else { Ok(text) }
}

async fn file(part: &mut Field) -> Result<Avatar, Failure> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|_| malformed())?;
        length += chunk.len();
        if length > PATIENCE_BYTES {
            return Err(malformed());
        }
        if length <= AVATAR_BYTES {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    Ok(match length {
        0 => Avatar::None,
        _ if length > AVATAR_BYTES => Avatar::TooLarge,
        _ => Avatar::File(bytes),
    })
}

fn malformed() -> Failure {
    Failure::refused(
        "invalid_request",
        "The form did not arrive in one piece, or holds more than we accept.",
        "Go back, load the page again and send it once more. A picture may have 4 MB.",
    )
    .with_details(
        "Reading the request: the body must be multipart/form-data (RFC 7578) with csrf, name and avatar, each once.",
        "Send each field once, texts as UTF-8.",
    )
}

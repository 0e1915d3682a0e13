//! From an uploaded file to two small square pictures.

use super::Size;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::time::Duration;
use tokio::sync::Semaphore;

/// The largest file taken, in bytes.
pub const AVATAR_BYTES: usize = 4 * 1024 * 1024;

/// The longest side taken, in pixels.
const MAX_SIDE: u32 = 8000;

/// Memory that a decoded picture may take, in bytes: 50 million pixels in colour.
const MAX_DECODED: u64 = 160 * 1024 * 1024;

/// Pictures decoded at the same time; each may take [`MAX_DECODED`] and most of a second of one core.
static DECODERS: Semaphore = Semaphore::const_new(2);

/// How long an upload waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Colour quality of encoded photos, of 100.
const QUALITY: u8 = 88;

/// A picture as it is kept and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// `image/jpeg`, or `image/png` when parts are transparent.
    pub media_type: &'static str,
    /// Encoded at [`Size::Large`].
    pub large: Vec<u8>,
    /// Encoded at [`Size::Small`].
    pub small: Vec<u8>,
}

/// Why an uploaded file does not become a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureRefused {
    /// More than [`AVATAR_BYTES`].
    TooLarge,
    /// Neither PNG, JPEG, WebP nor GIF, whatever its name says.
    NotAPicture,
    /// More than 8000 pixels on a side, or too much to hold in memory.
    TooManyPixels,
    /// It begins as a picture, and cannot be read to the end.
    Broken,
    /// Too many uploads at this moment.
    Busy,
}

/// [`prepare`], away from the threads that serve requests, and only a few at a time.
///
/// Returns `Busy` when no turn comes within ten seconds.
pub async fn render(file: Vec<u8>) -> Result<Rendition, PictureRefused> {
    let turn = tokio::time::timeout(PATIENCE, DECODERS.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Err(PictureRefused::Busy) };
    // A decoder that panics on a crafted file is a file that cannot be read.
    tokio::task::spawn_blocking(move || prepare(&file)).await.unwrap_or(Err(PictureRefused::Broken))
}

/// Decodes an uploaded file by its content, turns it upright, cuts the middle square out of it and encodes that anew.
/// Of an animation the first frame is taken. Takes up to a second; see [`render`].
pub fn prepare(file: &[u8]) -> Result<Rendition, PictureRefused> {
    if file.len() > AVATAR_BYTES {
        return Err(PictureRefused::TooLarge);
    }
    let square = centre_square(&decode(file)?);
    // Halved in cheap steps first: the good filter is slow on large pictures.
    let square = if square.width() > 4 * Size::Large.pixels() {
        square.thumbnail_exact(2 * Size::Large.pixels(), 2 * Size::Large.pixels())
    } else {
        square
    };
    let scaled = |size: Size| square.resize_exact(size.pixels(), size.pixels(), FilterType::CatmullRom);
    let (large, small) = (scaled(Size::Large), scaled(Size::Small));
    if is_transparent(&large) {
        return Ok(Rendition { media_type: "image/png", large: as_png(&large)?, small: as_png(&small)? });
    }
    Ok(Rendition { media_type: "image/jpeg", large: as_jpeg(&large)?, small: as_jpeg(&small)? })
}

fn decode(file: &[u8]) -> Result<DynamicImage, PictureRefused> {
    let format = image::guess_format(file).map_err(|_| PictureRefused::NotAPicture)?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(PictureRefused::NotAPicture);
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    limits.check_dimensions(width, height).map_err(refusal)?;
    limits.reserve(decoder.total_bytes()).map_err(refusal)?;
    if width == 0 || height == 0 {
        return Err(PictureRefused::Broken);
    }
    decoder.set_limits(limits).map_err(refusal)?;
    // Unreadable metadata is no reason to refuse the photo itself.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn refusal(error: image::ImageError) -> PictureRefused {
    match error {
        image::ImageError::Limits(_) => PictureRefused::TooManyPixels,
        _ => PictureRefused::Broken,
    }
}

fn centre_square(picture: &DynamicImage) -> DynamicImage {
    let side = picture.width().min(picture.height());
    picture.crop_imm((picture.width() - side) / 2, (picture.height() - side) / 2, side, side)
}

fn is_transparent(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

fn as_png(picture: &DynamicImage) -> Result<Vec<u8>, PictureRefused> {
    let mut out = Vec::new();
    picture.to_rgba8().write_with_encoder(PngEncoder::new(&mut out)).map_err(|_| PictureRefused::Broken)?;
    Ok(out)
}

fn as_jpeg(picture: &DynamicImage) -> Result<Vec<u8>, PictureRefused> {
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| PictureRefused::Broken)?;
    Ok(out)
}

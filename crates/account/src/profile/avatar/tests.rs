use super::*;
use crate::testing::TestAccounts;
use crate::visibility::{self, Field, Level};
use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, Frame, ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

const RED: [u8; 3] = [220, 20, 20];
const BLUE: [u8; 3] = [20, 20, 220];

/// Upper half red, lower half blue.
fn red_over_blue(width: u32, height: u32) -> DynamicImage {
    let half = |_, y| Rgb(if y < height / 2 { RED } else { BLUE });
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, half))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn opened(bytes: &[u8]) -> RgbaImage {
    image::load_from_memory(bytes).unwrap().to_rgba8()
}

fn is_near(pixel: &Rgba<u8>, colour: [u8; 3]) -> bool {
    pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 40)
}

#[test]
fn each_format_becomes_a_square_of_two_sizes() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let made = prepare(&encoded(&red_over_blue(300, 180), format)).unwrap();
        assert_eq!(made.media_type, "image/jpeg", "{format:?}");
        for (bytes, size) in [(&made.large, Size::Large), (&made.small, Size::Small)] {
            assert_eq!(image::guess_format(bytes).unwrap(), ImageFormat::Jpeg);
            let picture = opened(bytes);
            let side = size.pixels();
            assert_eq!(picture.dimensions(), (side, side), "{format:?}");
            assert!(is_near(picture.get_pixel(side / 2, 2), RED), "{format:?}");
            assert!(is_near(picture.get_pixel(side / 2, side - 3), BLUE), "{format:?}");
        }
    }
}

#[test]
fn the_middle_of_a_wide_picture_is_taken() {
    let wide = RgbImage::from_fn(900, 300, |x, _| Rgb(if (300..600).contains(&x) { RED } else { BLUE }));
    let made = prepare(&encoded(&DynamicImage::ImageRgb8(wide), ImageFormat::Png)).unwrap();
    let picture = opened(&made.large);
    assert!(is_near(picture.get_pixel(4, 128), RED) && is_near(picture.get_pixel(251, 128), RED));
}

#[test]
fn transparent_parts_stay_transparent() {
    let mut picture = RgbaImage::from_pixel(100, 100, Rgba([10, 200, 10, 255]));
    (0..50).for_each(|y| (0..100).for_each(|x| picture.put_pixel(x, y, Rgba([0, 0, 0, 0]))));
    let made = prepare(&encoded(&DynamicImage::ImageRgba8(picture), ImageFormat::Png)).unwrap();
    assert_eq!(made.media_type, "image/png");
    assert_eq!(opened(&made.large).get_pixel(128, 10).0[3], 0);
}

/// A TIFF block with one entry: orientation 6, "turn right".
const TURN_RIGHT: &[u8] = &[b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];

#[test]
fn a_photo_is_turned_upright_and_loses_its_metadata() {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new(&mut file);
    let exif = [TURN_RIGHT, b"taken at 52.5200 N"].concat();
    encoder.set_exif_metadata(exif).unwrap();
    red_over_blue(200, 200).write_with_encoder(encoder).unwrap();
    assert!(file.windows(8).any(|part| part == b"taken at"));
    let made = prepare(&file).unwrap();
    let picture = opened(&made.large);
    assert!(is_near(picture.get_pixel(250, 128), RED) && is_near(picture.get_pixel(5, 128), BLUE), "turned right");
    for bytes in [&made.large, &made.small] {
        assert!(!bytes.windows(8).any(|part| part == b"taken at") && !bytes.windows(4).any(|part| part == b"Exif"));
    }
}

#[test]
fn of_an_animation_the_first_frame_is_taken() {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    for colour in [RED, BLUE] {
        let [r, g, b] = colour;
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(80, 80, Rgba([r, g, b, 255])))).unwrap();
    }
    drop(encoder);
    assert!(is_near(opened(&prepare(&file).unwrap().large).get_pixel(128, 128), RED));
}

/// A PNG of a few bytes that claims to be this large.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&header);
    file.extend(crc32(&header).to_be_bytes());
    let data = b"IDAT\x78\x9c\x63\x00\x00\x00\x01\x00\x01";
    file.extend(u32::try_from(data.len() - 4).unwrap().to_be_bytes());
    file.extend(data);
    file.extend(crc32(data).to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

/// A GIF of a few bytes whose screen and frame claim to be this large.
fn gif_that_claims(side: u16) -> Vec<u8> {
    let side = side.to_le_bytes();
    let mut file = b"GIF89a".to_vec();
    file.extend([side[0], side[1], side[0], side[1], 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    file.extend([0x2c, 0, 0, 0, 0, side[0], side[1], side[0], side[1], 0, 2, 2, 0x4c, 1, 0, 0x3b]);
    file
}

#[test]
fn bombs_are_refused_before_they_take_memory() {
    for file in [
        png_that_claims(60_000, 60_000),
        png_that_claims(8001, 1),
        png_that_claims(8000, 8000),
        gif_that_claims(60_000),
    ] {
        assert_eq!(prepare(&file), Err(PictureRefused::TooManyPixels));
    }
    assert_eq!(prepare(&png_that_claims(0, 5)).map(|_| ()).ok(), None);
    let too_large = [encoded(&red_over_blue(10, 10), ImageFormat::Png), vec![0; AVATAR_BYTES]].concat();
    assert_eq!(prepare(&too_large), Err(PictureRefused::TooLarge));
}

#[test]
fn files_that_end_early_are_refused_or_read_without_panic() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let file = encoded(&red_over_blue(64, 64), format);
        for end in (0..file.len()).step_by(1 + file.len() / 60) {
            let _ = prepare(&file[..end]);
        }
        assert!(prepare(&file[..20]).is_err(), "{format:?}");
    }
}

#[test]
fn the_content_decides_what_a_file_is() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let html = b"<!doctype html><script>alert(1)</script>";
    let bmp = b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0";
    for file in [&svg[..], &html[..], &bmp[..], b"", b"%PDF-1.7", b"PK\x03\x04"] {
        assert_eq!(prepare(file), Err(PictureRefused::NotAPicture));
    }
}

#[test]
fn what_hides_behind_a_picture_is_not_kept() {
    let script = b"<script>alert(1)</script>";
    let mut with_comment = Vec::new();
    let picture = red_over_blue(40, 40);
    picture.write_with_encoder(PngEncoder::new(&mut with_comment)).unwrap();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
        let file = [&encoded(&picture, format)[..], script].concat();
        let made = prepare(&file).unwrap();
        assert!(!made.large.windows(7).any(|part| part == b"<script"), "{format:?}");
    }
}

#[test]
fn a_replaced_photo_is_gone_and_its_address_leads_to_the_new_one() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let rendition = prepare(&encoded(&red_over_blue(64, 64), ImageFormat::Png)).unwrap();
    let upload = || {
        let (alice, rendition) = (alice.clone(), rendition.clone());
        t.write(move |tx| save(tx, &alice, &rendition)).expect("the account exists")
    };
    let look = |id: &AvatarId| t.accounts.db.read_blocking(|c| find(c, id, Size::Small)).unwrap().map(|(kept, _)| kept);
    let first = upload();
    let kept = Stored::Photo { media_type: "image/jpeg".into(), bytes: rendition.small.clone() };
    assert_eq!(look(&first), Some(kept));
    let second = upload();
    assert_eq!(look(&first), Some(Stored::Replaced(PictureName::Photo(second.clone()))));
    let who = alice.clone();
    assert!(t.write(move |tx| remove(tx, &who)));
    let initials = PictureName::Initials(Initials::of(&alice, "Alice Example"));
    assert_eq!(look(&second), Some(Stored::Replaced(initials)));
    let who = alice.clone();
    assert!(!t.write(move |tx| remove(tx, &who)), "nothing left to remove");
}

#[test]
fn a_hidden_picture_is_its_owners_alone() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let rendition = prepare(&encoded(&red_over_blue(64, 64), ImageFormat::Png)).unwrap();
    let who = alice.clone();
    let photo = t.write(move |tx| save(tx, &who, &rendition)).expect("the account exists");
    let seen_by = || t.accounts.db.read_blocking(|c| find(c, &photo, Size::Small)).unwrap().expect("kept").1;
    let set = |field, level| {
        let who = alice.clone();
        t.write(move |tx| visibility::change(tx, &who, &[(field, level)]).map(|_| ()))
    };
    assert_eq!(seen_by(), None);
    set(Field::Name, Level::OnlyMe);
    assert_eq!(seen_by(), None, "a photo is no name");
    set(Field::Picture, Level::OnlyMe);
    assert_eq!(seen_by(), Some(alice.clone()));
    set(Field::Picture, Level::Anyone);
    let who = alice.clone();
    assert!(t.write(move |tx| remove(tx, &who)));
    assert_eq!(seen_by(), Some(alice.clone()), "initials tell of a hidden name");
}

#[test]
fn there_is_always_a_picture() {
    let t = TestAccounts::create();
    let alice = t.person("alice@example.test").id;
    let url = picture_url("https://id.example.test", &alice, "Alice Example", None);
    let (name, size) = url.strip_prefix("https://id.example.test/avatar/").unwrap().split_once('/').unwrap();
    assert_eq!(Size::parse(size), Some(Size::Large));
    let Some(PictureName::Initials(initials)) = PictureName::parse(name) else { panic!("{name}") };
    assert!(initials.svg(Size::Large).contains(">AE</text>"));
    assert!(!url.contains(alice.as_str()), "the address does not tell the account's id");
}

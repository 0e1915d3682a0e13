//! What people say about themselves: name, picture, standard claims (OpenID Connect Core §5.1).

use crate::log_in::{ALICE, PASSWORD, account, log_in};
use crate::support::{Browser, Provider, Shown, html};
use ::account::account as accounts;
use accounts::AccountStatus;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use reqwest::RequestBuilder;
use std::io::Cursor;

fn png() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    RgbImage::from_pixel(40, 30, Rgb([200, 30, 30])).write_to(&mut out, ImageFormat::Png).expect("a picture");
    out.into_inner()
}

fn csrf(shown: &Shown) -> String {
    let fields = shown.form_with("save").fields;
    fields.into_iter().find(|(name, _)| name == "csrf").expect("a token").1
}

/// The profile form as a browser sends it (RFC 7578).
fn form(browser: &Browser, shown: &Shown, texts: &[(&str, &str)], file: &[u8]) -> RequestBuilder {
    let mut body = Vec::new();
    for (name, value) in texts {
        let part = format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = "--line\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"photo.png\"\r\n";
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(b"Content-Type: image/png\r\n\r\n");
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--line--\r\n");
    let request = browser.client().post(shown.url.split('?').next().expect("an address"));
    request.header("content-type", "multipart/form-data; boundary=line").body(body)
}

async fn save(browser: &Browser, shown: &Shown, csrf: &str, name: &str, file: Vec<u8>) -> Shown {
    let answer = browser.send(form(browser, shown, &[("csrf", csrf), ("name", name)], &file)).await;
    match answer.headers.get("location").and_then(|to| to.to_str().ok()) {
        Some(to) => browser.open(to).await,
        None => answer,
    }
}

fn picture_of(shown: &Shown) -> String {
    let tags = html::tags(&shown.body);
    let picture = tags.iter().find(|tag| tag.name == "img" && tag.get("alt") == "Your picture").expect("a picture");
    picture.get("src").to_owned()
}

async fn begin() -> (Provider, Browser, Shown) {
    let provider = Provider::start().await;
    account(&provider, ALICE, AccountStatus::Active).await;
    let browser = provider.browser();
    let shown = log_in(&browser, ALICE, PASSWORD).await;
    (provider, browser, shown)
}

fn header(shown: &Shown, name: &str) -> String {
    shown.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned()
}

#[tokio::test]
async fn the_page_has_the_promised_elements() {
    let (_provider, _browser, shown) = begin().await;
    for id in ["name", "avatar", "save", "email-address"] {
        assert!(shown.expect("/account").has(id), "#{id} on {}", shown.brief());
    }
    assert_eq!(shown.text("email-address"), ALICE);
}

#[tokio::test]
async fn initials_are_shown_until_a_photo_is_uploaded() {
    let (_provider, browser, shown) = begin().await;
    let initials = picture_of(&shown);
    let picture = browser.open(&initials).await;
    assert_eq!(header(&picture, "content-type"), "image/svg+xml");
    assert!(picture.body.contains(">A</text>"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("content-security-policy", "default-src 'none'; sandbox"),
    ] {
        assert_eq!(header(&picture, name), value);
    }
    let shown = save(&browser, &shown, &csrf(&shown), "Alice Other", png()).await;
    assert!(shown.expect("/account").plain().contains("Your profile is saved"));
    assert!(shown.form_with("save").fields.contains(&("name".to_owned(), "Alice Other".to_owned())));
    let photo = picture_of(&shown);
    let stranger = _provider.browser();
    let picture = stranger.once(Method::GET, &photo, None, &[]).await;
    assert_eq!(header(&picture, "content-type"), "image/jpeg");
    assert!(header(&picture, "cache-control").contains("immutable"));
    assert!(picture.headers.get("set-cookie").is_none(), "a picture sets no cookie");
    let tag = header(&picture, "etag");
    let again = stranger.once(Method::GET, &photo, None, &[("if-none-match", &tag)]).await;
    assert_eq!(again.status.as_u16(), 304);
    let head = stranger.once(Method::HEAD, &photo, None, &[]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    let shown = browser.click(&shown, "remove-avatar", &[]).await;
    assert_eq!(picture_of(shown.expect("/account")).matches("initials").count(), 1);
    let old = stranger.open(&photo).await;
    assert_eq!(header(&old, "content-type"), "image/svg+xml", "an old address leads to the present picture");
}

#[tokio::test]
async fn files_that_are_no_pictures_are_refused_and_the_name_stays_typed() {
    let (_provider, browser, shown) = begin().await;
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec();
    for file in [svg, b"\x89PNG\r\n\x1a\n".to_vec(), vec![0xff; 5 * 1024 * 1024]] {
        let answer = save(&browser, &shown, &csrf(&shown), "Typed Name", file).await;
        assert_eq!(answer.status.as_u16(), 422, "{}", answer.brief());
        assert!(answer.has("avatar-error"));
        assert!(answer.form_with("save").fields.contains(&("name".to_owned(), "Typed Name".to_owned())));
    }
    let shown = browser.open("/account").await;
    assert!(shown.form_with("save").fields.contains(&("name".to_owned(), "Alice".to_owned())), "nothing was saved");
    let answer = save(&browser, &shown, &csrf(&shown), "  ", Vec::new()).await;
    assert!(answer.has("name-error") && !answer.has("avatar-error"));
}

/// CSRF: the token stands in the body of a multipart form too.
#[tokio::test]
async fn a_foreign_upload_is_refused() {
    let (_provider, browser, shown) = begin().await;
    for wrong in ["", "x", &"A".repeat(43)] {
        let answer = save(&browser, &shown, wrong, "Eve", png()).await;
        assert_eq!(answer.status.as_u16(), 403);
    }
    let csrf = csrf(&shown);
    let request = form(&browser, &shown, &[("csrf", &csrf), ("name", "Eve")], &png());
    let answer = browser.send(request.header("origin", "https://evil.example")).await;
    assert_eq!(answer.status.as_u16(), 403);
    let answer = browser.send(form(&browser, &shown, &[("csrf", &csrf), ("name", "Eve"), ("name", "Eve")], b"")).await;
    assert_eq!(answer.status.as_u16(), 400, "a field twice");
    let raw = browser.go(Method::POST, "/account", Some("name=Eve".into()), &[]).await;
    assert_eq!(raw.status.as_u16(), 400, "no multipart form at all");
}

#[tokio::test]
async fn addresses_of_pictures_that_nobody_made_are_not_found() {
    let provider = Provider::start().await;
    let browser = provider.browser();
    let id = "0192f0c1-7f1e-7a3b-9d1c-2b7a6f1e4c55";
    for path in [
        format!("/avatar/{id}/256"),
        format!("/avatar/{id}/1"),
        "/avatar/initials-1-PHM/64".into(),
        "/avatar/x/64".into(),
    ] {
        assert_eq!(browser.open(&path).await.status.as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn details_are_saved_and_refused_field_by_field() {
    let (_provider, browser, _) = begin().await;
    let shown = browser.open("/account/details").await;
    // A list to choose from, that works without script; nothing is chosen at first.
    assert!(shown.body.contains("<option>Europe/Vienna</option>") && !shown.body.contains("Etc/GMT"));
    assert!(shown.form_with("save").fields.contains(&("zoneinfo".to_owned(), String::new())));
    let typed = [("given_name", "Alice"), ("zoneinfo", "berlin"), ("locale", "de-ch"), ("country", "Germany")];
    let shown = browser.click(&shown, "save", &typed).await;
    let fields = shown.expect("/account/details").form_with("save").fields;
    for (name, value) in
        [("given_name", "Alice"), ("zoneinfo", "Europe/Berlin"), ("locale", "de-CH"), ("country", "Germany")]
    {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name}: {fields:?}");
    }
    assert!(shown.body.contains("<option selected>Europe/Berlin</option>"));
    let wrong = [("birthdate", "31.12.1990"), ("website", "javascript:alert(1)"), ("nickname", "Al")];
    let shown = browser.click(&shown, "save", &wrong).await;
    assert_eq!(shown.status.as_u16(), 422);
    assert!(shown.has("birthdate-error") && shown.has("website-error"));
    assert!(shown.form_with("save").fields.contains(&("nickname".to_owned(), "Al".to_owned())), "what was typed stays");
}

#[tokio::test]
async fn products_get_a_picture_whether_or_not_a_photo_was_uploaded() {
    let (provider, browser, shown) = begin().await;
    let party = provider.party().await;
    for expected in ["image/svg+xml", "image/jpeg"] {
        let code = party.code(&browser, &[("scope", "openid profile")]).await;
        let (_, answer) = party.exchange(&code).await;
        let (status, claims) = party.userinfo(answer["access_token"].as_str().expect("a token")).await;
        assert_eq!(status.as_u16(), 200, "{claims}");
        let picture = browser.open(claims["picture"].as_str().expect("a picture")).await;
        assert_eq!((picture.status.as_u16(), header(&picture, "content-type").as_str()), (200, expected));
        save(&browser, &shown, &csrf(&shown), "Alice", png()).await.expect("/account");
    }
}

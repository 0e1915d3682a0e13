//! What the browser loads beside a page: the stylesheet, small scripts, the icon. Embedded in the binary, served under
//! names that carry a fingerprint of their content, so that they may be cached for ever.
//!
//! The parts in `static/css/` become one stylesheet, `css/latchkey.css`, in the order of their file names.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use aws_lc_rs::digest::{SHA256, digest};
use rust_embed::RustEmbed;

/// The stylesheet's logical name.
pub const STYLESHEET: &str = "css/latchkey.css";

#[derive(RustEmbed)]
#[folder = "../../static"]
struct Files;

/// One file as it is served.
struct Asset {
    url: String,
    etag: String,
    content_type: &'static str,
    body: Bytes,
}

#[derive(Default)]
struct Assets {
    by_logical_name: HashMap<String, Asset>,
    logical_by_served: HashMap<String, String>,
}

impl Assets {
    fn load() -> Self {
        let mut assets = Self::default();
        let mut styles = String::new();
        let mut names: Vec<_> = Files::iter().collect();
        names.sort();
        for name in names {
            let Some(file) = Files::get(&name) else { continue };
            if name.starts_with("css/") {
                styles.push_str(&squeeze_css(&String::from_utf8_lossy(&file.data)));
            } else {
                assets.add(&name, Bytes::from(file.data.into_owned()));
            }
        }
        assets.add(STYLESHEET, Bytes::from(styles));
        assets
    }

    fn add(&mut self, logical: &str, body: Bytes) {
        let hash: String = digest(&SHA256, &body).as_ref()[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let file = logical.rsplit('/').next().unwrap_or(logical);
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, "bin"));
        let served = format!("{stem}-{hash}.{extension}");
        let asset = Asset {
            url: format!("/static/{served}"),
            etag: format!("\"{hash}\""),
            content_type: content_type(extension),
            body,
        };
        self.logical_by_served.insert(served, logical.to_owned());
        self.by_logical_name.insert(logical.to_owned(), asset);
    }
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The address of an embedded file by its name below `static/`, such as `css/latchkey.css`.
///
/// # Panics
/// When there is no such file: a page names a file that was never there, which its specimen test finds.
pub fn asset_url(logical_name: &str) -> &'static str {
    match ASSETS.by_logical_name.get(logical_name) {
        Some(asset) => &asset.url,
        None => panic!("no file named {logical_name} in static/"),
    }
}

/// The content of an embedded file, for those who show it elsewhere (specimens written to files, mails).
pub fn asset_body(logical_name: &str) -> Option<Bytes> {
    ASSETS.by_logical_name.get(logical_name).map(|asset| asset.body.clone())
}

/// Adds `GET /static/{name}` and the icon that browsers ask for unasked.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/static/{name}", web::get().to(serve)).route("/favicon.ico", web::get().to(favicon));
}

async fn serve(request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let Some(asset) = ASSETS.logical_by_served.get(name.as_str()).and_then(|name| ASSETS.by_logical_name.get(name))
    else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file.");
    };
    let known = request.headers().get(IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((ETAG, asset.etag.as_str()))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header((CONTENT_TYPE, asset.content_type));
    if asset.content_type == SVG {
        // An SVG opened on its own is a document: it may run nothing.
        answer.insert_header(("Content-Security-Policy", "default-src 'none'; sandbox"));
    }
    if known { answer.finish() } else { answer.body(asset.body.clone()) }
}

async fn favicon() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header(("Location", asset_url("images/favicon.svg")))
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .finish()
}

const SVG: &str = "image/svg+xml";

fn content_type(extension: &str) -> &'static str {
    match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => SVG,
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// Takes comments, indentation and line breaks out of our own CSS (which holds no string with `/*`).
fn squeeze_css(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    let mut bare = String::with_capacity(source.len());
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    bare.push_str(rest);
    for line in bare.lines() {
        let line = line.trim();
        // A value that was broken over two lines needs its space back.
        if out.ends_with([',', ' ']) || line.is_empty() || out.ends_with(['{', '}', ';']) || out.is_empty() {
            out.push_str(line);
        } else {
            out.push(' ');
            out.push_str(line);
        }
    }
    for (long, short) in [(": ", ":"), (" {", "{"), ("{ ", "{"), ("; ", ";"), (", ", ","), (";}", "}"), (" }", "}")] {
        out = out.replace(long, short);
    }
    out.replace(";}", "}").replace(" > ", ">")
}

#[cfg(test)]
mod tests {
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, http::StatusCode};

    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_keeps_its_meaning() {
        let css = asset_body(STYLESHEET).expect("stylesheet");
        assert!(css.len() < 18 * 1024, "{} bytes", css.len());
        assert_eq!(
            squeeze_css("/* a */\na,\nb {\n  margin: 0 1px; /* x */\n}\n@media (a) {\n  c { d: e; }\n}"),
            "a,b{margin:0 1px}@media (a){c{d:e}}"
        );
        assert_eq!(squeeze_css("a {\n  b: c\n    d;\n}"), "a{b:c d}");
    }

    #[actix_web::test]
    async fn a_file_is_served_under_its_fingerprint_only() {
        let app = init_service(App::new().configure(configure)).await;
        let url = asset_url(STYLESHEET);
        let answer = call_service(&app, TestRequest::get().uri(url).to_request()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers().get(CONTENT_TYPE).expect("header"), "text/css; charset=utf-8");
        assert_eq!(answer.headers().get(CACHE_CONTROL).expect("header"), "public, max-age=31536000, immutable");
        let etag = answer.headers().get(ETAG).expect("header").clone();
        assert_eq!(read_body(answer).await, asset_body(STYLESHEET).expect("stylesheet"));

        let again = TestRequest::get().uri(url).insert_header((IF_NONE_MATCH, etag)).to_request();
        assert_eq!(call_service(&app, again).await.status(), StatusCode::NOT_MODIFIED);
        for unknown in ["/static/latchkey.css", "/static/latchkey-000000000000.css", "/static/..%2FCargo.toml"] {
            let answer = call_service(&app, TestRequest::get().uri(unknown).to_request()).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{unknown}");
        }
    }
}

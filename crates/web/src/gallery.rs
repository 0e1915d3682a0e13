//! The gallery of specimens at `/dev/gallery`, for the demo and for whoever works on the pages. It shows made-up data
//! only; `serve` does not mount it.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use askama::Template;

use crate::headers::PageKind;
use crate::page::{ErrorPage, ErrorView, Link, Page, Render};
use crate::specimen::Specimen;

/// Makes the specimens of one crate.
pub type MakeSpecimens = fn() -> Vec<Specimen>;

/// The specimens of all crates. They are rendered when asked for and kept nowhere.
#[derive(Debug, Clone)]
pub struct Gallery(Vec<MakeSpecimens>);

impl Gallery {
    /// A gallery of this crate's components and of the specimens of the others.
    pub fn new(others: impl IntoIterator<Item = MakeSpecimens>) -> Self {
        let own: MakeSpecimens = crate::components::specimens;
        Self(std::iter::once(own).chain(others).collect())
    }

    /// All specimens, in the order of the crates.
    pub fn specimens(&self) -> Vec<Specimen> {
        self.0.iter().flat_map(|make| make()).collect()
    }
}

/// Adds `/dev/gallery` and `/dev/gallery/{name}`.
pub fn configure(config: &mut ServiceConfig, gallery: Gallery) {
    config
        .app_data(Data::new(gallery))
        .route("/dev/gallery", web::get().to(index))
        .route("/dev/gallery/{name:.+}", web::get().to(show));
}

#[derive(Template)]
#[template(path = "shared/gallery.html")]
struct GalleryPage {
    page: Page,
    groups: BTreeMap<&'static str, Vec<Entry>>,
}

struct Entry {
    name: &'static str,
    bytes: usize,
}

async fn index(gallery: Data<Gallery>) -> HttpResponse {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for specimen in gallery.specimens() {
        let group = specimen.name.split('/').next().unwrap_or(specimen.name);
        groups.entry(group).or_default().push(Entry { name: specimen.name, bytes: specimen.html.len() });
    }
    GalleryPage { page: Page::new("Gallery", "Latchkey"), groups }.answer(PageKind::Own)
}

async fn show(gallery: Data<Gallery>, name: web::Path<String>) -> HttpResponse {
    let found = gallery.specimens().into_iter().find(|specimen| specimen.name == name.as_str());
    if let Some(specimen) = found {
        let mut answer = HttpResponse::Ok();
        PageKind::Own.apply(&mut answer);
        return answer.content_type("text/html; charset=utf-8").body(specimen.html);
    }
    let error = ErrorView {
        code: "not_found".to_owned(),
        what_happened: "The gallery has no specimen of this name.".to_owned(),
        way_on: Some(Link { href: "/dev/gallery".to_owned(), label: "Show the gallery".to_owned() }),
        ..ErrorView::default()
    };
    ErrorPage { page: Page::new("No such specimen", "Latchkey"), error }
        .answer_with(StatusCode::NOT_FOUND, PageKind::Interaction)
}

#[cfg(test)]
mod tests {
    use actix_web::App;
    use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};

    use super::*;

    #[actix_web::test]
    async fn the_gallery_lists_and_shows_each_specimen() {
        let gallery = Gallery::new([]);
        let names: Vec<_> = gallery.specimens().iter().map(|specimen| specimen.name).collect();
        let app = init_service(App::new().configure(|config| configure(config, gallery))).await;
        let list = call_and_read_body(&app, TestRequest::get().uri("/dev/gallery").to_request()).await;
        let list = String::from_utf8(list.to_vec()).expect("UTF-8");
        for name in names {
            assert!(list.contains(&format!("href=\"/dev/gallery/{name}\"")), "{name}");
            let uri = format!("/dev/gallery/{name}");
            assert_eq!(call_service(&app, TestRequest::get().uri(&uri).to_request()).await.status(), StatusCode::OK);
        }
        let none = TestRequest::get().uri("/dev/gallery/none").to_request();
        assert_eq!(call_service(&app, none).await.status(), StatusCode::NOT_FOUND);
    }
}

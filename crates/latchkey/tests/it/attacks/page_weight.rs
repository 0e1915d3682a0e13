//! Each page with all it loads, photos and client logos apart, is under 50 KB.

use crate::support::html;
use std::collections::{BTreeMap, BTreeSet};

const LIMIT: usize = 50_000;

/// Our own files that a text names, by served path.
fn files(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find("/static/") {
        rest = &rest[at..];
        let end = rest.find(|c: char| "\"'() \t\n<>?#,".contains(c)).unwrap_or(rest.len());
        found.insert(rest[..end].to_owned());
        rest = &rest[end..];
    }
    found
}

#[tokio::test]
async fn every_page_is_light() {
    let provider = crate::support::Provider::start().await;
    let browser = provider.browser();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    let mut specimens = server::specimens();
    specimens.extend(admin::specimens());
    specimens.extend(web::components::specimens());
    assert!(specimens.len() > 60, "{} specimens", specimens.len());
    for specimen in specimens {
        let mut weight = specimen.html.len();
        let mut to_load: Vec<String> = files(&specimen.html).into_iter().collect();
        let mut loaded = BTreeSet::new();
        while let Some(path) = to_load.pop() {
            if !loaded.insert(path.clone()) {
                continue;
            }
            if !known.contains_key(&path) {
                let shown = browser.open(&path).await;
                assert_eq!(shown.status.as_u16(), 200, "{path} of {}", specimen.name);
                known.insert(path.clone(), shown.body);
            }
            let body = &known[&path];
            weight += body.len();
            to_load.extend(files(body));
        }
        assert!(weight < LIMIT, "{} weighs {weight} bytes with {loaded:?}", specimen.name);
        // Nothing but pictures comes from elsewhere.
        for tag in html::tags(&specimen.html) {
            let source = match tag.name.as_str() {
                "script" | "iframe" | "audio" | "video" | "embed" => tag.get("src"),
                "link" => tag.get("href"),
                _ => "",
            };
            assert!(!source.contains("//"), "{} loads {source}", specimen.name);
        }
    }
}

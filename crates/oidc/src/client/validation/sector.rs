//! `subject_type` and `sector_identifier_uri` (OpenID Connect Core §8.1; OpenID Connect Registration §5).

use super::{Problems, uris};
use crate::client::model;
use fetch::{Fetcher, Limits};
use protocol::ClientMetadata;

/// What stands at a client's `sector_identifier_uri`. It is read before the registration is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sector {
    /// Nobody looked. Right for metadata without the field; with it, only what was checked before passes.
    #[default]
    NotAsked,
    /// The redirect URIs that the document lists.
    Lists(Vec<String>),
    /// It could not be read, and why.
    Unreadable(String),
}

impl Sector {
    /// Reads what the metadata points to, if it points anywhere that may be asked.
    pub async fn fetch(fetcher: &Fetcher, metadata: &ClientMetadata) -> Self {
        let Some(uri) = metadata.sector_identifier_uri.as_deref().filter(|uri| uris::is_fetchable(uri)) else {
            return Self::NotAsked;
        };
        let answer = match fetcher.get(uri, Limits::default(), "application/json").await {
            Ok(answer) if answer.is_success() => answer,
            Ok(answer) => return Self::Unreadable(format!("the answer has status {}", answer.status)),
            Err(error) => return Self::Unreadable(error.to_string()),
        };
        match serde_json::from_slice(&answer.body) {
            Ok(listed) => Self::Lists(listed),
            Err(_) => Self::Unreadable("it is not a JSON array of redirect URIs".to_owned()),
        }
    }
}

pub(super) fn check(
    metadata: &ClientMetadata,
    sector: &Sector,
    before: Option<&ClientMetadata>,
    problems: &mut Problems,
) {
    const FIELD: &str = "sector_identifier_uri";
    let pairwise = match metadata.subject_type.as_deref() {
        None | Some("public") => false,
        Some("pairwise") => true,
        Some(_) => return problems.add("subject_type", "write \"public\" or \"pairwise\""),
    };
    let Some(uri) = &metadata.sector_identifier_uri else {
        if pairwise && model::sector(metadata).is_err() {
            let message = "pairwise subjects need the one host that all redirect URIs have, or, with several hosts or \
                           none, the address of a list of them here (OpenID Connect Core section 8.1)";
            problems.add(FIELD, message);
        }
        return;
    };
    if !uris::is_fetchable(uri) {
        return uris::check_fetched(FIELD, uri, problems);
    }
    let wanted = metadata.redirect_uris.as_deref().unwrap_or_default();
    match sector {
        Sector::Lists(listed) => {
            if let Some(missing) = wanted.iter().find(|uri| !listed.contains(uri)) {
                problems.add(FIELD, format!("the list there does not have {}", uris::shortened(missing)));
            }
        }
        Sector::Unreadable(why) => problems.add(FIELD, format!("it cannot be read: {why}")),
        Sector::NotAsked => {
            let checked = before.is_some_and(|before| {
                let known = before.redirect_uris.as_deref().unwrap_or_default();
                before.sector_identifier_uri.as_ref() == Some(uri) && wanted.iter().all(|uri| known.contains(uri))
            });
            problems.unless(checked, FIELD, "the list there was not read");
        }
    }
}

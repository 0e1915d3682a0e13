//! What is in the file: one part a table of [`crate::holdings`], the pictures, and a guide to all of it.

use super::store;
use crate::holdings::{self, HOLDINGS, Told};
use crate::{AccountId, Timestamp};
use db::{Conn, Result};
use serde_json::Value;

/// How many parts there are: the tables, and the pictures.
pub const PARTS: usize = HOLDINGS.len() + 1;

/// A file of the archive.
pub(super) struct File {
    /// Its path.
    pub path: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Gathers one part, of [`PARTS`].
pub(super) fn part(conn: &mut Conn, account: &AccountId, number: usize) -> Result<Vec<File>> {
    let Some(holding) = HOLDINGS.get(number) else { return pictures(conn, account) };
    let Told::In { file, .. } = holding.told else { return Ok(Vec::new()) };
    let rows = holdings::told(conn, holding, account)?.into_iter().map(Value::Object).collect();
    let bytes = serde_json::to_vec_pretty(&Value::Array(rows)).expect("JSON values serialise");
    Ok(vec![File { path: file.to_owned(), bytes }])
}

fn pictures(conn: &mut Conn, account: &AccountId) -> Result<Vec<File>> {
    let pictures = store::pictures(conn, account)?;
    let file = |(id, media_type, bytes): (String, String, Vec<u8>)| {
        let ending = media_type.rsplit('/').next().unwrap_or("bin");
        File { path: format!("pictures/{id}.{ending}"), bytes }
    };
    Ok(pictures.into_iter().map(file).collect())
}

/// `README.txt`: what is what, and what is not in here.
pub(super) fn guide(now: Timestamp) -> File {
    let mut text = String::from(
        "What is held about you\n======================\n\n\
         Gathered on ",
    );
    let day = chrono::DateTime::from_timestamp(now.as_seconds(), 0);
    text.push_str(&day.map(|at| at.format("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default());
    text.push_str(
        ".\nThe files are JSON (RFC 8259): lists of records, which any text editor shows. Times are UTC.\n\
         What products hold about you is theirs to tell: ask them.\n\n",
    );
    let mut not_told = String::new();
    for holding in HOLDINGS {
        match holding.told {
            Told::In { file, about, left_out, .. } => {
                text.push_str(&format!("{file}\n    {about}.\n"));
                for (column, reason) in left_out.iter().filter(|(_, reason)| reason.contains("secret")) {
                    text.push_str(&format!("    Not in it: {column} ({reason}).\n"));
                }
            }
            Told::Not(reason) => not_told.push_str(&format!("{}\n    {reason}.\n", holding.table)),
        }
    }
    text.push_str("pictures/\n    your picture, as products show it.\n");
    text.push_str("\nNot in here\n-----------\n\n");
    text.push_str(&not_told);
    File { path: "README.txt".to_owned(), bytes: text.into_bytes() }
}

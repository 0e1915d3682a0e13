//! The table `interactions`.

use super::{Interaction, InteractionId, Kind, LIFETIME_SECONDS, Progress};
use account::Tx;
use db::schema::interactions;
use db::{Conn, Error, Result, Steady, Timestamp};
use diesel::prelude::*;

/// Stands for "no browser yet". Hashes are never empty, so it is no browser's.
pub const ADOPT: &[u8] = &[];

type Row = (InteractionId, Option<String>, String, String, Timestamp, Timestamp, Option<Timestamp>);

/// The interaction, if this browser began it; also one that is over (see [`Interaction::is_over`]), so that the page
/// can say so and offer a way on.
pub fn find(conn: &mut Conn, id: &InteractionId, browser_hash: &[u8], now: Timestamp) -> Result<Option<Interaction>> {
    if browser_hash == ADOPT {
        return Ok(None);
    }
    let row: Option<Row> = interactions::table
        .filter(interactions::id.eq(id).and(interactions::browser_hash.eq(browser_hash)))
        .select((
            interactions::id,
            interactions::client_id,
            interactions::request,
            interactions::progress,
            interactions::created_at,
            interactions::expires_at,
            interactions::finished_at,
        ))
        .first(conn)
        .optional()?;
    row.map(|(id, client_id, kind, progress, created_at, expires_at, finished_at)| {
        Ok(Interaction {
            id,
            client_id,
            kind: serde_json::from_str::<Kind>(&kind).map_err(corrupt)?,
            progress: serde_json::from_str(&progress).map_err(corrupt)?,
            typed: None,
            created_at,
            is_over: finished_at.is_some() || expires_at <= now,
        })
    })
    .transpose()
}

fn corrupt(error: serde_json::Error) -> Error {
    Error::Corrupt(format!("interaction: {error}"))
}

pub(super) fn insert(tx: &mut Tx<'_>, browser_hash: &[u8], kind: &Kind, progress: &Progress) -> Result<InteractionId> {
    let id = InteractionId::new(tx.now);
    let client_id = match kind {
        Kind::Authorization(request) => request.client_id.as_deref(),
        Kind::Local(_) | Kind::StepUp(_) => None,
    };
    diesel::insert_into(interactions::table)
        .values((
            interactions::id.eq(&id),
            interactions::browser_hash.eq(browser_hash),
            interactions::client_id.eq(client_id),
            interactions::request.eq(json(kind)),
            interactions::progress.eq(json(progress)),
            interactions::created_at.eq(tx.now),
            interactions::expires_at.eq(tx.now.plus_seconds(LIFETIME_SECONDS)),
        ))
        .execute(tx.conn)?;
    Ok(id)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("our own types serialise to JSON")
}

pub(super) fn adopt(tx: &mut Tx<'_>, id: &InteractionId, browser_hash: &[u8]) -> Result<bool> {
    let homeless = interactions::browser_hash.eq(ADOPT).and(interactions::expires_at.gt(tx.now));
    let changed = diesel::update(interactions::table.find(id).filter(homeless))
        .set(interactions::browser_hash.eq(browser_hash))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// The progress of a living interaction.
pub(super) fn progress(tx: &mut Tx<'_>, id: &InteractionId) -> Result<Option<Progress>> {
    let alive = interactions::finished_at.is_null().and(interactions::expires_at.gt(tx.now));
    let present: Option<String> = interactions::table
        .filter(interactions::id.eq(id).and(alive))
        .select(interactions::progress)
        .first(tx.conn)
        .optional()?;
    present.map(|present| serde_json::from_str(&present).map_err(corrupt)).transpose()
}

/// Changes the progress of a living interaction. Returns whether it is alive.
pub(super) fn update_progress(tx: &mut Tx<'_>, id: &InteractionId, change: impl FnOnce(&mut Progress)) -> Result<bool> {
    let Some(mut progress) = progress(tx, id)? else { return Ok(false) };
    change(&mut progress);
    let changed = diesel::update(interactions::table.find(id)).set(interactions::progress.eq(json(&progress)));
    Steady(changed).execute(tx.conn)?;
    Ok(true)
}

pub(super) fn finish(tx: &mut Tx<'_>, id: &InteractionId) -> Result<bool> {
    let alive = interactions::finished_at.is_null().and(interactions::expires_at.gt(tx.now));
    let changed = diesel::update(interactions::table.find(id).filter(alive)).set(interactions::finished_at.eq(tx.now));
    Ok(Steady(changed).execute(tx.conn)? == 1)
}

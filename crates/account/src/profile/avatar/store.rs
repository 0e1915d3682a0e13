//! The table `avatars`, and the column of `accounts` that points to it.

use super::{PictureName, Rendition, Size};
use crate::account::AvatarId;
use crate::visibility::{self, Asker};
use crate::{AccountId, Tx};
use db::schema::{accounts, avatars};
use db::{Conn, Result};
use diesel::prelude::*;

/// What is kept under a photo's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// The photo.
    Photo {
        /// Its media type.
        media_type: String,
        /// The encoded picture.
        bytes: Vec<u8>,
    },
    /// The photo was replaced or removed; the account now shows this.
    Replaced(PictureName),
}

pub(super) fn insert(tx: &mut Tx<'_>, id: &AvatarId, account: &AccountId, rendition: &Rendition) -> Result<()> {
    diesel::insert_into(avatars::table)
        .values((
            avatars::id.eq(id),
            avatars::account_id.eq(account),
            avatars::media_type.eq(rendition.media_type),
            avatars::large.eq(&rendition.large),
            avatars::small.eq(&rendition.small),
            avatars::created_at.eq(tx.now),
        ))
        .execute(tx.conn)?;
    Ok(())
}

/// Points the account to its picture. Returns whether the account exists.
pub(super) fn point_to(tx: &mut Tx<'_>, account: &AccountId, avatar: Option<&AvatarId>) -> Result<bool> {
    let changed = diesel::update(accounts::table.find(account))
        .set((accounts::avatar_id.eq(avatar.map(AvatarId::as_str)), accounts::updated_at.eq(tx.now)))
        .execute(tx.conn)?;
    Ok(changed == 1)
}

/// Deletes what the account's photos show, except `keep`. Their ids stay: a product may show a picture by an address
/// that it was given days ago. Returns how many had something to show.
pub(super) fn blank_others(tx: &mut Tx<'_>, account: &AccountId, keep: Option<&AvatarId>) -> Result<usize> {
    let keep = keep.map_or("", AvatarId::as_str);
    let shown = avatars::account_id.eq(account).and(avatars::id.ne(keep)).and(avatars::media_type.ne(""));
    let empty: &[u8] = &[];
    let blank = (avatars::media_type.eq(""), avatars::large.eq(empty), avatars::small.eq(empty));
    Ok(diesel::update(avatars::table.filter(shown)).set(blank).execute(tx.conn)?)
}

/// What is kept under a photo's id, and the account whose owner alone may see it, where that is so.
pub(super) fn find(conn: &mut Conn, id: &AvatarId, size: Size) -> Result<Option<(Stored, Option<AccountId>)>> {
    let row = avatars::table.find(id);
    let found: Option<(String, Vec<u8>, AccountId)> = match size {
        Size::Large => row.select((avatars::media_type, avatars::large, avatars::account_id)).first(conn).optional()?,
        Size::Small => row.select((avatars::media_type, avatars::small, avatars::account_id)).first(conn).optional()?,
    };
    let Some((media_type, bytes, account)) = found else { return Ok(None) };
    let shown = visibility::of(conn, &account)?.unwrap_or_default();
    let shows = |claim| shown.shows(claim, Asker::Anyone);
    if !media_type.is_empty() {
        let photo = Stored::Photo { media_type, bytes };
        return Ok(Some((photo, (!shows("picture")).then_some(account))));
    }
    let (name, avatar): (String, Option<AvatarId>) =
        accounts::table.find(&account).select((accounts::name, accounts::avatar_id)).first(conn)?;
    // Initials tell of the name.
    let is_open = shows("picture") && (avatar.is_some() || shows("name"));
    let now = Stored::Replaced(PictureName::of(&account, &name, avatar.as_ref()));
    Ok(Some((now, (!is_open).then_some(account))))
}

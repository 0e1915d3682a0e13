//! A person's picture: an uploaded photo, or their initials on a colour.
//!
//! A photo is decoded within limits and encoded anew, square, in two sizes, so nothing of the uploaded file is ever
//! served: no metadata, no trailing bytes, no second format hidden in the first.

mod decode;
mod initials;
mod store;
#[cfg(test)]
mod tests;

pub use decode::{AVATAR_BYTES, PictureRefused, Rendition, prepare, render};
pub use initials::{Initials, initials};
pub use store::Stored;

use crate::account::AvatarId;
use crate::audit::{self, Target};
use crate::{AccountId, Tx};
use db::{Conn, Result};
use serde_json::json;

/// The sizes that a picture is served in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 256 by 256 pixels.
    Large,
    /// 64 by 64 pixels.
    Small,
}

impl Size {
    /// Length of a side in pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Size::Large => 256,
            Size::Small => 64,
        }
    }

    /// Reads the last part of a picture's address.
    pub fn parse(text: &str) -> Option<Self> {
        [Size::Large, Size::Small].into_iter().find(|size| size.pixels().to_string() == text)
    }
}

/// What the first part of a picture's address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PictureName {
    /// An uploaded photo.
    Photo(AvatarId),
    /// Initials, which the address carries in itself: no look into the database, and no account's id in it.
    Initials(Initials),
}

impl PictureName {
    /// What an account shows.
    pub fn of(id: &AccountId, name: &str, avatar: Option<&AvatarId>) -> Self {
        match avatar {
            Some(avatar) => Self::Photo(avatar.clone()),
            None => Self::Initials(Initials::of(id, name)),
        }
    }

    /// Reads the first part of a picture's address.
    pub fn parse(text: &str) -> Option<Self> {
        AvatarId::parse(text).map(Self::Photo).or_else(|| Initials::parse(text).map(Self::Initials))
    }

    /// The path at which it is served.
    pub fn path(&self, size: Size) -> String {
        match self {
            Self::Photo(id) => format!("/avatar/{id}/{}", size.pixels()),
            Self::Initials(initials) => format!("/avatar/{}/{}", initials.encoded(), size.pixels()),
        }
    }
}

/// The `picture` claim (OpenID Connect Core §5.1) of an account: always there, as initials until a photo is uploaded.
/// `public_url` is the issuer, without a slash at its end.
pub fn picture_url(public_url: &str, id: &AccountId, name: &str, avatar: Option<&AvatarId>) -> String {
    format!("{public_url}{}", PictureName::of(id, name, avatar).path(Size::Large))
}

/// Makes a photo the account's picture. What older photos showed is deleted; their addresses lead to the new one.
///
/// Returns `None` when the account is gone.
pub fn save(tx: &mut Tx<'_>, account: &AccountId, rendition: &Rendition) -> Result<Option<AvatarId>> {
    let id = AvatarId::new(tx.now);
    if !store::point_to(tx, account, Some(&id))? {
        return Ok(None);
    }
    store::insert(tx, &id, account, rendition)?;
    store::blank_others(tx, account, Some(&id))?;
    audit::record(tx, "avatar.changed", Target::account(account), json!({}))?;
    Ok(Some(id))
}

/// Goes back to initials. Returns whether there was a photo.
pub fn remove(tx: &mut Tx<'_>, account: &AccountId) -> Result<bool> {
    if store::blank_others(tx, account, None)? == 0 {
        return Ok(false);
    }
    store::point_to(tx, account, None)?;
    audit::record(tx, "avatar.removed", Target::account(account), json!({}))?;
    Ok(true)
}

/// What is kept under a photo's id, and, where its owner alone may see it, the account.
pub fn find(conn: &mut Conn, id: &AvatarId, size: Size) -> Result<Option<(Stored, Option<AccountId>)>> {
    store::find(conn, id, size)
}

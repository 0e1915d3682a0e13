//! A word that the browser carries from one page to the next: a cookie, sealed for this browser and one purpose.
//!
//! It is for what a visitor typed and nobody decides upon. Kept in the database instead, it would cost a durable commit,
//! and be there for everyone who never comes back.

use crate::{Site, Visitor, cookie};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes of the cookie, at most.
const LONGEST: usize = 1024;

impl Visitor {
    /// Has the browser carry `word` for some `seconds`, in the place of what it carries now.
    pub fn carry(&self, site: &Site, purpose: &str, word: &str, seconds: i64) {
        let sealed = site.accounts.key.seal(&self.place(purpose), word.as_bytes());
        self.set(cookie::make_carried(URL_SAFE_NO_PAD.encode(sealed), self.https, seconds));
    }

    /// What the browser carries for this `purpose`.
    pub fn carried(&self, site: &Site, purpose: &str) -> Option<String> {
        let sealed = self.carried.as_deref().filter(|text| text.len() <= LONGEST)?;
        let opened = site.accounts.key.open(&self.place(purpose), &URL_SAFE_NO_PAD.decode(sealed).ok()?)?;
        String::from_utf8(opened.to_vec()).ok()
    }

    /// Whether the browser can carry a word for this `purpose`: it does already, or its hands are empty.
    pub fn can_carry(&self, site: &Site, purpose: &str) -> bool {
        self.carried.is_none() || self.carried(site, purpose).is_some()
    }

    /// Has the browser carry nothing any more.
    pub fn put_down(&self) {
        if self.carried.is_some() {
            self.set(cookie::make_carried(String::new(), self.https, 0));
        }
    }

    fn place(&self, purpose: &str) -> String {
        format!("cookie/{purpose}/{}", URL_SAFE_NO_PAD.encode(self.browser_hash()))
    }
}

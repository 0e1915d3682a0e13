//! Notes about the installation as a whole: which key sealed it, whether it is the demo's.

mod store;

pub use store::{note, remember};

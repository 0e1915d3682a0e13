//! Writes the specimens of this crate and their assets to a folder, to be looked at in a browser without a server:
//! `cargo run -p web --example specimens -- FOLDER`.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "specimens".to_owned());
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let assets =
        ["css/latchkey.css", "images/favicon.svg", "js/once.js", "js/focus.js", "js/password.js", "js/copy.js"];
    for specimen in web::gallery::Gallery::new([]).specimens() {
        let mut html = specimen.html;
        for name in assets {
            let url = web::assets::asset_url(name);
            let file = url.trim_start_matches("/static/");
            fs::write(folder.join(file), web::assets::asset_body(name).unwrap_or_default())?;
            html = html.replace(url, file);
        }
        fs::write(folder.join(format!("{}.html", specimen.name.replace('/', "_"))), html)?;
    }
    Ok(())
}

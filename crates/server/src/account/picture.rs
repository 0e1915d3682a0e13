//! `/avatar/{name}/{size}`: a picture, for our own pages and for those of products.

use account::AccountId;
use account::account::AvatarId;
use account::profile::avatar::{self, Initials, PictureName, Size, Stored};
use account::session;
use actix_web::http::header::{self, IF_NONE_MATCH};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use web::{Failure, Site, cookie};

/// An uploaded photo never changes under its address.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Initials may be drawn otherwise by a later version.
const FOR_A_DAY: &str = "public, max-age=86400";
/// Where a replaced photo's address leads may change again.
const FOR_MINUTES: &str = "public, max-age=300";
/// What one person alone may see lies in no cache.
const NEVER: &str = "private, no-store";

/// Serves a picture. It takes no session and sets no cookie: anybody who has the address may see it, unless its owner
/// hides it. Then the owner sees it, logged in here, and to everybody else there is nothing at the address; what a
/// browser, a proxy or a product kept from before is beyond our reach.
pub(super) async fn serve(
    request: HttpRequest,
    site: Data<Site>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Failure> {
    let (name, size) = path.into_inner();
    let size = Size::parse(&size).ok_or_else(Failure::not_found)?;
    match PictureName::parse(&name).ok_or_else(Failure::not_found)? {
        PictureName::Initials(initials) => Ok(serve_initials(&request, &initials, size)),
        PictureName::Photo(id) => serve_photo(&request, &site, id, size).await,
    }
}

fn serve_initials(request: &HttpRequest, initials: &Initials, size: Size) -> HttpResponse {
    let tag = format!("\"{}-{}-1\"", initials.encoded(), size.pixels());
    if is_known(request, &tag) {
        return picture(HttpResponse::NotModified(), &tag, FOR_A_DAY).finish();
    }
    picture(HttpResponse::Ok(), &tag, FOR_A_DAY).content_type("image/svg+xml").body(initials.svg(size))
}

async fn serve_photo(request: &HttpRequest, site: &Site, id: AvatarId, size: Size) -> Result<HttpResponse, Failure> {
    let tag = format!("\"{id}-{}\"", size.pixels());
    let found = site.accounts.read(move |conn| avatar::find(conn, &id, size)).await?;
    let (stored, hidden_by) = found.ok_or_else(Failure::not_found)?;
    if let Some(owner) = &hidden_by
        && !is_logged_in(request, site, owner).await?
    {
        return Err(Failure::not_found());
    }
    let kept = |usual: &'static str| if hidden_by.is_some() { NEVER } else { usual };
    Ok(match stored {
        Stored::Photo { .. } if is_known(request, &tag) => {
            picture(HttpResponse::NotModified(), &tag, kept(FOR_EVER)).finish()
        }
        Stored::Photo { media_type, bytes } => {
            picture(HttpResponse::Ok(), &tag, kept(FOR_EVER)).content_type(media_type).body(bytes)
        }
        Stored::Replaced(now) => HttpResponse::Found()
            .insert_header((header::LOCATION, now.path(size)))
            .insert_header((header::CACHE_CONTROL, kept(FOR_MINUTES)))
            .insert_header(CROSS_ORIGIN)
            .finish(),
    })
}

/// Whether the account is logged in in this browser.
async fn is_logged_in(request: &HttpRequest, site: &Site, account: &AccountId) -> Result<bool, Failure> {
    let Some(token) = cookie::read(request, cookie::Kind::Session, site.public_url.is_https()) else {
        return Ok(false);
    };
    let (now, lifetimes) = (site.accounts.now(), site.lifetimes);
    let found = site.accounts.read(move |conn| session::find(conn, &token.hash(), now, &lifetimes)).await?;
    Ok(found.is_some_and(|session| session.login_of(account).is_some()))
}

/// Products show the picture on pages of their own origin.
const CROSS_ORIGIN: (&str, &str) = ("Cross-Origin-Resource-Policy", "cross-origin");

/// The headers of a picture. Opened by itself, nothing in it may run.
fn picture(mut answer: HttpResponseBuilder, tag: &str, cache: &str) -> HttpResponseBuilder {
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header(("Content-Security-Policy", "default-src 'none'; sandbox"))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(CROSS_ORIGIN);
    answer
}

/// Whether the asker has this version (RFC 9110 §13.1.2).
fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let lists = request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    })
}

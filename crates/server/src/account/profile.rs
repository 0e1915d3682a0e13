//! `/account`: name, picture, e-mail address.

use super::upload::{self, Avatar};
use super::{own_account, page};
use account::account::{Account, DisplayName};
use account::email_change;
use account::profile::avatar::{self, PictureName, PictureRefused, Rendition, Size};
use account::profile::rename;
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;
use web::headers::PageKind;
use web::page::{FormErrors, Notice, Page, Render};
use web::{Failure, Form, Query, Site, Visitor};

const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "server/account/profile.html")]
pub(super) struct ProfilePage {
    pub page: Page,
    /// What the field holds.
    pub name: String,
    /// The picture's address.
    pub picture: String,
    /// Whether it is a photo, which can be removed.
    pub has_photo: bool,
    pub email: String,
    /// The address that waits to be confirmed.
    pub pending_email: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn show(
    site: Data<Site>,
    visitor: Visitor,
    Query(query): Query<Done>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let mut view = view(&site, &visitor, account).await?;
    view.page.notices.extend(query.done.as_deref().and_then(notice));
    Ok(view.answer(PageKind::Own))
}

/// What was done before this page was shown.
fn notice(done: &str) -> Option<Notice> {
    match done {
        "saved" => Some(Notice::success("Your profile is saved.")),
        "photo-removed" => Some(Notice::success("Your picture is removed.")),
        "email-changed" => Some(Notice::success("Your e-mail address is changed. Log in with it from now on.")),
        _ => None,
    }
}

async fn view(site: &Site, visitor: &Visitor, account: Account) -> Result<ProfilePage, Failure> {
    let (id, now) = (account.id.clone(), site.accounts.now());
    let pending = site.accounts.read(move |conn| email_change::pending(conn, &id, now)).await?;
    let picture = PictureName::of(&account.id, &account.name, account.avatar_id.as_ref());
    Ok(ProfilePage {
        page: page(site, visitor, "Profile", PATH),
        name: account.name,
        picture: picture.path(Size::Large),
        has_photo: account.avatar_id.is_some(),
        email: account.email.address,
        pending_email: pending.map(|change| change.new_address),
    })
}

/// Saves name and, when one was chosen, picture: both or neither.
pub(super) async fn save(
    request: HttpRequest,
    site: Data<Site>,
    visitor: Visitor,
    form: Multipart,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    let upload = upload::read(&request, form).await?;
    let mut errors = FormErrors::none();
    let name = DisplayName::parse(&upload.name).map_err(|problem| errors.add("name", problem.to_string())).ok();
    let photo = photo(upload.avatar).await.map_err(|refused| errors.add("avatar", sentence(refused))).ok();
    let (Some(name), Some(photo)) = (name, photo) else {
        let mut view = view(&site, &visitor, account).await?;
        view.name = upload.name;
        view.page.errors = errors;
        return Ok(view.answer_with(StatusCode::UNPROCESSABLE_ENTITY, PageKind::Own));
    };
    site.accounts
        .write(&visitor.actor, move |tx| {
            rename(tx, &account.id, &name)?;
            if let Some(photo) = &photo {
                avatar::save(tx, &account.id, photo)?;
            }
            Ok(())
        })
        .await?;
    Ok(visitor.see_other("/account?done=saved"))
}

async fn photo(uploaded: Avatar) -> Result<Option<Rendition>, PictureRefused> {
    match uploaded {
        Avatar::None => Ok(None),
        Avatar::TooLarge => Err(PictureRefused::TooLarge),
        Avatar::File(file) => avatar::render(file).await.map(Some),
    }
}

fn sentence(refused: PictureRefused) -> &'static str {
    match refused {
        PictureRefused::TooLarge => "This file has more than 4 MB. Choose a smaller one.",
        PictureRefused::NotAPicture => {
            "This file is no picture that we can read. Choose a PNG, JPEG, WebP or GIF file."
        }
        PictureRefused::TooManyPixels => "This picture has too many pixels. Choose one of at most 8000 by 6000.",
        PictureRefused::Broken => "This file is damaged and cannot be read. Choose another one.",
        PictureRefused::Busy => "Many people are uploading pictures at this moment. Try again in a minute.",
    }
}

/// Back to initials.
pub(super) async fn remove_photo(
    site: Data<Site>,
    visitor: Visitor,
    Form(_): Form<Nothing>,
) -> Result<HttpResponse, Failure> {
    let account = own_account(&site, &visitor, PATH).await?;
    site.accounts.write(&visitor.actor, move |tx| avatar::remove(tx, &account.id)).await?;
    Ok(visitor.see_other("/account?done=photo-removed"))
}

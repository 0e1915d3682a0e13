//! The pages of this room in each of their states.

use super::answer::FormPostPage;
use oidc::authorize::response_mode::FormPost;
use web::page::Page;
use web::specimen::Specimen;

/// Every page of this room.
pub fn specimens() -> Vec<Specimen> {
    let fields = [("code", "SplxlOBeZQQYbYS6WxSbIA"), ("state", "af0ifjsldkj"), ("iss", "https://id.example.test")];
    let form = FormPost {
        action: "https://tracker.example.test/callback".to_owned(),
        origin: "https://tracker.example.test".to_owned(),
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    };
    let page = Page::new("Back to the product", "Latchkey");
    vec![Specimen::new("authorize/form-post", &FormPostPage { page, form, nonce: None })]
}

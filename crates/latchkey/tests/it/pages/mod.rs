//! What holds on every page.

mod links;

use crate::support::Provider;

#[tokio::test]
async fn an_unknown_address_is_a_kind_page() {
    let provider = Provider::start().await;
    let shown = provider.browser().open("/no-such-page").await;
    assert_eq!(shown.status.as_u16(), 404);
    assert_eq!(shown.error_code().as_deref(), Some("not_found"));
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    assert_eq!(shown.headers["x-frame-options"], "DENY");
}

/// Uptime monitors ask by HEAD.
#[tokio::test]
async fn head_is_get_without_the_body() {
    let provider = Provider::start().await;
    for path in ["/login?to=%2Faccount", "/.well-known/openid-configuration", "/no-such-page"] {
        let get = provider.browser().once(reqwest::Method::GET, path, None, &[]).await;
        let head = provider.browser().once(reqwest::Method::HEAD, path, None, &[]).await;
        assert_eq!((head.status, head.body.as_str()), (get.status, ""), "{path}");
    }
}

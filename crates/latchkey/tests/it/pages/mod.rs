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

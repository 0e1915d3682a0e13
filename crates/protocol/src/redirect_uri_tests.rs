use super::*;
use ApplicationType::{Native, Web};
use RedirectUriError::*;
use proptest::prelude::*;

#[test]
fn what_may_be_registered() {
    for (kind, implicit, text) in [
        (Web, false, "https://a.example/cb"),
        (Web, false, "https://a.example"),
        (Web, false, "https://a.example/cb?dummy1=lorem&dummy2=ipsum"),
        (Web, true, "https://a.example:8443/cb"),
        (Web, false, "http://127.0.0.1:8081/cb"),
        (Web, false, "http://[::1]/cb"),
        (Web, false, "http://localhost:3000/cb"),
        (Web, false, "https://localhost/cb"),
        (Native, false, "http://127.0.0.1/cb"),
        (Native, true, "http://localhost/cb"),
        (Native, false, "com.example.app:/cb"),
        (Native, false, "com.example.app://cb"),
        (Native, false, "myapp://callback/x?y=z"),
        (Native, false, "https://a.example/app"),
    ] {
        assert_eq!(RedirectUri::parse_for(kind, implicit, text).map(|uri| uri.0).as_deref(), Ok(text));
    }
}

#[test]
fn what_may_not_be_registered() {
    for (kind, implicit, text, error) in [
        (Web, false, "", NotAbsolute),
        (Web, false, "/cb", NotAbsolute),
        (Web, false, "//a.example/cb", NotAbsolute),
        (Web, false, "https:a.example/cb", NotAbsolute),
        (Web, false, "https:///a.example/cb", NotAbsolute),
        (Web, false, "https://", NotAbsolute),
        (Web, false, "https://a.example/cb#", Fragment),
        (Web, false, "https://a.example/cb#x", Fragment),
        (Web, false, "https://u@a.example/cb", UserInfo),
        (Web, false, "https://@a.example/cb", UserInfo),
        (Web, false, "https://u:p@a.example/cb", UserInfo),
        (Web, false, "https://*.example/cb", Wildcard),
        (Web, false, "https://a.example/ cb", IllegalCharacter),
        (Web, false, " https://a.example/cb", IllegalCharacter),
        (Web, false, "https://a.example/cb\n", IllegalCharacter),
        (Web, false, "https://a.example\\@b.example/", IllegalCharacter),
        (Web, false, "https://a.example/%zz", IllegalCharacter),
        (Web, false, "https://a.example/%2", IllegalCharacter),
        (Web, false, "https://é.example/cb", IllegalCharacter),
        (Web, false, "http://a.example/cb", InsecureHttp),
        (Web, false, "http://localhost.a.example/cb", InsecureHttp),
        (Web, false, "http://127.0.0.1.a.example/cb", InsecureHttp),
        (Web, false, "http://2130706433/cb", InsecureHttp),
        (Web, false, "http://localhost:0/cb", InsecureHttp),
        (Native, false, "http://a.example/cb", InsecureHttp),
        (Web, true, "http://localhost/cb", LoopbackWithImplicit),
        (Web, true, "https://localhost/cb", LoopbackWithImplicit),
        (Web, true, "https://localhost./cb", LoopbackWithImplicit),
        (Web, true, "https://127.1/cb", LoopbackWithImplicit),
        (Web, false, "com.example.app:/cb", CustomScheme),
        (Web, false, "javascript:alert(1)", RefusedScheme),
        (Native, false, "JavaScript:alert(1)", RefusedScheme),
        (Native, false, "data:text/html,x", RefusedScheme),
        (Native, false, "file:///etc/passwd", RefusedScheme),
        (Native, false, "urn:ietf:wg:oauth:2.0:oob", RefusedScheme),
        (Native, false, "com.example.app:", NotAbsolute),
        (Native, false, "app://u:p@x/cb", UserInfo),
    ] {
        assert_eq!(RedirectUri::parse_for(kind, implicit, text), Err(error), "{text}");
    }
    let long = format!("https://a.example/{}", "x".repeat(MAX_BYTES));
    assert_eq!(RedirectUri::parse_for(Web, false, &long), Err(TooLong));
}

#[test]
fn comparison_is_exact_but_for_the_loopback_port_of_native_clients() {
    let cases = [
        ("https://a.example/cb", "https://a.example/cb", false, true),
        ("https://a.example/cb", "https://a.example/cb/", true, false),
        ("https://a.example/cb", "https://A.example/cb", true, false),
        ("https://a.example/cb", "https://a.example:443/cb", true, false),
        ("https://a.example/cb", "https://a.example/cb?x=1", true, false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", true, true),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/cb", false, false),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true, true),
        ("http://[::1]:1/cb?x=1", "http://[::1]:2/cb?x=1", true, true),
        ("http://localhost/cb", "http://localhost:99/cb", true, true),
        ("http://localhost/cb", "http://127.0.0.1:99/cb", true, false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:51234/other", true, false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", true, false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil.example/cb", true, false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", true, false),
        ("http://127.0.0.1", "http://127.0.0.1.evil.example", true, false),
        ("https://localhost/cb", "https://localhost:99/cb", true, false),
    ];
    for (registered, presented, native, expected) in cases {
        assert_eq!(RedirectUri::trusted(registered).matches(presented, native), expected, "{registered} {presented}");
    }
}

#[test]
fn parameters_are_added_to_what_is_there() {
    let pairs = [("code", "a b&c"), ("iss", "https://op.example")];
    for (uri, placement, expected) in [
        ("https://a/cb", Placement::Query, "https://a/cb?code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
        ("https://a/cb?x=%7e", Placement::Query, "https://a/cb?x=%7e&code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
        ("https://a/cb?", Placement::Query, "https://a/cb?code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
        ("https://a/cb?x=1&", Placement::Query, "https://a/cb?x=1&code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
        ("https://a/cb?x=1", Placement::Fragment, "https://a/cb?x=1#code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
        ("https://a/cb#f", Placement::Query, "https://a/cb?code=a%20b%26c&iss=https%3A%2F%2Fop.example#f"),
        ("app:/cb", Placement::Query, "app:/cb?code=a%20b%26c&iss=https%3A%2F%2Fop.example"),
    ] {
        assert_eq!(append_parameters(uri, placement, pairs), expected);
    }
    assert_eq!(append_parameters("https://a/cb?x", Placement::Query, []), "https://a/cb?x");
}

#[test]
fn the_destination_is_what_a_person_should_see() {
    assert_eq!(RedirectUri::trusted("https://shop.example:8443/cb").destination(), "shop.example");
    assert_eq!(RedirectUri::trusted("com.example.app:/cb").destination(), "com.example.app:");
    assert!(RedirectUri::trusted("com.example.app:/cb").is_on_device());
    assert!(RedirectUri::trusted("http://[::1]:7/cb").is_on_device());
    assert!(!RedirectUri::trusted("https://shop.example/cb").is_on_device());
}

proptest! {
    #[test]
    fn any_text_is_judged_without_panic(text in any::<String>(), native in any::<bool>(), implicit in any::<bool>()) {
        let kind = if native { Native } else { Web };
        let _ = RedirectUri::parse_for(kind, implicit, &text);
        let _ = RedirectUri::parse_for(kind, implicit, &format!("https://{text}"));
        let _ = RedirectUri::trusted(&text).matches(&format!("http://localhost{text}"), native);
    }

    #[test]
    fn what_passes_is_what_a_browser_would_visit(host in "[a-z0-9.@:/\\\\?*-]{0,24}", implicit in any::<bool>()) {
        let text = format!("https://{host}");
        if RedirectUri::parse_for(Web, implicit, &text).is_ok() {
            let url = Url::parse(&text).unwrap();
            prop_assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
            prop_assert!(url.has_host());
        }
    }

    #[test]
    fn appended_parameters_read_back(name in "[a-z_]{1,10}", value in any::<String>(), query in "[a-z=&]{0,10}") {
        let uri = format!("https://a.example/cb?{query}");
        let whole = append_parameters(&uri, Placement::Query, [(name.as_str(), value.as_str())]);
        prop_assert!(whole.starts_with(&uri));
        let last = Url::parse(&whole).unwrap().query_pairs().last().map(|(n, v)| (n.into_owned(), v.into_owned()));
        prop_assert_eq!(last, Some((name, value)));
    }

    #[test]
    fn a_match_goes_to_the_registered_host(presented in "http://127.0.0.1[:0-9a-z.@/?]{0,16}") {
        if RedirectUri::trusted("http://127.0.0.1/cb").matches(&presented, true) {
            let url = Url::parse(&presented).unwrap();
            prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
        }
    }
}

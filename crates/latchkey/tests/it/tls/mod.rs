//! TLS by the process itself: `server.tls_certificate` and `server.tls_key`, through the built executable.

use crate::commands::process::{Installation, Process, latchkey, run};
use crate::support::certificates::Certificates;
use reqwest::{Certificate, Client, Version, redirect::Policy};
use std::path::Path;

/// The settings by environment: the harness writes the file.
fn environment(installation: &Installation, certificate: &Path, key: &Path) -> [(&'static str, String); 3] {
    [
        ("LATCHKEY_SERVER__PUBLIC_URL", format!("https://localhost:{}", installation.port)),
        ("LATCHKEY_SERVER__TLS_CERTIFICATE", certificate.display().to_string()),
        ("LATCHKEY_SERVER__TLS_KEY", key.display().to_string()),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_speaks_tls_by_itself() {
    let (installation, certificates) = (Installation::new(), Certificates::make());
    let mut command = latchkey(installation.folder.path(), &["serve"]);
    command.envs(environment(&installation, &certificates.file("certificate.pem"), &certificates.file("key.pem")));
    let mut process = Process::start(command);
    assert!(process.line("Listening on").contains("https://"));
    let base = format!("https://localhost:{}", installation.port);

    let authority = std::fs::read(certificates.file("authority.pem")).expect("a file");
    let authority = Certificate::from_pem(&authority).expect("PEM");
    let plain = Client::builder().no_proxy().redirect(Policy::none());
    let client = plain.tls_certs_only([authority]).build().expect("a client");
    let answer = client.get(format!("{base}/.well-known/openid-configuration")).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.version()), (200, Version::HTTP_2));
    assert!(answer.headers()["strict-transport-security"].to_str().expect("text").starts_with("max-age="));
    let document: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(document["issuer"], base);
    assert_eq!(document["token_endpoint"], format!("{base}/oauth2/token"));
    let page = client.get(format!("{base}/login")).send().await.expect("an answer");
    let cookies: Vec<_> = page.headers().get_all("set-cookie").iter().map(|c| c.to_str().expect("text")).collect();
    assert!(!cookies.is_empty());
    assert!(cookies.iter().all(|c| c.starts_with("__Host-") && c.contains("Secure")), "{cookies:?}");

    // Who does not know the authority gets nothing, nor does who speaks without TLS.
    let stranger = Client::builder().no_proxy().build().expect("a client");
    assert!(stranger.get(format!("{base}/login")).send().await.is_err());
    let bare = stranger.get(format!("http://localhost:{}/login", installation.port)).send().await;
    assert!(bare.is_err_and(|error| error.status().is_none()));
    process.signal("TERM");
    assert_eq!(process.end().code(), Some(0));
}

#[test]
fn a_certificate_that_cannot_be_used_is_refused_at_the_start() {
    let (installation, certificates, others) = (Installation::new(), Certificates::make(), Certificates::make());
    let (certificate, key) = (certificates.file("certificate.pem"), certificates.file("key.pem"));
    for (certificate, key, words) in [
        (&certificate, &others.file("key.pem"), "do not belong together"),
        (&key, &key, "holds no certificate in PEM form"),
        (&certificate, &certificate, "holds no private key in PEM form"),
    ] {
        let environment = environment(&installation, certificate, key);
        let environment = environment.each_ref().map(|(name, value)| (*name, value.as_str()));
        let ended = run(installation.folder.path(), &["serve"], &environment);
        assert_eq!(ended.code, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}

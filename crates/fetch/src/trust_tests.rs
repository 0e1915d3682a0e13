//! Which certificates are believed, over real TLS.

use std::sync::Arc;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509NameBuilder};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::{FetchError, FetchSettings, Fetcher, Limits};

const DAY: i64 = 24 * 3600;

/// What `openssl req -x509` makes: signed by itself, marked as an authority. `marked` and `days` change that.
fn self_signed(host: &str, marked: bool, days: i64, now: i64) -> (X509, PKey<Private>) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, host).unwrap();
    let name = name.build();
    let mut made = X509::builder().unwrap();
    made.set_version(2).unwrap();
    made.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    made.set_subject_name(&name).unwrap();
    made.set_issuer_name(&name).unwrap();
    made.set_pubkey(&key).unwrap();
    made.set_not_before(&Asn1Time::from_unix(now - 30 * DAY).unwrap()).unwrap();
    made.set_not_after(&Asn1Time::from_unix(now + days * DAY).unwrap()).unwrap();
    let alternative = SubjectAlternativeName::new().dns(host).build(&made.x509v3_context(None, None)).unwrap();
    made.append_extension(alternative).unwrap();
    if marked {
        made.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    made.sign(&key, MessageDigest::sha256()).unwrap();
    (made.build(), key)
}

/// A server on loopback that shows this certificate; its port.
async fn serve(certificate: &X509, key: &PKey<Private>) -> u16 {
    let chain = vec![CertificateDer::from(certificate.to_der().unwrap())];
    let key = PrivateKeyDer::try_from(key.private_key_to_pkcs8().unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            drop(stream.read(&mut request).await);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            drop(stream.write_all(answer).await);
            drop(stream.shutdown().await);
        }
    });
    port
}

/// Fetches from a server that shows `shown`, as somebody whose extra file holds `named`.
async fn fetch(host: &str, shown: &(X509, PKey<Private>), named: &[&X509]) -> Result<u16, FetchError> {
    let port = serve(&shown.0, &shown.1).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("extra.pem");
    let pem: Vec<u8> = named.iter().flat_map(|certificate| certificate.to_pem().unwrap()).collect();
    std::fs::write(&file, pem).unwrap();
    let extra_ca_file = Some(file).filter(|_| !named.is_empty());
    let fetcher = Fetcher::new(FetchSettings { allow_private_networks: true, extra_ca_file }).unwrap();
    let fetched = fetcher.get(&format!("https://{host}:{port}/"), Limits::default(), "*/*").await;
    fetched.map(|fetched| fetched.status)
}

fn now() -> i64 {
    // As TLS reads it: certificates are judged by the machine's clock.
    rustls::pki_types::UnixTime::now().as_secs().try_into().unwrap()
}

/// The certificate that a server signed itself counts when the operator's file has it, marked as an authority or not.
#[tokio::test]
async fn a_servers_own_certificate_is_believed_when_the_operator_names_it() {
    for marked in [true, false] {
        let server = self_signed("localhost", marked, 30, now());
        let other = self_signed("localhost", marked, 30, now()).0;
        assert!(matches!(fetch("localhost", &server, &[&other, &server.0]).await, Ok(200)), "marked: {marked}");
        for named in [&[][..], &[&other]] {
            let refused = fetch("localhost", &server, named).await;
            assert!(matches!(&refused, Err(FetchError::Connect { .. })), "{refused:?}");
        }
    }
}

/// Named or not: it has to be of this host, and of today.
#[tokio::test]
async fn a_named_certificate_is_judged_like_any_other() {
    for (host, days) in [("other.example", 30), ("localhost", -1)] {
        for marked in [true, false] {
            let server = self_signed(host, marked, days, now());
            let refused = fetch("localhost", &server, &[&server.0]).await;
            assert!(matches!(&refused, Err(FetchError::Connect { .. })), "{host} {days}: {refused:?}");
        }
    }
}

/// Whoever shows the certificate without its key is not that server.
#[tokio::test]
async fn a_named_certificate_needs_its_key() {
    let (server, other) = (self_signed("localhost", true, 30, now()), self_signed("localhost", true, 30, now()));
    let port = serve_unchecked(&server.0, &other.1).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("extra.pem");
    std::fs::write(&file, server.0.to_pem().unwrap()).unwrap();
    let fetcher = Fetcher::new(FetchSettings { allow_private_networks: true, extra_ca_file: Some(file) }).unwrap();
    let refused = fetcher.get(&format!("https://localhost:{port}/"), Limits::default(), "*/*").await;
    assert!(matches!(&refused, Err(FetchError::Connect { .. })), "{refused:?}");
}

/// [`serve`] for a thief: the key is not the certificate's.
async fn serve_unchecked(certificate: &X509, key: &PKey<Private>) -> u16 {
    use rustls::sign::{CertifiedKey, SingleCertAndKey};
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let key = PrivateKeyDer::try_from(key.private_key_to_pkcs8().unwrap()).unwrap();
    let key = provider.key_provider.load_private_key(key).unwrap();
    let certified = CertifiedKey::new(vec![CertificateDer::from(certificate.to_der().unwrap())], key);
    let config = ServerConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(acceptor.accept(stream).await);
        }
    });
    port
}

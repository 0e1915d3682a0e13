//! A certification authority of a test's own, and a server certificate from it.

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use std::path::PathBuf;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority and the certificate of `localhost` that it made, as PEM files.
pub struct Certificates {
    folder: tempfile::TempDir,
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Certificates {
    /// Makes both, for a day.
    pub fn make() -> Self {
        let (ca_key, ca_name) = (new_key(), named("Test Authority"));
        let mut ca = certificate(&ca_name, &ca_name, &ca_key, 1);
        ca.append_extension(BasicConstraints::new().critical().ca().build().expect("built")).expect("appended");
        let signs = KeyUsage::new().critical().key_cert_sign().build().expect("built");
        ca.append_extension(signs).expect("appended");
        ca.sign(&ca_key, MessageDigest::sha256()).expect("signed");
        let key = new_key();
        let mut own = certificate(&named("localhost"), &ca_name, &key, 2);
        let hosts = SubjectAlternativeName::new().dns("localhost").build(&own.x509v3_context(None, None));
        own.append_extension(hosts.expect("built")).expect("appended");
        own.sign(&ca_key, MessageDigest::sha256()).expect("signed");
        let (ca, own) = (ca.build(), own.build());

        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, pem: Vec<u8>| std::fs::write(folder.path().join(name), pem).expect("a file");
        write("authority.pem", ca.to_pem().expect("PEM"));
        write("certificate.pem", own.to_pem().expect("PEM"));
        write("key.pem", key.private_key_to_pem_pkcs8().expect("PEM"));
        let chain = vec![CertificateDer::from(own.to_der().expect("DER"))];
        Self { folder, chain, key: key.private_key_to_pkcs8().expect("DER") }
    }

    /// One of `authority.pem`, `certificate.pem`, `key.pem`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// For a server of the test's own.
    pub fn acceptor(&self) -> TlsAcceptor {
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions").with_no_client_auth();
        let key = PrivateKeyDer::try_from(self.key.clone()).expect("PKCS#8");
        TlsAcceptor::from(Arc::new(builder.with_single_cert(self.chain.clone(), key).expect("they belong together")))
    }
}

fn new_key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

fn named(common_name: &str) -> X509Name {
    let mut name = X509NameBuilder::new().expect("a name");
    name.append_entry_by_nid(Nid::COMMONNAME, common_name).expect("appended");
    name.build()
}

fn certificate(subject: &X509Name, issuer: &X509Name, key: &PKey<Private>, serial: u32) -> X509Builder {
    let mut made = X509::builder().expect("a builder");
    made.set_version(2).expect("X.509 version 3");
    made.set_serial_number(&BigNum::from_u32(serial).expect("a number").to_asn1_integer().expect("a number"))
        .expect("a serial number");
    made.set_subject_name(subject).expect("a subject");
    made.set_issuer_name(issuer).expect("an issuer");
    made.set_pubkey(key).expect("a key");
    made.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a start");
    made.set_not_after(&Asn1Time::days_from_now(1).expect("a time")).expect("an end");
    made
}

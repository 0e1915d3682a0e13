//! TLS by the process itself: `server.tls_certificate` and `server.tls_key`.

use crate::settings::Server;
use anyhow::{Context, ensure};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::Path;
use std::sync::Arc;

/// The TLS configuration of the settings; `None`: TLS ends elsewhere, at a proxy.
///
/// # Errors
/// A file cannot be read, holds no certificate or key, or the two do not belong together. The message names the file.
pub fn configuration(server: &Server) -> anyhow::Result<Option<ServerConfig>> {
    let (Some(certificate), Some(key)) = (&server.tls_certificate, &server.tls_key) else { return Ok(None) };
    let chain = chain(certificate)?;
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("`server.tls_key` ({}) holds no private key in PEM form", key.display()))?;
    let configuration = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("TLS cannot be set up")?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .with_context(|| {
            let (certificate, key) = (certificate.display(), key.display());
            format!("The certificate in {certificate} and the key in {key} do not belong together, or cannot be used")
        })?;
    Ok(Some(configuration))
}

fn chain(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let problem = || format!("`server.tls_certificate` ({}) holds no certificate in PEM form", file.display());
    let read = CertificateDer::pem_file_iter(file).with_context(problem)?;
    let chain: Vec<_> = read.collect::<Result<_, _>>().with_context(problem)?;
    ensure!(!chain.is_empty(), problem());
    Ok(chain)
}

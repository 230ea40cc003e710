//! rustls' hooks, each of which puts a question to JavaScript through the dialogue of its thread.

#![forbid(unsafe_code)]

use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureAlgorithm, SignatureScheme};

use crate::dialogue::{Question, Reason, ask, with};

/// Trust is decided by JavaScript; the signature that proves possession of the server's key is checked here.
#[derive(Debug)]
pub struct AskingVerifier {
    pub algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for AskingVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity)
            .chain(intermediates)
            .map(|certificate| certificate.to_vec())
            .collect();
        match ask(Question::Verify { chain }) {
            Ok(Some(_)) => Ok(ServerCertVerified::assertion()),
            _ => {
                with(|dialogue| dialogue.reason = Reason::Refused);
                Err(CertificateError::ApplicationVerificationFailure.into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Always the same certificate, whatever authorities the server names: the card has no other.
#[derive(Debug)]
pub struct AskingResolver(pub Option<Arc<CertifiedKey>>);

impl AskingResolver {
    pub fn new(certificates: Vec<Vec<u8>>, schemes: Vec<SignatureScheme>) -> Self {
        if certificates.is_empty() {
            return Self(None);
        }
        let chain = certificates.into_iter().map(CertificateDer::from).collect();
        Self(Some(Arc::new(CertifiedKey::new(chain, Arc::new(AskingKey { schemes })))))
    }
}

impl ResolvesClientCert for AskingResolver {
    fn resolve(
        &self,
        _root_hint_subjects: &[&[u8]],
        _sigschemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

/// A key somewhere else, that makes signatures of `schemes`, the preferred one first.
#[derive(Debug)]
struct AskingKey {
    schemes: Vec<SignatureScheme>,
}

impl SigningKey for AskingKey {
    /// Without a common scheme the handshake fails when it comes to signing: an empty certificate in its place would
    /// only make the server say something less clear.
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = self.schemes.iter().copied().find(|scheme| offered.contains(scheme));
        Some(Box::new(AskingSigner { scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self.schemes.first() {
            Some(
                SignatureScheme::ECDSA_NISTP256_SHA256
                | SignatureScheme::ECDSA_NISTP384_SHA384
                | SignatureScheme::ECDSA_NISTP521_SHA512,
            ) => SignatureAlgorithm::ECDSA,
            _ => SignatureAlgorithm::RSA,
        }
    }
}

#[derive(Debug)]
struct AskingSigner {
    scheme: Option<SignatureScheme>,
}

impl Signer for AskingSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let Some(scheme) = self.scheme else {
            with(|dialogue| dialogue.reason = Reason::NoCommonScheme);
            return Err(Error::General("no common signature scheme".into()));
        };
        let question = Question::Sign { scheme: scheme.into(), message: message.to_vec() };
        match ask(question) {
            Ok(Some(signature)) => {
                with(|dialogue| dialogue.signed = true);
                Ok(signature)
            }
            _ => Err(Error::General("no signature".into())),
        }
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme.unwrap_or(SignatureScheme::RSA_PKCS1_SHA256)
    }
}

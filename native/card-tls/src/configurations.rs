//! One rustls configuration per identity, server and key: sessions are resumed within it and never across.

#![forbid(unsafe_code)]

use std::sync::Arc;

use rustls::client::{ClientSessionMemoryCache, Resumption};
use rustls::crypto::{CryptoProvider, ring};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, Error, SignatureScheme, SupportedProtocolVersion};

use crate::asking::{AskingResolver, AskingVerifier};

/// Servers × identities remembered; the one not used for longest goes first.
const REMEMBERED: usize = 32;
/// Tickets kept for one of them (rustls keeps 8 per server name).
const TICKETS: usize = 8;

pub struct Wanted {
    /// Card serial and holder, or whatever else sessions may not be shared across.
    pub identity: String,
    /// Server, port and key.
    pub place: String,
    pub certificates: Vec<Vec<u8>>,
    pub schemes: Vec<u16>,
    pub tls12: bool,
    pub tls13: bool,
}

struct Remembered {
    identity: String,
    place: String,
    config: Arc<ClientConfig>,
}

pub struct Configurations {
    provider: Arc<CryptoProvider>,
    /// Most recently used last.
    remembered: Vec<Remembered>,
}

impl Default for Configurations {
    fn default() -> Self {
        Self { provider: Arc::new(ring::default_provider()), remembered: Vec::new() }
    }
}

impl Configurations {
    /// The configuration for `wanted`, with the sessions it knows.
    pub fn find(&mut self, wanted: Wanted) -> Result<Arc<ClientConfig>, Error> {
        let same = |one: &Remembered| one.identity == wanted.identity && one.place == wanted.place;
        let known = self.remembered.iter().position(same);
        let found = match known {
            Some(index) => self.remembered.remove(index),
            None => self.make(wanted)?,
        };
        let config = found.config.clone();
        self.remembered.push(found);
        if self.remembered.len() > REMEMBERED {
            self.remembered.remove(0);
        }
        Ok(config)
    }

    /// Forgets the sessions of an identity, or all of them.
    pub fn forget(&mut self, identity: Option<&str>) {
        self.remembered.retain(|one| identity.is_some_and(|identity| one.identity != identity));
    }

    fn make(&self, wanted: Wanted) -> Result<Remembered, Error> {
        let mut versions: Vec<&'static SupportedProtocolVersion> = Vec::new();
        if wanted.tls13 {
            versions.push(&TLS13);
        }
        if wanted.tls12 {
            versions.push(&TLS12);
        }
        let verifier = AskingVerifier { algorithms: self.provider.signature_verification_algorithms };
        let schemes = wanted.schemes.into_iter().map(SignatureScheme::from).collect();
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(&versions)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_client_cert_resolver(Arc::new(AskingResolver::new(wanted.certificates, schemes)));
        config.resumption = Resumption::store(Arc::new(ClientSessionMemoryCache::new(TICKETS)));
        Ok(Remembered { identity: wanted.identity, place: wanted.place, config: Arc::new(config) })
    }
}

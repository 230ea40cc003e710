//! A TLS client for keys that never leave their card: rustls runs the protocol, JavaScript carries the bytes, judges the
//! server and makes the signatures. See docs/card-tls.md.

mod asking;
mod configurations;
mod dialogue;
mod handshake;

use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::mpsc::Sender;

use napi::bindgen_prelude::*;
use napi_derive::napi;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

use configurations::{Configurations, Wanted};
use dialogue::{Facts, Failure, Question, Reason, Turn, dialogue};
use handshake::{Established, Slot, describe, outgoing};

/// A handshake needs little: rustls and ring keep their buffers on the heap.
const STACK_BYTES: usize = 512 * 1024;

#[napi(object)]
pub struct StartOptions {
    pub host: String,
    /// Sessions are resumed within the same identity and place only.
    pub identity: String,
    pub place: String,
    /// DER, leaf first; none for a connection without client certificate.
    pub certificates: Vec<Uint8Array>,
    /// TLS SignatureScheme numbers, the preferred one first.
    pub schemes: Vec<u16>,
    pub tls12: bool,
    pub tls13: bool,
}

#[napi(object, object_from_js = false)]
pub struct FailureObject {
    pub reason: &'static str,
    pub alert: Option<u8>,
    pub text: String,
}

impl From<Failure> for FailureObject {
    fn from(failure: Failure) -> Self {
        let reason = match failure.reason {
            Reason::Protocol => "protocol",
            Reason::NoCommonScheme => "no-common-scheme",
            Reason::Refused => "refused",
            Reason::Closed => "closed",
        };
        Self { reason, alert: failure.alert, text: failure.text }
    }
}

/// What the handshake asks next, or its end.
#[napi(discriminant = "kind", discriminant_case = "lowercase", object_from_js = false)]
pub enum Step {
    Read {
        send: Buffer,
    },
    Verify {
        chain: Vec<Buffer>,
    },
    Sign {
        scheme: u16,
        message: Buffer,
    },
    Done {
        send: Buffer,
        protocol: &'static str,
        cipher: String,
        resumed: bool,
        signed: bool,
        chain: Vec<Buffer>,
    },
    Failed {
        send: Buffer,
        failure: FailureObject,
    },
}

impl From<Question> for Step {
    fn from(question: Question) -> Self {
        let buffers = |list: Vec<Vec<u8>>| list.into_iter().map(Buffer::from).collect();
        match question {
            Question::Read { send } => Self::Read { send: send.into() },
            Question::Verify { chain } => Self::Verify { chain: buffers(chain) },
            Question::Sign { scheme, message } => Self::Sign { scheme, message: message.into() },
            Question::Done { send, facts } => {
                let Facts { protocol, cipher, resumed, chain, signed } = facts;
                let (send, chain) = (send.into(), buffers(chain));
                Self::Done { send, protocol, cipher, resumed, signed, chain }
            }
            Question::Failed { send, failure } => Self::Failed { send: send.into(), failure: failure.into() },
        }
    }
}

/// What came out of bytes received.
#[napi(object, object_from_js = false)]
pub struct Received {
    pub plaintext: Buffer,
    /// To be sent back: answers of the protocol itself, or an alert.
    pub send: Buffer,
    /// The server said that nothing follows (close_notify).
    pub closed: bool,
    pub failure: Option<FailureObject>,
}

/// Makes connections and remembers their sessions.
#[napi]
#[derive(Default)]
pub struct Connector {
    configurations: Mutex<Configurations>,
}

#[napi]
impl Connector {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Prepares a connection; nothing runs before its first step. Throws when the host is neither a name nor an address.
    #[napi(catch_unwind)]
    pub fn start(&self, options: StartOptions) -> Result<Connection> {
        let name = ServerName::try_from(options.host).map_err(reason)?;
        let wanted = Wanted {
            identity: options.identity,
            place: options.place,
            certificates: options.certificates.iter().map(|one| one.to_vec()).collect(),
            schemes: options.schemes,
            tls12: options.tls12,
            tls13: options.tls13,
        };
        let config = self.configurations.lock().map_err(reason)?.find(wanted).map_err(reason)?;
        let mut client = ClientConnection::new(config, name).map_err(reason)?;
        // The caller hands over one piece at a time and takes what comes out at once.
        client.set_buffer_limit(None);
        let (turns, thread) = dialogue();
        let slot = Slot::default();
        let theirs = slot.clone();
        std::thread::Builder::new()
            .name("card-tls".into())
            .stack_size(STACK_BYTES)
            .spawn(move || handshake::run(client, thread, &theirs))
            .map_err(reason)?;
        Ok(Connection { turns: Some(turns), slot })
    }

    /// Forgets the sessions of an identity, or of all.
    #[napi]
    pub fn forget(&self, identity: Option<String>) -> Result<()> {
        self.configurations.lock().map_err(reason)?.forget(identity.as_deref());
        Ok(())
    }
}

/// A handshake, then the connection it leads to.
#[napi]
pub struct Connection {
    turns: Option<Sender<Turn>>,
    slot: Slot,
}

type Settle = Box<dyn FnOnce(Env) -> Result<Step> + Send>;

#[napi]
impl Connection {
    /// Answers the last question and waits for the next. The first answer is not looked at.
    #[napi(ts_return_type = "Promise<Step>")]
    pub fn step<'env>(&self, env: &'env Env, answer: Option<Uint8Array>) -> Result<Object<'env>> {
        let turns = self.turns.as_ref().ok_or_else(|| Error::from_reason("abandoned"))?;
        let (deferred, promise) = env.create_deferred::<Step, Settle>()?;
        let settle = move |question: Question| {
            deferred.resolve(Box::new(move |_| Ok(question.into())));
        };
        turns.send((answer.map(|bytes| bytes.to_vec()), Box::new(settle))).map_err(reason)?;
        Ok(promise)
    }

    /// Decrypts bytes of the server. Only after the handshake.
    #[napi(catch_unwind)]
    pub fn receive(&self, bytes: &[u8]) -> Result<Received> {
        self.established(|established| receive(established, bytes))
    }

    /// Encrypts bytes for the server. Only after the handshake.
    #[napi(catch_unwind)]
    pub fn send(&self, plaintext: &[u8]) -> Result<Buffer> {
        self.established(|Established { connection, .. }| {
            connection.writer().write_all(plaintext).map_err(reason)?;
            Ok(outgoing(connection).into())
        })?
    }

    /// The close_notify that says nothing follows from us. Only after the handshake.
    #[napi(catch_unwind)]
    pub fn close(&self) -> Result<Buffer> {
        self.established(|Established { connection, .. }| {
            connection.send_close_notify();
            outgoing(connection).into()
        })
    }

    /// Ends the thread of an unfinished handshake and wipes the keys.
    #[napi]
    pub fn abandon(&mut self) {
        self.turns = None;
        if let Ok(mut slot) = self.slot.lock() {
            *slot = None;
        }
    }

    fn established<T>(&self, act: impl FnOnce(&mut Established) -> T) -> Result<T> {
        let mut slot = self.slot.lock().map_err(reason)?;
        slot.as_mut().map(act).ok_or_else(|| Error::from_reason("not connected"))
    }
}

fn receive(established: &mut Established, bytes: &[u8]) -> Received {
    let Established { connection, pending } = established;
    let before = std::mem::take(pending);
    let mut plaintext = Vec::with_capacity(bytes.len());
    let (mut closed, mut failure) = (false, None);
    // What came in one piece with the end of the handshake was decrypted there and waits in rustls.
    match decrypted(connection, &mut plaintext) {
        Ok(end) => closed = end,
        Err(error) => failure = Some(describe(&error, Reason::Protocol).into()),
    }
    for mut input in [before.as_slice(), bytes] {
        while !input.is_empty() && !closed && failure.is_none() {
            match take(connection, &mut input, &mut plaintext) {
                Ok(end) => closed = end,
                Err(error) => failure = Some(describe(&error, Reason::Protocol).into()),
            }
        }
    }
    Received { plaintext: plaintext.into(), send: outgoing(connection).into(), closed, failure }
}

/// Takes a piece of `input`, true once the server has said that nothing follows. What was decrypted before an error
/// counts.
fn take(
    connection: &mut ClientConnection,
    input: &mut &[u8],
    plaintext: &mut Vec<u8>,
) -> std::result::Result<bool, rustls::Error> {
    if let Err(error) = connection.read_tls(input) {
        return Err(rustls::Error::General(error.to_string()));
    }
    decrypted(connection, plaintext)
}

/// What can be read now, true once the server has said that nothing follows.
fn decrypted(
    connection: &mut ClientConnection,
    plaintext: &mut Vec<u8>,
) -> std::result::Result<bool, rustls::Error> {
    let processed = connection.process_new_packets();
    // Its error only says that there is no more for now.
    let _ = connection.reader().read_to_end(plaintext);
    processed.map(|state| state.peer_has_closed())
}

fn reason(error: impl std::fmt::Display) -> Error {
    Error::from_reason(error.to_string())
}

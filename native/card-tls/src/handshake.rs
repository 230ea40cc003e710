//! A handshake from the first byte to the last, on a thread of its own.

#![forbid(unsafe_code)]

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use rustls::{ClientConnection, Error, HandshakeKind, ProtocolVersion};

use crate::dialogue::{Dialogue, Facts, Failure, Question, Reason, ask, begin, tell, with};

/// An established connection, and bytes that came with the end of the handshake.
pub struct Established {
    pub connection: ClientConnection,
    pub pending: Vec<u8>,
}

/// Where the thread leaves the connection once TLS is up.
pub type Slot = Arc<Mutex<Option<Established>>>;

/// Runs the whole handshake; nothing it may do, a panic included, leaves JavaScript without an answer.
pub fn run(connection: ClientConnection, dialogue: Dialogue, slot: &Slot) {
    if !begin(dialogue) {
        return;
    }
    if catch_unwind(AssertUnwindSafe(|| shake(connection, slot))).is_err() {
        let failure = Failure { text: "panic".into(), ..Failure::default() };
        tell(Question::Failed { send: Vec::new(), failure });
    }
}

fn shake(mut connection: ClientConnection, slot: &Slot) {
    let mut pending = Cursor::new(Vec::new());
    while connection.is_handshaking() {
        if pending.position() == pending.get_ref().len() as u64 {
            let Ok(answer) = ask(Question::Read { send: outgoing(&mut connection) }) else { return };
            let Some(bytes) = answer else {
                let failure = Failure { reason: Reason::Closed, text: "closed".into(), ..Failure::default() };
                return tell(Question::Failed { send: Vec::new(), failure });
            };
            pending = Cursor::new(bytes);
            continue;
        }
        let processed = match connection.read_tls(&mut pending) {
            Ok(_) => connection.process_new_packets().map(|_| ()),
            Err(error) => Err(Error::General(error.to_string())),
        };
        if let Err(error) = processed {
            return fail(&mut connection, &error);
        }
    }
    let send = outgoing(&mut connection);
    let facts = facts(&connection);
    let mut rest = Vec::new();
    // A cursor in memory does not fail.
    let _ = pending.read_to_end(&mut rest);
    if let Ok(mut place) = slot.lock() {
        *place = Some(Established { connection, pending: rest });
    }
    tell(Question::Done { send, facts });
}

/// What is still to go out is an alert, unless our own signature failed: then it is half a flight, with our certificate.
fn fail(connection: &mut ClientConnection, error: &Error) {
    let reason = with(|dialogue| dialogue.reason).unwrap_or_default();
    let ours = matches!(error, Error::General(_));
    let send = if ours { Vec::new() } else { outgoing(connection) };
    tell(Question::Failed { send, failure: describe(error, reason) });
}

/// An error of rustls in our terms.
pub fn describe(error: &Error, reason: Reason) -> Failure {
    let alert = match error {
        Error::AlertReceived(alert) => Some(u8::from(*alert)),
        _ => None,
    };
    Failure { reason, alert, text: error.to_string() }
}

/// Everything that waits to be sent.
pub fn outgoing(connection: &mut ClientConnection) -> Vec<u8> {
    let mut bytes = Vec::new();
    while connection.wants_write() {
        match connection.write_tls(&mut bytes) {
            Ok(written) if written > 0 => (),
            _ => break,
        }
    }
    bytes
}

fn facts(connection: &ClientConnection) -> Facts {
    let suite = connection.negotiated_cipher_suite();
    let name = suite.map(|suite| format!("{:?}", suite.suite())).unwrap_or_default();
    let chain = connection.peer_certificates().unwrap_or_default();
    Facts {
        protocol: match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLSv1.3",
            _ => "TLSv1.2",
        },
        cipher: name.replacen("TLS13_", "TLS_", 1),
        resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
        chain: chain.iter().map(|certificate| certificate.to_vec()).collect(),
        signed: with(|dialogue| dialogue.signed).unwrap_or(false),
    }
}

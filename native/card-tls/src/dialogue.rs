//! What the thread of a handshake and JavaScript say to each other: one question at a time, each with one answer.
//!
//! rustls calls its verifier and its signer synchronously, so a handshake has a thread that may wait. The thread works
//! only between an answer and the next question; it waits for answers and for nothing else, and ends when the other
//! side is dropped.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender};

/// What the handshake wants to know, or how it ended.
pub enum Question {
    /// Bytes from the server, after `send` went to it.
    Read { send: Vec<u8> },
    /// Whether to go on with this server: its chain in DER, its own certificate first.
    Verify { chain: Vec<Vec<u8>> },
    /// A signature over `message` (not hashed yet) with a TLS signature scheme.
    Sign { scheme: u16, message: Vec<u8> },
    /// TLS is up; `send` goes to the server.
    Done { send: Vec<u8>, facts: Facts },
    /// It is over; `send` (an alert) goes to the server when not empty.
    Failed { send: Vec<u8>, failure: Failure },
}

/// What was negotiated.
pub struct Facts {
    pub protocol: &'static str,
    pub cipher: String,
    pub resumed: bool,
    pub chain: Vec<Vec<u8>>,
    pub signed: bool,
}

/// Why TLS failed.
#[derive(Default)]
pub struct Failure {
    pub reason: Reason,
    /// The alert the server sent, by number (RFC 8446 §6).
    pub alert: Option<u8>,
    /// For logs: rustls' own words. Holds no secret.
    pub text: String,
}

#[derive(Clone, Copy, Default, PartialEq)]
pub enum Reason {
    #[default]
    Protocol,
    /// The server takes no signature that the key can make.
    NoCommonScheme,
    /// JavaScript refused the server's certificate.
    Refused,
    /// The connection ended before TLS was up.
    Closed,
}

/// Bytes for `Read`, a signature for `Sign`, anything for "go on" after `Verify`; `None` says end, no, or failure.
pub type Answer = Option<Vec<u8>>;
/// Where the next question goes.
pub type Reply = Box<dyn FnOnce(Question) + Send>;
/// An answer and where the next question goes.
pub type Turn = (Answer, Reply);

pub struct Dialogue {
    turns: Receiver<Turn>,
    reply: Option<Reply>,
    pub reason: Reason,
    pub signed: bool,
}

thread_local! {
    static CURRENT: RefCell<Option<Dialogue>> = const { RefCell::new(None) };
}

/// Both ends; the second belongs to the thread.
pub fn dialogue() -> (Sender<Turn>, Dialogue) {
    let (sender, turns) = std::sync::mpsc::channel();
    let thread = Dialogue { turns, reply: None, reason: Reason::default(), signed: false };
    (sender, thread)
}

/// Makes `dialogue` the one of this thread and waits for the first turn; false when there is none.
pub fn begin(dialogue: Dialogue) -> bool {
    CURRENT.with_borrow_mut(|current| *current = Some(dialogue));
    wait().is_some()
}

/// Asks and waits. `None`: the answer was no; `Err`: nobody listens any more.
pub fn ask(question: Question) -> Result<Answer, Abandoned> {
    tell(question);
    wait().ok_or(Abandoned)
}

/// Says the last word.
pub fn tell(question: Question) {
    if let Some(reply) = with(|dialogue| dialogue.reply.take()).flatten() {
        reply(question);
    }
}

pub struct Abandoned;

/// Reads or notes something on this thread's dialogue; `None` outside a handshake.
pub fn with<T>(act: impl FnOnce(&mut Dialogue) -> T) -> Option<T> {
    CURRENT.with_borrow_mut(|current| current.as_mut().map(act))
}

fn wait() -> Option<Answer> {
    with(|dialogue| {
        let (answer, reply) = dialogue.turns.recv().ok()?;
        dialogue.reply = Some(reply);
        Some(answer)
    })
    .flatten()
}

/*
 * A PKCS#11 module that behaves as the Cryptolib CPS with CPS cards in readers, for tests and demonstrations.
 * Keys, certificates and data objects live in SoftHSM2 tokens; this module adds what SoftHSM2 lacks: readers, insertion and
 * removal, PIN and PUK with their tries, the limits of each key, the slowness of a chip, key pads and scripted faults.
 * Specification: cps-card.md §1 and §6.3. README.md tells what the control file may say.
 */
#ifndef VIRTUAL_CPS_H
#define VIRTUAL_CPS_H

#define CK_PTR *
#define CK_DEFINE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION_POINTER(type, name) type(*name)
#define CK_CALLBACK_FUNCTION(type, name) type(*name)
#ifndef NULL_PTR
#define NULL_PTR 0
#endif
#include <pkcs11/pkcs11.h>
#include <time.h>

#define READERS 4
#define CARDS 4
#define SESSIONS 64
#define FAULTS 64
#define FIRED 512
#define NO_CARD (-1)
#define PIN_LENGTH 4
#define PUK_LENGTH 8
#define ID_SIZE 33
/* Virtual handles start here, so that one can never equal a handle of the backend. */
#define HANDLE_BASE 0x43500000UL
#define NO_MECHANISM (~0UL)
#define NO_READER (-1L)
/* The PIN of the SoftHSM2 token: that of the card is checked here, so that every process sees a change at once. */
#define BACKEND_PIN "virtual-cps-backend"

enum profile { PROFILE_CPS3, PROFILE_CPS4, PROFILE_CPE, PROFILE_CONTACTLESS, PROFILE_MUTE, PROFILE_UNKNOWN, PROFILE_PINPAD };
enum behaviour { BEHAVIOUR_CRYPTOLIB, BEHAVIOUR_OPENSC, BEHAVIOUR_STRICT };
enum pinpad_result { PINPAD_OK, PINPAD_WRONG, PINPAD_CANCEL, PINPAD_TIMEOUT, PINPAD_MISMATCH };

/* What the control file says. Card `A` has index 0. */
struct reader {
  int connected;
  char name[192];
  int card;
  /* May grow at each insertion and removal, so that two changes between two looks are one change and not none. */
  unsigned long generation;
};
struct card {
  char token[33];
  char label[33];
  char serial[17];
  char model[17];
  char manufacturer[33];
  enum profile profile;
  int tries_max, puk_max, unblocks_max;
  int pinpad;
  enum pinpad_result pinpad_result;
  /* What is typed on the key pad; empty: the right PIN. */
  char pin[9];
  char pinpad_new_pin[9];
  long pinpad_ms, login_ms, sign_ms, decrypt_ms, data_ms, init_ms;
};

enum fault_when { FAULT_BEFORE, FAULT_MID, FAULT_AFTER };
enum fault_action {
  FAULT_REMOVE,
  FAULT_SWAP,
  FAULT_UNPLUG,
  FAULT_RV,
  FAULT_LOSE_LOGIN,
  FAULT_HANG,
  FAULT_CRASH
};
struct fault {
  char id[ID_SIZE];
  long reader;
  char function[40];
  enum fault_when when;
  long at_ms;
  enum fault_action action;
  int card;
  unsigned long rv;
  long hang_ms;
  /* Fired, by this process or another. */
  int spent;
};

/* A one-shot `set`: a counter of a card. */
enum counter { COUNTER_TRIES, COUNTER_PUK, COUNTER_UNBLOCKS };
struct setting {
  char id[ID_SIZE];
  int card;
  enum counter counter;
  int value;
};

struct control {
  struct reader readers[READERS];
  struct card cards[CARDS];
  struct fault faults[FAULTS];
  int fault_count;
  struct setting settings[FAULTS];
  int setting_count;
  int lock_none;
  int slot_cache;
  int journal_all;
  enum behaviour behaviour;
};

/* What outlives a process, shared by all of them. */
struct secret {
  char salt[33];
  char hash[65];
};
struct card_state {
  /* -1: never told, the maximum holds. */
  int left[3];
  struct secret pin, puk;
};
/* What a fault did to a reader; it holds until the control file says something else about that reader. */
struct move {
  int active;
  int connected, card;
  int from_connected, from_card;
  unsigned long from_generation;
};
struct state {
  struct card_state cards[CARDS];
  struct move moves[READERS];
  char fired[FIRED][ID_SIZE];
  int fired_count;
};

enum login { LOGIN_NONE, LOGIN_USER, LOGIN_SO };
enum operation { OP_NONE, OP_SIGN, OP_DECRYPT };
enum key_role { KEY_OTHER, KEY_AUTHENTICATION, KEY_SIGNATURE, KEY_TECHNICAL };

struct session {
  int used;
  CK_SESSION_HANDLE handle;
  int reader;
  int writable;
  CK_SESSION_HANDLE backend;
  enum operation operation;
  enum key_role role;
  char key_label[40];
  CK_MECHANISM_TYPE mechanism;
  /* What C_SignUpdate gathers for CKM_RSA_PKCS. */
  CK_BYTE gathered[512];
  CK_ULONG gathered_length;
  /* The search asks for an attribute the card does not have: it finds nothing. */
  int finds_nothing;
};

struct module {
  int initialized;
  CK_FUNCTION_LIST_PTR backend;
  struct control control;
  /* What is really in the readers: the control file, and what faults did since. */
  struct reader readers[READERS];
  /* Changes of a reader seen by this process. */
  unsigned long changes[READERS];
  unsigned long told[READERS];
  CK_SLOT_ID backend_slot[CARDS];
  int bound[CARDS];
  enum login login[READERS];
  struct session sessions[SESSIONS];
  unsigned long session_count;
};
extern struct module module;

/* One line of the journal; never a PIN, data or a signature. */
struct call {
  const char *function;
  struct timespec start;
  long reader;
  CK_SESSION_HANDLE session;
  CK_MECHANISM_TYPE mechanism;
  const char *key;
  long length;
  const char *user;
  char fault[ID_SIZE];
};

/* folder.c: the folder of the card, and the journal in it */
void folder_find(void);
void folder_point_backend(void);
/* Path of a file of the folder; 0 when it does not fit. */
int folder_path(char *path, size_t size, const char *name);
void journal(const struct call *call, CK_RV rv);

/* control.c */
/* Reads what changed in the control file and in the state file; sessions of a reader that changed are dropped. */
void control_reload(void);
/* Parses one control file; 0 when it is not complete (and then *control is not to be used). */
int control_parse(const char *path, struct control *control);
int card_letter(const char *text);

/* state.c: the state file, under a lock between processes */
/* Reads without a lock: the file is replaced at once. */
void state_read(struct state *state);
/* 1 when the state file is another one than at the last question. */
int state_changed(void);
/* Locks and reads; NULL when that fails. Give it to state_unlock, which writes it back when asked. */
struct state *state_lock(void);
int state_unlock(int write);
/* Tries, PUK tries or unblockings left of a card. */
int state_left(const struct state *state, int card, enum counter counter);
/* 1 for the one caller, among all processes, that comes first with this id. */
int state_claim(const char *id);

/* fault.c */
/* Runs the faults due in this call; 1 when one of them decides what the call returns. */
int faults_run(struct call *call, enum fault_when when, long elapsed, CK_RV *rv);
/* Milliseconds until the last fault scripted in the middle of this call; 0 without. */
long faults_last_mid(const struct call *call);

/* module.c: the mutex around every call, as the Cryptolib has (§1.11) */
CK_RV begin(struct call *call);
/* begin() for a call on no session: faults of its middle come before it does anything. */
CK_RV begin_at_once(struct call *call);
CK_RV end(struct call *call, CK_RV rv);
/* Sleeps one slice of a wait; with `lock none` other calls may come in between. */
void sleep_slice(long milliseconds, int let_go);
long milliseconds_since(const struct timespec *start);
/* Waits as the chip would, in slices, looking whether the card is still there, running faults of the middle. */
CK_RV chip_wait(struct call *call, struct session *session, long milliseconds);
void pad(CK_UTF8CHAR *field, size_t size, const char *text);

/* session.c */
/* begin() for a call on a session; `slow` calls do their own chip_wait(). NULL and *rv when the session is none (any more). */
struct session *begin_session(struct call *call, CK_SESSION_HANDLE handle, int slow, CK_RV *rv);
/* Closes every session of a reader and forgets the login. */
void drop(int reader);
void log_out(int reader);
/* The card in a reader, or NULL and *rv. */
const struct card *card_in(CK_SLOT_ID slot, CK_RV *rv);
const struct card *card_of(const struct session *session);
int is_contactless(const struct card *card);

/* key.c */
int token_has_mechanism(const struct card *card, CK_MECHANISM_TYPE mechanism);
CK_ULONG token_mechanisms(const struct card *card, const CK_MECHANISM_TYPE **list);

#define CALL(name) {.function = (name), .reader = NO_READER, .mechanism = NO_MECHANISM, .length = -1}

#define BEGIN(name)                                                                                            \
  struct call call = CALL(name);                                                                               \
  CK_RV rv = begin_at_once(&call);                                                                                     \
  if (rv != CKR_OK) return end(&call, rv)

#define BEGIN_SLOT(name, slot)                                                                                 \
  struct call call = CALL(name);                                                                               \
  call.reader = (slot) < READERS ? (long)(slot) : NO_READER;                                                   \
  CK_RV rv = begin_at_once(&call);                                                                                     \
  if (rv != CKR_OK) return end(&call, rv)

#define BEGIN_ON(name, handle, slow)                                                                           \
  struct call call = CALL(name);                                                                               \
  CK_RV rv = CKR_OK;                                                                                           \
  struct session *session = begin_session(&call, (handle), (slow), &rv);                                       \
  if (!session) return end(&call, rv)

#define BEGIN_SESSION(name, handle) BEGIN_ON(name, handle, 0)
/* For calls that take time on the chip. */
#define BEGIN_CHIP(name, handle) BEGIN_ON(name, handle, 1)

#endif

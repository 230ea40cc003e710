/*
 * A PKCS#11 module that behaves as the Cryptolib CPS with a CPS card in a reader, for tests and demonstrations.
 * Keys, certificates and the PIN live in a SoftHSM2 token; this module adds what SoftHSM2 lacks: readers, insertion and
 * removal, PIN tries and lock, the limits of each key, and the slowness of a chip. Specification: cps-card.md §1 and §6.3.
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
#define NO_CARD (-1)
#define TRIES_MAX 3
#define PIN_LENGTH 4
/* Virtual handles start here, so that one can never equal a handle of the backend. */
#define HANDLE_BASE 0x43500000UL
#define NO_MECHANISM (~0UL)

enum profile { PROFILE_CPS3, PROFILE_CPS4, PROFILE_CONTACTLESS, PROFILE_UNKNOWN };

/* What the control file says. Card `A` has index 0. */
struct reader {
  int connected;
  char name[65];
  int card;
  /* Grows at each insertion and removal: sessions opened under another value are dead. */
  unsigned long generation;
};
struct card {
  char token[33];
  char label[33];
  char serial[17];
  enum profile profile;
  long sign_ms;
};

enum operation { OP_NONE, OP_SIGN, OP_DECRYPT };
enum key_role { KEY_OTHER, KEY_AUTHENTICATION, KEY_SIGNATURE };

struct session {
  int used;
  int reader;
  unsigned long generation;
  int writable;
  CK_SESSION_HANDLE backend;
  enum operation operation;
  enum key_role role;
  CK_MECHANISM_TYPE mechanism;
  /* The search asks for an attribute the card does not have: it finds nothing. */
  int finds_nothing;
};

struct module {
  int initialized;
  CK_FUNCTION_LIST_PTR backend;
  struct reader readers[READERS];
  struct card cards[CARDS];
  CK_SLOT_ID backend_slot[CARDS];
  int bound[CARDS];
  unsigned long seen[READERS];
  int logged_in[READERS];
  struct session sessions[SESSIONS];
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
};

/* control.c: the folder, the control file, the state file, the journal */
void folder_find(void);
void folder_point_backend(void);
void control_reload(void);
/* Opens and locks the state file; returns a descriptor to give to state_close, or -1. */
int state_open(void);
int state_tries(int descriptor, int card);
int state_set_tries(int descriptor, int card, int tries);
void state_close(int descriptor);
void journal(const struct call *call, CK_RV rv);

/* module.c: the mutex around every call, as the Cryptolib has (§1.11) */
void begin(struct call *call);
CK_RV end(const struct call *call, CK_RV rv);
/* Waits as the chip would, in slices, looking whether the card is still there. */
CK_RV wait_for_card(struct session *session, long milliseconds);

/* session.c */
/* The live session of a handle; NULL and *rv when it is unknown, or died with its card. */
struct session *need(struct call *call, CK_SESSION_HANDLE handle, CK_RV *rv);
/* Closes every session of a reader and forgets the login. */
void drop(int reader);
/* The card in a reader, or NULL and *rv. */
struct card *card_in(CK_SLOT_ID slot, CK_RV *rv);

/* crypto.c */
int token_has_mechanism(const struct card *card, CK_MECHANISM_TYPE mechanism);
CK_ULONG token_mechanisms(const struct card *card, const CK_MECHANISM_TYPE **list);

#define BEGIN(name)                                                                                            \
  struct call call = {.function = (name), .reader = -1, .mechanism = NO_MECHANISM, .length = -1};              \
  begin(&call);                                                                                                \
  if (!module.initialized) return end(&call, CKR_CRYPTOKI_NOT_INITIALIZED)

#define BEGIN_SESSION(name, handle)                                                                            \
  BEGIN(name);                                                                                                 \
  CK_RV rv = CKR_OK;                                                                                           \
  struct session *session = need(&call, (handle), &rv);                                                        \
  if (!session) return end(&call, rv)

#endif

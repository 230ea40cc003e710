/*
 * PIN and PUK (§1.6). They are checked here and not by SoftHSM2, whose processes would not see that another changed them:
 * the state file holds salted digests and counters, for every process alike.
 */
#include "virtual-cps.h"
#include <stdio.h>
#include <string.h>

static int has_pinpad(const struct card *card) { return card->pinpad || card->profile == PROFILE_PINPAD; }

static void to_hex(char *out, const CK_BYTE *bytes, CK_ULONG length) {
  for (CK_ULONG i = 0; i < length; i++) sprintf(out + 2 * i, "%02x", bytes[i]);
}

/* SHA-256 of salt and PIN, by the backend. */
static int digest(const struct session *session, const char *salt, const CK_UTF8CHAR *pin, CK_ULONG length, char hash[65]) {
  CK_MECHANISM mechanism = {CKM_SHA256, NULL, 0};
  CK_SLOT_ID slot = module.backend_slot[module.readers[session->reader].card];
  CK_SESSION_HANDLE backend;
  CK_BYTE input[32 + PUK_LENGTH], output[32];
  CK_ULONG size = sizeof output;
  if (length > PUK_LENGTH || module.backend->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &backend) != CKR_OK)
    return 0;
  memcpy(input, salt, 32);
  memcpy(input + 32, pin, length);
  int done = module.backend->C_DigestInit(backend, &mechanism) == CKR_OK &&
             module.backend->C_Digest(backend, input, 32 + length, output, &size) == CKR_OK;
  module.backend->C_CloseSession(backend);
  if (done) to_hex(hash, output, sizeof output);
  return done;
}

static int is_right(const struct session *session, const struct secret *secret, const CK_UTF8CHAR *pin, CK_ULONG length) {
  char hash[65];
  return secret->salt[0] && digest(session, secret->salt, pin, length, hash) && !memcmp(hash, secret->hash, 64);
}

static CK_RV keep(const struct session *session, struct secret *secret, const CK_UTF8CHAR *pin, CK_ULONG length) {
  CK_BYTE salt[16];
  struct secret fresh = {{0}, {0}};
  if (module.backend->C_GenerateRandom(session->backend, salt, sizeof salt) != CKR_OK) return CKR_DEVICE_ERROR;
  to_hex(fresh.salt, salt, sizeof salt);
  if (!digest(session, fresh.salt, pin, length, fresh.hash)) return CKR_DEVICE_ERROR;
  *secret = fresh;
  return CKR_OK;
}

/* What the holder gives: by the call, or on the keys of the reader. */
struct entry {
  const CK_UTF8CHAR *pin;
  CK_ULONG length;
  /* The key pad was told to take the right one, or a wrong one, whatever it is. */
  int sure, wrong;
};

static CK_RV ask_keys(struct call *call, struct session *session, const char *typed, struct entry *entry) {
  const struct card *card = card_of(session);
  CK_RV rv = chip_wait(call, session, card->pinpad_ms);
  if (rv != CKR_OK) return rv;
  enum pinpad_result result = card_of(session)->pinpad_result;
  if (result == PINPAD_CANCEL || result == PINPAD_TIMEOUT) return CKR_FUNCTION_CANCELED;
  entry->wrong = result == PINPAD_WRONG;
  entry->sure = !entry->wrong && !typed[0];
  entry->pin = (const CK_UTF8CHAR *)typed;
  entry->length = strlen(typed);
  return CKR_OK;
}

static CK_RV no_pin(void) {
  switch (module.control.behaviour) {
  case BEHAVIOUR_STRICT: return CKR_ARGUMENTS_BAD;
  case BEHAVIOUR_OPENSC: return CKR_PIN_LEN_RANGE;
  default: return CKR_PIN_INCORRECT;
  }
}

/* A PUK whose unblockings are used up opens nothing any more: once the PIN is blocked too, the card is dead. */
static int is_blocked(const struct state *state, int card, enum counter counter) {
  return state_left(state, card, counter) == 0 ||
         (counter == COUNTER_PUK && state_left(state, card, COUNTER_UNBLOCKS) == 0);
}

static int is_blocked_now(const struct session *session, enum counter counter) {
  static struct state state;
  state_read(&state);
  return is_blocked(&state, module.readers[session->reader].card, counter);
}

/*
 * Compares under the lock. A try is taken before the comparison and given back when it was right, so that pulling the plug
 * gains nothing.
 */
static CK_RV compare(const struct session *session, enum counter counter, const struct entry *entry) {
  int index = module.readers[session->reader].card;
  struct state *state = state_lock();
  if (!state) return CKR_DEVICE_ERROR;
  struct card_state *card = &state->cards[index];
  if (is_blocked(state, index, counter)) {
    state_unlock(0);
    return CKR_PIN_LOCKED;
  }
  const struct secret *secret = counter == COUNTER_PUK ? &card->puk : &card->pin;
  int left = state_left(state, index, counter) - 1;
  int right = entry->sure || (!entry->wrong && is_right(session, secret, entry->pin, entry->length));
  card->left[counter] = right ? -1 : left;
  if (!state_unlock(1)) return CKR_DEVICE_ERROR;
  if (right) return CKR_OK;
  /* The CPS4 tells at once that this was the last try, the CPS3 only at the next one. */
  return left == 0 && module.control.cards[index].profile == PROFILE_CPS4 ? CKR_PIN_LOCKED : CKR_PIN_INCORRECT;
}

static CK_RV verify(struct call *call, struct session *session, enum counter counter, const CK_UTF8CHAR *pin,
                    CK_ULONG length) {
  struct entry entry = {pin, length, 0, 0};
  CK_ULONG expected = counter == COUNTER_PUK ? PUK_LENGTH : PIN_LENGTH;
  CK_RV rv;
  if (is_blocked_now(session, counter)) return CKR_PIN_LOCKED;
  if (!pin || length == 0) {
    if (!has_pinpad(card_of(session))) return no_pin();
    rv = ask_keys(call, session, counter == COUNTER_PUK ? "" : card_of(session)->pin, &entry);
    if (rv != CKR_OK) return rv;
  } else if (length != expected) {
    /* The card is not asked: no try is lost. */
    return module.control.behaviour == BEHAVIOUR_OPENSC ? CKR_PIN_LEN_RANGE : CKR_PIN_INCORRECT;
  }
  rv = chip_wait(call, session, card_of(session)->login_ms);
  return rv == CKR_OK ? compare(session, counter, &entry) : rv;
}

static int has_read_only_session(int reader) {
  for (int i = 0; i < SESSIONS; i++)
    if (module.sessions[i].used && module.sessions[i].reader == reader && !module.sessions[i].writable) return 1;
  return 0;
}

static CK_RV log_in(struct call *call, struct session *session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  int reader = session->reader;
  enum login wanted = user == CKU_SO ? LOGIN_SO : LOGIN_USER;
  if (user != CKU_SO && user != CKU_USER) return CKR_USER_TYPE_INVALID;
  call->user = user == CKU_SO ? "so" : "user";
  if (module.login[reader] == wanted) return CKR_USER_ALREADY_LOGGED_IN;
  if (module.login[reader] != LOGIN_NONE) return CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
  if (is_contactless(card_of(session))) return CKR_USER_PIN_NOT_INITIALIZED;
  if (user == CKU_SO && has_read_only_session(reader)) return CKR_SESSION_READ_ONLY_EXISTS;
  CK_RV rv = verify(call, session, user == CKU_SO ? COUNTER_PUK : COUNTER_TRIES, pin, length);
  if (rv == CKR_OK && user == CKU_USER)
    rv = module.backend->C_Login(session->backend, CKU_USER, (CK_UTF8CHAR_PTR)BACKEND_PIN, sizeof BACKEND_PIN - 1);
  if (rv == CKR_OK) module.login[reader] = wanted;
  return rv;
}

CK_RV C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  BEGIN_CHIP("C_Login", handle);
  return end(&call, log_in(&call, session, user, pin, length));
}

CK_RV C_Logout(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_Logout", handle);
  if (module.login[session->reader] == LOGIN_NONE) return end(&call, CKR_USER_NOT_LOGGED_IN);
  log_out(session->reader);
  return end(&call, CKR_OK);
}

/* A new PIN from the call, or typed twice on the key pad. Four digits. */
static CK_RV new_pin(const struct card *card, const CK_UTF8CHAR **pin, CK_ULONG *length) {
  if ((!*pin || *length == 0) && has_pinpad(card)) {
    if (card->pinpad_result == PINPAD_MISMATCH) return CKR_PIN_INVALID;
    *pin = (const CK_UTF8CHAR *)card->pinpad_new_pin;
    *length = strlen(card->pinpad_new_pin);
  }
  if (!*pin || *length != PIN_LENGTH) return CKR_PIN_LEN_RANGE;
  for (CK_ULONG i = 0; i < PIN_LENGTH; i++)
    if ((*pin)[i] < '0' || (*pin)[i] > '9') return CKR_PIN_LEN_RANGE;
  return CKR_OK;
}

static CK_RV set_pin(struct call *call, struct session *session, const CK_UTF8CHAR *old_pin, CK_ULONG old_length,
                     const CK_UTF8CHAR *pin, CK_ULONG length) {
  int index = module.readers[session->reader].card;
  CK_UTF8CHAR chosen[PIN_LENGTH];
  if (!session->writable) return CKR_SESSION_READ_ONLY;
  if (is_contactless(card_of(session))) return CKR_USER_PIN_NOT_INITIALIZED;
  /* The PUK is that of the letter, for ever. */
  if (module.login[session->reader] == LOGIN_SO) return CKR_FUNCTION_NOT_SUPPORTED;
  CK_RV rv = new_pin(card_of(session), &pin, &length);
  if (rv != CKR_OK) return rv;
  /* Kept aside: the control file may be read again while the chip works. */
  memcpy(chosen, pin, sizeof chosen);
  rv = verify(call, session, COUNTER_TRIES, old_pin, old_length);
  struct state *state = rv == CKR_OK ? state_lock() : NULL;
  if (!state) return rv == CKR_OK ? CKR_DEVICE_ERROR : rv;
  rv = keep(session, &state->cards[index].pin, chosen, sizeof chosen);
  return state_unlock(rv == CKR_OK) ? rv : CKR_DEVICE_ERROR;
}

CK_RV C_SetPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_length, CK_UTF8CHAR_PTR pin,
               CK_ULONG length) {
  BEGIN_CHIP("C_SetPIN", handle);
  return end(&call, set_pin(&call, session, old_pin, old_length, pin, length));
}

static CK_RV init_pin(struct call *call, struct session *session, const CK_UTF8CHAR *pin, CK_ULONG length) {
  int index = module.readers[session->reader].card;
  CK_UTF8CHAR chosen[PIN_LENGTH];
  struct entry typed = {pin, length, 0, 0};
  if (module.login[session->reader] != LOGIN_SO) return CKR_USER_NOT_LOGGED_IN;
  CK_RV rv = (!pin || length == 0) && has_pinpad(card_of(session)) ? ask_keys(call, session, "", &typed) : CKR_OK;
  if (rv != CKR_OK) return rv;
  rv = new_pin(card_of(session), &pin, &length);
  if (rv != CKR_OK) return rv;
  memcpy(chosen, pin, sizeof chosen);
  rv = chip_wait(call, session, card_of(session)->login_ms);
  struct state *state = rv == CKR_OK ? state_lock() : NULL;
  if (!state) return rv == CKR_OK ? CKR_DEVICE_ERROR : rv;
  int unblocks = state_left(state, index, COUNTER_UNBLOCKS);
  rv = unblocks == 0 ? CKR_PIN_LOCKED : keep(session, &state->cards[index].pin, chosen, sizeof chosen);
  if (rv == CKR_OK) {
    state->cards[index].left[COUNTER_UNBLOCKS] = unblocks - 1;
    state->cards[index].left[COUNTER_TRIES] = -1;
  }
  return state_unlock(rv == CKR_OK) ? rv : CKR_DEVICE_ERROR;
}

CK_RV C_InitPIN(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  BEGIN_CHIP("C_InitPIN", handle);
  return end(&call, init_pin(&call, session, pin, length));
}

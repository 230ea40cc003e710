/* Sessions, which die with the card; the PIN and its tries; the objects one sees. */
#include "virtual-cps.h"
#include <string.h>

struct card *card_in(CK_SLOT_ID slot, CK_RV *rv) {
  if (slot >= READERS || !module.readers[slot].connected) {
    *rv = CKR_SLOT_ID_INVALID;
    return NULL;
  }
  int card = module.readers[slot].card;
  if (card == NO_CARD) *rv = CKR_TOKEN_NOT_PRESENT;
  else if (module.cards[card].profile == PROFILE_UNKNOWN || !module.bound[card]) *rv = CKR_TOKEN_NOT_RECOGNIZED;
  else return &module.cards[card];
  return NULL;
}

void drop(int reader) {
  for (int i = 0; i < SESSIONS; i++) {
    if (!module.sessions[i].used || module.sessions[i].reader != reader) continue;
    module.backend->C_CloseSession(module.sessions[i].backend);
    memset(&module.sessions[i], 0, sizeof module.sessions[i]);
  }
  module.logged_in[reader] = 0;
}

struct session *need(struct call *call, CK_SESSION_HANDLE handle, CK_RV *rv) {
  call->session = handle;
  *rv = CKR_SESSION_HANDLE_INVALID;
  if (handle < HANDLE_BASE || handle >= HANDLE_BASE + SESSIONS) return NULL;
  struct session *session = &module.sessions[handle - HANDLE_BASE];
  if (!session->used) return NULL;
  const struct reader *reader = &module.readers[session->reader];
  call->reader = session->reader;
  if (!reader->connected || reader->card == NO_CARD || reader->generation != session->generation) {
    drop(session->reader);
    return NULL;
  }
  *rv = CKR_OK;
  return session;
}

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                    CK_SESSION_HANDLE_PTR handle) {
  BEGIN("C_OpenSession");
  CK_RV rv = CKR_OK;
  (void)application, (void)notify;
  call.reader = (long)slot;
  if (!card_in(slot, &rv)) return end(&call, rv);
  if (!handle) return end(&call, CKR_ARGUMENTS_BAD);
  if (!(flags & CKF_SERIAL_SESSION)) return end(&call, CKR_SESSION_PARALLEL_NOT_SUPPORTED);
  /* Sessions of a card that left meanwhile must not share its login with this one. */
  for (int i = 0; i < SESSIONS; i++)
    if (module.sessions[i].used && module.sessions[i].reader == (int)slot &&
        module.sessions[i].generation != module.readers[slot].generation)
      drop((int)slot);
  for (int i = 0; i < SESSIONS; i++) {
    struct session *session = &module.sessions[i];
    if (session->used) continue;
    memset(session, 0, sizeof *session);
    rv = module.backend->C_OpenSession(module.backend_slot[module.readers[slot].card], flags, NULL, NULL,
                                       &session->backend);
    if (rv != CKR_OK) return end(&call, rv);
    session->used = 1;
    session->reader = (int)slot;
    session->generation = module.readers[slot].generation;
    session->writable = !!(flags & CKF_RW_SESSION);
    *handle = call.session = HANDLE_BASE + (CK_ULONG)i;
    return end(&call, CKR_OK);
  }
  return end(&call, CKR_SESSION_COUNT);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_CloseSession", handle);
  int reader = session->reader, left = 0;
  rv = module.backend->C_CloseSession(session->backend);
  memset(session, 0, sizeof *session);
  for (int i = 0; i < SESSIONS; i++) left += module.sessions[i].used && module.sessions[i].reader == reader;
  if (!left) module.logged_in[reader] = 0;
  return end(&call, rv);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slot) {
  BEGIN("C_CloseAllSessions");
  call.reader = (long)slot;
  if (slot >= READERS || !module.readers[slot].connected) return end(&call, CKR_SLOT_ID_INVALID);
  drop((int)slot);
  return end(&call, CKR_OK);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO_PTR info) {
  BEGIN_SESSION("C_GetSessionInfo", handle);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  rv = module.backend->C_GetSessionInfo(session->backend, info);
  info->slotID = (CK_SLOT_ID)session->reader;
  return end(&call, rv);
}

/* One try is taken before the PIN is compared and given back when it was right: pulling the card gains nothing. */
static CK_RV verify_pin(struct session *session, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  int card = module.readers[session->reader].card;
  int state = state_open();
  if (state < 0) return CKR_DEVICE_ERROR;
  int tries = state_tries(state, card);
  CK_RV rv = CKR_PIN_LOCKED;
  if (tries > 0 && length != PIN_LENGTH) {
    rv = CKR_PIN_INCORRECT;
  } else if (tries > 0) {
    tries -= 1;
    rv = state_set_tries(state, card, tries) ? module.backend->C_Login(session->backend, CKU_USER, pin, length)
                                             : CKR_DEVICE_ERROR;
    if (rv == CKR_OK) state_set_tries(state, card, TRIES_MAX);
    /* The CPS4 tells at once that this was the last try, the CPS3 only at the next one (§1.6). */
    else if (rv == CKR_PIN_INCORRECT && tries == 0 && module.cards[card].profile == PROFILE_CPS4) rv = CKR_PIN_LOCKED;
  }
  state_close(state);
  return rv;
}

CK_RV C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  BEGIN_SESSION("C_Login", handle);
  if (user == CKU_SO) return end(&call, CKR_FUNCTION_NOT_SUPPORTED);
  if (user != CKU_USER) return end(&call, CKR_USER_TYPE_INVALID);
  if (module.logged_in[session->reader]) return end(&call, CKR_USER_ALREADY_LOGGED_IN);
  if (module.cards[module.readers[session->reader].card].profile == PROFILE_CONTACTLESS)
    return end(&call, CKR_USER_PIN_NOT_INITIALIZED);
  if (!pin) return end(&call, CKR_PIN_INCORRECT);
  rv = verify_pin(session, pin, length);
  if (rv == CKR_OK) module.logged_in[session->reader] = 1;
  return end(&call, rv);
}

CK_RV C_Logout(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_Logout", handle);
  if (!module.logged_in[session->reader]) return end(&call, CKR_USER_NOT_LOGGED_IN);
  module.logged_in[session->reader] = 0;
  return end(&call, module.backend->C_Logout(session->backend));
}

/* The attributes the Cryptolib answers (§1.7). */
static int is_known(CK_ATTRIBUTE_TYPE type) {
  static const CK_ATTRIBUTE_TYPE known[] = {
      CKA_CLASS, CKA_TOKEN, CKA_PRIVATE, CKA_LABEL, CKA_APPLICATION, CKA_VALUE, CKA_OBJECT_ID, CKA_CERTIFICATE_TYPE,
      CKA_ISSUER, CKA_SERIAL_NUMBER, CKA_TRUSTED, CKA_KEY_TYPE, CKA_SUBJECT, CKA_ID, CKA_SENSITIVE, CKA_ENCRYPT,
      CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP, CKA_SIGN, CKA_SIGN_RECOVER, CKA_VERIFY, CKA_VERIFY_RECOVER, CKA_DERIVE,
      CKA_START_DATE, CKA_END_DATE, CKA_MODULUS, CKA_MODULUS_BITS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT,
      CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2, CKA_COEFFICIENT, CKA_EXTRACTABLE, CKA_LOCAL,
      CKA_NEVER_EXTRACTABLE, CKA_ALWAYS_SENSITIVE, CKA_KEY_GEN_MECHANISM, CKA_MODIFIABLE};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (known[i] == type) return 1;
  return 0;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  BEGIN_SESSION("C_FindObjectsInit", handle);
  if (!template && count) return end(&call, CKR_ARGUMENTS_BAD);
  rv = module.backend->C_FindObjectsInit(session->backend, template, count);
  session->finds_nothing = 0;
  for (CK_ULONG i = 0; i < count; i++) session->finds_nothing |= !is_known(template[i].type);
  return end(&call, rv);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE_PTR objects, CK_ULONG max, CK_ULONG_PTR count) {
  BEGIN_SESSION("C_FindObjects", handle);
  rv = module.backend->C_FindObjects(session->backend, objects, max, count);
  if (rv == CKR_OK && session->finds_nothing) *count = 0;
  return end(&call, rv);
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_FindObjectsFinal", handle);
  return end(&call, module.backend->C_FindObjectsFinal(session->backend));
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  BEGIN_SESSION("C_GetAttributeValue", handle);
  if (!template || !count) return end(&call, CKR_ARGUMENTS_BAD);
  for (CK_ULONG i = 0; i < count; i++) {
    CK_RV one = CKR_ATTRIBUTE_TYPE_INVALID;
    if (is_known(template[i].type)) one = module.backend->C_GetAttributeValue(session->backend, object, &template[i], 1);
    else template[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
    if (one != CKR_OK) rv = one;
  }
  return end(&call, rv);
}

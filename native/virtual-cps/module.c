/* The module itself: start and stop, readers, token information, and the list of functions. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct module module;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void begin(struct call *call) {
  pthread_mutex_lock(&mutex);
  clock_gettime(CLOCK_REALTIME, &call->start);
  if (module.initialized) control_reload();
}

CK_RV end(const struct call *call, CK_RV rv) {
  if (module.initialized) journal(call, rv);
  pthread_mutex_unlock(&mutex);
  return rv;
}

/* The mutex stays held, as in the Cryptolib: a poll waits for the running signature (§5.2). */
CK_RV wait_for_card(struct session *session, long milliseconds) {
  for (;;) {
    control_reload();
    const struct reader *reader = &module.readers[session->reader];
    if (!reader->connected || reader->card == NO_CARD || reader->generation != session->generation) {
      drop(session->reader);
      return CKR_TOKEN_NOT_PRESENT;
    }
    if (milliseconds <= 0) return CKR_OK;
    long slice = milliseconds < 10 ? milliseconds : 10;
    struct timespec pause = {.tv_nsec = slice * 1000000};
    nanosleep(&pause, NULL);
    milliseconds -= slice;
  }
}

static void pad(CK_UTF8CHAR *field, size_t size, const char *text) {
  size_t length = strlen(text);
  memset(field, ' ', size);
  memcpy(field, text, length < size ? length : size);
}

static int load_backend(void) {
  if (module.backend) return 1;
  const char *path = getenv("CPSSIM_BACKEND");
  void *library = dlopen(path && *path ? path : "/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  CK_C_GetFunctionList get;
  if (!library) return 0;
  *(void **)&get = dlsym(library, "C_GetFunctionList");
  return get && get(&module.backend) == CKR_OK;
}

/* SoftHSM2 gives random slot numbers: a card is found by the label of its token. */
static void bind_cards(void) {
  CK_SLOT_ID slots[32];
  CK_ULONG count = sizeof slots / sizeof *slots;
  CK_TOKEN_INFO info;
  CK_UTF8CHAR label[sizeof info.label];
  memset(module.bound, 0, sizeof module.bound);
  if (module.backend->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK) return;
  for (CK_ULONG s = 0; s < count; s++) {
    if (module.backend->C_GetTokenInfo(slots[s], &info) != CKR_OK) continue;
    for (int c = 0; c < CARDS; c++) {
      pad(label, sizeof label, module.cards[c].token);
      if (!module.cards[c].token[0] || memcmp(label, info.label, sizeof label)) continue;
      module.backend_slot[c] = slots[s];
      module.bound[c] = 1;
    }
  }
}

CK_RV C_Initialize(CK_VOID_PTR arguments) {
  struct call call = {.function = "C_Initialize", .reader = -1, .mechanism = NO_MECHANISM, .length = -1};
  begin(&call);
  if (module.initialized) return end(&call, CKR_CRYPTOKI_ALREADY_INITIALIZED);
  folder_find();
  folder_point_backend();
  if (!load_backend()) return end(&call, CKR_GENERAL_ERROR);
  CK_RV rv = module.backend->C_Initialize(arguments);
  if (rv != CKR_OK) return end(&call, rv);
  control_reload();
  bind_cards();
  for (int i = 0; i < READERS; i++) module.seen[i] = module.readers[i].generation;
  module.initialized = 1;
  return end(&call, CKR_OK);
}

CK_RV C_Finalize(CK_VOID_PTR reserved) {
  BEGIN("C_Finalize");
  if (reserved) return end(&call, CKR_ARGUMENTS_BAD);
  for (int i = 0; i < READERS; i++) drop(i);
  CK_RV rv = module.backend->C_Finalize(NULL);
  end(&call, rv);
  pthread_mutex_lock(&mutex);
  module.initialized = 0;
  pthread_mutex_unlock(&mutex);
  return rv;
}

CK_RV C_GetInfo(CK_INFO_PTR info) {
  BEGIN("C_GetInfo");
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  memset(info, 0, sizeof *info);
  info->cryptokiVersion = (CK_VERSION){2, 20};
  info->libraryVersion = (CK_VERSION){3, 1};
  pad(info->manufacturerID, sizeof info->manufacturerID, "ANS");
  pad(info->libraryDescription, sizeof info->libraryDescription, "CPS3 PKCS#11 LINUX");
  return end(&call, CKR_OK);
}

CK_RV C_GetSlotList(CK_BBOOL present_only, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
  BEGIN("C_GetSlotList");
  CK_SLOT_ID found[READERS];
  CK_ULONG total = 0;
  if (!count) return end(&call, CKR_ARGUMENTS_BAD);
  for (int i = 0; i < READERS; i++)
    if (module.readers[i].connected && (!present_only || module.readers[i].card != NO_CARD))
      found[total++] = (CK_SLOT_ID)i;
  CK_RV rv = list && *count < total ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  if (list && rv == CKR_OK) memcpy(list, found, total * sizeof *found);
  *count = total;
  return end(&call, rv);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  BEGIN("C_GetSlotInfo");
  call.reader = (long)slot;
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  if (slot >= READERS || !module.readers[slot].connected) return end(&call, CKR_SLOT_ID_INVALID);
  memset(info, 0, sizeof *info);
  pad(info->slotDescription, sizeof info->slotDescription, module.readers[slot].name);
  pad(info->manufacturerID, sizeof info->manufacturerID, "");
  info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
  if (module.readers[slot].card != NO_CARD) info->flags |= CKF_TOKEN_PRESENT;
  return end(&call, CKR_OK);
}

/* PIN flags after the tries left (§1.5). */
static CK_FLAGS pin_flags(int tries) {
  if (tries == 0) return CKF_USER_PIN_LOCKED;
  if (tries == 1) return CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY;
  return tries < TRIES_MAX ? CKF_USER_PIN_COUNT_LOW : 0;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  BEGIN("C_GetTokenInfo");
  CK_RV rv = CKR_OK;
  call.reader = (long)slot;
  const struct card *card = card_in(slot, &rv);
  if (!card) return end(&call, rv);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  int state = state_open();
  if (state < 0) return end(&call, CKR_DEVICE_ERROR);
  int tries = state_tries(state, module.readers[slot].card);
  state_close(state);
  memset(info, 0, sizeof *info);
  pad(info->label, sizeof info->label, card->label);
  pad(info->manufacturerID, sizeof info->manufacturerID, "ANS");
  pad(info->model, sizeof info->model, card->profile == PROFILE_CPS4 ? "ChipDoc" : "IAS ECC");
  pad(info->serialNumber, sizeof info->serialNumber, card->serial);
  pad(info->utcTime, sizeof info->utcTime, "");
  info->flags = CKF_RNG | CKF_TOKEN_INITIALIZED;
  if (card->profile != PROFILE_CONTACTLESS)
    info->flags |= CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | pin_flags(tries);
  info->ulMinPinLen = info->ulMaxPinLen = PIN_LENGTH;
  info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
  info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
  for (int i = 0; i < SESSIONS; i++) {
    if (!module.sessions[i].used || module.sessions[i].reader != (int)slot) continue;
    info->ulSessionCount++;
    if (module.sessions[i].writable) info->ulRwSessionCount++;
  }
  return end(&call, CKR_OK);
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  BEGIN("C_GetMechanismList");
  CK_RV rv = CKR_OK;
  const CK_MECHANISM_TYPE *mechanisms;
  call.reader = (long)slot;
  const struct card *card = card_in(slot, &rv);
  if (!card) return end(&call, rv);
  if (!count) return end(&call, CKR_ARGUMENTS_BAD);
  CK_ULONG total = token_mechanisms(card, &mechanisms);
  rv = list && *count < total ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  if (list && rv == CKR_OK) memcpy(list, mechanisms, total * sizeof *mechanisms);
  *count = total;
  return end(&call, rv);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_MECHANISM_INFO_PTR info) {
  BEGIN("C_GetMechanismInfo");
  CK_RV rv = CKR_OK;
  call.reader = (long)slot;
  call.mechanism = mechanism;
  const struct card *card = card_in(slot, &rv);
  if (!card) return end(&call, rv);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  if (!token_has_mechanism(card, mechanism)) return end(&call, CKR_MECHANISM_INVALID);
  memset(info, 0, sizeof *info);
  if (mechanism == CKM_SHA_1 || mechanism == CKM_SHA256) {
    info->flags = CKF_DIGEST;
  } else {
    info->ulMinKeySize = info->ulMaxKeySize = 2048;
    info->flags = CKF_HW | CKF_SIGN | CKF_VERIFY;
    if (mechanism == CKM_RSA_PKCS) info->flags |= CKF_DECRYPT | CKF_ENCRYPT;
  }
  return end(&call, CKR_OK);
}

/* The blocking form is missing from the Cryptolib (§1.4). One event per reader however often it changed since. */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved) {
  BEGIN("C_WaitForSlotEvent");
  if (!slot || reserved) return end(&call, CKR_ARGUMENTS_BAD);
  if (!(flags & CKF_DONT_BLOCK)) return end(&call, CKR_FUNCTION_NOT_SUPPORTED);
  for (int i = 0; i < READERS; i++) {
    if (module.seen[i] == module.readers[i].generation) continue;
    module.seen[i] = module.readers[i].generation;
    *slot = (CK_SLOT_ID)i;
    call.reader = i;
    return end(&call, CKR_OK);
  }
  return end(&call, CKR_NO_EVENT);
}

/* What neither the Cryptolib (§1.8) nor, for C_InitPIN, C_SetPIN and C_SetAttributeValue, this module does. */
#define UNSUPPORTED(name, ...)                                                                                 \
  CK_RV name(__VA_ARGS__) {                                                                                    \
    BEGIN(#name);                                                                                              \
    return end(&call, CKR_FUNCTION_NOT_SUPPORTED);                                                             \
  }
#define S CK_SESSION_HANDLE
#define B CK_BYTE_PTR
#define L CK_ULONG
#define P CK_ULONG_PTR
#define M CK_MECHANISM_PTR
#define O CK_OBJECT_HANDLE
#define T CK_ATTRIBUTE_PTR
#define H CK_OBJECT_HANDLE_PTR
UNSUPPORTED(C_InitToken, CK_SLOT_ID, CK_UTF8CHAR_PTR, L, CK_UTF8CHAR_PTR)
UNSUPPORTED(C_InitPIN, S, CK_UTF8CHAR_PTR, L)
UNSUPPORTED(C_SetPIN, S, CK_UTF8CHAR_PTR, L, CK_UTF8CHAR_PTR, L)
UNSUPPORTED(C_GetOperationState, S, B, P)
UNSUPPORTED(C_SetOperationState, S, B, L, O, O)
UNSUPPORTED(C_CreateObject, S, T, L, H)
UNSUPPORTED(C_CopyObject, S, O, T, L, H)
UNSUPPORTED(C_DestroyObject, S, O)
UNSUPPORTED(C_GetObjectSize, S, O, P)
UNSUPPORTED(C_SetAttributeValue, S, O, T, L)
UNSUPPORTED(C_EncryptUpdate, S, B, L, B, P)
UNSUPPORTED(C_EncryptFinal, S, B, P)
UNSUPPORTED(C_DecryptUpdate, S, B, L, B, P)
UNSUPPORTED(C_DecryptFinal, S, B, P)
UNSUPPORTED(C_DigestKey, S, O)
UNSUPPORTED(C_SignRecoverInit, S, M, O)
UNSUPPORTED(C_SignRecover, S, B, L, B, P)
UNSUPPORTED(C_VerifyRecoverInit, S, M, O)
UNSUPPORTED(C_VerifyRecover, S, B, L, B, P)
UNSUPPORTED(C_DigestEncryptUpdate, S, B, L, B, P)
UNSUPPORTED(C_DecryptDigestUpdate, S, B, L, B, P)
UNSUPPORTED(C_SignEncryptUpdate, S, B, L, B, P)
UNSUPPORTED(C_DecryptVerifyUpdate, S, B, L, B, P)
UNSUPPORTED(C_GenerateKey, S, M, T, L, H)
UNSUPPORTED(C_GenerateKeyPair, S, M, T, L, T, L, H, H)
UNSUPPORTED(C_WrapKey, S, M, O, O, B, P)
UNSUPPORTED(C_UnwrapKey, S, M, O, B, L, T, L, H)
UNSUPPORTED(C_DeriveKey, S, M, O, T, L, H)
UNSUPPORTED(C_SeedRandom, S, B, L)
UNSUPPORTED(C_GetFunctionStatus, S)
UNSUPPORTED(C_CancelFunction, S)

/* Every entry is ours: a raw backend function would receive a virtual handle. */
#define CK_PKCS11_FUNCTION_INFO(name) name,
static CK_FUNCTION_LIST functions = {
    {2, 11},
#include <pkcs11/pkcs11f.h>
};
#undef CK_PKCS11_FUNCTION_INFO

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  if (!list) return CKR_ARGUMENTS_BAD;
  *list = &functions;
  return CKR_OK;
}

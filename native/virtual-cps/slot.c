/* Readers and what their cards say of themselves (§1.4, §1.5). */
#include "virtual-cps.h"
#include <stdio.h>
#include <string.h>

static const struct reader *reader_at(CK_SLOT_ID slot) {
  return slot < READERS && module.readers[slot].connected ? &module.readers[slot] : NULL;
}

static enum profile profile_in(const struct reader *reader) { return module.control.cards[reader->card].profile; }

int is_contactless(const struct card *card) { return card->profile == PROFILE_CONTACTLESS; }

const struct card *card_in(CK_SLOT_ID slot, CK_RV *rv) {
  const struct reader *reader = reader_at(slot);
  if (!reader) *rv = CKR_SLOT_ID_INVALID;
  else if (reader->card == NO_CARD) *rv = CKR_TOKEN_NOT_PRESENT;
  else if (profile_in(reader) == PROFILE_UNKNOWN || profile_in(reader) == PROFILE_MUTE || !module.bound[reader->card])
    *rv = CKR_TOKEN_NOT_RECOGNIZED;
  else return &module.control.cards[reader->card];
  return NULL;
}

CK_RV C_GetSlotList(CK_BBOOL present_only, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
  BEGIN("C_GetSlotList");
  CK_SLOT_ID found[READERS];
  CK_ULONG total = 0;
  if (!count) return end(&call, CKR_ARGUMENTS_BAD);
  for (CK_SLOT_ID i = 0; i < READERS; i++) {
    const struct reader *reader = reader_at(i);
    if (!reader) continue;
    /* A card that does not answer is not counted as one. */
    if (!present_only || (reader->card != NO_CARD && profile_in(reader) != PROFILE_MUTE)) found[total++] = i;
  }
  rv = list && *count < total ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  if (list && rv == CKR_OK) memcpy(list, found, total * sizeof *found);
  *count = total;
  return end(&call, rv);
}

/* Above 64 bytes the name of the reader is shortened in the middle (§1.4), never inside a character. */
static void describe(CK_UTF8CHAR field[64], const char *name) {
  size_t length = strlen(name), head = 30, tail = length < 31 ? 0 : length - 31;
  char shortened[80];
  if (length <= 64) {
    pad(field, 64, name);
    return;
  }
  while (head > 0 && ((unsigned char)name[head] & 0xc0) == 0x80) head--;
  while (tail < length && ((unsigned char)name[tail] & 0xc0) == 0x80) tail++;
  snprintf(shortened, sizeof shortened, "%.*s...%s", (int)head, name, name + tail);
  pad(field, 64, shortened);
}

/* `slotcache 1`: an answer is kept for a second, as by the Cryptolib. */
static struct {
  int kept;
  struct timespec at;
  CK_SLOT_INFO info;
} cache[READERS];

CK_RV C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  BEGIN_SLOT("C_GetSlotInfo", slot);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  int cached = module.control.slot_cache && module.control.behaviour == BEHAVIOUR_CRYPTOLIB && slot < READERS;
  if (cached && cache[slot].kept && milliseconds_since(&cache[slot].at) < 1000) {
    *info = cache[slot].info;
    return end(&call, CKR_OK);
  }
  const struct reader *reader = reader_at(slot);
  if (!reader) return end(&call, CKR_SLOT_ID_INVALID);
  memset(info, 0, sizeof *info);
  describe(info->slotDescription, reader->name);
  pad(info->manufacturerID, sizeof info->manufacturerID, "");
  info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT;
  if (reader->card != NO_CARD) info->flags |= CKF_TOKEN_PRESENT;
  if (cached) {
    cache[slot].kept = 1;
    cache[slot].info = *info;
    clock_gettime(CLOCK_REALTIME, &cache[slot].at);
  }
  return end(&call, CKR_OK);
}

/* Flags after the tries left; those of the PUK are the same, shifted (§1.5). */
static CK_FLAGS user_flags(int left, int most) {
  if (left == 0) return CKF_USER_PIN_LOCKED;
  if (left == most) return 0;
  return CKF_USER_PIN_COUNT_LOW | (left == 1 ? CKF_USER_PIN_FINAL_TRY : 0);
}
static CK_FLAGS so_flags(int left, int most, int unblocks) {
  if (left == 0 || unblocks == 0) return CKF_SO_PIN_LOCKED;
  if (left == most) return 0;
  return CKF_SO_PIN_COUNT_LOW | (left == 1 ? CKF_SO_PIN_FINAL_TRY : 0);
}

static void describe_card(const struct card *card, CK_TOKEN_INFO_PTR info) {
  const char *model = card->model[0] ? card->model : card->profile == PROFILE_CPS4 ? "ChipDoc" : "IAS ECC";
  memset(info, 0, sizeof *info);
  pad(info->label, sizeof info->label, card->label);
  pad(info->manufacturerID, sizeof info->manufacturerID, card->manufacturer[0] ? card->manufacturer : "ANS");
  pad(info->model, sizeof info->model, model);
  pad(info->serialNumber, sizeof info->serialNumber, card->serial);
  pad(info->utcTime, sizeof info->utcTime, "");
  info->ulMaxSessionCount = info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
  info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
  info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
  info->flags = CKF_RNG | CKF_TOKEN_INITIALIZED;
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  BEGIN_SLOT("C_GetTokenInfo", slot);
  const struct card *card = card_in(slot, &rv);
  if (!card) return end(&call, rv);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  describe_card(card, info);
  if (is_contactless(card)) {
    /* Without a PIN object the Cryptolib tells its own limits. */
    info->ulMinPinLen = 4;
    info->ulMaxPinLen = 8;
  } else {
    static struct state state;
    int index = module.readers[slot].card;
    state_read(&state);
    int unblocks = state_left(&state, index, COUNTER_UNBLOCKS);
    info->ulMinPinLen = info->ulMaxPinLen = PIN_LENGTH;
    info->flags |= CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED;
    info->flags |= user_flags(state_left(&state, index, COUNTER_TRIES), card->tries_max);
    info->flags |= so_flags(state_left(&state, index, COUNTER_PUK), card->puk_max, unblocks);
    if (card->pinpad || card->profile == PROFILE_PINPAD) info->flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  }
  for (int i = 0; i < SESSIONS; i++) {
    if (!module.sessions[i].used || module.sessions[i].reader != (int)slot) continue;
    info->ulSessionCount++;
    if (module.sessions[i].writable) info->ulRwSessionCount++;
  }
  return end(&call, CKR_OK);
}

CK_RV C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  BEGIN_SLOT("C_GetMechanismList", slot);
  const CK_MECHANISM_TYPE *mechanisms;
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
  BEGIN_SLOT("C_GetMechanismInfo", slot);
  const struct card *card = card_in(slot, &rv);
  call.mechanism = mechanism;
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

static int next_event(void) {
  for (int i = 0; i < READERS; i++)
    if (module.told[i] != module.changes[i]) return i;
  return NO_CARD;
}

/* The blocking form is missing from the Cryptolib (§1.4). One event per reader however often it changed since. */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID_PTR slot, CK_VOID_PTR reserved) {
  BEGIN("C_WaitForSlotEvent");
  if (!slot || reserved) return end(&call, CKR_ARGUMENTS_BAD);
  int blocks = !(flags & CKF_DONT_BLOCK), event;
  if (blocks && module.control.behaviour == BEHAVIOUR_CRYPTOLIB) return end(&call, CKR_FUNCTION_NOT_SUPPORTED);
  while ((event = next_event()) == NO_CARD) {
    if (!blocks) return end(&call, CKR_NO_EVENT);
    sleep_slice(10, 1);
    if (!module.initialized) return end(&call, CKR_CRYPTOKI_NOT_INITIALIZED);
    control_reload();
  }
  module.told[event] = module.changes[event];
  *slot = (CK_SLOT_ID)event;
  call.reader = event;
  return end(&call, CKR_OK);
}

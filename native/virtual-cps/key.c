/* What each key of a CPS may do, and how long it takes (cps-card.md §1.8). */
#include "virtual-cps.h"
#include <stdio.h>
#include <string.h>

/* The CPS4 alone has the last three. */
static const CK_MECHANISM_TYPE mechanisms[] = {
    CKM_RSA_PKCS,     CKM_SHA1_RSA_PKCS,     CKM_SHA256_RSA_PKCS,    CKM_SHA_1, CKM_SHA256, CKM_RSA_X_509,
    CKM_RSA_PKCS_PSS, CKM_SHA1_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS};

CK_ULONG token_mechanisms(const struct card *card, const CK_MECHANISM_TYPE **list) {
  *list = mechanisms;
  return sizeof mechanisms / sizeof *mechanisms - (card->profile == PROFILE_CPS4 ? 0 : 3);
}

int token_has_mechanism(const struct card *card, CK_MECHANISM_TYPE mechanism) {
  const CK_MECHANISM_TYPE *list;
  CK_ULONG count = token_mechanisms(card, &list);
  for (CK_ULONG i = 0; i < count; i++)
    if (list[i] == mechanism) return 1;
  return 0;
}

struct key {
  CK_OBJECT_CLASS class;
  char label[40];
  enum key_role role;
  int signs, decrypts;
};

static int read_flag(const struct session *session, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE_TYPE type) {
  CK_BBOOL value = CK_FALSE;
  CK_ATTRIBUTE attribute = {type, &value, sizeof value};
  return module.backend->C_GetAttributeValue(session->backend, handle, &attribute, 1) == CKR_OK && value;
}

/* 0 when the handle is no object this session may see. */
static int describe(const struct session *session, CK_OBJECT_HANDLE handle, struct key *key) {
  static const char *const labels[] = {[KEY_AUTHENTICATION] = "CPS_PRIV_AUT",
                                       [KEY_SIGNATURE] = "CPS_PRIV_SIG",
                                       [KEY_TECHNICAL] = "CPS_PRIV_TECH_AUT"};
  memset(key, 0, sizeof *key);
  CK_ATTRIBUTE attributes[] = {{CKA_CLASS, &key->class, sizeof key->class}, {CKA_LABEL, key->label, sizeof key->label - 1}};
  if (module.backend->C_GetAttributeValue(session->backend, handle, attributes, 2) != CKR_OK) return 0;
  for (enum key_role role = KEY_AUTHENTICATION; role <= KEY_TECHNICAL; role++)
    if (!strcmp(key->label, labels[role])) key->role = role;
  if ((key->role == KEY_TECHNICAL) != is_contactless(card_of(session))) return 0;
  key->signs = read_flag(session, handle, CKA_SIGN);
  key->decrypts = read_flag(session, handle, CKA_DECRYPT);
  return 1;
}

/* The signature key hashes, and never does PSS; the authentication key of a CPS3 only does CKM_RSA_PKCS. */
static int may_sign(const struct card *card, const struct key *key, CK_MECHANISM_TYPE mechanism) {
  int hashes = mechanism == CKM_SHA1_RSA_PKCS || mechanism == CKM_SHA256_RSA_PKCS;
  if (key->class != CKO_PRIVATE_KEY || !key->signs) return 0;
  if (mechanism == CKM_RSA_X_509 || mechanism == CKM_SHA_1 || mechanism == CKM_SHA256) return 0;
  if (mechanism == CKM_RSA_PKCS) return 1;
  switch (key->role) {
  case KEY_AUTHENTICATION: return card->profile == PROFILE_CPS4;
  case KEY_SIGNATURE: return hashes;
  case KEY_TECHNICAL: return 0;
  default: return 1;
  }
}

/* What is common to the beginning of a signature and of a decryption. */
static CK_RV begin_operation(struct call *call, const struct session *session, CK_MECHANISM_PTR mechanism) {
  if (!mechanism) return CKR_ARGUMENTS_BAD;
  call->mechanism = mechanism->mechanism;
  if (module.login[session->reader] != LOGIN_USER && !is_contactless(card_of(session))) return CKR_USER_NOT_LOGGED_IN;
  if (session->operation != OP_NONE) return CKR_OPERATION_ACTIVE;
  return token_has_mechanism(card_of(session), mechanism->mechanism) ? CKR_OK : CKR_MECHANISM_INVALID;
}

static void operate(struct session *session, enum operation operation, const struct key *key, CK_MECHANISM_TYPE mechanism) {
  session->operation = operation;
  session->role = key->role;
  session->mechanism = mechanism;
  session->gathered_length = 0;
  snprintf(session->key_label, sizeof session->key_label, "%s", key->label);
}

static CK_RV refused_by_key(CK_RV rv) {
  return rv == CKR_MECHANISM_INVALID || rv == CKR_KEY_FUNCTION_NOT_PERMITTED ? CKR_KEY_TYPE_INCONSISTENT : rv;
}

CK_RV C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key_handle) {
  BEGIN_SESSION("C_SignInit", handle);
  struct key key;
  rv = begin_operation(&call, session, mechanism);
  if (rv != CKR_OK) return end(&call, rv);
  if (!describe(session, key_handle, &key)) return end(&call, CKR_KEY_HANDLE_INVALID);
  call.key = key.label;
  if (!may_sign(card_of(session), &key, mechanism->mechanism)) return end(&call, CKR_KEY_TYPE_INCONSISTENT);
  rv = refused_by_key(module.backend->C_SignInit(session->backend, mechanism, key_handle));
  if (rv == CKR_OK) operate(session, OP_SIGN, &key, mechanism->mechanism);
  return end(&call, rv);
}

/* PKCS#11 2.20 cannot cancel: the backend's operation is ended by completing it into nothing. */
static void abandon(struct session *session) {
  CK_BYTE nothing[512] = {0};
  CK_ULONG size = sizeof nothing;
  if (session->operation == OP_DECRYPT) module.backend->C_Decrypt(session->backend, nothing, 1, nothing, &size);
  else if (module.backend->C_Sign(session->backend, nothing, 1, nothing, &size) != CKR_OK) {
    size = sizeof nothing;
    module.backend->C_SignFinal(session->backend, nothing, &size);
  }
  session->operation = OP_NONE;
  session->gathered_length = 0;
}

static const unsigned char sha1_info[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                          0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
/* 40 % of the modulus for INTERNAL AUTHENTICATE, and what PKCS#1 padding leaves for a raw operation. */
#define LONGEST_CPS3 102
#define LONGEST 245

/* A bare SHA-1 or SHA-256 digest gets its DigestInfo; a whole one is taken as it is; anything else is refused. */
static CK_RV complete_digest(const CK_BYTE *data, CK_ULONG length, CK_BYTE *input, CK_ULONG *input_length) {
  const unsigned char *info = length == 20 || length == sizeof sha1_info + 20 ? sha1_info : sha256_info;
  CK_ULONG info_length = info == sha1_info ? sizeof sha1_info : sizeof sha256_info;
  CK_ULONG digest_length = info == sha1_info ? 20 : 32;
  CK_ULONG offset = length == digest_length ? 0 : info_length;
  if (length != offset + digest_length || (offset && memcmp(data, info, info_length))) return CKR_DATA_INVALID;
  memcpy(input, info, info_length);
  memcpy(input + info_length, data + offset, digest_length);
  *input_length = info_length + digest_length;
  return CKR_OK;
}

/* What CKM_RSA_PKCS is given, checked as the card does. */
static CK_RV prepare(const struct session *session, const CK_BYTE *data, CK_ULONG length, CK_BYTE input[256],
                     CK_ULONG *input_length) {
  if (session->role == KEY_SIGNATURE) return complete_digest(data, length, input, input_length);
  int internal = session->role != KEY_OTHER && card_of(session)->profile != PROFILE_CPS4;
  if (length > (internal ? LONGEST_CPS3 : LONGEST)) return CKR_DATA_LEN_RANGE;
  memcpy(input, data, length);
  *input_length = length;
  return CKR_OK;
}

#define MODULUS 256

/* Before the chip is asked: the size of what it gives, and a buffer that is too small. 1 when the call ends there. */
static int is_about_size(CK_BYTE_PTR out, CK_ULONG_PTR size, CK_RV *rv) {
  if (out && *size >= MODULUS) return 0;
  *rv = out ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  *size = MODULUS;
  return 1;
}

static CK_RV sign(struct call *call, struct session *session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
                  CK_ULONG_PTR size) {
  CK_BYTE input[256];
  CK_RV rv = CKR_OK;
  if (session->mechanism == CKM_RSA_PKCS) {
    rv = prepare(session, data, length, input, &length);
    data = input;
    if (rv != CKR_OK) {
      abandon(session);
      return rv;
    }
  }
  rv = chip_wait(call, session, card_of(session)->sign_ms);
  if (rv != CKR_OK) {
    /* The session may be gone with the card. */
    if (session->used && session->handle == call->session) abandon(session);
    return rv;
  }
  session->operation = OP_NONE;
  return module.backend->C_Sign(session->backend, data, length, signature, size);
}

CK_RV C_Sign(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR size) {
  BEGIN_CHIP("C_Sign", handle);
  char label[40];
  call.length = (long)length;
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  call.mechanism = session->mechanism;
  memcpy(label, session->key_label, sizeof label);
  call.key = label;
  if (!data || !size) return end(&call, CKR_ARGUMENTS_BAD);
  if (is_about_size(signature, size, &rv)) return end(&call, rv);
  return end(&call, sign(&call, session, data, length, signature, size));
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG length) {
  BEGIN_SESSION("C_SignUpdate", handle);
  call.length = (long)length;
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  if (!part && length) return end(&call, CKR_ARGUMENTS_BAD);
  if (session->mechanism == CKM_RSA_PKCS) {
    if (length > sizeof session->gathered - session->gathered_length) {
      abandon(session);
      return end(&call, CKR_DATA_LEN_RANGE);
    }
    memcpy(session->gathered + session->gathered_length, part, length);
    session->gathered_length += length;
    return end(&call, CKR_OK);
  }
  rv = module.backend->C_SignUpdate(session->backend, part, length);
  if (rv != CKR_OK) session->operation = OP_NONE;
  return end(&call, rv);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG_PTR size) {
  BEGIN_CHIP("C_SignFinal", handle);
  char label[40];
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  call.mechanism = session->mechanism;
  memcpy(label, session->key_label, sizeof label);
  call.key = label;
  if (!size) return end(&call, CKR_ARGUMENTS_BAD);
  if (is_about_size(signature, size, &rv)) return end(&call, rv);
  if (session->mechanism == CKM_RSA_PKCS)
    return end(&call, sign(&call, session, session->gathered, session->gathered_length, signature, size));
  rv = chip_wait(&call, session, card_of(session)->sign_ms);
  if (rv != CKR_OK) {
    if (session->used && session->handle == handle) abandon(session);
    return end(&call, rv);
  }
  session->operation = OP_NONE;
  return end(&call, module.backend->C_SignFinal(session->backend, signature, size));
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key_handle) {
  BEGIN_SESSION("C_DecryptInit", handle);
  struct key key;
  rv = begin_operation(&call, session, mechanism);
  if (rv != CKR_OK) return end(&call, rv);
  if (mechanism->mechanism != CKM_RSA_PKCS) return end(&call, CKR_MECHANISM_INVALID);
  if (!describe(session, key_handle, &key)) return end(&call, CKR_OBJECT_HANDLE_INVALID);
  call.key = key.label;
  if (key.class != CKO_PRIVATE_KEY || !key.decrypts) return end(&call, CKR_KEY_TYPE_INCONSISTENT);
  /* The padding is taken off here: OpenSSL, behind SoftHSM2, gives random bytes where a card says that it is wrong. */
  CK_MECHANISM raw = {CKM_RSA_X_509, NULL, 0};
  rv = refused_by_key(module.backend->C_DecryptInit(session->backend, &raw, key_handle));
  if (rv == CKR_OK) operate(session, OP_DECRYPT, &key, mechanism->mechanism);
  return end(&call, rv);
}

/* One block by PKCS#1 v1.5. Whatever is wrong has one name (the real value is unknown). */
static CK_RV decrypt(const struct session *session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR plain, CK_ULONG_PTR size) {
  CK_BYTE block[MODULUS];
  CK_ULONG block_size = sizeof block, start = 2;
  if (module.backend->C_Decrypt(session->backend, data, length, block, &block_size) != CKR_OK) return CKR_DATA_INVALID;
  if (block_size != MODULUS || block[0] != 0 || block[1] != 2) return CKR_DATA_INVALID;
  while (start < MODULUS && block[start]) start++;
  if (start < 10 || start == MODULUS) return CKR_DATA_INVALID;
  *size = MODULUS - ++start;
  memcpy(plain, block + start, *size);
  return CKR_OK;
}

CK_RV C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR plain, CK_ULONG_PTR size) {
  BEGIN_CHIP("C_Decrypt", handle);
  char label[40];
  call.length = (long)length;
  if (session->operation != OP_DECRYPT) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  call.mechanism = session->mechanism;
  memcpy(label, session->key_label, sizeof label);
  call.key = label;
  if (!data || !size) return end(&call, CKR_ARGUMENTS_BAD);
  if (is_about_size(plain, size, &rv)) return end(&call, rv);
  rv = chip_wait(&call, session, card_of(session)->decrypt_ms);
  if (rv != CKR_OK) {
    if (session->used && session->handle == handle) abandon(session);
    return end(&call, rv);
  }
  session->operation = OP_NONE;
  return end(&call, decrypt(session, data, length, plain, size));
}

/* What each key of a CPS may do (cps-card.md §1.8), how long it takes, and everything passed on unchanged. */
#include "virtual-cps.h"
#include <string.h>

/* The CPS3 has all but the last three. */
static const CK_MECHANISM_TYPE mechanisms[] = {
    CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS,    CKM_SHA256_RSA_PKCS,    CKM_SHA_1, CKM_SHA256, CKM_RSA_X_509,
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

static const unsigned char sha1_info[] = {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e,
                                          0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
static const unsigned char sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                            0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

static const char *role_label(enum key_role role) {
  return role == KEY_AUTHENTICATION ? "CPS_PRIV_AUT" : role == KEY_SIGNATURE ? "CPS_PRIV_SIG" : "";
}

static enum key_role role_of(const struct session *session, CK_OBJECT_HANDLE key) {
  char label[64];
  CK_ATTRIBUTE attribute = {CKA_LABEL, label, sizeof label};
  if (module.backend->C_GetAttributeValue(session->backend, key, &attribute, 1) != CKR_OK) return KEY_OTHER;
  for (enum key_role role = KEY_AUTHENTICATION; role <= KEY_SIGNATURE; role++)
    if (attribute.ulValueLen == strlen(role_label(role)) && !memcmp(label, role_label(role), attribute.ulValueLen))
      return role;
  return KEY_OTHER;
}

static const struct card *card_of(const struct session *session) {
  return &module.cards[module.readers[session->reader].card];
}

/* The signature key hashes; the authentication key of a CPS3 only does CKM_RSA_PKCS. */
static int may_sign(const struct card *card, enum key_role role, CK_MECHANISM_TYPE mechanism) {
  if (mechanism == CKM_RSA_X_509 || mechanism == CKM_SHA_1 || mechanism == CKM_SHA256) return 0;
  if (role == KEY_AUTHENTICATION) return mechanism == CKM_RSA_PKCS || card->profile == PROFILE_CPS4;
  return role == KEY_SIGNATURE;
}

CK_RV C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  BEGIN_SESSION("C_SignInit", handle);
  if (!mechanism) return end(&call, CKR_ARGUMENTS_BAD);
  call.mechanism = mechanism->mechanism;
  if (!module.logged_in[session->reader]) return end(&call, CKR_USER_NOT_LOGGED_IN);
  if (session->operation != OP_NONE) return end(&call, CKR_OPERATION_ACTIVE);
  if (!token_has_mechanism(card_of(session), mechanism->mechanism)) return end(&call, CKR_MECHANISM_INVALID);
  enum key_role role = role_of(session, key);
  call.key = role_label(role);
  if (role == KEY_OTHER) return end(&call, CKR_KEY_HANDLE_INVALID);
  if (!may_sign(card_of(session), role, mechanism->mechanism)) return end(&call, CKR_KEY_TYPE_INCONSISTENT);
  rv = module.backend->C_SignInit(session->backend, mechanism, key);
  if (rv == CKR_OK) {
    session->operation = OP_SIGN;
    session->role = role;
    session->mechanism = mechanism->mechanism;
  }
  return end(&call, rv);
}

/* PKCS#11 2.20 cannot cancel: the backend's operation is ended by completing it into nothing. */
static void abandon_signature(struct session *session) {
  CK_BYTE nothing[512];
  CK_ULONG size = sizeof nothing;
  module.backend->C_Sign(session->backend, nothing, 1, nothing, &size);
  session->operation = OP_NONE;
}

/* What CKM_RSA_PKCS is given, checked as the card does; a bare digest gets its DigestInfo. Returns the new length. */
static CK_RV prepare_input(const struct session *session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE *input,
                           CK_ULONG *input_length) {
  if (session->role == KEY_AUTHENTICATION) {
    if (length > 102) return CKR_DATA_LEN_RANGE;
    memcpy(input, data, length);
    *input_length = length;
    return CKR_OK;
  }
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

CK_RV C_Sign(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR size) {
  BEGIN_SESSION("C_Sign", handle);
  CK_BYTE prepared[128];
  call.length = (long)length;
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  call.mechanism = session->mechanism;
  call.key = role_label(session->role);
  if (!data || !size) return end(&call, CKR_ARGUMENTS_BAD);
  if (!signature) return end(&call, module.backend->C_Sign(session->backend, data, length, NULL, size));
  if (session->mechanism == CKM_RSA_PKCS) {
    rv = prepare_input(session, data, length, prepared, &length);
    data = prepared;
    if (rv != CKR_OK) {
      abandon_signature(session);
      return end(&call, rv);
    }
  }
  rv = wait_for_card(session, card_of(session)->sign_ms);
  if (rv != CKR_OK) return end(&call, rv);
  rv = module.backend->C_Sign(session->backend, data, length, signature, size);
  if (rv != CKR_BUFFER_TOO_SMALL) session->operation = OP_NONE;
  return end(&call, rv);
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE_PTR part, CK_ULONG length) {
  BEGIN_SESSION("C_SignUpdate", handle);
  call.length = (long)length;
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  rv = module.backend->C_SignUpdate(session->backend, part, length);
  if (rv != CKR_OK) session->operation = OP_NONE;
  return end(&call, rv);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG_PTR size) {
  BEGIN_SESSION("C_SignFinal", handle);
  if (session->operation != OP_SIGN) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  call.mechanism = session->mechanism;
  call.key = role_label(session->role);
  if (signature) rv = wait_for_card(session, card_of(session)->sign_ms);
  if (rv != CKR_OK) return end(&call, rv);
  rv = module.backend->C_SignFinal(session->backend, signature, size);
  if (signature && rv != CKR_BUFFER_TOO_SMALL) session->operation = OP_NONE;
  return end(&call, rv);
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  BEGIN_SESSION("C_DecryptInit", handle);
  if (!mechanism) return end(&call, CKR_ARGUMENTS_BAD);
  call.mechanism = mechanism->mechanism;
  if (!module.logged_in[session->reader]) return end(&call, CKR_USER_NOT_LOGGED_IN);
  if (session->operation != OP_NONE) return end(&call, CKR_OPERATION_ACTIVE);
  if (mechanism->mechanism != CKM_RSA_PKCS) return end(&call, CKR_MECHANISM_INVALID);
  enum key_role role = role_of(session, key);
  call.key = role_label(role);
  if (role == KEY_OTHER) return end(&call, CKR_OBJECT_HANDLE_INVALID);
  if (role == KEY_SIGNATURE) return end(&call, CKR_KEY_TYPE_INCONSISTENT);
  rv = module.backend->C_DecryptInit(session->backend, mechanism, key);
  if (rv == CKR_OK) session->operation = OP_DECRYPT;
  return end(&call, rv);
}

CK_RV C_Decrypt(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR plain, CK_ULONG_PTR size) {
  BEGIN_SESSION("C_Decrypt", handle);
  call.length = (long)length;
  if (session->operation != OP_DECRYPT) return end(&call, CKR_OPERATION_NOT_INITIALIZED);
  if (plain) rv = wait_for_card(session, card_of(session)->sign_ms);
  if (rv != CKR_OK) return end(&call, rv);
  rv = module.backend->C_Decrypt(session->backend, data, length, plain, size);
  if (plain && rv != CKR_BUFFER_TOO_SMALL) session->operation = OP_NONE;
  /* SoftHSM2 says CKR_GENERAL_ERROR for bad padding. */
  return end(&call, rv == CKR_GENERAL_ERROR || rv == CKR_ENCRYPTED_DATA_INVALID ? CKR_DATA_INVALID : rv);
}

/* Public keys, digests and random numbers are the backend's business. */
#define FORWARD(name, parameters, ...)                                                                         \
  CK_RV name parameters {                                                                                      \
    BEGIN_SESSION(#name, handle);                                                                              \
    return end(&call, module.backend->name(session->backend, __VA_ARGS__));                                    \
  }
#define S CK_SESSION_HANDLE handle
#define IN CK_BYTE_PTR in, CK_ULONG in_length
#define OUT CK_BYTE_PTR out, CK_ULONG_PTR out_length
FORWARD(C_EncryptInit, (S, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key), mechanism, key)
FORWARD(C_Encrypt, (S, IN, OUT), in, in_length, out, out_length)
FORWARD(C_DigestInit, (S, CK_MECHANISM_PTR mechanism), mechanism)
FORWARD(C_Digest, (S, IN, OUT), in, in_length, out, out_length)
FORWARD(C_DigestUpdate, (S, IN), in, in_length)
FORWARD(C_DigestFinal, (S, OUT), out, out_length)
FORWARD(C_VerifyInit, (S, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key), mechanism, key)
FORWARD(C_Verify, (S, IN, CK_BYTE_PTR signature, CK_ULONG length), in, in_length, signature, length)
FORWARD(C_VerifyUpdate, (S, IN), in, in_length)
FORWARD(C_VerifyFinal, (S, CK_BYTE_PTR signature, CK_ULONG length), signature, length)
FORWARD(C_GenerateRandom, (S, IN), in, in_length)

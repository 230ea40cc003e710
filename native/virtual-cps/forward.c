/* Public keys, digests and random numbers are the backend's business; the rest is not done by a Cryptolib (§1.8). */
#include "virtual-cps.h"

#define FORWARD(name, parameters, ...)                                                                         \
  CK_RV name parameters {                                                                                      \
    BEGIN_SESSION(#name, handle);                                                                              \
    return end(&call, module.backend->name(session->backend, __VA_ARGS__));                                    \
  }
#define S CK_SESSION_HANDLE handle
#define IN CK_BYTE_PTR in, CK_ULONG in_length
#define OUT CK_BYTE_PTR out, CK_ULONG_PTR out_length
FORWARD(C_Encrypt, (S, IN, OUT), in, in_length, out, out_length)
FORWARD(C_Digest, (S, IN, OUT), in, in_length, out, out_length)
FORWARD(C_DigestUpdate, (S, IN), in, in_length)
FORWARD(C_DigestFinal, (S, OUT), out, out_length)
FORWARD(C_Verify, (S, IN, CK_BYTE_PTR signature, CK_ULONG length), in, in_length, signature, length)
FORWARD(C_VerifyUpdate, (S, IN), in, in_length)
FORWARD(C_VerifyFinal, (S, CK_BYTE_PTR signature, CK_ULONG length), signature, length)
FORWARD(C_GenerateRandom, (S, IN), in, in_length)
#undef S
#undef IN
#undef OUT

CK_RV C_EncryptInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  BEGIN_SESSION("C_EncryptInit", handle);
  if (!mechanism) return end(&call, CKR_ARGUMENTS_BAD);
  call.mechanism = mechanism->mechanism;
  if (mechanism->mechanism != CKM_RSA_PKCS) return end(&call, CKR_MECHANISM_INVALID);
  return end(&call, module.backend->C_EncryptInit(session->backend, mechanism, key));
}

CK_RV C_DigestInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism) {
  BEGIN_SESSION("C_DigestInit", handle);
  if (!mechanism) return end(&call, CKR_ARGUMENTS_BAD);
  call.mechanism = mechanism->mechanism;
  if (mechanism->mechanism != CKM_SHA_1 && mechanism->mechanism != CKM_SHA256) return end(&call, CKR_MECHANISM_INVALID);
  return end(&call, module.backend->C_DigestInit(session->backend, mechanism));
}

CK_RV C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  BEGIN_SESSION("C_VerifyInit", handle);
  if (!mechanism) return end(&call, CKR_ARGUMENTS_BAD);
  call.mechanism = mechanism->mechanism;
  if (!token_has_mechanism(card_of(session), mechanism->mechanism)) return end(&call, CKR_MECHANISM_INVALID);
  return end(&call, module.backend->C_VerifyInit(session->backend, mechanism, key));
}

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
UNSUPPORTED(C_GetOperationState, S, B, P)
UNSUPPORTED(C_SetOperationState, S, B, L, O, O)
UNSUPPORTED(C_CreateObject, S, T, L, H)
UNSUPPORTED(C_CopyObject, S, O, T, L, H)
UNSUPPORTED(C_DestroyObject, S, O)
UNSUPPORTED(C_GetObjectSize, S, O, P)
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

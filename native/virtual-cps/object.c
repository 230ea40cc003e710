/* The objects of a card as the Cryptolib shows them (§1.7). */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* The attributes answered, by class; any other is CKR_ATTRIBUTE_TYPE_INVALID. */
static const CK_ATTRIBUTE_TYPE of_data[] = {CKA_CLASS, CKA_TOKEN,       CKA_PRIVATE,   CKA_MODIFIABLE,
                                            CKA_LABEL, CKA_APPLICATION, CKA_OBJECT_ID, CKA_VALUE};
static const CK_ATTRIBUTE_TYPE of_certificate[] = {
    CKA_CLASS, CKA_TOKEN,   CKA_PRIVATE, CKA_MODIFIABLE,    CKA_LABEL, CKA_CERTIFICATE_TYPE,
    CKA_ID,    CKA_TRUSTED, CKA_SUBJECT, CKA_SERIAL_NUMBER, CKA_VALUE, CKA_ISSUER};
static const CK_ATTRIBUTE_TYPE of_public_key[] = {
    CKA_CLASS,      CKA_TOKEN,   CKA_PRIVATE, CKA_MODIFIABLE, CKA_LABEL,        CKA_KEY_TYPE,       CKA_ID,
    CKA_START_DATE, CKA_LOCAL,   CKA_DERIVE,  CKA_END_DATE,   CKA_SUBJECT,      CKA_ENCRYPT,        CKA_VERIFY,
    CKA_WRAP,       CKA_MODULUS, CKA_VALUE,   CKA_TRUSTED,    CKA_MODULUS_BITS, CKA_VERIFY_RECOVER, CKA_PUBLIC_EXPONENT};
static const CK_ATTRIBUTE_TYPE of_private_key[] = {
    CKA_CLASS,        CKA_TOKEN,       CKA_LOCAL,           CKA_SENSITIVE,    CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE,
    CKA_PRIVATE,      CKA_MODIFIABLE,  CKA_EXTRACTABLE,     CKA_LABEL,        CKA_KEY_TYPE,         CKA_ID,
    CKA_ENCRYPT,      CKA_DECRYPT,     CKA_SIGN,            CKA_SIGN_RECOVER, CKA_WRAP,             CKA_UNWRAP,
    CKA_VERIFY,       CKA_DERIVE,      CKA_VERIFY_RECOVER,  CKA_MODULUS,      CKA_MODULUS_BITS,     CKA_PUBLIC_EXPONENT,
    CKA_SUBJECT,      CKA_START_DATE,  CKA_END_DATE,        CKA_PRIME_1,      CKA_PRIME_2,          CKA_EXPONENT_1,
    CKA_EXPONENT_2,   CKA_COEFFICIENT, CKA_PRIVATE_EXPONENT, CKA_KEY_GEN_MECHANISM};

static int is_in(CK_ATTRIBUTE_TYPE type, const CK_ATTRIBUTE_TYPE *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (list[i] == type) return 1;
  return 0;
}

static int is_answered(CK_OBJECT_CLASS class, CK_ATTRIBUTE_TYPE type) {
  switch (class) {
  case CKO_DATA: return is_in(type, of_data, COUNT(of_data));
  case CKO_CERTIFICATE: return is_in(type, of_certificate, COUNT(of_certificate));
  case CKO_PUBLIC_KEY: return is_in(type, of_public_key, COUNT(of_public_key));
  case CKO_PRIVATE_KEY: return is_in(type, of_private_key, COUNT(of_private_key));
  default: return 0;
  }
}

static int is_known(CK_ATTRIBUTE_TYPE type) {
  return is_answered(CKO_DATA, type) || is_answered(CKO_CERTIFICATE, type) || is_answered(CKO_PUBLIC_KEY, type) ||
         is_answered(CKO_PRIVATE_KEY, type);
}

struct object {
  CK_OBJECT_CLASS class;
  char label[64];
};

static CK_RV describe(const struct session *session, CK_OBJECT_HANDLE handle, struct object *object) {
  CK_ATTRIBUTE attributes[] = {{CKA_CLASS, &object->class, sizeof object->class},
                               {CKA_LABEL, object->label, sizeof object->label - 1}};
  memset(object, 0, sizeof *object);
  return module.backend->C_GetAttributeValue(session->backend, handle, attributes, COUNT(attributes));
}

/* One chip, two sides (§1.13): without contact it shows its technical certificate and nothing else. Some data are a CPS4's. */
static int is_shown(const struct card *card, const struct object *object) {
  int technical = !strcmp(object->label, "CPS_PRIV_TECH_AUT") || !strcmp(object->label, "Certificat Technique CPS") ||
                  !strcmp(object->label, "Cle publique - Certificat Technique CPS");
  if (technical != is_contactless(card)) return 0;
  return object->class != CKO_DATA || strncmp(object->label, "CPS2TER_", 8) || card->profile == PROFILE_CPS4;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  BEGIN_SESSION("C_FindObjectsInit", handle);
  if (!template && count) return end(&call, CKR_ARGUMENTS_BAD);
  rv = module.backend->C_FindObjectsInit(session->backend, template, count);
  if (rv != CKR_OK) return end(&call, rv);
  session->finds_nothing = 0;
  for (CK_ULONG i = 0; i < count; i++) session->finds_nothing |= !is_known(template[i].type);
  return end(&call, rv);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE_PTR objects, CK_ULONG max, CK_ULONG_PTR count) {
  BEGIN_SESSION("C_FindObjects", handle);
  struct object object;
  CK_OBJECT_HANDLE found;
  CK_ULONG one, total = 0;
  if (!objects || !count) return end(&call, CKR_ARGUMENTS_BAD);
  while (total < max) {
    rv = module.backend->C_FindObjects(session->backend, &found, 1, &one);
    if (rv != CKR_OK || one == 0) break;
    if (session->finds_nothing || describe(session, found, &object) != CKR_OK) continue;
    if (is_shown(card_of(session), &object)) objects[total++] = found;
  }
  if (rv == CKR_OK) *count = total;
  return end(&call, rv);
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_FindObjectsFinal", handle);
  return end(&call, module.backend->C_FindObjectsFinal(session->backend));
}

/* What the Cryptolib says of every private key, and SoftHSM2 not of one that was written into it. */
static int is_constant(CK_ATTRIBUTE_PTR attribute, CK_RV *rv) {
  static const CK_ATTRIBUTE_TYPE always[] = {CKA_LOCAL, CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE};
  static const CK_ATTRIBUTE_TYPE empty[] = {CKA_SUBJECT, CKA_START_DATE, CKA_END_DATE};
  CK_BBOOL yes = CK_TRUE;
  CK_ULONG unavailable = CK_UNAVAILABLE_INFORMATION;
  const void *value = &yes;
  CK_ULONG size = sizeof yes;
  if (attribute->type == CKA_KEY_GEN_MECHANISM) value = &unavailable, size = sizeof unavailable;
  else if (is_in(attribute->type, empty, COUNT(empty))) size = 0;
  else if (!is_in(attribute->type, always, COUNT(always))) return 0;
  *rv = attribute->pValue && attribute->ulValueLen < size ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  if (attribute->pValue && *rv == CKR_OK) memcpy(attribute->pValue, value, size);
  attribute->ulValueLen = *rv == CKR_OK ? size : CK_UNAVAILABLE_INFORMATION;
  return 1;
}

/*
 * SoftHSM2 lets nobody change the value of a data object: what is written into CPS_DATA is kept in a file of the folder, which
 * stands for the value from then on, in every process.
 */
#define LARGEST_DATA 4096

static int data_path(const struct session *session, char *path, size_t size, const char *ending) {
  char name[40];
  snprintf(name, sizeof name, "data-%c%s", 'A' + module.readers[session->reader].card, ending);
  return folder_path(path, size, name);
}

static int is_cps_data(const struct object *object) {
  return object->class == CKO_DATA && !strcmp(object->label, "CPS_DATA");
}

/* 0 when nothing was ever written. */
static int read_data(const struct session *session, CK_ATTRIBUTE_PTR attribute, CK_RV *rv) {
  char path[PATH_MAX + 32];
  CK_BYTE value[LARGEST_DATA];
  FILE *file = data_path(session, path, sizeof path, "") ? fopen(path, "re") : NULL;
  if (!file) return 0;
  CK_ULONG size = fread(value, 1, sizeof value, file);
  fclose(file);
  *rv = attribute->pValue && attribute->ulValueLen < size ? CKR_BUFFER_TOO_SMALL : CKR_OK;
  if (attribute->pValue && *rv == CKR_OK) memcpy(attribute->pValue, value, size);
  attribute->ulValueLen = *rv == CKR_OK ? size : CK_UNAVAILABLE_INFORMATION;
  return 1;
}

static CK_RV write_data(const struct session *session, CK_ATTRIBUTE_PTR attribute) {
  char path[PATH_MAX + 32], temporary[PATH_MAX + 32], ending[24];
  snprintf(ending, sizeof ending, ".%d.tmp", getpid());
  if (!attribute->pValue || attribute->ulValueLen > LARGEST_DATA) return CKR_ATTRIBUTE_VALUE_INVALID;
  if (!data_path(session, path, sizeof path, "") || !data_path(session, temporary, sizeof temporary, ending))
    return CKR_DEVICE_ERROR;
  FILE *file = fopen(temporary, "we");
  if (!file) return CKR_DEVICE_ERROR;
  CK_ULONG written = fwrite(attribute->pValue, 1, attribute->ulValueLen, file);
  if (fclose(file) || written != attribute->ulValueLen || rename(temporary, path)) return CKR_DEVICE_ERROR;
  return CKR_OK;
}

static CK_RV read_attribute(const struct session *session, CK_OBJECT_HANDLE handle, const struct object *object,
                            CK_ATTRIBUTE_PTR attribute) {
  CK_RV rv = CKR_ATTRIBUTE_TYPE_INVALID;
  if (is_answered(object->class, attribute->type)) {
    if (object->class == CKO_PRIVATE_KEY && is_constant(attribute, &rv)) return rv;
    if (is_cps_data(object) && attribute->type == CKA_VALUE && read_data(session, attribute, &rv)) return rv;
    return module.backend->C_GetAttributeValue(session->backend, handle, attribute, 1);
  }
  attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
  return rv;
}

/* CPS_DATA is slow to read (§1.7); asking its size is not. */
static long delay_of(const struct session *session, const struct object *object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  if (!is_cps_data(object)) return 0;
  for (CK_ULONG i = 0; i < count; i++)
    if (template[i].type == CKA_VALUE && template[i].pValue) return card_of(session)->data_ms;
  return 0;
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  BEGIN_CHIP("C_GetAttributeValue", handle);
  struct object described;
  if (!template || !count) return end(&call, CKR_ARGUMENTS_BAD);
  if (describe(session, object, &described) != CKR_OK) return end(&call, CKR_OBJECT_HANDLE_INVALID);
  call.key = described.label;
  rv = chip_wait(&call, session, delay_of(session, &described, template, count));
  if (rv != CKR_OK) return end(&call, rv);
  for (CK_ULONG i = 0; i < count; i++) {
    CK_RV one = read_attribute(session, object, &described, &template[i]);
    if (one != CKR_OK) rv = one;
  }
  return end(&call, rv);
}

/* CPS_DATA is the only object one may write, and its value all of it that changes. */
CK_RV C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_PTR template, CK_ULONG count) {
  BEGIN_CHIP("C_SetAttributeValue", handle);
  struct object described;
  if (!template || !count) return end(&call, CKR_ARGUMENTS_BAD);
  if (describe(session, object, &described) != CKR_OK) return end(&call, CKR_OBJECT_HANDLE_INVALID);
  call.key = described.label;
  if (!is_cps_data(&described) || count != 1 || template->type != CKA_VALUE)
    return end(&call, CKR_FUNCTION_NOT_SUPPORTED);
  if (!session->writable) return end(&call, CKR_SESSION_READ_ONLY);
  rv = chip_wait(&call, session, card_of(session)->data_ms);
  if (rv != CKR_OK) return end(&call, rv);
  call.length = (long)template->ulValueLen;
  return end(&call, write_data(session, template));
}

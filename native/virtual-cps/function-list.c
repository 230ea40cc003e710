/*
 * A test: no entry of the function list is the backend's own. Each is compared with it, then called before C_Initialize: ours
 * then say so without looking at their arguments, a raw copy would not. Usage: function-list <module> <backend>
 */
#define CK_PTR *
#define CK_DEFINE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION(type, name) type name
#define CK_DECLARE_FUNCTION_POINTER(type, name) type(*name)
#define CK_CALLBACK_FUNCTION(type, name) type(*name)
#define NULL_PTR 0
#include <pkcs11/pkcs11.h>
#define _GNU_SOURCE
#define __USE_GNU
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef CK_RV (*entry)(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);

static CK_FUNCTION_LIST_PTR list_of(const char *path) {
  CK_FUNCTION_LIST_PTR list = NULL;
  CK_C_GetFunctionList get;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) return NULL;
  *(void **)&get = dlsym(library, "C_GetFunctionList");
  return get && get(&list) == CKR_OK ? list : NULL;
}

/* Which file the code of an entry lies in. */
static int lies_in(void *code, const char *path) {
  Dl_info info;
  return dladdr(code, &info) && info.dli_fname && !strcmp(info.dli_fname, path);
}

#define CK_PKCS11_FUNCTION_INFO(name) #name,
static const char *const names[] = {
#include <pkcs11/pkcs11f.h>
};
#undef CK_PKCS11_FUNCTION_INFO

int main(int count, char **arguments) {
  CK_FUNCTION_LIST_PTR ours = count == 3 ? list_of(arguments[1]) : NULL, theirs = ours ? list_of(arguments[2]) : NULL;
  int wrong = 0;
  if (!theirs) return 2;
#define CK_PKCS11_FUNCTION_INFO(name)                                                                          \
  void *name##_code = *(void **)&ours->name;                                                                   \
  if (name##_code == *(void **)&theirs->name || !lies_in(name##_code, arguments[1]))                           \
    wrong++, printf("%s is not ours\n", #name);                                                                \
  if (strcmp(#name, "C_Initialize") && strcmp(#name, "C_GetFunctionList")) {                                   \
    CK_RV rv = (*(entry *)&name##_code)(0, 0, 0, 0, 0, 0, 0, 0);                                               \
    if (rv != CKR_CRYPTOKI_NOT_INITIALIZED) wrong++, printf("%s returned 0x%lx\n", #name, rv);                 \
  }
#include <pkcs11/pkcs11f.h>
  printf("%zu functions, %d wrong\n", sizeof names / sizeof *names, wrong);
  return wrong ? 1 : 0;
}

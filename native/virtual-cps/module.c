/* Start and stop, the mutex around every call, simulated waits, and the list of functions. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct module module;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

long milliseconds_since(const struct timespec *start) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec - start->tv_sec) * 1000 + (now.tv_nsec - start->tv_nsec) / 1000000;
}

static void lock_call(struct call *call) {
  pthread_mutex_lock(&mutex);
  clock_gettime(CLOCK_REALTIME, &call->start);
}

CK_RV begin(struct call *call) {
  CK_RV rv = CKR_OK;
  lock_call(call);
  if (!module.initialized) return CKR_CRYPTOKI_NOT_INITIALIZED;
  control_reload();
  if (faults_run(call, FAULT_BEFORE, 0, &rv)) return rv;
  return CKR_OK;
}

CK_RV begin_at_once(struct call *call) {
  CK_RV rv = begin(call);
  if (rv != CKR_OK) return rv;
  for (;;) {
    long elapsed = milliseconds_since(&call->start), last = faults_last_mid(call);
    if (faults_run(call, FAULT_MID, elapsed, &rv)) return rv;
    if (last <= elapsed) return CKR_OK;
    sleep_slice(last - elapsed < 10 ? last - elapsed : 10, module.control.lock_none);
    if (!module.initialized) return CKR_CRYPTOKI_NOT_INITIALIZED;
    control_reload();
  }
}

CK_RV end(struct call *call, CK_RV rv) {
  if (module.initialized) {
    faults_run(call, FAULT_AFTER, 0, &rv);
    journal(call, rv);
  }
  pthread_mutex_unlock(&mutex);
  return rv;
}

/* With the global lock a poll waits for the running signature, as in the Cryptolib (§5.2). */
void sleep_slice(long milliseconds, int let_go) {
  struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  if (let_go) pthread_mutex_unlock(&mutex);
  nanosleep(&pause, NULL);
  if (let_go) pthread_mutex_lock(&mutex);
}

static CK_RV removed(void) {
  return module.control.behaviour == BEHAVIOUR_CRYPTOLIB ? CKR_TOKEN_NOT_PRESENT : CKR_DEVICE_REMOVED;
}

CK_RV chip_wait(struct call *call, struct session *session, long milliseconds) {
  CK_SESSION_HANDLE handle = session->handle;
  int reader = session->reader;
  unsigned long changes = module.changes[reader];
  struct timespec start;
  CK_RV rv = CKR_OK;
  clock_gettime(CLOCK_REALTIME, &start);
  for (;;) {
    control_reload();
    long elapsed = milliseconds_since(&start), last = faults_last_mid(call);
    int decided = faults_run(call, FAULT_MID, elapsed, &rv);
    if (!module.initialized) return CKR_CRYPTOKI_NOT_INITIALIZED;
    if (module.changes[reader] != changes) return removed();
    if (!session->used || session->handle != handle) return CKR_SESSION_HANDLE_INVALID;
    if (decided) return rv;
    long left = (last > milliseconds ? last : milliseconds) - elapsed;
    if (left <= 0) return CKR_OK;
    sleep_slice(left < 10 ? left : 10, module.control.lock_none);
  }
}

void pad(CK_UTF8CHAR *field, size_t size, const char *text) {
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
      pad(label, sizeof label, module.control.cards[c].token);
      if (!module.control.cards[c].token[0] || memcmp(label, info.label, sizeof label)) continue;
      module.backend_slot[c] = slots[s];
      module.bound[c] = 1;
    }
  }
}

/* All of the four functions or none (PKCS#11 v2.20 §11.4). */
static int are_valid(const CK_C_INITIALIZE_ARGS *given) {
  if (!given) return 1;
  int functions = !!given->CreateMutex + !!given->DestroyMutex + !!given->LockMutex + !!given->UnlockMutex;
  return functions == 0 || functions == 4;
}

/* The cards in the readers are read at the start. */
static long detection_ms(void) {
  long total = 0;
  for (int i = 0; i < READERS; i++)
    if (module.readers[i].connected && module.readers[i].card != NO_CARD)
      total += module.control.cards[module.readers[i].card].init_ms;
  return total;
}

static CK_RV start_backend(struct call *call) {
  CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
  CK_RV rv = CKR_OK;
  struct timespec start;
  folder_find();
  folder_point_backend();
  control_reload();
  if (faults_run(call, FAULT_BEFORE, 0, &rv)) return rv;
  if (!load_backend()) return CKR_GENERAL_ERROR;
  clock_gettime(CLOCK_REALTIME, &start);
  for (;;) {
    long elapsed = milliseconds_since(&start), last = faults_last_mid(call);
    if (faults_run(call, FAULT_MID, elapsed, &rv)) return rv;
    long left = (last > detection_ms() ? last : detection_ms()) - elapsed;
    if (left <= 0) break;
    sleep_slice(left < 10 ? left : 10, 0);
    control_reload();
  }
  return module.backend->C_Initialize(&arguments);
}

CK_RV C_Initialize(CK_VOID_PTR arguments) {
  struct call call = CALL("C_Initialize");
  lock_call(&call);
  if (module.initialized) return end(&call, CKR_CRYPTOKI_ALREADY_INITIALIZED);
  if (!are_valid(arguments)) return end(&call, CKR_ARGUMENTS_BAD);
  CK_RV rv = start_backend(&call);
  if (rv != CKR_OK) {
    journal(&call, rv);
    return end(&call, rv);
  }
  bind_cards();
  memcpy(module.told, module.changes, sizeof module.told);
  module.initialized = 1;
  return end(&call, CKR_OK);
}

CK_RV C_Finalize(CK_VOID_PTR reserved) {
  BEGIN("C_Finalize");
  if (reserved) return end(&call, CKR_ARGUMENTS_BAD);
  for (int i = 0; i < READERS; i++) drop(i);
  rv = module.backend->C_Finalize(NULL);
  faults_run(&call, FAULT_AFTER, 0, &rv);
  journal(&call, rv);
  module.initialized = 0;
  return end(&call, rv);
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

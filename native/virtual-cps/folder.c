/* The folder of virtual cards: everything lies beside this very module. The journal is written here. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[PATH_MAX];

int folder_path(char *path, size_t size, const char *name) {
  int length = snprintf(path, size, "%s/%s", folder, name);
  return folder[0] && length > 0 && (size_t)length < size;
}

/* CPSSIM_DIR, or where this module was loaded from: the path of the module in a policy is then enough. */
void folder_find(void) {
  const char *given = getenv("CPSSIM_DIR");
  Dl_info info;
  folder[0] = 0;
  if (given && *given) {
    snprintf(folder, sizeof folder, "%s", given);
  } else if (dladdr((void *)folder, &info) && info.dli_fname) {
    snprintf(folder, sizeof folder, "%s", info.dli_fname);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    else snprintf(folder, sizeof folder, ".");
  }
}

void folder_point_backend(void) {
  char path[PATH_MAX + 32];
  if (folder_path(path, sizeof path, "softhsm2.conf") && !access(path, R_OK)) setenv("SOFTHSM2_CONF", path, 1);
}

/* Polling that found nothing new would drown the journal. */
static int is_idle_polling(const struct call *call, CK_RV rv) {
  if (module.control.journal_all || call->fault[0]) return 0;
  if (rv == CKR_NO_EVENT) return 1;
  return rv == CKR_OK && (!strcmp(call->function, "C_GetSlotList") || !strcmp(call->function, "C_GetSlotInfo") ||
                          !strcmp(call->function, "C_GetSessionInfo"));
}

/* Labels come from the token: only what needs no escape goes in. */
static void plain(char *out, size_t size, const char *text) {
  size_t used = 0;
  for (; text && *text && used + 1 < size; text++)
    if ((unsigned char)*text >= 0x20 && *text != '"' && *text != '\\' && (unsigned char)*text < 0x7f) out[used++] = *text;
  out[used] = 0;
}

/* One write() per line, appended: lines of several processes do not mix. */
void journal(const struct call *call, CK_RV rv) {
  char path[PATH_MAX + 32], line[512], key[64];
  struct timespec now;
  if (is_idle_polling(call, rv) || !folder_path(path, sizeof path, "calls.jsonl")) return;
  clock_gettime(CLOCK_REALTIME, &now);
  plain(key, sizeof key, call->key);
  int length = snprintf(
      line, sizeof line,
      "{\"t\":%lld,\"pid\":%d,\"tid\":%ld,\"fn\":\"%s\",\"reader\":%ld,\"session\":%lu,\"mech\":%ld,\"keyLabel\":\"%s\","
      "\"len\":%ld,\"user\":\"%s\",\"fault\":\"%s\",\"rv\":%lu,\"ms\":%ld}\n",
      (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, getpid(), syscall(SYS_gettid), call->function, call->reader,
      call->session, call->mechanism == NO_MECHANISM ? -1L : (long)call->mechanism, key, call->length,
      call->user ? call->user : "", call->fault, rv, milliseconds_since(&call->start));
  int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0 || length < 0) return;
  ssize_t written = write(descriptor, line, (size_t)length);
  (void)written;
  close(descriptor);
}

/* The folder of a virtual card: control file in, state and journal out. Everything lies beside this very module. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char folder[PATH_MAX];
static struct stat control_seen;

static int path_of(char *path, size_t size, const char *name) {
  int length = snprintf(path, size, "%s/%s", folder, name);
  return length > 0 && (size_t)length < size;
}

/* CPSSIM_DIR, or where this module was loaded from: the path of the module in a policy is then enough. */
void folder_find(void) {
  const char *given = getenv("CPSSIM_DIR");
  Dl_info info;
  if (given && *given) {
    snprintf(folder, sizeof folder, "%s", given);
  } else if (dladdr((void *)&control_seen, &info) && info.dli_fname) {
    snprintf(folder, sizeof folder, "%s", info.dli_fname);
    char *slash = strrchr(folder, '/');
    if (slash) *slash = 0;
    else snprintf(folder, sizeof folder, ".");
  }
  memset(&control_seen, 0, sizeof control_seen);
}

void folder_point_backend(void) {
  char path[PATH_MAX + 32];
  if (path_of(path, sizeof path, "softhsm2.conf")) setenv("SOFTHSM2_CONF", path, 1);
}

static void set_reader(struct reader *reader, const char *key, const char *value) {
  if (!strcmp(key, "connected")) reader->connected = value[0] == '1';
  else if (!strcmp(key, "name")) snprintf(reader->name, sizeof reader->name, "%.64s", value);
  else if (!strcmp(key, "generation")) reader->generation = strtoul(value, NULL, 10);
  else if (!strcmp(key, "card"))
    reader->card = value[0] >= 'A' && value[0] < 'A' + CARDS && !value[1] ? value[0] - 'A' : NO_CARD;
}

static void set_card(struct card *card, const char *key, const char *value) {
  if (!strcmp(key, "token")) snprintf(card->token, sizeof card->token, "%.32s", value);
  else if (!strcmp(key, "label")) snprintf(card->label, sizeof card->label, "%.32s", value);
  else if (!strcmp(key, "serial")) snprintf(card->serial, sizeof card->serial, "%.16s", value);
  else if (!strcmp(key, "sign_ms")) card->sign_ms = strtol(value, NULL, 10);
  else if (!strcmp(key, "profile"))
    card->profile = !strcmp(value, "cps3")          ? PROFILE_CPS3
                    : !strcmp(value, "cps4")        ? PROFILE_CPS4
                    : !strcmp(value, "contactless") ? PROFILE_CONTACTLESS
                                                    : PROFILE_UNKNOWN;
}

/*
 * Reads the control file again when it changed. Its writer renames a finished file over it; one without the last line
 * `end` is half written by someone else and is ignored.
 */
void control_reload(void) {
  char path[PATH_MAX + 32];
  struct stat now;
  if (!path_of(path, sizeof path, "control") || stat(path, &now)) return;
  if (now.st_ino == control_seen.st_ino && now.st_size == control_seen.st_size &&
      now.st_mtim.tv_sec == control_seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == control_seen.st_mtim.tv_nsec)
    return;
  FILE *file = fopen(path, "re");
  if (!file) return;
  struct reader readers[READERS] = {0};
  struct card cards[CARDS] = {0};
  int complete = 0;
  char line[256];
  for (int i = 0; i < READERS; i++) readers[i].card = NO_CARD;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = 0;
    char *value = strchr(line, ' ');
    if (!value) continue;
    *value++ = 0;
    char *dot = strchr(line, '.');
    if (!strcmp(line, "end")) complete = 1;
    else if (!dot) continue;
    else if (!strncmp(line, "reader", 6) && line[6] >= '0' && line[6] < '0' + READERS && dot == line + 7)
      set_reader(&readers[line[6] - '0'], dot + 1, value);
    else if (!strncmp(line, "card", 4) && line[4] >= 'A' && line[4] < 'A' + CARDS && dot == line + 5)
      set_card(&cards[line[4] - 'A'], dot + 1, value);
  }
  fclose(file);
  if (!complete) return;
  control_seen = now;
  memcpy(module.readers, readers, sizeof readers);
  memcpy(module.cards, cards, sizeof cards);
}

/* The state file: four digits, the tries left of cards A to D. Several processes share it under an fcntl lock. */
int state_open(void) {
  char path[PATH_MAX + 32];
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (!path_of(path, sizeof path, "state")) return -1;
  int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return -1;
  if (fcntl(descriptor, F_SETLKW, &lock)) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

int state_tries(int descriptor, int card) {
  char digit;
  if (pread(descriptor, &digit, 1, card) != 1) return TRIES_MAX;
  return digit >= '0' && digit <= '0' + TRIES_MAX ? digit - '0' : TRIES_MAX;
}

int state_set_tries(int descriptor, int card, int tries) {
  char digits[CARDS];
  for (int i = 0; i < CARDS; i++) digits[i] = (char)('0' + (i == card ? tries : state_tries(descriptor, i)));
  return pwrite(descriptor, digits, CARDS, 0) == CARDS && !fsync(descriptor);
}

void state_close(int descriptor) { close(descriptor); }

/* Polling that found nothing new would drown the journal. */
static int is_idle_polling(const struct call *call, CK_RV rv) {
  if (rv == CKR_NO_EVENT) return 1;
  return rv == CKR_OK && (!strcmp(call->function, "C_GetSlotList") || !strcmp(call->function, "C_GetSlotInfo") ||
                          !strcmp(call->function, "C_GetSessionInfo"));
}

void journal(const struct call *call, CK_RV rv) {
  char path[PATH_MAX + 32], line[512];
  struct timespec now;
  if (is_idle_polling(call, rv) || !path_of(path, sizeof path, "calls.jsonl")) return;
  clock_gettime(CLOCK_REALTIME, &now);
  long ms = (now.tv_sec - call->start.tv_sec) * 1000 + (now.tv_nsec - call->start.tv_nsec) / 1000000;
  int length =
      snprintf(line, sizeof line,
               "{\"t\":%lld,\"pid\":%d,\"tid\":%ld,\"fn\":\"%s\",\"reader\":%ld,\"session\":%lu,\"mech\":%ld,"
               "\"keyLabel\":\"%s\",\"len\":%ld,\"rv\":%lu,\"ms\":%ld}\n",
               (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, getpid(), syscall(SYS_gettid), call->function,
               call->reader, call->session, call->mechanism == NO_MECHANISM ? -1L : (long)call->mechanism,
               call->key ? call->key : "", call->length, rv, ms);
  int descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  ssize_t written = write(descriptor, line, (size_t)length);
  (void)written;
  close(descriptor);
}

/*
 * The state file: what outlives a process and is shared by all. It is replaced by a rename, under an fcntl lock on a file of
 * its own, so that a reader without the lock never sees half of it.
 */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const counters[] = {"tries_left", "puk_left", "unblocks_left"};
static struct state locked;
static int lock_descriptor = -1;
static struct stat seen;

static int number(const char *text, int *value) {
  char *rest = NULL;
  long read = strtol(text, &rest, 10);
  if (rest == text || read < 0 || read > 99) return 0;
  *value = (int)read;
  return 1;
}

static void parse_card(struct card_state *card, const char *key, const char *value) {
  for (int i = 0; i < 3; i++)
    if (!strcmp(key, counters[i])) number(value, &card->left[i]);
  struct secret *secret = !strcmp(key, "pin") ? &card->pin : !strcmp(key, "puk") ? &card->puk : NULL;
  struct secret read = {{0}, {0}};
  if (secret && sscanf(value, "%32[0-9a-f] %64[0-9a-f]", read.salt, read.hash) == 2) *secret = read;
}

static void parse_move(struct move *move, const char *value) {
  char card[8], from_card[8];
  struct move read = {.active = 1};
  if (sscanf(value, "%d %7s %d %7s %lu", &read.connected, card, &read.from_connected, from_card, &read.from_generation) != 5)
    return;
  read.card = card_letter(card) < 0 ? NO_CARD : card_letter(card);
  read.from_card = card_letter(from_card) < 0 ? NO_CARD : card_letter(from_card);
  *move = read;
}

void state_read(struct state *state) {
  char path[PATH_MAX + 32], line[256];
  memset(state, 0, sizeof *state);
  for (int c = 0; c < CARDS; c++)
    for (int i = 0; i < 3; i++) state->cards[c].left[i] = -1;
  if (!folder_path(path, sizeof path, "state")) return;
  FILE *file = fopen(path, "re");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\r\n")] = 0;
    char *value = strchr(line, ' ');
    if (!value) continue;
    *value++ = 0;
    if (!strncmp(line, "card", 4) && line[4] >= 'A' && line[4] < 'A' + CARDS && line[5] == '.')
      parse_card(&state->cards[line[4] - 'A'], line + 6, value);
    else if (!strncmp(line, "reader", 6) && line[6] >= '0' && line[6] < '0' + READERS && !strcmp(line + 7, ".moved"))
      parse_move(&state->moves[line[6] - '0'], value);
    else if (!strcmp(line, "fired") && strlen(value) < ID_SIZE && state->fired_count < FIRED)
      strcpy(state->fired[state->fired_count++], value);
  }
  fclose(file);
}

int state_changed(void) {
  char path[PATH_MAX + 32];
  struct stat now;
  memset(&now, 0, sizeof now);
  if (!folder_path(path, sizeof path, "state")) return 0;
  if (stat(path, &now)) memset(&now, 0, sizeof now);
  int changed = now.st_ino != seen.st_ino || now.st_size != seen.st_size || now.st_mtim.tv_sec != seen.st_mtim.tv_sec ||
                now.st_mtim.tv_nsec != seen.st_mtim.tv_nsec;
  seen = now;
  return changed;
}

struct state *state_lock(void) {
  char path[PATH_MAX + 32];
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  if (!folder_path(path, sizeof path, "state.lock")) return NULL;
  lock_descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_descriptor < 0) return NULL;
  if (fcntl(lock_descriptor, F_SETLKW, &lock)) {
    close(lock_descriptor);
    return NULL;
  }
  state_read(&locked);
  return &locked;
}

static void write_card(FILE *file, int index, const struct card_state *card) {
  for (int i = 0; i < 3; i++)
    if (card->left[i] >= 0) fprintf(file, "card%c.%s %d\n", 'A' + index, counters[i], card->left[i]);
  if (card->pin.salt[0]) fprintf(file, "card%c.pin %s %s\n", 'A' + index, card->pin.salt, card->pin.hash);
  if (card->puk.salt[0]) fprintf(file, "card%c.puk %s %s\n", 'A' + index, card->puk.salt, card->puk.hash);
}

static int write_state(const struct state *state) {
  char path[PATH_MAX + 32], temporary[PATH_MAX + 64];
  static const char letters[][5] = {"none", "A", "B", "C", "D"};
  if (!folder_path(path, sizeof path, "state")) return 0;
  snprintf(temporary, sizeof temporary, "%s.%d.tmp", path, getpid());
  int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
  if (!file) return 0;
  for (int c = 0; c < CARDS; c++) write_card(file, c, &state->cards[c]);
  for (int i = 0; i < READERS; i++) {
    const struct move *move = &state->moves[i];
    if (!move->active) continue;
    fprintf(file, "reader%d.moved %d %s %d %s %lu\n", i, move->connected, letters[move->card + 1], move->from_connected,
            letters[move->from_card + 1], move->from_generation);
  }
  for (int i = 0; i < state->fired_count; i++) fprintf(file, "fired %s\n", state->fired[i]);
  int written = !ferror(file);
  if (fclose(file)) written = 0;
  return written && !rename(temporary, path);
}

int state_unlock(int write) {
  int done = !write || write_state(&locked);
  close(lock_descriptor);
  lock_descriptor = -1;
  return done;
}

int state_left(const struct state *state, int card, enum counter counter) {
  const struct card *limits = &module.control.cards[card];
  int most = counter == COUNTER_TRIES ? limits->tries_max : counter == COUNTER_PUK ? limits->puk_max : limits->unblocks_max;
  int left = state->cards[card].left[counter];
  return left < 0 || left > most ? most : left;
}

int state_claim(const char *id) {
  struct state *state = state_lock();
  if (!state) return 0;
  for (int i = 0; i < state->fired_count; i++)
    if (!strcmp(state->fired[i], id)) return state_unlock(0), 0;
  /* The oldest is forgotten. */
  if (state->fired_count == FIRED) memmove(state->fired, state->fired + 1, sizeof *state->fired * --state->fired_count);
  snprintf(state->fired[state->fired_count++], ID_SIZE, "%s", id);
  return state_unlock(1);
}

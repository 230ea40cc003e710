/* The control file: who may write it and how, and what it says, is in README.md. Nothing in it can make a call fail. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST_MS 3600000L
#define LARGEST_FILE 262144

static struct stat control_seen;

/* `A` to `D`, `none`, or -2 for anything else. */
int card_letter(const char *text) {
  if (!strcmp(text, "none")) return NO_CARD;
  return text[0] >= 'A' && text[0] < 'A' + CARDS && !text[1] ? text[0] - 'A' : -2;
}

static long milliseconds(const char *text) {
  long value = strtol(text, NULL, 10);
  return value < 0 ? 0 : value > LONGEST_MS ? LONGEST_MS : value;
}

static int small_number(const char *text, int most) {
  long value = strtol(text, NULL, 10);
  return value < 0 ? 0 : value > most ? most : (int)value;
}

#define COPY(field, value) snprintf((field), sizeof(field), "%.*s", (int)sizeof(field) - 1, (value))

static void set_reader(struct reader *reader, const char *key, const char *value) {
  if (!strcmp(key, "connected")) reader->connected = value[0] == '1';
  else if (!strcmp(key, "name")) COPY(reader->name, value);
  else if (!strcmp(key, "generation")) reader->generation = strtoul(value, NULL, 10);
  else if (!strcmp(key, "card")) reader->card = card_letter(value) < 0 ? NO_CARD : card_letter(value);
}

static enum profile profile_named(const char *name) {
  static const char *const names[] = {"cps3", "cps4", "cpe", "contactless", "mute", "unknown", "pinpad"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return (enum profile)i;
  return strcmp(name, "cl") ? PROFILE_UNKNOWN : PROFILE_CONTACTLESS;
}

static enum pinpad_result result_named(const char *name) {
  static const char *const names[] = {"ok", "wrong", "cancel", "timeout", "mismatch"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i])) return (enum pinpad_result)i;
  return PINPAD_CANCEL;
}

static void set_card(struct card *card, const char *key, const char *value) {
  static const struct {
    const char *key;
    size_t offset;
  } delays[] = {{"pinpad_ms", offsetof(struct card, pinpad_ms)},   {"login_ms", offsetof(struct card, login_ms)},
                {"sign_ms", offsetof(struct card, sign_ms)},       {"decrypt_ms", offsetof(struct card, decrypt_ms)},
                {"data_ms", offsetof(struct card, data_ms)},       {"init_ms", offsetof(struct card, init_ms)}};
  for (size_t i = 0; i < sizeof delays / sizeof *delays; i++)
    if (!strcmp(key, delays[i].key)) *(long *)((char *)card + delays[i].offset) = milliseconds(value);
  if (!strcmp(key, "token")) COPY(card->token, value);
  else if (!strcmp(key, "label")) COPY(card->label, value);
  else if (!strcmp(key, "serial")) COPY(card->serial, value);
  else if (!strcmp(key, "model")) COPY(card->model, value);
  else if (!strcmp(key, "manufacturer")) COPY(card->manufacturer, value);
  else if (!strcmp(key, "pin")) COPY(card->pin, value);
  else if (!strcmp(key, "pinpad_new_pin")) COPY(card->pinpad_new_pin, value);
  else if (!strcmp(key, "pinpad")) card->pinpad = value[0] == '1';
  else if (!strcmp(key, "pinpad_result")) card->pinpad_result = result_named(value);
  else if (!strcmp(key, "profile")) card->profile = profile_named(value);
  else if (!strcmp(key, "tries_max")) card->tries_max = small_number(value, 15);
  else if (!strcmp(key, "puk_max")) card->puk_max = small_number(value, 15);
  else if (!strcmp(key, "unblocks_max")) card->unblocks_max = small_number(value, 99);
}

static int is_id(const char *id) {
  size_t length = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
  return length > 0 && length < ID_SIZE && !id[length];
}

static int parse_action(struct fault *fault, const char *action) {
  if (!strcmp(action, "remove")) fault->action = FAULT_REMOVE;
  else if (!strcmp(action, "unplug")) fault->action = FAULT_UNPLUG;
  else if (!strcmp(action, "lose_login")) fault->action = FAULT_LOSE_LOGIN;
  else if (!strcmp(action, "crash")) fault->action = FAULT_CRASH;
  else if (!strncmp(action, "swap:", 5)) fault->action = FAULT_SWAP, fault->card = card_letter(action + 5);
  else if (!strncmp(action, "rv:", 3)) fault->action = FAULT_RV, fault->rv = strtoul(action + 3, NULL, 16);
  else if (!strncmp(action, "hang:", 5)) fault->action = FAULT_HANG, fault->hang_ms = milliseconds(action + 5);
  else return 0;
  return fault->action != FAULT_SWAP || fault->card >= 0;
}

/* fault <id> <reader|*> <C_Function> before|mid:<ms>|after <action> */
static void add_fault(struct control *control, char *text) {
  struct fault fault = {.reader = NO_READER};
  char *rest = NULL, *words[5];
  for (int i = 0; i < 5; i++)
    if (!(words[i] = strtok_r(i ? NULL : text, " ", &rest))) return;
  if (control->fault_count == FAULTS || !is_id(words[0]) || strlen(words[2]) >= sizeof fault.function) return;
  if (strcmp(words[1], "*")) {
    if (words[1][0] < '0' || words[1][0] >= '0' + READERS || words[1][1]) return;
    fault.reader = words[1][0] - '0';
  }
  if (!strcmp(words[3], "before")) fault.when = FAULT_BEFORE;
  else if (!strcmp(words[3], "after")) fault.when = FAULT_AFTER;
  else if (!strncmp(words[3], "mid:", 4)) fault.when = FAULT_MID, fault.at_ms = milliseconds(words[3] + 4);
  else return;
  if (!parse_action(&fault, words[4])) return;
  COPY(fault.id, words[0]);
  COPY(fault.function, words[2]);
  control->faults[control->fault_count++] = fault;
}

/* set <id> card<X>.tries_left|puk_left|unblocks_left <n> */
static void add_setting(struct control *control, char *text) {
  static const char *const names[] = {"tries_left", "puk_left", "unblocks_left"};
  struct setting setting = {0};
  char *rest = NULL, *words[3];
  for (int i = 0; i < 3; i++)
    if (!(words[i] = strtok_r(i ? NULL : text, " ", &rest))) return;
  char *key = words[1];
  if (control->setting_count == FAULTS || !is_id(words[0]) || strncmp(key, "card", 4) || !key[4] || key[5] != '.') return;
  key[5] = 0;
  setting.card = card_letter(key + 4);
  if (setting.card < 0) return;
  for (int i = 0; i < 3; i++) {
    if (strcmp(key + 6, names[i])) continue;
    setting.counter = (enum counter)i;
    setting.value = small_number(words[2], 99);
    COPY(setting.id, words[0]);
    control->settings[control->setting_count++] = setting;
  }
}

static void parse_line(struct control *control, char *line, int *complete) {
  char *value = strchr(line, ' ');
  if (!value) return;
  *value++ = 0;
  *complete = !strcmp(line, "end");
  if (!strcmp(line, "fault")) add_fault(control, value);
  else if (!strcmp(line, "set")) add_setting(control, value);
  else if (!strcmp(line, "lock")) control->lock_none = !strcmp(value, "none");
  else if (!strcmp(line, "slotcache")) control->slot_cache = value[0] == '1';
  else if (!strcmp(line, "journal")) control->journal_all = !strcmp(value, "all");
  else if (!strcmp(line, "behaviour"))
    control->behaviour = !strcmp(value, "strict")   ? BEHAVIOUR_STRICT
                         : !strcmp(value, "opensc") ? BEHAVIOUR_OPENSC
                                                    : BEHAVIOUR_CRYPTOLIB;
  else if (!strncmp(line, "reader", 6) && line[6] >= '0' && line[6] < '0' + READERS && line[7] == '.')
    set_reader(&control->readers[line[6] - '0'], line + 8, value);
  else if (!strncmp(line, "card", 4) && line[4] >= 'A' && line[4] < 'A' + CARDS && line[5] == '.')
    set_card(&control->cards[line[4] - 'A'], line + 6, value);
}

int control_parse(const char *path, struct control *control) {
  char line[320];
  int complete = 0, whole = 1;
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  memset(control, 0, sizeof *control);
  for (int i = 0; i < READERS; i++) control->readers[i].card = NO_CARD;
  for (int i = 0; i < CARDS; i++) {
    struct card *card = &control->cards[i];
    card->tries_max = card->puk_max = 3;
    card->unblocks_max = 5;
  }
  while (fgets(line, sizeof line, file)) {
    int ended = strchr(line, '\n') != NULL || feof(file);
    /* Of a line too long for any key, nothing is taken: neither its beginning nor its end. */
    int taken = whole && ended;
    whole = ended;
    line[strcspn(line, "\r\n")] = 0;
    if (taken && line[0]) parse_line(control, line, &complete);
  }
  fclose(file);
  /* One card cannot be in two readers: the first has it. */
  for (int i = 0; i < READERS; i++)
    for (int j = 0; j < i; j++)
      if (control->readers[i].card == control->readers[j].card) control->readers[i].card = NO_CARD;
  return complete;
}

/* Counters set from outside, each once whichever process sees it first. */
static void apply_settings(const struct control *control) {
  for (int i = 0; i < control->setting_count; i++) {
    const struct setting *setting = &control->settings[i];
    if (!state_claim(setting->id)) continue;
    struct state *state = state_lock();
    if (!state) continue;
    state->cards[setting->card].left[setting->counter] = setting->value;
    state_unlock(1);
  }
}

static int reload_control(void) {
  char path[PATH_MAX + 32];
  struct stat now;
  static struct control fresh;
  if (!folder_path(path, sizeof path, "control") || stat(path, &now)) return 0;
  if (!S_ISREG(now.st_mode) || now.st_size > LARGEST_FILE) return 0;
  if (now.st_ino == control_seen.st_ino && now.st_size == control_seen.st_size && now.st_dev == control_seen.st_dev &&
      now.st_mtim.tv_sec == control_seen.st_mtim.tv_sec && now.st_mtim.tv_nsec == control_seen.st_mtim.tv_nsec)
    return 0;
  if (!control_parse(path, &fresh)) return 0;
  control_seen = now;
  module.control = fresh;
  apply_settings(&fresh);
  return 1;
}

/* What a fault did to a reader holds until the control file says something else about it. */
static struct reader effective(int index, const struct state *state, int *outdated) {
  struct reader reader = module.control.readers[index];
  const struct move *move = &state->moves[index];
  if (!move->active) return reader;
  if (move->from_connected != reader.connected || move->from_card != reader.card ||
      move->from_generation != reader.generation) {
    *outdated = 1;
    return reader;
  }
  reader.connected = move->connected;
  reader.card = move->card;
  return reader;
}

static void forget_moves(void) {
  struct state *state = state_lock();
  if (!state) return;
  for (int i = 0; i < READERS; i++) {
    int outdated = 0;
    effective(i, state, &outdated);
    if (outdated) state->moves[i].active = 0;
  }
  state_unlock(1);
}

void control_reload(void) {
  static struct state state;
  int outdated = 0, news = reload_control();
  if (!state_changed() && !news) return;
  state_read(&state);
  for (int i = 0; i < READERS; i++) {
    struct reader now = effective(i, &state, &outdated);
    const struct reader *before = &module.readers[i];
    int changed = now.connected != before->connected || now.card != before->card || now.generation != before->generation;
    module.readers[i] = now;
    if (!changed) continue;
    module.changes[i]++;
    if (module.initialized) drop(i);
  }
  if (outdated) forget_moves();
}

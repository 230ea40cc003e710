/* Scripted faults: each happens once, whichever process comes first. */
#define _GNU_SOURCE
#include "virtual-cps.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static int concerns(const struct fault *fault, const struct call *call) {
  if (fault->spent || strcmp(fault->function, call->function)) return 0;
  return fault->reader == NO_READER || call->reader == NO_READER || fault->reader == call->reader;
}

/* Calls about no reader in particular: the one the fault names, else the first plugged in. */
static int reader_of(const struct fault *fault, const struct call *call) {
  if (call->reader >= 0) return (int)call->reader;
  if (fault->reader >= 0) return (int)fault->reader;
  for (int i = 0; i < READERS; i++)
    if (module.readers[i].connected) return i;
  return 0;
}

static void move_reader(int index, int connected, int card) {
  struct state *state = state_lock();
  if (!state) return;
  const struct reader *said = &module.control.readers[index];
  state->moves[index] = (struct move){1, connected, card, said->connected, said->card, said->generation};
  state_unlock(1);
  control_reload();
}

static void hang(long milliseconds) {
  struct timespec start;
  clock_gettime(CLOCK_REALTIME, &start);
  while (milliseconds_since(&start) < milliseconds) sleep_slice(10, module.control.lock_none);
}

static void crash(void) {
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(SIGABRT, SIG_DFL);
  abort();
}

static int apply(const struct fault *fault, const struct call *call, CK_RV *rv) {
  int reader = reader_of(fault, call);
  switch (fault->action) {
  case FAULT_REMOVE: move_reader(reader, module.readers[reader].connected, NO_CARD); break;
  case FAULT_SWAP: move_reader(reader, module.readers[reader].connected, fault->card); break;
  case FAULT_UNPLUG: move_reader(reader, 0, NO_CARD); break;
  case FAULT_LOSE_LOGIN: log_out(reader); break;
  case FAULT_HANG: hang(fault->hang_ms); break;
  case FAULT_CRASH:
    journal(call, CKR_GENERAL_ERROR);
    crash();
    break;
  case FAULT_RV: *rv = fault->rv; return 1;
  }
  return 0;
}

int faults_run(struct call *call, enum fault_when when, long elapsed, CK_RV *rv) {
  int decided = 0;
  for (int i = 0; i < module.control.fault_count; i++) {
    struct fault *found = &module.control.faults[i];
    if (found->when != when || found->at_ms > elapsed || !concerns(found, call)) continue;
    found->spent = 1;
    /* What it does may read the control file again, over the very list walked through here. */
    struct fault fault = *found;
    if (!state_claim(fault.id)) continue;
    snprintf(call->fault, sizeof call->fault, "%s", fault.id);
    decided |= apply(&fault, call, rv);
  }
  return decided;
}

long faults_last_mid(const struct call *call) {
  long last = 0;
  for (int i = 0; i < module.control.fault_count; i++) {
    const struct fault *fault = &module.control.faults[i];
    if (fault->when == FAULT_MID && fault->at_ms > last && concerns(fault, call)) last = fault->at_ms;
  }
  return last;
}

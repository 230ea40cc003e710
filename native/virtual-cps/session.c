/* Sessions, which die with the card. */
#include "virtual-cps.h"
#include <string.h>

void log_out(int reader) {
  for (int i = 0; i < SESSIONS; i++) {
    if (!module.sessions[i].used || module.sessions[i].reader != reader) continue;
    if (module.login[reader] == LOGIN_USER) module.backend->C_Logout(module.sessions[i].backend);
    break;
  }
  module.login[reader] = LOGIN_NONE;
}

void drop(int reader) {
  for (int i = 0; i < SESSIONS; i++) {
    if (!module.sessions[i].used || module.sessions[i].reader != reader) continue;
    module.backend->C_CloseSession(module.sessions[i].backend);
    memset(&module.sessions[i], 0, sizeof module.sessions[i]);
  }
  module.login[reader] = LOGIN_NONE;
}

const struct card *card_of(const struct session *session) {
  return &module.control.cards[module.readers[session->reader].card];
}

static struct session *find(CK_SESSION_HANDLE handle) {
  struct session *session = &module.sessions[handle % SESSIONS];
  return handle >= HANDLE_BASE && session->used && session->handle == handle ? session : NULL;
}

struct session *begin_session(struct call *call, CK_SESSION_HANDLE handle, int slow, CK_RV *rv) {
  call->session = handle;
  /* The reader is looked up before the control file is read, so that a fault finds it even when its card is gone. */
  struct session *session = find(handle);
  if (session) call->reader = session->reader;
  *rv = begin(call);
  if (*rv != CKR_OK) return NULL;
  session = find(handle);
  if (!session) {
    *rv = CKR_SESSION_HANDLE_INVALID;
    return NULL;
  }
  call->reader = session->reader;
  /* A profile may turn mute or unknown under an open session. */
  if (!card_in((CK_SLOT_ID)session->reader, rv)) {
    drop(session->reader);
    *rv = CKR_SESSION_HANDLE_INVALID;
    return NULL;
  }
  if (slow) return session;
  *rv = chip_wait(call, session, 0);
  return *rv == CKR_OK ? session : NULL;
}

CK_RV C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                    CK_SESSION_HANDLE_PTR handle) {
  BEGIN_SLOT("C_OpenSession", slot);
  (void)application, (void)notify;
  if (!card_in(slot, &rv)) return end(&call, rv);
  if (!handle) return end(&call, CKR_ARGUMENTS_BAD);
  if (!(flags & CKF_SERIAL_SESSION)) return end(&call, CKR_SESSION_PARALLEL_NOT_SUPPORTED);
  if (module.login[slot] == LOGIN_SO && !(flags & CKF_RW_SESSION))
    return end(&call, CKR_SESSION_READ_WRITE_SO_EXISTS);
  for (CK_ULONG i = 0; i < SESSIONS; i++) {
    struct session *session = &module.sessions[i];
    if (session->used) continue;
    memset(session, 0, sizeof *session);
    rv = module.backend->C_OpenSession(module.backend_slot[module.readers[slot].card], flags, NULL, NULL,
                                       &session->backend);
    if (rv != CKR_OK) return end(&call, rv);
    session->used = 1;
    session->reader = (int)slot;
    session->writable = !!(flags & CKF_RW_SESSION);
    /* A handle is not given again soon: one kept from before a removal must not fit a new session. */
    session->handle = HANDLE_BASE + (module.session_count++ % 0x4000) * SESSIONS + i;
    *handle = call.session = session->handle;
    return end(&call, CKR_OK);
  }
  return end(&call, CKR_SESSION_COUNT);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE handle) {
  BEGIN_SESSION("C_CloseSession", handle);
  int reader = session->reader, left = 0;
  rv = module.backend->C_CloseSession(session->backend);
  memset(session, 0, sizeof *session);
  for (int i = 0; i < SESSIONS; i++) left += module.sessions[i].used && module.sessions[i].reader == reader;
  if (!left) module.login[reader] = LOGIN_NONE;
  return end(&call, rv);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slot) {
  BEGIN_SLOT("C_CloseAllSessions", slot);
  if (slot >= READERS || !module.readers[slot].connected) return end(&call, CKR_SLOT_ID_INVALID);
  drop((int)slot);
  return end(&call, CKR_OK);
}

CK_RV C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO_PTR info) {
  BEGIN_SESSION("C_GetSessionInfo", handle);
  if (!info) return end(&call, CKR_ARGUMENTS_BAD);
  enum login login = module.login[session->reader];
  info->slotID = (CK_SLOT_ID)session->reader;
  info->flags = CKF_SERIAL_SESSION | (session->writable ? CKF_RW_SESSION : 0);
  info->ulDeviceError = 0;
  info->state = login == LOGIN_SO      ? CKS_RW_SO_FUNCTIONS
                : login == LOGIN_USER  ? (session->writable ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS)
                : session->writable    ? CKS_RW_PUBLIC_SESSION
                                       : CKS_RO_PUBLIC_SESSION;
  return end(&call, CKR_OK);
}

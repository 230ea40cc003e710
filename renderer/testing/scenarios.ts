import type {
  AccountConnection,
  CardReader,
  CardState,
  CardUser,
  ErrorCode,
  LockReason,
  SessionState,
  SignInState,
} from '../../app/contract/index.ts'
import { colleague, twoCards } from './fixture-cards.ts'

/** A situation the fake core plays. */
export interface Scenario {
  session: 'no-vault' | 'locked' | 'open'
  lockReason?: LockReason
  card: Exclude<CardState['state'], 'pin-wrong'> | 'pin-wrong' | 'last-try' | 'pin-pad'
  /** What the readers hold, when it is more than the card in use. */
  readers?: CardReader[]
  cardUser?: CardUser
  /** Of an open session, when it is not the usual one. */
  open?: Partial<Extract<SessionState, { phase: 'open' }>>
  /** The policy sends PINs to CPS-Gestion, which is there or not. */
  cpsGestion?: boolean
  /** Something is wrong with the workstation. */
  ailing?: boolean
  connection?: AccountConnection
  /** Of Pro Santé Connect, where it is not as usual; or what signing in answers. */
  signIn?: Partial<SignInState>
  signInFails?: ErrorCode
  /** The first mailbox logs in with the card of this number. */
  byCard?: string
  language?: 'fr' | 'en'
  outbox?: boolean
  empty?: boolean
  /** Share of the first mailbox's room that is used. */
  room?: number
  listError?: boolean
  /** Of the store, and of the disk under it. */
  damaged?: boolean
  /** Somebody changed the functional traces. */
  tracesBroken?: boolean
  /** Their check holds, and has something to say. */
  tracesNoticed?: boolean
  /** Certificates of correspondents changed, and one's own ends soon. */
  certificates?: boolean
  low?: boolean
  /** A program's mailbox and an ordinary one beside the usual ones, and a sender who deceives. */
  manyMailboxes?: boolean
  /** Of the directory's base, where it is not as usual. */
  directory?: 'none' | 'importing' | 'stale'
}

const locked = (card: Scenario['card'], lockReason: LockReason = 'start'): Scenario => ({
  session: 'locked',
  lockReason,
  card,
})

const failed = (
  code: 'net.unreachable' | 'tls.untrusted-authority' | 'vault.disk-full',
  host: string,
): AccountConnection => ({
  state: 'error',
  error: { code, retry: 'later', details: { host } },
  retryAt: null,
})

/** Every picture starts from one of these. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'unlock-starting': locked('starting'),
  'unlock-no-module': locked('no-module'),
  'unlock-module-failed': locked('module-failed'),
  'unlock-no-reader': locked('no-reader'),
  'unlock-no-card': locked('no-card'),
  'unlock-unknown-card': locked('unknown-card'),
  'unlock-pin-needed': locked('pin-needed'),
  'unlock-pin-wrong': locked('pin-wrong'),
  'unlock-last-try': locked('last-try'),
  'unlock-blocked': locked('blocked'),
  'unlock-removed': locked('no-card', 'card-removed'),
  'unlock-idle': locked('pin-needed', 'idle'),
  'unlock-dead': locked('dead'),
  'unlock-stranger': { ...locked('pin-needed'), cardUser: { mailbox: 'none', enrolled: false } },
  'unlock-renewed': { ...locked('pin-needed'), cardUser: { mailbox: 'this', enrolled: false } },
  'unlock-two-cards': { ...locked('pin-needed'), readers: twoCards },
  'unlock-pin-pad': locked('pin-pad'),
  'unlock-pin-on-reader': locked('pin-on-reader'),
  'unlock-switch': locked('pin-needed', 'switch'),
  'unlock-ailing': { ...locked('no-module'), ailing: true },
  'unlock-cps-gestion': { ...locked('blocked'), cpsGestion: true },
  'unlock-without-cps-gestion': { ...locked('blocked'), cpsGestion: false },
  'switch-user': { session: 'open', card: 'open', readers: twoCards },
  'card-away': {
    session: 'open',
    card: 'no-card',
    open: { cardAway: { locksAt: '2026-11-22T09:15:00Z' }, cardUser: null },
  },
  'renewed-card': {
    session: 'open',
    card: 'pin-needed',
    open: { openedBy: 'recovery', holder: null, cardUser: { mailbox: 'this', enrolled: false } },
  },
  'colleague-card': {
    session: 'open',
    card: 'pin-needed',
    open: { openedBy: 'passphrase', holder: null, cardUser: { mailbox: 'other', enrolled: true } },
    readers: [colleague],
  },
  first: { session: 'no-vault', card: 'pin-needed' },
  'first-no-card': { session: 'no-vault', card: 'no-card' },
  'first-psc': { session: 'no-vault', card: 'pin-needed' },
  'first-nobody': { session: 'no-vault', card: 'no-card', signIn: { professional: null } },
  'first-refused': { session: 'no-vault', card: 'pin-needed', signInFails: 'auth.refused' },
  'signed-off': {
    session: 'open',
    card: 'open',
    connection: { state: 'login-required' },
    signIn: { session: { state: 'closed', reason: 'idle' } },
  },
  'signed-in': {
    session: 'open',
    card: 'open',
    signIn: {
      session: {
        state: 'open',
        way: 'mobile',
        since: '2026-11-22T08:00:00Z',
        endsAt: '2026-11-22T12:00:00Z',
      },
    },
  },
  'psc-away': {
    session: 'open',
    card: 'open',
    connection: {
      state: 'error',
      error: { code: 'auth.provider-unavailable', retry: 'later' },
      retryAt: '2026-11-22T09:41:30Z',
    },
    signIn: {
      session: {
        state: 'open',
        way: 'mobile',
        since: '2026-11-22T08:00:00Z',
        endsAt: '2026-11-22T12:00:00Z',
      },
      awaySince: '2026-11-22T09:32:00Z',
    },
  },
  mailbox: { session: 'open', card: 'open' },
  'many-mailboxes': { session: 'open', card: 'open', manyMailboxes: true },
  'directory-none': { session: 'open', card: 'open', directory: 'none' },
  'directory-importing': { session: 'open', card: 'open', directory: 'importing' },
  'directory-stale': { session: 'open', card: 'open', directory: 'stale' },
  certificates: { session: 'open', card: 'open', certificates: true },
  'storage-damaged': { session: 'open', card: 'open', damaged: true, low: true },
  'traces-broken': { session: 'open', card: 'open', tracesBroken: true },
  'traces-noticed': { session: 'open', card: 'open', tracesNoticed: true },
  'unlock-damaged': { ...locked('no-card'), damaged: true },
  'card-closed': { session: 'open', card: 'pin-needed' },
  'english-unlock': { ...locked('pin-needed'), language: 'en', ailing: true },
  english: { session: 'open', card: 'open', language: 'en' },
  empty: { session: 'open', card: 'open', empty: true },
  'list-error': { session: 'open', card: 'open', listError: true },
  offline: { session: 'open', card: 'open', connection: { state: 'offline' }, outbox: true },
  'room-80': { session: 'open', card: 'open', room: 0.83 },
  'room-95': {
    session: 'open',
    card: 'open',
    room: 0.97,
    connection: {
      state: 'online',
      since: '2026-11-22T08:00:00Z',
      syncedAt: '2026-11-22T08:00:00Z',
      trouble: { code: 'imap.busy', retry: 'later', details: { host: 'imap.operateur.mssante.test' } },
    },
  },
  'card-wanted': {
    session: 'open',
    card: 'pin-needed',
    open: { openedBy: 'passphrase', holder: null },
    connection: {
      state: 'error',
      error: { code: 'card.login-required', retry: 'after-login' },
      retryAt: null,
    },
  },
  'card-renewed': {
    session: 'open',
    card: 'open',
    byCard: '2900000099',
    connection: {
      state: 'error',
      error: { code: 'auth.other-card', retry: 'after-change', details: { serial: '2900000099' } },
      retryAt: null,
    },
  },
  'card-refused': {
    session: 'open',
    card: 'open',
    connection: {
      state: 'error',
      error: {
        code: 'tls.client-certificate-refused',
        retry: 'after-change',
        details: { host: 'imap.operateur.mssante.test', alert: 'certificate_expired' },
      },
      retryAt: null,
    },
  },
  'login-required': { session: 'open', card: 'open', connection: { state: 'login-required' } },
  'server-down': {
    session: 'open',
    card: 'open',
    connection: failed('net.unreachable', 'imap.operateur.mssante.test'),
  },
  'certificate-refused': {
    session: 'open',
    card: 'open',
    connection: failed('tls.untrusted-authority', 'imap.operateur.mssante.test'),
  },
  'disk-full': { session: 'open', card: 'open', connection: failed('vault.disk-full', '') },
}

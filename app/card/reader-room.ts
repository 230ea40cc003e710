import { closeSync, openSync, readSync } from 'node:fs'
import pkcs11, { type Handle, type PKCS11, type SlotInfo } from 'pkcs11js'
import { fail, ok, type CardModule, type Outcome } from '../contract/index.ts'
import { failureOf, isCode, isRemoval } from './ckr.ts'
import {
  closeSession,
  hold,
  logOut,
  readFlags,
  shut,
  stillHeld,
  tokenPresent,
  type HeldCard,
} from './held-card.ts'
import { architecturesOf } from './module-file.ts'
import { changePin, logIn, unblock } from './pin.ts'
import type { CardRequest, Reply, SeenReader } from './protocol.ts'
import { digestOf } from './signature-schemes.ts'
import { signDigest } from './signing.ts'
import { dataLabels, dataOf } from './token.ts'

type Request<Op extends CardRequest['op']> = Extract<CardRequest, { op: Op }>

/** Looks between two readings of the flags of a card with tries lost: another program may have unblocked it (§1.5). */
const looksBetweenFlags = 10

/** One PKCS#11 module with its readers. Every method blocks until the card has answered: it is run in its own process. */
export type ReaderRoom = {
  [Op in CardRequest['op']]: (request: Request<Op>) => Outcome<Reply<Op>>
}

/** The Cryptolib CPS by its name in C_GetInfo (cps-card.md §1.1); the age of other modules says nothing. */
const cryptolib = /^CPS3 PKCS#11/

const isOlder = (version: { major: number; minor: number }, minimum: string): boolean => {
  const [major = 0, minor = 0] = minimum.split('.').map(Number)
  return version.major < major || (version.major === major && version.minor < minor)
}

const headOf = (path: string): Uint8Array => {
  const head = new Uint8Array(4096)
  const file = openSync(path, 'r')
  try {
    return head.subarray(0, readSync(file, head))
  } finally {
    closeSync(file)
  }
}

const slotKey = (slot: Handle): string => slot.toString('hex')

export const createReaderRoom = (): ReaderRoom => {
  let module: PKCS11 | null = null
  const held = new Map<string, HeldCard>()
  /** What is no person's card, by slot: not asked again until its slot has an event. */
  const strangers = new Map<string, 'unknown' | 'mute' | 'contactless'>()
  let insertions = 0
  let looks = 0
  let lastSight = ''

  const leave = (library: PKCS11, key: string): void => {
    const card = held.get(key)
    held.delete(key)
    if (card) closeSession(library, card.session)
  }

  /** Slots with an event since the last look; each event is read so that none stays for later. Null without events. */
  const drainEvents = (library: PKCS11): Set<string> | null => {
    const moved = new Set<string>()
    try {
      for (let i = 0; i < 32; i++) {
        const slot = library.C_WaitForSlotEvent(pkcs11.CKF_DONT_BLOCK)
        if (slot === null) break
        moved.add(slotKey(slot))
      }
      return moved
    } catch (cause) {
      // Some modules have no events at all; looking is enough.
      if (!isCode(cause, pkcs11.CKR_FUNCTION_NOT_SUPPORTED)) throw cause
      return null
    }
  }

  /** A card that answers nothing is in no list of tokens, an unknown one is (§1.4). */
  const isListed = (library: PKCS11, key: string): boolean =>
    library.C_GetSlotList(true).some((slot) => slotKey(slot) === key)

  const enter = (library: PKCS11, slot: Handle, reader: string): SeenReader['content'] => {
    const key = slotKey(slot)
    const stranger = strangers.get(key)
    if (stranger) return stranger
    try {
      const card = hold(library, slot, reader, insertions + 1)
      if (card === 'contactless') {
        strangers.set(key, card)
        return card
      }
      insertions += 1
      held.set(key, card)
      return 'card'
    } catch (cause) {
      if (isCode(cause, pkcs11.CKR_TOKEN_NOT_RECOGNIZED)) {
        const kind = isListed(library, key) ? 'unknown' : 'mute'
        strangers.set(key, kind)
        return kind
      }
      if (isRemoval(cause)) return 'empty'
      throw cause
    }
  }

  const readerOf = (library: PKCS11, slot: Handle, info: SlotInfo): SeenReader => {
    const key = slotKey(slot)
    const reader = info.slotDescription.trim()
    if ((info.flags & tokenPresent) === 0) strangers.delete(key)
    const content = held.has(key)
      ? 'card'
      : (info.flags & tokenPresent) === 0
        ? 'empty'
        : enter(library, slot, reader)
    const card = held.get(key)
    return { reader, content, card: card ? { ...card.seen } : null }
  }

  const scan = (library: PKCS11): SeenReader[] => {
    const readers: SeenReader[] = []
    for (const slot of library.C_GetSlotList(false)) {
      try {
        readers.push(readerOf(library, slot, library.C_GetSlotInfo(slot)))
      } catch (cause) {
        // Unplugged since the list was made.
        if (!isCode(cause, pkcs11.CKR_SLOT_ID_INVALID)) throw cause
      }
    }
    return readers
  }

  /** Does something with a card of a known insertion; a PKCS#11 error that means removal also lets the card go. */
  const withCard = <T>(
    insertion: number,
    work: (library: PKCS11, card: HeldCard) => Outcome<T>,
  ): Outcome<T> => {
    const found = [...held].find(([, card]) => card.seen.insertion === insertion)
    if (!module || !found) return fail('card.removed', { retry: 'after-change' })
    const [key, card] = found
    const library = module
    let outcome: Outcome<T>
    try {
      outcome = work(library, card)
    } catch (cause) {
      outcome = failureOf(cause)
    }
    if (!outcome.ok && outcome.error.code === 'card.removed') leave(library, key)
    if (!outcome.ok && outcome.error.code === 'card.login-required') shut(card)
    return outcome
  }

  const load = ({ path, minimum }: Request<'load'>): Outcome<CardModule> => {
    const library = new pkcs11.PKCS11()
    try {
      const architectures = architecturesOf(headOf(path))
      if (architectures.length > 0 && !architectures.some((one) => one === process.arch))
        return fail('card.module-architecture', {
          retry: 'after-change',
          details: { path, found: architectures.join(', '), needed: process.arch },
        })
      library.load(path)
      library.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
      const info = library.C_GetInfo()
      const version = `${info.libraryVersion.major}.${info.libraryVersion.minor}`
      const description = info.libraryDescription.trim()
      if (cryptolib.test(description) && isOlder(info.libraryVersion, minimum)) {
        library.C_Finalize()
        return fail('card.module-too-old', {
          retry: 'after-change',
          details: { path, version, minimum },
        })
      }
      module = library
      return ok({
        path,
        description,
        manufacturer: info.manufacturerID.trim(),
        libraryVersion: version,
        cryptokiVersion: `${info.cryptokiVersion.major}.${info.cryptokiVersion.minor}`,
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message.slice(0, 300) : 'unknown'
      return fail('card.module-failed', { retry: 'after-change', details: { path, reason } })
    }
  }

  const look = (): Outcome<Reply<'look'>> => {
    if (!module) return fail('card.no-module')
    const library = module
    try {
      const moved = drainEvents(library)
      if (moved === null) strangers.clear()
      else for (const key of moved) strangers.delete(key)
      const flagsToo = ++looks % looksBetweenFlags === 0
      for (const [key, card] of [...held]) {
        const stays = stillHeld(library, card)
        const told = stays && flagsToo && !card.seen.open && card.seen.triesLeft !== null
        if (!stays || (told && !readFlags(library, card))) leave(library, key)
      }
      const readers = scan(library)
      const asText = JSON.stringify(
        readers.map(({ card, ...reader }) => ({ ...reader, card: card && { ...card, certificates: null } })),
      )
      if (asText === lastSight) return ok({ sight: null })
      lastSight = asText
      return ok({ sight: { readers } })
    } catch (cause) {
      return failureOf(cause)
    }
  }

  return {
    load,
    look,
    login: ({ insertion, pin, insist }) =>
      withCard(insertion, (library, card) => logIn(library, card, pin, insist)),
    logout: ({ insertion }) =>
      withCard(insertion, (library, card) => {
        logOut(library, card)
        return ok(null)
      }),
    sign: ({ insertion, purpose, scheme, digest }) =>
      withCard(insertion, (library, card) => {
        if (!card.seen.open || !card.keys) return fail('card.login-required', { retry: 'after-login' })
        const key = card.keys[purpose]
        if (!key) return fail('card.no-certificate', { details: { purpose } })
        if (digest.length !== digestOf[scheme].length || !card.seen.schemes[purpose].includes(scheme))
          return fail('card.mechanism-unavailable', { details: { reason: scheme } })
        return ok({ signature: signDigest(library, card.session, key, scheme, digest) })
      }),
    'change-pin': ({ insertion, oldPin, newPin, insist }) =>
      withCard(insertion, (library, card) => changePin(library, card, { oldPin, newPin }, insist)),
    unblock: ({ insertion, puk, newPin, insist }) =>
      withCard(insertion, (library, card) => unblock(library, card, { puk, newPin }, insist)),
    'data-labels': ({ insertion }) =>
      withCard(insertion, (library, card) => ok({ labels: dataLabels(library, card.session) })),
    data: ({ insertion, label }) =>
      withCard(insertion, (library, card) => ok({ value: dataOf(library, card.session, label) })),
    stop: () => {
      try {
        if (module) for (const key of [...held.keys()]) leave(module, key)
        module?.C_Finalize()
        module = null
        return ok(null)
      } catch (cause) {
        return failureOf(cause)
      }
    },
  }
}

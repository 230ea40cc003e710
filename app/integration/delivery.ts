import {
  toErrorData,
  type AppError,
  type FilingAction,
  type FilingFault,
  type FolderPlace,
  type Outcome,
  fail,
  ok,
} from '../contract/index.ts'
import type { PeerVerification } from '../mail/index.ts'
import type { StoredFiling, StoredTarget, Vault } from '../vault/index.ts'
import { filableDocuments, replacedBy, type FilableDocument, type OpenedMail } from './filable.ts'
import { allThere, folderFiles, putFiles, takeBack, type FolderFile } from './folder.ts'
import { writeMdm } from './mdm.ts'
import { sendMllp, type MllpPeer } from './mllp.ts'

/** How a try ended; `fresh`: the next one is a new message. */
export interface TryResult {
  state: 'waiting' | 'unknown' | 'transferred' | 'filed' | 'refused'
  faults: FilingFault[]
  error: AppError | null
  fresh: boolean
  /** Tried again by itself. */
  again: boolean
}

export interface DeliveryDependencies {
  vault: Vault
  random: (length: number) => Uint8Array
  now: () => number
  /** How a receiver proves who it is, under the authorities of a target (PEM); empty for those of the workstation. */
  verification: (anchors: string) => PeerVerification
  openMail: (messageId: number) => Promise<Outcome<OpenedMail>>
  newMessageId: (accountId: number) => Promise<Outcome<string>>
  /** Sends a message on to an applicative mailbox under this Message-ID, subject and attachments intact. */
  transfer: (wish: { messageId: number; to: string; messageIdHeader: string }) => Promise<Outcome<null>>
}

/** Bytes of a message on the wire: a document of 40 MB in base64 and what surrounds it. */
const largestMessage = 60 * 1024 * 1024

const unknownOutcome: AppError = { code: 'integration.unknown-outcome', retry: 'later' }

const filed: TryResult = { state: 'filed', faults: [], error: null, fresh: true, again: false }
const ended = (error: AppError): TryResult => ({
  state: 'refused',
  faults: [],
  error,
  fresh: true,
  again: false,
})
const later = (error: AppError): TryResult => ({
  state: 'waiting',
  faults: [],
  error,
  fresh: false,
  again: true,
})
/** What may pass by itself is tried again; the rest waits for the user. */
const byRetry = (error: AppError): TryResult => (error.retry === 'later' ? later(error) : ended(error))

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase()

/** How a target is reached. */
export const peerOf = (
  target: StoredTarget,
  verification: DeliveryDependencies['verification'],
): MllpPeer | null =>
  target.place.kind !== 'mllp'
    ? null
    : {
        place: target.place,
        verification: verification(target.place.anchors),
        client:
          target.clientChain === null || target.clientKey === null
            ? null
            : { chain: target.clientChain, key: target.clientKey },
      }

async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 65_536)
    yield await Promise.resolve(bytes.subarray(at, at + 65_536))
}

/** Hands one filing over to its target, once. Every state it passes through is in the store before the next step. */
export const createDelivery = (deps: DeliveryDependencies) => {
  const { vault } = deps

  const documentOf = async (
    one: StoredFiling,
  ): Promise<Outcome<{ mail: OpenedMail; document: FilableDocument }>> => {
    if (one.messageId === null) return fail('integration.document-unknown')
    const mail = await deps.openMail(one.messageId)
    if (!mail.ok) return mail
    const documents = filableDocuments(mail.value)
    if (!documents.ok) return documents
    const document = documents.value.find(({ key }) => key === one.documentKey)
    return document ? ok({ mail: mail.value, document }) : fail('integration.document-unknown')
  }

  /** What it takes the place of, as it stands in this record now: that may have been refused meanwhile, or come since. */
  const replaced = async (
    one: StoredFiling,
    document: FilableDocument,
  ): Promise<Outcome<StoredFiling | null>> => {
    if (one.action === 'delete') return ok(null)
    const named = document.found.summary.replaces
    const known = await vault.run('filings.known', {
      keys: [one.replacesKey, named].filter((key) => key !== null),
      sets: document.setKey === null ? [] : [document.setKey],
    })
    if (!known.ok) return known
    const there = known.value.filter((old) => old.targetId === one.targetId && old.state === 'filed')
    return ok(there.find((old) => old.documentKey === one.replacesKey) ?? replacedBy(document, there))
  }

  const begin = async (
    one: StoredFiling,
    reference: string,
    change: {
      payloadFile?: string
      action?: FilingAction
      restrictions?: string[]
      replacesKey?: string | null
    } = {},
  ): Promise<Outcome<boolean>> =>
    await vault.run('filings.begin', {
      id: one.id,
      reference,
      payloadFile: change.payloadFile ?? one.payloadFile,
      action: change.action ?? one.action,
      restrictions: change.restrictions ?? null,
      replacesKey: change.replacesKey ?? one.replacesKey,
    })

  /** The bytes of a message, fixed in the store before they leave; those of a try before when there are some. */
  const prepared = async (
    one: StoredFiling,
    target: StoredTarget,
  ): Promise<Outcome<{ bytes: Uint8Array; controlId: string } | null>> => {
    if (target.place.kind !== 'mllp') return fail('integration.document-unsuitable')
    if (one.payloadFile !== null && one.reference !== null) {
      const bytes = await vault.parts.readAll(one.payloadFile, largestMessage)
      if (!bytes.ok) return bytes
      const begun = await begin(one, one.reference)
      if (!begun.ok) return begun
      return ok(begun.value ? { bytes: bytes.value, controlId: one.reference } : null)
    }
    const found = await documentOf(one)
    if (!found.ok) return found
    const { document, mail } = found.value
    if (document.facts === null) return fail('integration.document-unsuitable')
    const old = await replaced(one, document)
    if (!old.ok) return old
    const action = one.action === 'delete' ? one.action : old.value === null ? 'new' : 'replace'
    const restrictions = [...document.found.summary.visibility].sort()
    const before = old.value?.restrictions ?? null
    const controlId = hex(deps.random(10))
    const [root = '', extension = null] = (old.value?.documentKey ?? '').split('^')
    const written = writeMdm({
      action,
      controlId,
      at: new Date(deps.now()),
      place: target.place,
      cda: document.facts,
      parent: root === '' ? null : { root, extension, authority: null },
      bytes: document.found.bytes,
      mail: mail.mail,
      restrictions,
      restrictionsChanged:
        action === 'replace' && before !== null && before.join(' ') !== restrictions.join(' '),
    })
    if (!written.ok) return written
    if (written.value.byteLength > largestMessage) return fail('integration.too-large')
    const file = await vault.parts.write(chunks(written.value))
    if (!file.ok) return file
    const begun = await begin(one, controlId, {
      payloadFile: file.value.id,
      action,
      restrictions,
      replacesKey: old.value?.documentKey ?? one.replacesKey,
    })
    if (!begun.ok || !begun.value) await vault.parts.remove([file.value.id])
    return begun.ok ? ok(begun.value ? { bytes: written.value, controlId } : null) : begun
  }

  const byMllp = async (
    one: StoredFiling,
    target: StoredTarget,
    signal: AbortSignal,
  ): Promise<TryResult | null> => {
    const peer = peerOf(target, deps.verification)
    const message = await prepared(one, target)
    if (!message.ok) return byRetry(message.error)
    if (message.value === null || peer === null || target.place.kind !== 'mllp') return null
    const result = await sendMllp(peer, message.value.bytes, message.value.controlId, signal)
    if (result.kind === 'not-sent') return later(result.error)
    if (result.kind === 'unknown')
      return {
        state: 'unknown',
        faults: [],
        error: {
          code: result.error.code.startsWith('hl7.') ? result.error.code : 'integration.unknown-outcome',
          retry: 'later',
          cause: result.error,
        },
        fresh: false,
        // A receiver that said it keeps the message would file a second one.
        again: target.place.afterUnknown === 'resend' && !result.taken,
      }
    const { code, faults } = result.ack
    if (code === 'AA') return filed
    const error: AppError = { code: 'integration.refused', retry: 'after-change' }
    // AR is for the moment, not for good: a new message later (mssante-client.md §6.2).
    return code === 'AR' || code === 'CR'
      ? { state: 'waiting', faults, error: { ...error, retry: 'later' }, fresh: true, again: true }
      : { state: 'refused', faults, error, fresh: true, again: false }
  }

  /** The files of a document, or of the one that is to be taken out: those are named after what was filed then. */
  const filesOf = async (one: StoredFiling, place: FolderPlace): Promise<Outcome<FolderFile[]>> => {
    const filed = one.withdraws === null ? ok(one) : await vault.run('filings.get', { id: one.withdraws })
    if (!filed.ok) return filed
    if (filed.value === null) return fail('integration.document-unknown')
    const found = await documentOf(filed.value)
    return found.ok ? folderFiles(place, found.value.document, found.value.mail.mail) : found
  }

  const byFolder = async (one: StoredFiling, target: StoredTarget): Promise<TryResult | null> => {
    const { place } = target
    if (place.kind !== 'folder') return null
    const files = await filesOf(one, place)
    if (!files.ok) return byRetry(files.error)
    // A crash came in between: what is all there was put; the rest was never put, or was taken (the user looks).
    const interrupted = one.state === 'unknown' && one.error !== null
    if (interrupted) {
      const there = await allThere(place.path, files.value)
      if (!there.ok) return { ...later(there.error), state: 'unknown' }
      if (!there.value) return { ...later(unknownOutcome), state: 'unknown', again: false }
    }
    const begun = await begin(one, files.value[0]?.name ?? '')
    if (!begun.ok) return later(begun.error)
    if (!begun.value) return null
    const done =
      one.action === 'delete'
        ? await takeBack(place.path, files.value)
        : await putFiles(place.path, files.value, hex(deps.random(6)))
    return done.ok ? filed : byRetry(done.error)
  }

  const byMailbox = async (one: StoredFiling, target: StoredTarget): Promise<TryResult | null> => {
    if (target.place.kind !== 'mailbox' || one.messageId === null)
      return ended({ code: 'integration.document-unknown', retry: 'no' })
    const reference = one.reference === null ? await deps.newMessageId(one.accountId) : ok(one.reference)
    if (!reference.ok) return ended(reference.error)
    const begun = await begin(one, reference.value)
    if (!begun.ok) return later(begun.error)
    if (!begun.value) return null
    const sent = await deps.transfer({
      messageId: one.messageId,
      to: target.place.address,
      messageIdHeader: reference.value,
    })
    return sent.ok ? { ...filed, state: 'transferred' } : byRetry(sent.error)
  }

  return {
    documentOf,
    /** One try. Null when it was given up meanwhile. */
    attempt: async (
      one: StoredFiling,
      target: StoredTarget,
      signal: AbortSignal,
    ): Promise<TryResult | null> => {
      switch (target.place.kind) {
        case 'mllp':
          return await byMllp(one, target, signal)
        case 'folder':
          return await byFolder(one, target)
        case 'mailbox':
          return await byMailbox(one, target)
      }
    },
    /** Stores how a try ended. */
    settle: async (id: number, result: TryResult, wait: number | null) =>
      await vault.run('filings.settle', {
        id,
        state: result.state,
        faults: result.faults,
        error: result.error ? toErrorData(result.error) : null,
        nextAttemptAt: wait === null ? null : deps.now() + wait,
        fresh: result.fresh,
      }),
  }
}

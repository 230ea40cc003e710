import { fail, ok, type FilingOffer, type Outcome } from '../contract/index.ts'
import type { FilingChange, NewFiling, StoredFiling, Vault } from '../vault/index.ts'
import { keyOf, type CdaPerson } from './cda-facts.ts'
import type { createDelivery } from './delivery.ts'
import { filableDocuments, type FilableDocument, type OpenedMail } from './filable.ts'
import { folderFiles, takeBack } from './folder.ts'
import type { createTargets } from './targets.ts'

export interface WithdrawalDependencies {
  vault: Vault
  targets: ReturnType<typeof createTargets>
  delivery: ReturnType<typeof createDelivery>
  /** Queues what is to be handed over. */
  add: (filings: NewFiling[]) => Promise<Outcome<unknown>>
  changed: (change: FilingChange) => Promise<void>
}

/** A request to take a document out, and what stands in records that it is about. */
export interface Removal {
  document: FilableDocument
  obstacle: NonNullable<FilingOffer['removal']>['obstacle']
  /** Newest first. */
  filings: StoredFiling[]
}

/** States in which a document is in a record, or may be. */
const standing: ReadonlySet<StoredFiling['state']> = new Set(['waiting', 'sending', 'unknown', 'withdrawing'])

interface DocumentInMail {
  mail: OpenedMail
  document: FilableDocument
}

const sameId = (one: CdaPerson['id'] | undefined, other: CdaPerson['id'] | undefined): boolean =>
  one != null && other != null && one.extension !== null && keyOf(one) === keyOf(other)

/**
 * Whether who sends a message may have a document of it taken out of a record: it is about the same patient, by the same
 * author or organisation, and comes from the same address: a domain may be shared by people who have nothing to do with each other.
 * Nothing else in a message proves who asks.
 */
export const mayRemove = (order: DocumentInMail, original: DocumentInMail): boolean => {
  const [asked, filed] = [order.document.facts?.author, original.document.facts?.author]
  const author = sameId(asked?.id, filed?.id) || sameId(asked?.organisation?.id, filed?.organisation?.id)
  // What is no CDA has no author but who sent it.
  const written = order.document.facts === null && original.document.facts === null ? true : author
  const [from, before] = [order.mail.mail.sender.address, original.mail.mail.sender.address].map((one) =>
    one.toLowerCase(),
  )
  return (
    order.document.patientKey === original.document.patientKey &&
    written &&
    from === before &&
    order.document.ofMail.length === 0
  )
}

/** Taking documents out of records again: by hand, by undo, or because their author asks for it. */
export const createWithdrawal = ({ vault, targets, delivery, add, changed }: WithdrawalDependencies) => {
  /**
   * What a message asks to be taken out, with what stands in records. Its sender must be the one of the document: he alone, or
   * his organisation, may take it back (error 901 of the guide).
   */
  const removals = async (mail: OpenedMail): Promise<Outcome<Removal[]>> => {
    const documents = filableDocuments(mail)
    if (!documents.ok) return documents
    const asked = documents.value.filter(({ removal }) => removal)
    const found: Removal[] = []
    for (const document of asked) {
      const stored = await vault.run('filings.ofDocument', { key: document.key })
      if (!stored.ok) return stored
      const filings = stored.value.filter((one) => one.messageId !== mail.id && one.action !== 'delete')
      const there = filings.filter(({ state }) => state === 'filed')
      const stands = there.length > 0 || filings.some(({ state }) => standing.has(state))
      const originals = await Promise.all(there.map(delivery.documentOf))
      const obstacle = !stands
        ? 'not-filed'
        : filings.some(({ patientKey }) => patientKey !== document.patientKey)
          ? 'other-patient'
          : originals.every((one) => one.ok && mayRemove({ mail, document }, one.value))
            ? null
            : 'unverified'
      const orders = stored.value.filter((one) => one.action === 'delete' && one.messageId === mail.id)
      found.push({ document, obstacle, filings: [...orders, ...filings] })
    }
    return ok(found)
  }

  /**
   * Takes a filed document out: T04, or its files while they are there. For somebody who asked for it in a message, that
   * message is what the record is told of, and where it shows.
   */
  const withdraw = async (
    id: number,
    order: {
      mail: OpenedMail
      document: FilableDocument
      by: { rule: string; journalId: number } | null
    } | null,
  ): Promise<Outcome<null>> => {
    const stored = await vault.run('filings.get', { id })
    if (!stored.ok) return stored
    const one = stored.value
    if (!one) return fail('integration.filing-unknown')
    if (one.state !== 'filed' || one.action === 'delete') return fail('integration.too-late')
    if (one.targetId === null) return fail('integration.cannot-withdraw')
    const target = await targets.find(one.targetId)
    if (!target.ok) return target
    const { place } = target.value
    if (place.kind === 'mailbox') return fail('integration.cannot-withdraw')
    const source = await delivery.documentOf(one)
    if (!source.ok) return fail('integration.cannot-withdraw', { cause: source.error })
    if (place.kind === 'folder' && order === null) {
      const files = folderFiles(place, source.value.document, source.value.mail.mail)
      if (!files.ok) return files
      const taken = await takeBack(place.path, files.value)
      if (!taken.ok) return taken
      const withdrawn = await vault.run('filings.withdrawn', { id })
      if (!withdrawn.ok) return withdrawn
      await changed(withdrawn.value)
      return ok(null)
    }
    const from = order?.mail ?? source.value.mail
    const added = await add([
      {
        targetId: target.value.id,
        accountId: one.accountId,
        messageId: from.id,
        messageHeader: order ? order.mail.mail.messageId : one.messageHeader,
        documentId: order ? order.document.found.summary.id : one.documentId,
        documentKey: one.documentKey,
        setKey: one.setKey,
        version: one.version,
        patientKey: one.patientKey,
        label: one.label,
        patient: one.patient,
        action: 'delete',
        replacesKey: null,
        withdraws: one.id,
        rule: order?.by?.rule ?? null,
        journalId: order?.by?.journalId ?? null,
      },
    ])
    return added.ok ? ok(null) : added
  }

  return {
    removals,
    withdraw,
    /** Takes out what a message asks for, where its sender may ask (`removals`); by a rule when `by` says so. */
    withdrawAsked: async (
      mail: OpenedMail,
      id: number,
      by: { rule: string; journalId: number } | null,
    ): Promise<Outcome<null>> => {
      const asked = await removals(mail)
      if (!asked.ok) return asked
      const removal = asked.value.find(({ filings }) => filings.some((one) => one.id === id))
      if (!removal || removal.obstacle !== null)
        return fail('integration.cannot-withdraw', { retry: 'after-change' })
      return await withdraw(id, { mail, document: removal.document, by })
    },
  }
}

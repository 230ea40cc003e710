import {
  fail,
  ok,
  type Filing,
  type FilingDoubt,
  type FilingOffer,
  type MessageFilings,
  type Outcome,
} from '../contract/index.ts'
import type { FilingChange, NewFiling, StoredFiling, StoredTarget, Vault } from '../vault/index.ts'
import {
  doubtsOf,
  filableDocuments,
  isLater,
  replacedBy,
  suits,
  type FilableDocument,
  type OpenedMail,
} from './filable.ts'
import type { Removal } from './withdrawal.ts'
import type { createTargets } from './targets.ts'

export interface FilingDependencies {
  vault: Vault
  targets: ReturnType<typeof createTargets>
  openMail: (messageId: number) => Promise<Outcome<OpenedMail>>
  /** Test identities are a doubt. */
  production: boolean
  /** What a message asks to be taken out. */
  removals: (mail: OpenedMail) => Promise<Outcome<Removal[]>>
  changed: (change: FilingChange) => Promise<void>
  wake: () => void
}

/** What would become of one document at one target. */
export interface Prospect {
  document: FilableDocument
  action: 'new' | 'replace'
  already: boolean
  replacesKey: string | null
  replaces: string | null
  doubts: FilingDoubt[]
}

/** What windows see of a filing. */
export const shownFiling = (one: StoredFiling): Filing => ({
  id: one.id,
  targetId: one.targetId,
  targetName: one.targetName,
  messageId: one.messageId,
  documentId: one.documentId,
  label: one.label,
  patient: one.patient,
  action: one.action,
  state: one.state,
  reference: one.reference,
  attempts: one.attempts,
  faults: one.faults,
  error: one.error,
  rule: one.rule,
  createdAt: one.createdAt,
  changedAt: one.changedAt,
  nextTryAt: one.nextTryAt,
})

/** By hand or by rule: what can be filed where, and filing it. */
export const createFiling = (deps: FilingDependencies) => {
  const { vault, targets } = deps

  /** How the documents stand to a target, given what is there or on its way. */
  const prospectsAt = (
    target: StoredTarget,
    documents: readonly FilableDocument[],
    known: readonly StoredFiling[],
  ): Prospect[] => {
    const there = known.filter((one) => one.targetId === target.id)
    return documents
      .filter((document) => suits(target.place, document))
      .map((document) => {
        const doubts = doubtsOf(document, deps.production)
        const already = there.some(
          (one) => one.documentKey === document.key && (one.version ?? 0) === (document.version ?? 0),
        )
        const parent = document.found.summary.replaces
        const old = replacedBy(document, there)
        // In the same message: it goes first.
        const before = documents.find((one) => one !== document && one.key === parent)
        if (there.some((one) => isLater(one, document))) doubts.push('older-version')
        const ordered = document.found.announcement?.entry.action === 'replace'
        if (
          (parent !== null || ordered) &&
          !before &&
          (old === null || (parent ?? old.documentKey) !== old.documentKey)
        )
          doubts.push('replaced-not-filed')
        if (old !== null && old.patientKey !== document.patientKey) doubts.push('replaced-other-patient')
        const replacesKey = old?.documentKey ?? before?.key ?? null
        return {
          document,
          action: replacesKey === null ? ('new' as const) : ('replace' as const),
          already,
          replacesKey,
          replaces: old?.label ?? before?.found.summary.label ?? null,
          doubts,
        }
      })
  }

  const knownOf = (documents: readonly FilableDocument[]): Promise<Outcome<StoredFiling[]>> =>
    vault.run('filings.known', {
      keys: documents.flatMap(({ key, found }) =>
        found.summary.replaces === null ? [key] : [key, found.summary.replaces],
      ),
      sets: documents.flatMap(({ setKey }) => setKey ?? []),
    })

  /** The prospects of a message at one target, in the order they must go: what is replaced first. */
  const prospects = async (mail: OpenedMail, target: StoredTarget): Promise<Outcome<Prospect[]>> => {
    const documents = filableDocuments(mail)
    if (!documents.ok) return documents
    const known = await knownOf(documents.value)
    if (!known.ok) return known
    return ok(
      prospectsAt(target, documents.value, known.value).sort(
        (a, b) =>
          (a.document.version ?? 0) - (b.document.version ?? 0) ||
          Number(a.replacesKey !== null) - Number(b.replacesKey !== null),
      ),
    )
  }

  const queue = async (
    mail: OpenedMail,
    target: StoredTarget,
    chosen: readonly Prospect[],
    by: { rule: string; journalId: number } | null,
  ): Promise<Outcome<StoredFiling[]>> => {
    const filings = chosen.map(({ document, action, replacesKey }): NewFiling => ({
      targetId: target.id,
      accountId: mail.accountId,
      messageId: mail.id,
      messageHeader: mail.mail.messageId,
      documentId: document.found.summary.id,
      documentKey: document.key,
      setKey: document.setKey,
      version: document.version,
      patientKey: document.patientKey,
      label: document.found.summary.label,
      patient: document.patient,
      action,
      replacesKey,
      withdraws: null,
      rule: by?.rule ?? null,
      journalId: by?.journalId ?? null,
    }))
    return await add(filings)
  }

  const add = async (filings: NewFiling[]): Promise<Outcome<StoredFiling[]>> => {
    const added = await vault.run('filings.add', { filings })
    if (!added.ok) return added
    if (added.value === null) return fail('integration.already-filed')
    await deps.changed(added.value)
    deps.wake()
    const made: StoredFiling[] = []
    for (const id of added.value.ids) {
      const one = await vault.run('filings.get', { id })
      if (!one.ok) return one
      if (one.value) made.push(one.value)
    }
    return ok(made)
  }

  /** The whole message to an applicative mailbox. */
  const transfer = async (
    mail: OpenedMail,
    target: StoredTarget,
    by: { rule: string; journalId: number } | null,
  ): Promise<Outcome<StoredFiling[]>> => {
    if (target.place.kind !== 'mailbox') return fail('integration.document-unsuitable')
    const [first] = mail.documents
    return await add([
      {
        targetId: target.id,
        accountId: mail.accountId,
        messageId: mail.id,
        messageHeader: mail.mail.messageId,
        documentId: '',
        documentKey: `message:${mail.mail.messageId ?? String(mail.id)}`,
        setKey: null,
        version: null,
        patientKey: `message:${String(mail.id)}`,
        label: first?.summary.label ?? mail.mail.subject,
        patient: first?.summary.patient ?? null,
        action: 'new',
        replacesKey: null,
        withdraws: null,
        rule: by?.rule ?? null,
        journalId: by?.journalId ?? null,
      },
    ])
  }

  const offers = async (messageId: number): Promise<Outcome<MessageFilings>> => {
    const stored = await vault.run('filings.ofMessage', { messageId })
    if (!stored.ok) return stored
    const all = await targets.list()
    if (!all.ok) return all
    const transfers: MessageFilings['transfers'] = []
    for (const one of stored.value) {
      if (one.documentId !== '') continue
      const place = all.value.find(({ id }) => id === one.targetId)?.place
      const to = place?.kind === 'mailbox' ? place.address : one.targetName
      const delivery =
        one.reference === null
          ? ok(null)
          : await vault.run('delivery.recipient', { accountId: one.accountId, header: one.reference })
      if (!delivery.ok) return delivery
      transfers.push({ ...shownFiling(one), to, delivery: delivery.value })
    }
    const mail = await deps.openMail(messageId)
    if (!mail.ok) return mail
    const documents = filableDocuments(mail.value)
    if (!documents.ok) return documents
    const known = await knownOf(documents.value)
    if (!known.ok) return known
    const asked = await deps.removals(mail.value)
    if (!asked.ok) return asked
    const removalOf = (document: FilableDocument): FilingOffer['removal'] => {
      const one = asked.value.find(({ document: { key } }) => key === document.key)
      const { name, address } = mail.value.mail.sender
      return one
        ? { by: name || address, obstacle: one.obstacle, filings: one.filings.map(shownFiling) }
        : null
    }
    const places = all.value.map((target) => ({
      target,
      found: prospectsAt(target, documents.value, known.value),
    }))
    return ok({
      documents: documents.value.map((document): FilingOffer => {
        const at = places.flatMap(({ target, found }) => {
          const one = found.find((prospect) => prospect.document === document)
          return one ? [{ target, one }] : []
        })
        return {
          documentId: document.found.summary.id,
          label: document.found.summary.label,
          patient: document.patient,
          targets: at.map(({ target, one }) => ({
            id: target.id,
            action: one.action,
            already: one.already,
            replaces: one.replaces,
          })),
          doubts: [
            ...new Set(
              at.length > 0 ? at.flatMap(({ one }) => one.doubts) : doubtsOf(document, deps.production),
            ),
          ],
          filings: stored.value
            .filter((one) => !document.removal && one.documentId === document.found.summary.id)
            .map(shownFiling),
          removal: removalOf(document),
        }
      }),
      transfers,
    })
  }

  return {
    prospects,
    queue,
    transfer,
    offers,
    /** « Intégrer »: documents the user chose, with the doubts he was shown and set aside. */
    file: async (wish: {
      messageId: number
      documentIds: readonly string[]
      targetId: number
      despite: readonly FilingDoubt[]
    }): Promise<Outcome<Filing[]>> => {
      const target = await targets.find(wish.targetId)
      if (!target.ok) return target
      const mail = await deps.openMail(wish.messageId)
      if (!mail.ok) return mail
      const found = await prospects(mail.value, target.value)
      if (!found.ok) return found
      const chosen = found.value.filter(({ document }) =>
        wish.documentIds.includes(document.found.summary.id),
      )
      if (chosen.length < new Set(wish.documentIds).size) return fail('integration.document-unsuitable')
      if (chosen.some(({ already }) => already)) return fail('integration.already-filed')
      const unseen = chosen.flatMap(({ doubts }) => doubts).filter((doubt) => !wish.despite.includes(doubt))
      if (unseen.length > 0) return fail('integration.doubts', { retry: 'after-change' })
      const queued = await queue(mail.value, target.value, chosen, null)
      return queued.ok ? ok(queued.value.map(shownFiling)) : queued
    },
    transferByHand: async (messageId: number, targetId: number): Promise<Outcome<Filing>> => {
      const target = await targets.find(targetId)
      if (!target.ok) return target
      const mail = await deps.openMail(messageId)
      if (!mail.ok) return mail
      const queued = await transfer(mail.value, target.value, null)
      if (!queued.ok) return queued
      const [one] = queued.value
      return one ? ok(shownFiling(one)) : fail('integration.filing-unknown')
    },
    add,
  }
}

import {
  fail,
  ok,
  type ConcernedPerson,
  type DocumentAuthor,
  type DocumentPatient,
  type Outcome,
  type SendCheck,
  type TrustClass,
} from '../../contract/index.ts'
import type { StoredAttachment, StoredDraft, Vault } from '../../vault/index.ts'
import type { FindOptions } from '../documents.ts'
import type { Product } from './archive.ts'
import { attachedFacts, mayHoldCda, namesSomebody, type AttachedFacts } from './attached.ts'
import { insState, matriculeAgrees, newOid, samePerson } from './identifiers.ts'
import type { DocumentToSend, Random } from './jobs.ts'
import { documentSubject, pdfName, technicalSubject } from './names.ts'
import { documentRecipients } from './recipients.ts'
import { keptDocuments, keptPatient, type KeptDocument } from './stored.ts'
import type { WritingThread } from './thread.ts'
import { documentType } from './type-codes.ts'
import { visibilityChecks } from './visibility.ts'

interface OutgoingFile {
  fileName: string
  mimeType: string
  bytes: Uint8Array
}

/** What a message gets for its documents. */
export interface OutgoingDocuments {
  /** The archive first, then the PDFs. */
  attachments: OutgoingFile[]
  headers: Record<string, string>
  /** On the wire, with its technical prefix. */
  subject: string
  /** As people read it. */
  shownSubject: string
}

export interface OutgoingDependencies {
  vault: Vault
  thread: WritingThread
  author: (accountId: number) => Promise<Outcome<DocumentAuthor | null>>
  classify: (address: string) => TrustClass
  random: Random
  product: Product
  /** Classes by type that the policy knows better than the table. */
  classes: Readonly<Record<string, string>>
  /** Takes an attached message apart. */
  enclosed: NonNullable<FindOptions['enclosed']>
}

const largest = 256 * 1024 * 1024
const sourceName = 'document-source'

/** The name of a type as the header has it (`code/@displayName`, ECO.2.1.3). */
const labelOf = ({ record }: KeptDocument): string =>
  record.typeName ?? documentType(record.details.typeCode)?.display ?? record.details.title

/** Documents of a draft while it becomes a message. */
export const createOutgoing = (deps: OutgoingDependencies) => {
  const { vault, thread } = deps
  /** The CDA documents of attachments, by their file: they do not change. */
  const joined = new Map<string, AttachedFacts[]>()

  const kept = async (
    draftId: number,
    queued = false,
  ): Promise<Outcome<{ patient: DocumentPatient | null; documents: KeptDocument[] }>> => {
    const stored = await vault.run('draftDocuments.get', { draftId, queued })
    if (!stored.ok) return stored
    if (stored.value === null) return fail('compose.draft-missing')
    return ok({ patient: keptPatient(stored.value.patient), documents: keptDocuments(stored.value.files) })
  }

  /** Whom the documents of a draft are about: those made here, and those joined to it. */
  const peopleOf = (
    own: { patient: DocumentPatient | null; documents: readonly KeptDocument[] },
    others: readonly AttachedFacts[],
  ): ConcernedPerson[] => [
    ...others.filter(namesSomebody).map((one) => ({ ...one.patient, patientId: null })),
    ...(own.documents.length > 0 && own.patient ? [own.patient] : []),
  ]

  /** The OID of this store as a source of documents: made once. */
  const source = async (): Promise<Outcome<string>> => {
    const known = await vault.run('meta.get', { name: sourceName })
    if (!known.ok) return known
    if (known.value !== null) return ok(known.value)
    const oid = newOid(deps.random)
    const stored = await vault.run('meta.set', { name: sourceName, value: oid })
    return stored.ok ? ok(oid) : stored
  }

  const factsOf = async (attachment: StoredAttachment): Promise<AttachedFacts[]> => {
    if (!mayHoldCda(attachment)) return []
    const known = joined.get(attachment.partFile)
    if (known) return known
    const bytes = await vault.parts.readAll(attachment.partFile, largest)
    if (!bytes.ok) return []
    const { fileName, mimeType } = attachment
    const facts = await attachedFacts({ fileName, mimeType, bytes: bytes.value }, deps.enclosed)
    joined.set(attachment.partFile, facts)
    return facts
  }

  const attached = async (draft: StoredDraft): Promise<AttachedFacts[]> => {
    const all: AttachedFacts[] = []
    for (const attachment of draft.attachments) all.push(...(await factsOf(attachment)))
    return all
  }

  const toSend = async (
    draft: StoredDraft,
    one: KeptDocument,
    context: {
      patient: DocumentPatient
      author: DocumentAuthor | null
      mailbox: string
      source: string
      at: number
    },
  ): Promise<Outcome<{ document: DocumentToSend; pdf: Uint8Array }>> => {
    const { record } = one
    const { details, replaces } = record
    const bytes = await vault.parts.readAll(one.source.partFile, largest)
    if (!bytes.ok) return bytes
    const visibility = {
      maskedFromProfessionals: details.maskedFromProfessionals,
      hiddenFromPatient: details.hiddenFromPatient,
      hiddenFromRepresentatives: details.hiddenFromRepresentatives,
      replacedEntryId: replaces?.entryId ?? null,
    }
    const stored = async (): Promise<Outcome<Uint8Array>> =>
      one.pdf === one.source ? bytes : await vault.parts.readAll(one.pdf.partFile, largest)
    if (record.source === 'cda') {
      const pdf = await stored()
      if (!pdf.ok) return pdf
      const content = { kind: 'foreign' as const, bytes: bytes.value }
      return ok({ document: { content, ...visibility }, pdf: pdf.value })
    }
    const { author, patient, at } = context
    if (!author) return fail('document.author-missing', { retry: 'after-change' })
    const head = { patient, details, author, version: record.version, madeAt: at }
    const made =
      record.source === 'text'
        ? await thread.run<'letter'>({
            kind: 'letter',
            head,
            text: Buffer.from(bytes.value).toString('utf8'),
          })
        : record.source === 'image'
          ? await thread.run<'picture'>({ kind: 'picture', head, bytes: bytes.value })
          : await stored()
    if (!made.ok) return made
    const pdf = made.value instanceof Uint8Array ? made.value : made.value.bytes
    const { to, cc } = draft.content
    return ok({
      pdf,
      document: {
        ...visibility,
        content: {
          kind: 'own',
          pdf,
          request: {
            id: newOid(deps.random),
            set: replaces?.set ?? { root: newOid(deps.random), extension: null },
            version: record.version,
            replaces: replaces ? { id: replaces.id, set: replaces.set, version: replaces.version } : null,
            patient,
            details,
            author,
            mailbox: context.mailbox,
            recipients: documentRecipients([...to, ...cc], patient, deps.classify),
            source: context.source,
            createdAt: at,
          },
        },
      },
    })
  }

  const headersOf = (facts: readonly Pick<AttachedFacts, 'code' | 'patient'>[]): Record<string, string> => {
    if (facts.length === 0) return {}
    const codes = facts.flatMap(({ code }) => code ?? [])
    return {
      ...(codes.length > 0 ? { 'X-MSS-CODECDA': codes.join(',') } : {}),
      'X-MSS-INS': facts.every(({ patient }) => patient.ins !== null && patient.qualified) ? 'O' : 'N',
    }
  }

  /** The subject of the documents as people read it; null without any or without their patient. */
  const subjectOf = (patient: DocumentPatient | null, documents: readonly KeptDocument[]): string | null =>
    patient && documents.length > 0 ? documentSubject(patient, documents.map(labelOf)) : null

  return {
    kept,
    subjectOf,
    /**
     * The archive, the PDFs, the headers and the subject of a draft with documents; for archives among its attachments
     * (forwarded, or attached as files), their headers and the prefix of the subject. Null without either. Errors: document.*,
     * vault.*.
     */
    outgoing: async (
      draft: StoredDraft,
      account: { id: number; address: string },
      at: number,
      replacePrefix: string,
    ): Promise<Outcome<OutgoingDocuments | null>> => {
      const found = await kept(draft.id)
      if (!found.ok) return found
      const others = await attached(draft)
      const archived = others.filter((other) => other.archived)
      const { patient, documents } = found.value
      const before = draft.kind === 'replace' ? replacePrefix : ''
      if (documents.length === 0 || !patient) {
        if (archived.length === 0) return ok(null)
        const shown = draft.content.subject
        const headers = headersOf(archived.filter(({ cda }) => cda))
        // An archive within an attached message does not make this one a message of documents.
        if (archived.every((other) => other.enclosed))
          return ok({ attachments: [], headers, subject: shown, shownSubject: shown })
        const bare = shown.replace(/^(?:\s*(?:re|fw|fwd|tr)\s*:\s*)+/i, '').trim()
        return ok({
          attachments: [],
          headers,
          subject: technicalSubject(bare),
          shownSubject: shown,
        })
      }
      if (others.filter(namesSomebody).some((other) => !samePerson(other.patient, patient)))
        return fail('document.other-patient', { retry: 'after-change' })
      const author = await deps.author(account.id)
      if (!author.ok) return author
      const oid = await source()
      if (!oid.ok) return oid
      const context = { patient, author: author.value, mailbox: account.address, source: oid.value, at }
      const made: { document: DocumentToSend; pdf: Uint8Array }[] = []
      for (const one of documents) {
        const ready = await toSend(draft, one, context)
        if (!ready.ok) return ready
        made.push(ready.value)
      }
      const shown = documentSubject(patient, documents.map(labelOf))
      const archive = await thread.run<'archive'>({
        kind: 'archive',
        documents: made.map(({ document }) => document),
        source: oid.value,
        title: shown,
        at,
        classes: { ...deps.classes },
        product: deps.product,
      })
      if (!archive.ok) return archive
      const taken = new Map<string, number>()
      const nameOf = (one: KeptDocument): string => {
        const { details } = one.record
        const name = pdfName({
          actDay: details.actDate,
          label: labelOf(one),
          patient,
          fileNumber: details.fileNumber,
        })
        const count = (taken.get(name) ?? 0) + 1
        taken.set(name, count)
        return count === 1 ? name : name.replace(/\.pdf$/, `_${count}.pdf`)
      }
      return ok({
        attachments: [
          { fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes: archive.value.zip },
          ...documents.map((one, index) => ({
            fileName: nameOf(one),
            mimeType: 'application/pdf',
            bytes: made[index]?.pdf ?? new Uint8Array(),
          })),
        ],
        headers: headersOf([
          ...archive.value.facts.map((one) => ({ code: one.code.code, patient: one.patient })),
          ...archived.filter(({ cda }) => cda),
        ]),
        subject: technicalSubject(shown, before),
        shownSubject: `${before}${shown}`,
      })
    },
    /** What keeps the documents from leaving, what is to be known of them, and the bytes they add (before Base64). */
    checks: async (
      draft: StoredDraft,
    ): Promise<Outcome<{ checks: SendCheck[]; bytes: number; people: ConcernedPerson[] }>> => {
      const found = await kept(draft.id)
      if (!found.ok) return found
      const { patient, documents } = found.value
      const others = await attached(draft)
      const none = { address: null, trust: null, size: null, limit: null }
      const checks: SendCheck[] = []
      const note = (kind: SendCheck['kind'], blocking: boolean): void => {
        checks.push({ ...none, kind, blocking })
      }
      const people = peopleOf(found.value, others)
      const [one] = people
      if (one && people.some((other) => !samePerson(one, other))) note('documents-several-patients', true)
      const { to, cc, bcc } = draft.content
      checks.push(
        ...visibilityChecks(
          [
            ...documents.map(({ record }) => record.details),
            ...others.map(({ hidden }) => ({
              maskedFromProfessionals: hidden.includes('masked-from-professionals'),
              hiddenFromPatient: hidden.includes('hidden-from-patient'),
              hiddenFromRepresentatives: hidden.includes('hidden-from-guardians'),
            })),
          ],
          [...to, ...cc, ...bcc].map(({ address }) => ({ address, trust: deps.classify(address) })),
        ),
      )
      if (documents.length === 0) return ok({ checks, bytes: 0, people })
      if (!patient || patient.birthName.trim() === '' || patient.firstName.trim() === '')
        note('document-patient', true)
      if (documents.some(({ record }) => record.source !== 'cda')) {
        const author = await deps.author(draft.content.accountId)
        if (!author.ok) return author
        if (author.value === null) note('document-author', true)
      }
      if (documents.some(({ record }) => record.pdf.state === 'not-pdfa')) note('document-not-pdfa', false)
      const ins = patient ? insState(patient) : 'none'
      if (ins === 'not-qualified' || ins === 'incomplete') note('document-ins-kept', false)
      if (patient && ins === 'sent' && !matriculeAgrees(patient)) note('patient-differs', false)
      // Base64 inside of the archive is packed to about three quarters: a PDF counts a little more than twice.
      const bytes = documents.reduce(
        (sum, { record, pdf, source: file }) =>
          sum + pdf.size + (record.source === 'cda' ? file.size : pdf.size * 1.03) + 12_000,
        0,
      )
      return ok({ checks, bytes: Math.ceil(bytes), people })
    },
    /** Whom the documents of a message that waits are about. */
    people: async (draft: StoredDraft): Promise<Outcome<ConcernedPerson[]>> => {
      const found = await kept(draft.id, true)
      return found.ok ? ok(peopleOf(found.value, await attached(draft))) : found
    },
    /** Forgets what was read of attachments. */
    forget: (): void => joined.clear(),
  }
}

export type Outgoing = ReturnType<typeof createOutgoing>

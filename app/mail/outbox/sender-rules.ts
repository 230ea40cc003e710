import type { AddressWarning, Correspondent, SendCheck, TrustClass } from '../../contract/index.ts'
import { ok, type Outcome } from '../../contract/errors.ts'
import { decodePart, parseMessage } from '../mime/message.ts'
import type { StoredAccount, StoredAttachment, StoredDraft, Vault } from '../../vault/index.ts'

export interface SenderRuleDependencies {
  vault: Vault
  classify: (address: string) => TrustClass
  /** What in a name or an address is made to deceive. */
  examine: (who: Correspondent) => AddressWarning[]
  /** Whether a file is a document of health. */
  isHealthFile: (bytes: Uint8Array) => boolean
  /** What keeps a file from being opened by whoever gets it; null for nothing. */
  lockOf: (bytes: Uint8Array, fileName: string) => 'password' | 'certificate' | null
  /** Whether a text holds a patient's matricule. */
  holdsIns: (text: string) => boolean
}

const none = { address: null, trust: null, size: null, limit: null }
/** What is looked at of a file; archives tell their names at either end. */
const largestLookedAt = 64 * 1024 * 1024
const mostRemembered = 500
/** Messages within messages. */
const deepest = 4

/** What is said before a message leaves, by the mailbox it leaves from and by how its addresses look. */
export const createSenderRules = (deps: SenderRuleDependencies) => {
  /** By part file: bytes of an attachment never change. */
  const looked = new Map<string, boolean>()
  const locked = new Map<string, boolean>()

  /** A document of health, or a patient's identity, in a file or in the messages it holds. */
  const isHealth = (file: { bytes: Uint8Array; fileName: string; mimeType: string }, depth = 0): boolean => {
    if (deps.isHealthFile(file.bytes) || deps.holdsIns(file.fileName)) return true
    if (depth >= deepest || !(/^message\//i.test(file.mimeType) || /\.eml$/i.test(file.fileName)))
      return false
    const message = parseMessage(file.bytes)
    if (!message.ok) return false
    const { subject, text, html, attachments } = message.value
    return (
      isHealthText(`${subject}\n${text}\n${html ?? ''}`, subject) ||
      attachments.some((part) =>
        isHealth(
          {
            bytes: decodePart(file.bytes, part),
            fileName: part.fileName ?? '',
            mimeType: part.mimeType,
          },
          depth + 1,
        ),
      )
    )
  }
  const isHealthText = (text: string, subject: string): boolean =>
    /XDM\/1\.0\/DDM/i.test(subject) || deps.holdsIns(text)

  /** What is found in an attachment, once. */
  const found = async (
    known: Map<string, boolean>,
    { partFile }: StoredAttachment,
    look: (bytes: Uint8Array) => boolean,
  ): Promise<Outcome<boolean>> => {
    const before = known.get(partFile)
    if (before !== undefined) return ok(before)
    const bytes = await deps.vault.parts.readAll(partFile, largestLookedAt)
    if (!bytes.ok) return bytes
    const answer = look(bytes.value)
    if (known.size >= mostRemembered) known.clear()
    known.set(partFile, answer)
    return ok(answer)
  }

  /** A patient opens no file that asks for a password or a key: a word before it leaves. */
  const lockedChecks = async ({ content, attachments }: StoredDraft): Promise<Outcome<SendCheck[]>> => {
    const { to, cc, bcc } = content
    if (![...to, ...cc, ...bcc].some(({ address }) => deps.classify(address) === 'patient')) return ok([])
    const checks: SendCheck[] = []
    for (const attachment of attachments) {
      const { fileName } = attachment
      // Larger than any mailbox takes: its size is told.
      if (attachment.size > largestLookedAt) continue
      const isLocked = await found(locked, attachment, (bytes) => deps.lockOf(bytes, fileName) !== null)
      if (!isLocked.ok) return isLocked
      if (isLocked.value) checks.push({ ...none, kind: 'attachment-locked', blocking: false, fileName })
    }
    return ok(checks)
  }

  const carriesHealth = async (draft: StoredDraft, documents: boolean): Promise<Outcome<boolean>> => {
    const { subject, text, html } = draft.content
    if (documents || isHealthText(`${subject}\n${text}\n${html ?? ''}`, subject)) return ok(true)
    for (const attachment of draft.attachments) {
      const { fileName, mimeType } = attachment
      const health = await found(looked, attachment, (bytes) => isHealth({ bytes, fileName, mimeType }))
      if (!health.ok || health.value) return health
    }
    return ok(false)
  }

  /** An ordinary mailbox is not MSSanté: nothing of health, nothing into the trust space, a word before answering from it. */
  const genericChecks = async (draft: StoredDraft, documents: boolean): Promise<Outcome<SendCheck[]>> => {
    const health = await carriesHealth(draft, documents)
    if (!health.ok) return health
    const checks: SendCheck[] = []
    if (health.value) checks.push({ ...none, kind: 'generic-health-document', blocking: true })
    if (draft.sourceId === null) return ok(checks)
    const source = await deps.vault.run('messages.rows', { ids: [draft.sourceId] })
    if (!source.ok) return source
    const trust = source.value[0] && deps.classify(source.value[0].from.address)
    if (trust === 'professional' || trust === 'organisation' || trust === 'patient')
      checks.push({ ...none, kind: 'generic-answers-professional', blocking: false, trust })
    return ok(checks)
  }

  return {
    checks: async (
      draft: StoredDraft,
      account: Pick<StoredAccount, 'kind'>,
      documents: boolean,
    ): Promise<Outcome<SendCheck[]>> => {
      const { to, cc, bcc } = draft.content
      const suspicious = [...to, ...cc, ...bcc].flatMap((one): SendCheck[] => {
        const [warning] = deps.examine(one)
        const { address } = one
        return warning
          ? [
              {
                ...none,
                kind: 'recipient-suspicious',
                blocking: false,
                address,
                trust: deps.classify(address),
                warning,
              },
            ]
          : []
      })
      const unopenable = await lockedChecks(draft)
      if (!unopenable.ok) return unopenable
      suspicious.push(...unopenable.value)
      if (account.kind !== 'generic') return ok(suspicious)
      const generic = await genericChecks(draft, documents)
      return generic.ok ? ok([...suspicious, ...generic.value]) : generic
    },
  }
}

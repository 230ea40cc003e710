import type { ConcernedPerson, DraftContent, SendCheck, TrustClass } from '../../contract/index.ts'
import type { Outcome } from '../../contract/errors.ts'
import type { StoredAccount, StoredAttachment, StoredDraft, Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import type { SenderRuleDependencies } from './sender-rules.ts'
import type { DraftDocuments } from './draft-documents.ts'

/** What drafts need from their start to the outbox. */
export interface DraftDependencies extends SenderRuleDependencies {
  vault: Vault
  accounts: () => Promise<Outcome<StoredAccount[]>>
  rawMessage: (id: number) => Promise<Outcome<Uint8Array>>
  /** What of a source may be quoted or forwarded: its signed or decrypted content, or the source itself. */
  readableContent: (raw: Uint8Array) => Promise<Outcome<Uint8Array>>
  /** Address a window fetches an attachment from. */
  attachmentUrl: (attachment: StoredAttachment) => string
  classify: (address: string) => TrustClass
  displaySubject: (raw: string) => string
  protect: (
    entity: Uint8Array,
    wish: { sign: boolean; encrypt: boolean; from: string; recipients: string[] },
  ) => Promise<Outcome<Uint8Array>>
  /** A card that signs is in the reader: without one, signing is never proposed. */
  canSign: () => boolean
  extraHeaders: (content: DraftContent) => Record<string, string>
  /** What is sent of what was typed, where the rules of a recipient tie its parts to each other. */
  finalContent: (content: DraftContent) => DraftContent
  /** Bytes of the largest message that some of these addresses take; null when none says. */
  largestTo: (addresses: readonly string[]) => number | null
  /** What the domain finds to say before a message leaves: patients, documents. */
  domainChecks: (
    draft: Pick<StoredDraft, 'id' | 'kind' | 'sourceId' | 'content'>,
    people: readonly ConcernedPerson[],
  ) => Promise<Outcome<SendCheck[]>>
  /** A message was queued: it is known by its Message-ID from here on. */
  onSent: (message: { content: DraftContent; messageId: string }) => Promise<Outcome<unknown>>
  /** Medical documents of drafts. */
  documents: DraftDocuments
  /** The subject of an encrypted message stays under the encryption (policy); shown outside without it. */
  hidesSubject?: boolean
  /** Put before the subject of a message that replaces another. */
  replacePrefix: () => string
  now: () => number
  random: (length: number) => Uint8Array
  announce: Announce
  /** Something was queued for this account. */
  onQueued: (accountId: number) => Promise<void>
}

import { z } from 'zod'
import { AccountId } from './accounts.ts'
import { FolderId, MessageId, MessageRow } from './mail.ts'
import { call, Nothing } from './service.ts'

/** Where to look: one folder, one mailbox, or everything on this workstation. */
export const SearchScope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('account'), accountId: AccountId }),
  z.object({ kind: z.literal('folder'), folderId: FolderId }),
])
export type SearchScope = z.infer<typeof SearchScope>

export const SearchTermKind = z.enum([
  'word',
  'phrase',
  'sender',
  'recipient',
  'copy',
  'subject',
  'patient',
  'type',
  'before',
  'after',
  'attachment',
  'unread',
  'read',
  'flagged',
  'folder',
])
export type SearchTermKind = z.infer<typeof SearchTermKind>

/** One condition as it was understood; `start` and `end` say where it stands in what was typed (UTF-16 units). */
export const SearchTerm = z.object({
  kind: SearchTermKind,
  /** Without operator and quotes; a date as `AAAA-MM-JJ`; empty where the kind says it all. */
  text: z.string(),
  negated: z.boolean(),
  start: z.number().int(),
  end: z.number().int(),
})
export type SearchTerm = z.infer<typeof SearchTerm>

/** Where words were found in a text: start and end, UTF-16 units, ascending, apart. */
export const TextRange = z.tuple([z.number().int().min(0), z.number().int().min(0)])
export type TextRange = z.infer<typeof TextRange>

/** A stretch of stored text around the first words found. Plain text, never markup. */
export const SearchExcerpt = z.object({
  messageId: MessageId,
  field: z.enum(['body', 'attachment', 'decrypted']),
  /** Of the attachment. */
  fileName: z.string().nullable(),
  text: z.string(),
  ranges: z.array(TextRange),
})
export type SearchExcerpt = z.infer<typeof SearchExcerpt>

export const SearchAnswer = z.object({
  understood: z.array(SearchTerm),
  /** Newest first. */
  rows: z.array(MessageRow),
  excerpts: z.array(SearchExcerpt),
  more: z.boolean(),
  /** A regular expression (flags `giu`) that finds the words in any text, accents folded; null when there are none. */
  pattern: z.string().nullable(),
})
export type SearchAnswer = z.infer<typeof SearchAnswer>

export const SavedSearchId = z.number().int().positive()
const SearchText = z.string().min(1).max(200)
const SearchName = z.string().trim().min(1).max(80)

export const SavedSearch = z.object({
  id: SavedSearchId,
  name: z.string(),
  text: z.string(),
  scope: SearchScope,
  /** Unread messages found, at most 100; null when it would have taken too long. */
  unread: z.number().int().nullable(),
})
export type SavedSearch = z.infer<typeof SavedSearch>

/** Messages whose attachments are not indexed yet. */
export const IndexingState = z.object({ waiting: z.number().int(), done: z.number().int() })
export type IndexingState = z.infer<typeof IndexingState>

export const searchCalls = {
  /** Words with prefixes and accents folded, phrases and operators (docs/search.md), newest first, by keyset pages. */
  'messages.search': call(
    z.object({
      text: SearchText,
      scope: SearchScope,
      before: MessageId.nullable(),
      limit: z.number().int().min(1).max(200),
    }),
    SearchAnswer,
  ),
  'searches.list': call(Nothing, z.array(SavedSearch)),
  'searches.save': call(z.object({ name: SearchName, text: SearchText, scope: SearchScope }), SavedSearchId),
  'searches.rename': call(z.object({ id: SavedSearchId, name: SearchName }), Nothing),
  'searches.delete': call(z.object({ id: SavedSearchId }), Nothing),
  /** Ids in the order wanted; those left out come after. */
  'searches.reorder': call(z.object({ ids: z.array(SavedSearchId).max(200) }), Nothing),
  'search.indexing': call(Nothing, IndexingState),
}
export const searchEvents = {
  'searches.changed': z.array(SavedSearch),
  'search.indexingChanged': IndexingState,
}

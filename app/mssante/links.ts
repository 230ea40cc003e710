import type { SubmissionSet } from '../contract/index.ts'
import type { FoundDocument } from './found.ts'

const sameText = (one: string | null, other: string | null): boolean =>
  one !== null && other !== null && one.toLowerCase() === other.toLowerCase()

/** Same id, or same set and version (SC.CDA/INT.18; clinical-documents.md §2.5.7). */
const isDuplicate = ({ summary: one }: FoundDocument, { summary: other }: FoundDocument): boolean => {
  const isCda = one.kind.startsWith('cda') && other.kind.startsWith('cda')
  if (one.kind !== other.kind && !isCda) return false
  if (sameText(one.uniqueId, other.uniqueId)) return true
  return sameText(one.setId, other.setId) && one.version !== null && one.version === other.version
}

const bare = (id: string): string => id.replace(/^urn:(?:uuid|oid):/i, '')

/** A newer version of the same document: it names it (by id, or by what METADATA.XML calls it), or has the same set and a higher version. */
const replaces = (
  { summary: newer }: FoundDocument,
  { summary: older, announcement }: FoundDocument,
): boolean =>
  sameText(newer.replaces, older.uniqueId) ||
  (newer.replaces !== null && isUuid(newer.replaces) && namedIn(announcement).includes(newer.replaces)) ||
  (sameText(newer.setId, older.setId) && (newer.version ?? 0) > (older.version ?? 0))

const isUuid = (id: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)

/** An id that means something outside of its own METADATA.XML. */
const worldwide = (id: string): string | null =>
  isUuid(id) || /^\d+(?:\.\d+)+(?:\^.+)?$/.test(id) ? id : null

const namedIn = (announcement: FoundDocument['announcement']): string[] =>
  [announcement?.entry.entryId, announcement?.entry.entryUuid].flatMap((id) => (id ? bare(id) : []))

/**
 * RPLC and XFRM_RPLC associations of the submission sets of one archive: their targets are entries of the same set (ids like `Document01` say
 * nothing outside of it), else the id of an older document.
 */
export const applyAssociations = (
  members: readonly { set: SubmissionSet | null; document: FoundDocument }[],
): void => {
  for (const { set, document: newer } of members)
    for (const { type, source, target } of set?.associations ?? []) {
      if ((type !== 'RPLC' && type !== 'XFRM_RPLC') || !namedIn(newer.announcement).includes(bare(source)))
        continue
      const older = members.find(
        (other) => other.set === set && namedIn(other.document.announcement).includes(bare(target)),
      )?.document
      if (newer !== older) newer.summary.replaces ??= older?.summary.uniqueId ?? worldwide(bare(target))
    }
}

/** Links the documents of one message: duplicates to the first, versions to the one that replaces them. */
export const linkDocuments = (documents: FoundDocument[]): void => {
  for (const [index, document] of documents.entries()) {
    const first = documents.slice(0, index).find((earlier) => isDuplicate(earlier, document))
    if (first) document.summary.duplicateOf = first.summary.duplicateOf ?? first.summary.id
  }
  for (const document of documents) {
    // The last of several versions is the one to read.
    const [newest] = documents
      .filter(
        (other) => other !== document && other.summary.duplicateOf === null && replaces(other, document),
      )
      .sort((one, other) => (other.summary.version ?? 0) - (one.summary.version ?? 0))
    if (newest && newest.summary.id !== document.summary.id) document.summary.replacedBy = newest.summary.id
  }
  for (const { summary } of documents) {
    // METADATA.XML names entries, people and records name documents.
    const named = documents.find(({ announcement }) =>
      namedIn(announcement).some((id) => isUuid(id) && id === summary.replaces),
    )
    if (named?.summary.uniqueId) summary.replaces = named.summary.uniqueId
  }
}

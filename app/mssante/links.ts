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

/** A newer version of the same document: it names it, or it has the same set and a higher version. */
const replaces = ({ summary: newer }: FoundDocument, { summary: older }: FoundDocument): boolean =>
  sameText(newer.replaces, older.uniqueId) ||
  (sameText(newer.setId, older.setId) && (newer.version ?? 0) > (older.version ?? 0))

/** RPLC associations of METADATA.XML, whose target is an entry of the archive or the id of an older document. */
const applyAssociations = (documents: FoundDocument[], sets: readonly SubmissionSet[]): void => {
  const entryOf = (id: string): FoundDocument | undefined =>
    documents.find(({ announcement }) =>
      [announcement?.entry.entryId, announcement?.entry.entryUuid].includes(id),
    )
  for (const { type, source, target } of sets.flatMap(({ associations }) => associations)) {
    if (type !== 'RPLC') continue
    const newer = entryOf(source)
    const older = entryOf(target)
    if (newer && newer !== older)
      newer.summary.replaces ??= older?.summary.uniqueId ?? (target.replace(/^urn:(?:uuid|oid):/, '') || null)
  }
}

/** Links the documents of one message: duplicates to the first, versions to the one that replaces them. */
export const linkDocuments = (documents: FoundDocument[], sets: readonly SubmissionSet[]): void => {
  applyAssociations(documents, sets)
  for (const [index, document] of documents.entries()) {
    const first = documents.slice(0, index).find((earlier) => isDuplicate(earlier, document))
    if (first) document.summary.duplicateOf = first.summary.duplicateOf ?? first.summary.id
  }
  for (const document of documents) {
    const newer = documents.find(
      (other) => other !== document && other.summary.duplicateOf === null && replaces(other, document),
    )
    if (newer && newer.summary.id !== document.summary.id) document.summary.replacedBy = newer.summary.id
  }
}

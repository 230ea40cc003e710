import type { CodedValue, Ins, MetadataAuthor, PatientSummary } from '../../contract/index.ts'
import { readTime } from '../cda/values.ts'
import { identityOf, noTraits, summaryOf } from '../identity.ts'
import { readIns } from '../ins.ts'

/** Stray quotes and blanks around a value: templates in the field write them (clinical-documents.md §2.7). */
export const unquoted = (value: string): string => value.replace(/^[\s"']+|[\s"']+$/g, '')

/** Components of an HL7-like value: `^` between them, `&` inside. */
const component = (value: string, index: number): string => unquoted(value.split('^')[index - 1] ?? '')
const authority = (value: string, index: number): string | null => {
  const [name = '', root = ''] = (value.split('^')[index - 1] ?? '').split('&')
  return unquoted(root) || unquoted(name) || null
}

/** `AAAAMMJJhhmmss` in UTC, or with an offset as some copy from the CDA. */
export const metadataTime = (value: string | null): string | null => {
  const iso = readTime(value === null ? null : unquoted(value))
  return iso !== null && iso.includes('T') && !/(?:Z|[+-]\d\d:\d\d)$/.test(iso) ? `${iso}Z` : iso
}

/** `matricule^^^&OID&ISO^NH`: an identifier with its authority and its type. */
export const readPatientId = (
  value: string,
): { id: string; root: string; type: string | null; ins: Ins | null } => {
  const id = component(value, 1)
  const root = authority(value, 4) ?? ''
  return { id, root, type: component(value, 5) || null, ins: id ? readIns(root, id) : null }
}

/** `id^NOM^Prénom^…` as people write it. */
export const personOf = (value: string | null): { name: string | null; id: string | null } => {
  if (value === null) return { name: null, id: null }
  const name = [component(value, 3), component(value, 2)].filter(Boolean).join(' ')
  return { name: name || null, id: component(value, 1) || null }
}

const specialtyOf = (value: string | null): CodedValue | null => {
  if (value === null || !component(value, 1)) return null
  return {
    code: component(value, 1),
    label: component(value, 2) || null,
    system: component(value, 3) || authority(value, 3),
  }
}

/** An author of the four slots of its classification (§3.3). */
export const authorOf = (slot: (name: string) => string | null): MetadataAuthor => {
  const person = personOf(slot('authorPerson'))
  const institution = slot('authorInstitution')
  return {
    person: person.name,
    personId: person.id,
    institution: institution === null ? null : component(institution, 1) || null,
    institutionId: institution === null ? null : component(institution, 10) || null,
    role: slot('authorRole'),
    specialty: specialtyOf(slot('authorSpecialty')),
  }
}

/** `sourcePatientInfo`: `PID-5|NOM^Prénom^^^^^L`, `PID-7|AAAAMMJJ`, `PID-8|M`; null without any. */
export const sourcePatientOf = (
  values: readonly string[],
  patientId: string | null,
): PatientSummary | null => {
  const fields = values.flatMap((value) => {
    const found = /^\s*PID-(\d+)\s*\|(.*)$/s.exec(unquoted(value))
    return found?.[1] && found[2] ? [{ number: Number(found[1]), value: found[2].trim() }] : []
  })
  if (fields.length === 0) return null
  const names = fields.filter(({ number }) => number === 5).map(({ value }) => value)
  const ofType = (...types: string[]): string | undefined =>
    types.map((type) => names.find((name) => component(name, 7) === type)).find(Boolean)
  const birth = ofType('L', '') ?? names[0] ?? ''
  const used = ofType('S', 'D')
  const read = patientId === null ? null : readPatientId(patientId)
  const sex = fields
    .find(({ number }) => number === 8)
    ?.value.charAt(0)
    .toUpperCase()
  const birthTime = readTime(fields.find(({ number }) => number === 7)?.value ?? null)
  const usedName = used === undefined ? '' : component(used, 1)
  return summaryOf(
    identityOf({
      ...noTraits,
      birthName: component(birth, 1),
      firstName: component(birth, 2).split(/[\s,]+/)[0] ?? '',
      usedName: usedName && usedName !== component(birth, 1) ? usedName : null,
      birthTime,
      sex: sex === 'M' || sex === 'F' ? sex : 'U',
      identifiers: read?.id ? [{ root: read.root, value: read.id }] : [],
    }),
  )
}

/** `id^^^&authority&ISO^urn:ihe:iti:xds:2013:accession`: the kind is the last word of the URN. */
export const referenceOf = (value: string): { kind: string; id: string; authority: string | null } => ({
  kind: component(value, 5).split(':').at(-1) ?? '',
  id: component(value, 1),
  authority: authority(value, 4),
})

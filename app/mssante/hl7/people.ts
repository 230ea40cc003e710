import type { Actor, PatientIdentity } from '../../contract/index.ts'
import { readTime } from '../cda/index.ts'
import { identityOf, noTraits } from '../identity.ts'
import { componentOf, repetitionsOf, valueAt, type ParsedSegment } from './parse.ts'

/**
 * The persons of an XCN field (`id^NOM^Prénom`), or of an NDL one (`id&NOM&Prénom` in its first component): TXA-9, OBR-16, OBR-32…
 * Without a name they are nobody.
 */
export const personAt = (segment: ParsedSegment, field: number): Actor[] =>
  repetitionsOf(segment, field).flatMap((one) => {
    const nested = componentOf(segment, one, 1, 2) !== '' || componentOf(segment, one, 1, 3) !== ''
    const part = (index: number): string =>
      nested ? componentOf(segment, one, 1, index) : componentOf(segment, one, index, 1)
    const name = [part(3), part(2)].filter(Boolean).join(' ')
    return name ? [{ ...nobody, name, id: part(1) || null }] : []
  })

const nobody: Actor = {
  name: '',
  kind: 'person',
  role: null,
  specialty: null,
  organisation: null,
  organisationId: null,
  id: null,
  date: null,
  telecoms: [],
  addresses: [],
  relation: null,
}

/** PID as an identity (PAM.fr; clinical-documents.md §8.4): INS by the OID of its authority, names by their type. */
export const readPid = (pid: ParsedSegment): PatientIdentity => {
  const at = (repetition: string | undefined, component: number, sub?: number): string =>
    componentOf(pid, repetition, component, sub)
  const names = repetitionsOf(pid, 5)
  const ofType = (...types: string[]): string | undefined =>
    types.flatMap((type) => names.filter((name) => at(name, 7) === type))[0]
  // L is the name of birth (PAM.fr); where another is said to be (table 0200: maiden, at birth), L is the one used.
  const maiden = ofType('M', 'B')
  const birth = maiden ?? ofType('L', '') ?? names[0]
  const used = ofType('D', 'S') ?? (maiden ? ofType('L', '') : undefined)
  const birthName = at(birth, 1, 1)
  const usedName = at(used, 1, 1)
  const list = at(birth, 3)
  const first = at(birth, 2)
  const addresses = repetitionsOf(pid, 11)
  const birthPlace = addresses.find((address) => at(address, 7) === 'BDL')
  const sex = valueAt(pid, 8).toUpperCase()
  return identityOf({
    ...noTraits,
    birthName,
    usedName: usedName && usedName !== birthName ? usedName : null,
    firstName: first || (list.split(' ')[0] ?? ''),
    usedFirstName: used && at(used, 2) && at(used, 2) !== first ? at(used, 2) : null,
    birthFirstNames: list || null,
    sex: sex === 'M' || sex === 'F' ? sex : 'U',
    birthTime: readTime(valueAt(pid, 7)),
    birthPlaceCode: birthPlace ? at(birthPlace, 9) || at(birthPlace, 5) || null : null,
    birthPlaceName: birthPlace ? at(birthPlace, 3) || valueAt(pid, 23) || null : valueAt(pid, 23) || null,
    // PID-2 and PID-4 held the numbers before version 2.3.1.
    identifiers: (
      [3, 2, 4].map((field) => repetitionsOf(pid, field)).find((ids) => ids.length > 0) ?? []
    ).flatMap((id) => {
      const value = at(id, 1)
      return value ? [{ root: at(id, 4, 2) || at(id, 4, 1), value }] : []
    }),
    addresses: addresses
      .filter((address) => address !== birthPlace)
      .map((address) =>
        [at(address, 1, 1), at(address, 2), [at(address, 5), at(address, 3)].filter(Boolean).join(' ')]
          .filter(Boolean)
          .join(', '),
      )
      .filter(Boolean),
    telecoms: repetitionsOf(pid, 13)
      .map((telecom) => at(telecom, 4) || at(telecom, 12) || at(telecom, 1))
      .filter(Boolean),
    deceasedAt: readTime(valueAt(pid, 29)),
  })
}

/** PRT: a participation around a document (pre-adopted from v2.9; §9.1). */
export const readParticipation = (prt: ParsedSegment): Actor | null => {
  const person = [valueAt(prt, 5, 3), valueAt(prt, 5, 2)].filter(Boolean).join(' ')
  const organisation = valueAt(prt, 8)
  const device = valueAt(prt, 10)
  // `^^X.400^address`, or shifted by one as `^NET^X.400^address`.
  const address = [4, 3, 2, 1].map((at) => valueAt(prt, 15, at)).find((text) => text.includes('@'))
  const name = person || organisation || device || address
  if (!name) return null
  return {
    name,
    kind: person || !organisation ? (person || !device ? 'person' : 'device') : 'organisation',
    role: valueAt(prt, 4, 2) || null,
    specialty: null,
    organisation: organisation || null,
    organisationId: valueAt(prt, 8, 10) || null,
    id: valueAt(prt, 5, 1) || valueAt(prt, 8, 10) || null,
    date: readTime(valueAt(prt, 11)),
    telecoms: address ? [`mailto:${address}`] : [],
    addresses: [],
    relation: valueAt(prt, 4, 1) || null,
  }
}

/** The authority of a person is written as its guide asks: `nom&OID&ISO`, without blanks. */
export const authorityIsClean = (prt: ParsedSegment): boolean => {
  const [person] = repetitionsOf(prt, 5)
  if (!person) return true
  const parts = [1, 2, 3].map((sub) => componentOf(prt, person, 9, sub))
  if (parts.every((part) => part === '')) return true
  return parts[1] !== '' && !/\s/.test(parts.join(''))
}

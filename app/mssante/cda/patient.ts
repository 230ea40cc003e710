import type { ClinicalDocument, PatientIdentity, Sex } from '../../contract/index.ts'
import { identityOf } from '../identity.ts'
import { at, attribute, childOf, childrenOf, textOf, type XmlElement } from '../xml/element.ts'
import { addressesOf, addressText, personName, telecomsOf } from './actors.ts'
import { timeOf } from './values.ts'

const sexOf = (code: string | null): Sex => (code === 'M' || code === 'F' ? code : 'U')

const withQualifier = (elements: XmlElement[], qualifier: string): string =>
  textOf(
    elements.find((element) => (element.attributes.get('qualifier') ?? '').split(/\s+/).includes(qualifier)),
  )

const unqualified = (elements: XmlElement[]): string =>
  elements
    .filter((element) => !element.attributes.get('qualifier'))
    .map(textOf)
    .filter(Boolean)
    .join(' ')

const folded = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter(Boolean)

/** The names of an identity; old documents carry SP, and an unqualified given is not always the full list (§4.1). */
const namesOf = (name: XmlElement | null) => {
  const families = childrenOf(name, 'family')
  const givens = childrenOf(name, 'given')
  const birthName =
    withQualifier(families, 'BR') ||
    unqualified(families) ||
    textOf(families[0]) ||
    // A name in one piece: better there than nowhere; without a given name it is never a qualified one.
    (givens.length === 0 ? personName(name) : '')
  const usedName = withQualifier(families, 'CL') || withQualifier(families, 'SP')
  const list = unqualified(givens)
  const firstName = withQualifier(givens, 'BR') || list.split(' ')[0] || textOf(givens[0])
  const first = folded(firstName)
  const isList = list !== '' && first.every((word, index) => folded(list)[index] === word)
  return {
    birthName,
    usedName: usedName && usedName !== birthName ? usedName : null,
    firstName,
    usedFirstName: withQualifier(givens, 'CL') || null,
    birthFirstNames: isList ? list : null,
    /** A given name that is neither the first one nor a list. */
    otherGiven: list !== '' && !isList ? list : null,
    oldQualifier: withQualifier(families, 'SP') !== '',
  }
}

/** Pseudonyms, artist’s and religious names are not the identity. */
const otherUses = /(?:^|\s)(?:P|A|R|I)(?:\s|$)/

/** The name of the identity among several: the one with a birth name, the legal one, the first with a family name. */
const identityName = (patient: XmlElement | null): XmlElement | null => {
  const all = childrenOf(patient, 'name')
  const named = all.filter((name) => !otherUses.test(attribute(name, 'use') ?? ''))
  return (
    named.find((name) => withQualifier(childrenOf(name, 'family'), 'BR') !== '') ??
    named.find((name) => attribute(name, 'use')?.split(/\s+/).includes('L')) ??
    named.find((name) => childrenOf(name, 'family').length > 0) ??
    named[0] ??
    all[0] ??
    null
  )
}

/** Code officiel géographique of a commune or a country: five characters, Corsica included. */
const communeCode = /^(?:\d{5}|2[AB]\d{3})$/i

/** The name of a place of birth and its code. */
export const birthPlaceOf = ({ birthPlaceName, birthPlaceCode }: PatientIdentity): string =>
  [birthPlaceName, birthPlaceCode].filter(Boolean).join(' ')

export interface CdaPatient {
  identity: PatientIdentity
  details: ClinicalDocument['patientDetails']
  /** `family[@qualifier='SP']`, of documents before the current model. */
  oldQualifier: boolean
}

/** The patient of a `recordTarget` (clinical-documents.md §4.1, §8). */
export const readPatient = (target: XmlElement | null): CdaPatient => {
  const role = childOf(target, 'patientRole')
  const patient = childOf(role, 'patient')
  const names = namesOf(identityName(patient))
  const place = at(patient, 'birthplace', 'place')
  const placeAddress = childOf(place, 'addr')
  const county = textOf(childOf(placeAddress, 'county'))
  const withoutCounty = (placeAddress?.children ?? []).filter(
    (child) => typeof child === 'string' || child.name !== 'county',
  )
  const deceasedTime = timeOf(childOf(patient, 'deceasedTime'))
  const identity = identityOf({
    ...names,
    sex: sexOf(attribute(childOf(patient, 'administrativeGenderCode'), 'code')),
    birthTime: timeOf(childOf(patient, 'birthTime')),
    birthPlaceCode: communeCode.test(county) ? county.toUpperCase() : null,
    birthPlaceName:
      [
        textOf(childOf(place, 'name')),
        textOf(childOf(placeAddress, 'city')),
        communeCode.test(county) ? '' : county,
      ].find(Boolean) ?? null,
    identifiers: childrenOf(role, 'id').flatMap((id) => {
      const value = attribute(id, 'extension')
      return value ? [{ root: attribute(id, 'root') ?? '', value }] : []
    }),
    addresses: addressesOf(role),
    telecoms: telecomsOf(role),
    deceasedAt: deceasedTime,
  })
  const details: ClinicalDocument['patientDetails'] = []
  const add = (kind: ClinicalDocument['patientDetails'][number]['kind'], value: string | null): void => {
    if (value) details.push({ kind, value })
  }
  for (const { kind, value } of identity.identifiers)
    if (!/^ins-(?:nir|nia|test|demonstration)$/.test(kind))
      add(kind === 'local' ? 'ipp' : kind === 'social-security' ? 'social-security' : 'other-id', value)
  add('birth-given-names', identity.birthFirstNames)
  add('other-given-names', names.otherGiven)
  add('used-first-name', identity.usedFirstName)
  add('birth-place', birthPlaceOf(identity))
  const birthAddress = placeAddress ? addressText({ ...placeAddress, children: withoutCounty }) : ''
  if (birthAddress !== identity.birthPlaceName) add('birth-place', birthAddress)
  for (const address of identity.addresses) add('address', address)
  for (const telecom of identity.telecoms) add('telecom', telecom.replace(/^(tel|mailto|fax):/i, ''))
  return { identity, details, oldQualifier: names.oldQualifier }
}

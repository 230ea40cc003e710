/**
 * The assertions of the header in the schematron of the ANS (TestContenuCDA-3-0, CI-SIS_StructurationMinimale, read on
 * 22/11/2026), pattern by pattern under their own names, that a header of ours can meet: a checker of its own, which reads the XML
 * and knows nothing of the writer. Value sets are checked by their code systems and the form of their codes.
 */
import { attribute, childOf, childrenOf, descendants, textOf, type XmlElement } from '../xml/element.ts'

const persons = '1.2.250.1.71.4.2.1'
const structures = '1.2.250.1.71.4.2.2'
const nulls = ['UNK', 'NASK', 'ASKU', 'NAV', 'MSK']
const titles = ['DR', 'MC', 'MG', 'PC', 'PG', 'PR']
const civilities = ['M', 'MME']

const elements = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')
const has = (element: XmlElement | null, ...names: string[]): boolean =>
  element !== null && names.every((name) => (attribute(element, name) ?? '') !== '')

type Rule = (name: string, holds: boolean) => void

const addr = (rule: Rule, element: XmlElement): void => {
  const names = [...element.attributes.keys()]
  const parts = elements(element).map(({ name }) => name)
  rule(
    '[addr] parts, or nullFlavor alone',
    (names.length === 0 && parts.length > 0) ||
      (names.length === 1 && names[0] === 'use' && parts.length > 0) ||
      (names.length === 1 && names[0] === 'nullFlavor' && parts.length === 0),
  )
  rule(
    '[addr] no empty part',
    elements(element).every((part) => textOf(part).trim() !== ''),
  )
  rule(
    '[addr] lines or parts',
    !parts.includes('streetAddressLine') || parts.every((name) => name === 'streetAddressLine'),
  )
}

const telecom = (rule: Rule, element: XmlElement): void => {
  const names = [...element.attributes.keys()]
  const nullFlavor = attribute(element, 'nullFlavor')
  rule(
    '[telecom] prefix:value, or nullFlavor alone',
    nullFlavor === null
      ? /^(tel|fax|mailto|http|ftp|mllp):./.test(attribute(element, 'value') ?? '')
      : names.length === 1 && nulls.includes(nullFlavor),
  )
  const use = attribute(element, 'use')
  rule('[telecom] use', use === null || ['H', 'HP', 'HV', 'WP', 'DIR', 'PUB', 'EC', 'MC', 'PG'].includes(use))
}

/** A person's name: of assignedAuthor, assignedEntity and informationRecipient alike. */
const personName = (rule: Rule, pattern: string, person: XmlElement): void => {
  const names = childrenOf(person, 'name')
  const of = (part: string): XmlElement[] => names.flatMap((name) => childrenOf(name, part))
  rule(`[${pattern}] name once`, names.length === 1)
  rule(`[${pattern}] name/family once`, of('family').length === 1)
  rule(`[${pattern}] name/given at most once`, of('given').length <= 1)
  rule(`[${pattern}] name/prefix at most once`, of('prefix').length <= 1)
  rule(`[${pattern}] name/suffix at most once`, of('suffix').length <= 1)
  rule(
    `[${pattern}] prefix of JDV_J245`,
    of('prefix').every((one) => civilities.includes(textOf(one))),
  )
  rule(
    `[${pattern}] suffix of JDV_J246`,
    of('suffix').every((one) => titles.includes(textOf(one))),
  )
}

const assigned = (rule: Rule, element: XmlElement): void => {
  const pattern = element.name === 'assignedAuthor' ? 'assignedAuthor_fr' : 'assignedEntity_fr'
  const ids = childrenOf(element, 'id')
  rule(`[${pattern}] id once`, ids.length === 1)
  rule(
    `[${pattern}] id: root and extension`,
    ids.every((id) => has(id, 'root', 'extension') || has(id, 'nullFlavor')),
  )
  const organisation = childOf(element, 'representedOrganization')
  if (organisation) {
    rule(
      `[${pattern}] representedOrganization/id`,
      childrenOf(organisation, 'id').every((id) => attribute(id, 'root') === structures),
    )
    rule(
      `[${pattern}] representedOrganization/name at most once`,
      childrenOf(organisation, 'name').length <= 1,
    )
  }
  const person = childOf(element, 'assignedPerson')
  if (person) personName(rule, pattern, person)
}

const recipient = (rule: Rule, element: XmlElement): void => {
  const pattern = 'informationRecipient_fr'
  rule(
    `[${pattern}] id`,
    childrenOf(element, 'id').every((id) => attribute(id, 'root') === persons && has(id, 'extension')),
  )
  const people = childrenOf(element, 'informationRecipient')
  rule(`[${pattern}] informationRecipient at most once`, people.length <= 1)
  for (const person of people) personName(rule, pattern, person)
}

const patient = (rule: Rule, root: XmlElement): void => {
  const role = childOf(childOf(root, 'recordTarget'), 'patientRole')
  const who = childOf(role, 'patient')
  const name = childOf(who, 'name')
  const ids = childrenOf(role, 'id')
  rule(
    '[recordTarget_fr] id without nullFlavor',
    ids.every((id) => !has(id, 'nullFlavor') && has(id, 'extension')),
  )
  rule('[recordTarget_fr] name once', childrenOf(who, 'name').length === 1)
  rule(
    '[recordTarget_fr] no race, religion, ethnic group',
    ['religiousAffiliationCode', 'raceCode', 'ethnicGroupCode'].every((one) => childOf(who, one) === null),
  )
  rule('[recordTarget_fr] birthTime', childOf(who, 'birthTime') !== null)
  const qualifiers = (part: string): (string | null)[] =>
    childrenOf(name, part).map((one) => attribute(one, 'qualifier'))
  rule(
    '[recordTarget_fr] family/@qualifier',
    qualifiers('family').every((one) => one === 'BR' || one === 'CL'),
  )
  rule(
    '[recordTarget_fr] given/@qualifier',
    qualifiers('given').every((one) => one === null || one === 'BR' || one === 'CL'),
  )
  if (ids.some((id) => /^1\.2\.250\.1\.213\.1\.4\.(8|9|10|11)$/.test(attribute(id, 'root') ?? '')))
    rule(
      '[recordTarget_fr] traits of the INS',
      qualifiers('family').includes('BR') &&
        qualifiers('given').includes('BR') &&
        childOf(who, 'birthTime') !== null &&
        childOf(who, 'administrativeGenderCode') !== null,
    )
}

const acts = (rule: Rule, root: XmlElement): void => {
  const all = childrenOf(root, 'documentationOf')
  rule('[modeleEntete_fr] documentationOf', all.length >= 1)
  for (const one of all) {
    const event = childOf(one, 'serviceEvent')
    rule('[documentationOf_fr] serviceEvent', event !== null)
    const code = childOf(event, 'code')
    rule(
      '[documentationOf_fr] code whole',
      code === null || has(code, 'code', 'codeSystem', 'displayName') || has(code, 'nullFlavor'),
    )
    const performers = childrenOf(event, 'performer')
    rule('[documentationOf_fr] one performer at most', performers.length < 2)
    for (const performer of performers) {
      rule('[documentationOf_fr] performer PRF', attribute(performer, 'typeCode') === 'PRF')
      rule('[documentationOf_fr] performer without nullFlavor', !has(performer, 'nullFlavor'))
      const field = childOf(
        childOf(childOf(performer, 'assignedEntity'), 'representedOrganization'),
        'standardIndustryClassCode',
      )
      rule('[documentationOf_fr] standardIndustryClassCode', field !== null)
      rule(
        '[JDV_standardIndustryClassCode]',
        inSet(field, /^1\.2\.250\.1\.213\.1\.1\.4\.(9|6)$/, /^[A-Z_]+$/),
      )
    }
    const time = childOf(event, 'effectiveTime')
    rule('[documentationOf_fr] effectiveTime/low', time === null || childOf(time, 'low') !== null)
  }
}

const inSet = (element: XmlElement | null, system: RegExp, code: RegExp): boolean =>
  has(element, 'code', 'codeSystem') &&
  system.test(attribute(element, 'codeSystem') ?? '') &&
  code.test(attribute(element, 'code') ?? '')

const specialty = (element: XmlElement | null): boolean =>
  inSet(element, /^1\.2\.250\.1\.213\.1\.1\.4\.5$/, /^G1[56]_\d\d(\/(S[MI]|SCD)\d\d|\/[A-Z]{1,2})?$/) ||
  inSet(element, /^1\.2\.250\.1\.213\.1\.1\.4\.6$/, /^[A-Z_]+$/) ||
  inSet(element, /^1\.2\.250\.1\.213\.1\.6\.1\.(4|107|109)$/, /^\d{2,3}$/)

/** Names of the assertions a document breaks, each in its pattern; empty for a right one. */
export const brokenAssertions = (root: XmlElement): string[] => {
  const broken: string[] = []
  const rule: Rule = (name, holds) => {
    if (!holds) broken.push(name)
  }
  for (const one of descendants(root, 'addr')) addr(rule, one)
  for (const one of descendants(root, 'telecom')) telecom(rule, one)
  for (const one of [...descendants(root, 'assignedAuthor'), ...descendants(root, 'assignedEntity')])
    assigned(rule, one)
  for (const one of descendants(root, 'intendedRecipient')) recipient(rule, one)
  patient(rule, root)
  acts(rule, root)

  for (const author of childrenOf(root, 'author')) {
    rule('[author_fr] time', has(childOf(author, 'time'), 'value'))
    rule('[JDV_authorSpecialty]', specialty(childOf(childOf(author, 'assignedAuthor'), 'code')))
  }
  const signers = childrenOf(root, 'legalAuthenticator')
  rule('[modeleEntete_fr] legalAuthenticator once', signers.length === 1)
  for (const signer of signers) {
    const entity = childOf(signer, 'assignedEntity')
    rule('[legalAuthenticator_fr] time', has(childOf(signer, 'time'), 'value'))
    rule(
      '[legalAuthenticator_fr] signatureCode S',
      attribute(childOf(signer, 'signatureCode'), 'code') === 'S',
    )
    rule('[legalAuthenticator_fr] assignedPerson', childOf(entity, 'assignedPerson') !== null)
    rule('[JDV_legalAuthenticatorSpecialty]', specialty(childOf(entity, 'code')))
  }
  const custodians = descendants(root, 'representedCustodianOrganization')
  for (const custodian of custodians) {
    const ids = childrenOf(custodian, 'id')
    rule('[custodian_fr] id once', ids.length === 1)
    rule(
      '[custodian_fr] id/@root',
      ids.every((id) => [structures, '1.2.250.1.213.4.1'].includes(attribute(id, 'root') ?? '')),
    )
  }
  const encounter = childOf(childOf(root, 'componentOf'), 'encompassingEncounter')
  rule('[modeleEntete_fr] componentOf', encounter !== null)
  const code = childOf(encounter, 'code')
  if (code) {
    rule('[componentOf_fr] code whole', has(code, 'code', 'codeSystem', 'displayName'))
    rule(
      '[JDV_encompassingEncounterCode]',
      inSet(code, /^2\.16\.840\.1\.113883\.5\.4$/, /^(IMP|EMER|AMB|FLD|HH|VR)$/) ||
        inSet(code, /^1\.2\.250\.1\.213\.1\.1\.4\.2\.291$/, /^(EXTERNE|SEANCE)$/),
    )
  }
  rule('[componentOf_fr] location at most once', childrenOf(encounter, 'location').length <= 1)
  rule(
    '[JDV_healthcareFacilityCode]',
    inSet(
      childOf(childOf(childOf(encounter, 'location'), 'healthCareFacility'), 'code'),
      /^1\.2\.250\.1\.71\.4\.2\.4$|^1\.2\.250\.1\.213\.1\.1\.4\.6$/,
      /^(SA\d\d|EXP_PATIENT|SNR)$/,
    ),
  )
  rule(
    '[JDV_typeCode]',
    inSet(
      childOf(root, 'code'),
      /^2\.16\.840\.1\.113883\.6\.1$|^1\.2\.250\.1\.213\.1\.1\.4\.12$/,
      /^(\d+-\d|[A-Z_0-9-]+)$/,
    ),
  )
  rule(
    '[JDV_administrativeGenderCode]',
    descendants(root, 'administrativeGenderCode').every((one) =>
      inSet(one, /^2\.16\.840\.1\.113883\.5\.1$/, /^(M|F|UN)$/),
    ),
  )
  for (const related of childrenOf(root, 'relatedDocument')) {
    const ids = childrenOf(childOf(related, 'parentDocument'), 'id')
    rule('[relatedDocument_fr] RPLC', attribute(related, 'typeCode') === 'RPLC')
    rule('[relatedDocument_fr] parentDocument/id once', ids.length === 1 && has(ids[0] ?? null, 'root'))
  }
  rule('[modeleEntete_fr] languageCode fr-FR', attribute(childOf(root, 'languageCode'), 'code') === 'fr-FR')
  return [...new Set(broken)]
}

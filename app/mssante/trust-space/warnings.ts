import type { AddressWarning, Correspondent, TrustClass } from '../../contract/index.ts'
import { insKeyIsValid } from '../ins.ts'
import { classifyAddress } from './classify.ts'
import { hasUnseen, latinised } from './confusables.ts'
import { shownDomain, splitAddress, type TrustedDomains } from './domains.ts'
import { createResemblances } from './look-alike.ts'

export interface AddressExaminer {
  /** What in a sender's or a recipient's name and address is made to deceive, worst first. */
  examine: (who: Correspondent, replyTo?: readonly Correspondent[]) => AddressWarning[]
}

const addressInName = /[^\s@<>"'(),:;[\]«»]{1,64}@[^\s@<>"'(),:;[\]«»]{1,120}\.[^\s@<>"'(),:;[\]«»]{2,63}/u
/** Names that only the trust space has a right to. */
const claims =
  /\bms[\s_.-]?sante\b|\bmssante|\bmon[\s_.-]*espace[\s_.-]*sante\b|\bpro[\s_.-]*sante[\s_.-]*connect\b|\bmailiz\b|espace de confiance/
/** The State's own domains, which have that right too: the ANS writes of MSSanté, the CNAM of Mon espace santé. */
const official = /(?:^|\.)(?:gouv\.fr|ameli\.fr|assurance-maladie\.fr|monespacesante\.fr)$/
/** « M S S a n t é »: letters apart, put together. */
const together = (text: string): string =>
  text.replace(/(?<![a-z0-9])([a-z0-9])[\s_.-]+(?=[a-z0-9](?![a-z0-9]))/g, '$1')
const longest = 2000

/** A name in comparable words: without case, accents, titles; empty when too little is left to mean somebody. */
const comparable = (name: string): string => {
  const words = latinised(name)
    .replace(/[^a-z0-9]+/g, ' ')
    .split(' ')
    .filter((word) => word.length > 1 && !/^(dr|docteur|pr|professeur|mme|mr|monsieur|madame|me)$/.test(word))
    .toSorted()
  return words.length >= 2 ? words.join(' ') : ''
}

const kinship: Readonly<Record<TrustClass, string>> = {
  professional: 'inside',
  organisation: 'inside',
  patient: 'patient',
  outside: 'outside',
  unknown: 'outside',
}

/** Written like a matricule: 15 characters, a sex, a month, perhaps Corsica. */
const matricule = /^[1-478]\d{4}(?:\d\d|2[AB])\d{8}$/i

/**
 * Looks at addresses as a careful reader would. `known` are correspondents of the trust space, with the names they go by.
 * Pure: the same address gives the same warnings until the trust space or the correspondents change.
 */
export const createAddressExaminer = (
  trusted: TrustedDomains,
  known: readonly Correspondent[],
): AddressExaminer => {
  const names = new Map<string, string>()
  const domains = new Set<string>()
  for (const { name, address } of known) {
    const parts = splitAddress(address)
    const trust = classifyAddress(trusted, address)
    if (!parts || (trust !== 'professional' && trust !== 'organisation')) continue
    domains.add(parts.domain)
    const key = comparable(name)
    if (key !== '' && !names.has(key)) names.set(key, address)
  }
  const resemblances = createResemblances(trusted, domains)

  return {
    examine: (who, replyTo = []) => {
      const name = who.name.slice(0, longest)
      const address = who.address.slice(0, 320)
      const warnings: AddressWarning[] = []
      const warn = (kind: AddressWarning['kind'], shown: string | null, like: string | null): void => {
        warnings.push({ kind, address, shown, like })
      }
      const trust = classifyAddress(trusted, address)
      const parts = splitAddress(address)
      const outside = trust === 'outside'
      if (parts && trust !== 'patient') {
        const found = resemblances.of(parts.domain)
        if (found)
          warn(found.kind, found.kind === 'mixed-scripts' ? shownDomain(parts.domain) : null, found.like)
        const local = parts.local.toUpperCase()
        if (matricule.test(local) && parts.domain !== trusted.patientDomain && insKeyIsValid(local))
          warn('patient-outside', null, trusted.patientDomain)
      }
      if (hasUnseen(name) || hasUnseen(address)) warn('hidden-characters', null, null)
      const shown = addressInName.exec(name)?.[0].replace(/[.!?]+$/, '') ?? null
      const isAnother = shown !== null && shown.toLowerCase() !== address.toLowerCase()
      if (isAnother) warn('name-shows-address', shown, null)
      const saysTrust = (): boolean => claims.test(latinised(name)) || claims.test(together(latinised(name)))
      if (outside && !isAnother && !(parts && official.test(parts.domain)) && saysTrust())
        warn('name-claims-trust', name, null)
      const namesake = outside ? names.get(comparable(name)) : undefined
      if (namesake !== undefined && !isAnother) warn('name-of-known', null, namesake)
      for (const reply of replyTo) {
        const there = splitAddress(reply.address)
        if (!there || !parts || there.domain === parts.domain) continue
        // Newsletters do; a sender outside is told of already.
        if (outside && kinship[classifyAddress(trusted, reply.address)] === 'outside') continue
        warn('reply-elsewhere', reply.address, null)
        break
      }
      return warnings
    },
  }
}

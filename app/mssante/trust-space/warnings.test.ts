import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AddressWarning, Correspondent } from '../../contract/index.ts'
import { classifyAddress } from './classify.ts'
import { indexDomains } from './domain-index.ts'
import { trustedDomains } from './domains.ts'
import { createAddressExaminer } from './warnings.ts'
import { processorTime } from '../../processor-time.fixture.ts'

/** The trust space of the program before any list, and one with a list. */
const byRule = trustedDomains(undefined, null)
const listed = trustedDomains(
  undefined,
  indexDomains([
    'medecin.mssante.fr',
    'chu-fictif.mssante.fr',
    'infirmier.mssante.fr',
    'laboratoire-fictif.fr',
    'ch-sens-fictif.fr',
    'patient.mssante.fr',
    'xn--hpital-fictif-plb.mssante.fr',
  ]),
)
const known: Correspondent[] = [
  { name: 'Dr Anne MARTIN', address: 'anne.martin@medecin.mssante.fr' },
  { name: 'Dr_Paul_BERNARD_Cabinet', address: 'paul.bernard@medecin.mssante.fr' },
]
const examiner = createAddressExaminer(listed, known)
const ruled = createAddressExaminer(byRule, known)
const kinds = (address: string, name = '', reply?: string): AddressWarning['kind'][] =>
  examiner
    .examine({ name, address }, reply === undefined ? [] : [{ name: '', address: reply }])
    .map(({ kind }) => kind)
const warning = (address: string, name = ''): AddressWarning | undefined =>
  examiner.examine({ name, address })[0]

describe('the class of an address', () => {
  const rule = trustedDomains(
    { domains: ['medecin.mssante.test', '.hopital.test'], patientDomain: 'patient.mssante.test' },
    null,
  )
  it('SEC-HOST WL-CHECK: comes from its domain', () => {
    const classify = (address: string) => classifyAddress(rule, address)
    expect(classify('anne.martin@medecin.mssante.test')).toBe('professional')
    expect(classify('secretariat@cardio.hopital.test')).toBe('organisation')
    expect(classify('190067511300117@patient.mssante.test')).toBe('patient')
    for (const mistyped of ['190067511300118', '19006751130011', 'leo.durand', '190067511300117.x'])
      expect(classify(`${mistyped}@patient.mssante.test`), mistyped).toBe('outside')
    expect(classify('190067511300117@x.patient.mssante.test')).toBe('outside')
    expect(classify('j.leroy@orange.test')).toBe('outside')
    expect(classify('x@medecin.mssante.test.exemple.test')).toBe('outside')
    expect(classify('pas une adresse')).toBe('unknown')
  })

  it('follows the list once there is one, in every way of writing a domain', () => {
    expect(classifyAddress(byRule, 'a@inconnu.mssante.fr')).toBe('professional')
    expect(classifyAddress(listed, 'a@inconnu.mssante.fr')).toBe('outside')
    expect(classifyAddress(listed, 'a@laboratoire-fictif.fr')).toBe('professional')
    expect(classifyAddress(listed, 'a@MEDECIN.MSSante.fr.')).toBe('professional')
    expect(classifyAddress(listed, 'a@hôpital-fictif.mssante.fr')).toBe('professional')
    expect(classifyAddress(listed, 'a@XN--HPITAL-FICTIF-PLB.mssante.fr')).toBe('professional')
    expect(classifyAddress(listed, 'a@127.0.0.1')).toBe('unknown')
  })
})

describe('names and domains made to deceive', () => {
  it.each<[string, string, string | null]>([
    ['x@mssante.fr.evil.com', 'extra-label', 'mssante.fr'],
    ['x@medecin.mssante.fr.evil.com', 'extra-label', 'medecin.mssante.fr'],
    ['x@mssante-fr.com', 'extra-label', 'mssante.fr'],
    ['x@medecin-mssante.fr', 'extra-label', 'mssante.fr'],
    ['x@medecin.mssante.com', 'extra-label', 'mssante.fr'],
    ['x@medecin-mssante-fr.org', 'extra-label', 'medecin.mssante.fr'],
    ['x@mymssante.net', 'extra-label', 'mssante.fr'],
    ['x@laboratoire-fictif.fr.exemple.net', 'extra-label', 'laboratoire-fictif.fr'],
    ['x@laboratoire-fictif-fr.com', 'extra-label', 'laboratoire-fictif.fr'],
    ['x@medecin.mssnate.fr', 'look-alike-domain', 'mssante.fr'],
    ['x@medecin.msante.fr', 'look-alike-domain', 'mssante.fr'],
    ['x@medecin.rnssante.fr', 'look-alike-domain', 'medecin.mssante.fr'],
    ['x@rnedecin.mssante.fr', 'look-alike-domain', 'medecin.mssante.fr'],
    ['x@medicin.mssante.fr', 'look-alike-domain', 'medecin.mssante.fr'],
    ['x@medcein.mssante.fr', 'look-alike-domain', 'medecin.mssante.fr'],
    ['x@medecin.mssante.f', 'extra-label', 'mssante.fr'],
    ['x@laboratoire-fictlf.fr', 'look-alike-domain', 'laboratoire-fictif.fr'],
    ['x@laboratoire-ficitf.fr', 'look-alike-domain', 'laboratoire-fictif.fr'],
    ['x@1aboratoire-fictif.fr', 'look-alike-domain', 'laboratoire-fictif.fr'],
    ['x@laboratoires-fictif.fr', 'look-alike-domain', 'laboratoire-fictif.fr'],
    // Cyrillic е, Greek ο, an accent, full width, and the same in punycode.
    ['x@mеdecin.mssante.fr', 'mixed-scripts', 'medecin.mssante.fr'],
    ['x@medecin.mѕѕаnte.fr', 'mixed-scripts', 'medecin.mssante.fr'],
    ['x@laboratοire-fictif.fr', 'mixed-scripts', 'laboratoire-fictif.fr'],
    ['x@medecin.mssanté.fr', 'mixed-scripts', 'medecin.mssante.fr'],
    ['x@xn--medecin-mssant-okb.fr', 'mixed-scripts', 'mssante.fr'],
    ['x@exеmple.fr', 'mixed-scripts', null],
  ])('WL-CHECK: %s is told as %s', (address, kind, like) => {
    expect(classifyAddress(listed, address)).toBe('outside')
    expect(warning(address)).toMatchObject({ kind, like })
  })

  it.each([
    'anne.martin@medecin.mssante.fr',
    'x@hôpital-fictif.mssante.fr',
    'x@orange.fr',
    'x@gmail.com',
    'x@esante.gouv.fr',
    'x@sante.gouv.fr',
    'x@sante.fr',
    'x@chu-fictif.fr',
    'x@ch-lens-fictif.fr',
    'x@laboratoire-voisin.fr',
    'x@clinique-santé.fr',
    'x@müller.de',
    'x@почта.рф',
    'x@medecin.fr',
    'x@infirmier.com',
    'x@assurance-maladie.fr',
    'x@monespacesante.fr',
    'x@exemple.test',
    'x@mssante.fr',
    '279035121518989@patient.mssante.fr',
  ])('%s has nothing of it', (address) => {
    expect(kinds(address)).toEqual([])
  })

  it('before any list, a known domain with a letter too many or changed over is told all the same', () => {
    const told = (address: string) => ruled.examine({ name: '', address }).map(({ like }) => like)
    expect(told('x@medcein.mssante.fr')).toEqual(['medecin.mssante.fr'])
    expect(told('x@medecinn.mssante.fr')).toEqual(['medecin.mssante.fr'])
    expect(told('x@medecin2.mssante.fr')).toEqual([])
    expect(told('x@sage-femme.mssante.fr')).toEqual([])
  })

  it('a name that shows another address', () => {
    expect(warning('x@exemple.fr', 'anne.martin@medecin.mssante.fr')).toMatchObject({
      kind: 'name-shows-address',
      shown: 'anne.martin@medecin.mssante.fr',
    })
    expect(kinds('x@exemple.fr', 'Dr MARTIN <anne.martin@medecin.mssante.fr>')).toEqual([
      'name-shows-address',
    ])
    expect(kinds('anne.martin@medecin.mssante.fr', 'Anne.Martin@medecin.mssante.fr')).toEqual([])
  })

  it('a name that speaks of the trust space, or is a known correspondent’s, with an address outside', () => {
    expect(kinds('x@exemple.fr', 'Dr MARTIN via MSSanté')).toEqual(['name-claims-trust'])
    expect(kinds('x@exemple.fr', 'Mon Espace Santé')).toEqual(['name-claims-trust'])
    expect(kinds('x@exemple.fr', 'МSSanté')).toContain('name-claims-trust')
    expect(kinds('support@medecin.mssante.fr', 'Support MSSanté')).toEqual([])
    expect(warning('a.martin@exemple.fr', 'Martin Anne')).toMatchObject({
      kind: 'name-of-known',
      like: 'anne.martin@medecin.mssante.fr',
    })
    expect(kinds('m@exemple.fr', 'Martin')).toEqual([])
  })

  it('characters that are not seen or turn the text around', () => {
    for (const hidden of ['\u202e', '\u200b', '\u2066', '\u00ad', '\ufeff', '\u3164', '\u{e0041}', '\u0007'])
      expect(kinds('anne.martin@medecin.mssante.fr', `Dr Anne${hidden} MARTIN`), hidden).toEqual([
        'hidden-characters',
      ])
    expect(kinds('anne.martin@medecin.mssante.fr', 'Équipe 👩\u200d⚕️ de nuit')).toEqual([])
    expect(kinds('anne.martin@medecin.mssante.fr', 'Dr Zoë D’ÂME\u00a0– Cardiologie')).toEqual([])
  })

  it('answers that go elsewhere', () => {
    expect(kinds('a@medecin.mssante.fr', '', 'a@exemple.fr')).toEqual(['reply-elsewhere'])
    expect(kinds('a@medecin.mssante.fr', '', 'b@infirmier.mssante.fr')).toEqual(['reply-elsewhere'])
    expect(kinds('a@medecin.mssante.fr', '', '279035121518989@patient.mssante.fr')).toEqual([
      'reply-elsewhere',
    ])
    expect(kinds('a@medecin.mssante.fr', '', 'b@medecin.mssante.fr')).toEqual([])
    expect(kinds('a@lettre.exemple.fr', '', 'b@exemple.fr')).toEqual([])
  })

  it('a patient’s address outside the patients’ domain', () => {
    expect(kinds('279035121518989@exemple.fr')).toEqual(['patient-outside'])
    expect(kinds('279035121518989@patient.mssante.com')).toEqual(['extra-label', 'patient-outside'])
    expect(kinds('123456789012345@exemple.fr')).toEqual([])
  })

  it('one slip in any listed domain is caught, unless it is another’s', () => {
    const domains = ['medecin.mssante.fr', 'chu-fictif.mssante.fr', 'infirmier.mssante.fr']
    fc.assert(
      fc.property(
        fc.constantFrom(...domains),
        fc.nat(30),
        fc.constantFrom('drop', 'double', 'swap'),
        (domain, place, how) => {
          const at = place % (domain.length - 4)
          const letter = domain[at] ?? ''
          const next = domain[at + 1] ?? ''
          if (/[.-]/.test(letter + next)) return
          const slipped =
            how === 'drop'
              ? domain.slice(0, at) + domain.slice(at + 1)
              : how === 'double'
                ? domain.slice(0, at) + letter + domain.slice(at)
                : domain.slice(0, at) + next + letter + domain.slice(at + 2)
          if (slipped === domain) return
          expect(kinds(`x@${slipped}`), slipped).not.toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })

  it('never throws, whatever the name and the address', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.string({ unit: 'binary', maxLength: 80 }),
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        (name, local, domain) => {
          const told = examiner.examine({ name, address: `${local}@${domain}` }, [{ name, address: domain }])
          expect(told.length).toBeLessThan(10)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('is quick beside 200,000 domains', () => {
    const many = trustedDomains(
      undefined,
      indexDomains(Array.from({ length: 200_000 }, (_, index) => `etablissement${String(index)}.mssante.fr`)),
    )
    const one = createAddressExaminer(many, known)
    one.examine({ name: '', address: 'x@premier.fr' })
    const times = Array.from({ length: 100 }, (_, index) => {
      const spent = processorTime()
      one.examine({ name: 'Dr Fictif', address: `x@domaine-numero-${String(index)}.exemple.fr` })
      return spent()
    })
    // Half of them: the longest are the collector’s.
    expect(times.toSorted((a, b) => a - b)[50]).toBeLessThan(30)
  })
})

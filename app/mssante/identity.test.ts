import { describe, expect, it } from 'vitest'
import { identityOf, noTraits, type Traits } from './identity.ts'

// Nobody has these traits or these numbers: they were made up, and the key computed.
const nir = { root: '1.2.250.1.213.1.4.8', value: '278112A99900210' }
const whole: Traits = {
  ...noTraits,
  birthName: 'FICTIVE',
  firstName: 'MARIE',
  birthFirstNames: 'MARIE ANNE',
  sex: 'F',
  birthTime: '1978-11-26',
  birthPlaceCode: '2A999',
  identifiers: [nir],
}
const of = (more: Partial<Traits>) => identityOf({ ...whole, ...more })

describe('a qualified identity (ECO.2.2.6, ECO.2.4.2, INS/va1.53)', () => {
  it('is a matricule of an INS authority with the four strict traits', () => {
    expect(of({})).toMatchObject({ qualified: true, ins: { kind: 'nir', keyValid: true }, checks: [] })
    expect(of({ identifiers: [{ root: '1.2.250.1.213.1.4.9', value: nir.value }] }).qualified).toBe(true)
    // What is asked beside them to file a document does not make an identity less qualified.
    expect(of({ birthFirstNames: null, birthPlaceCode: null })).toMatchObject({
      qualified: true,
      checks: ['ins-traits-missing'],
    })
  })

  it.each<[string, Partial<Traits>]>([
    ['a birth name', { birthName: '' }],
    ['a first name', { firstName: '' }],
    ['a birth date', { birthTime: null }],
    ['the day of birth', { birthTime: '1978-11' }],
    ['a sex', { sex: 'U' }],
    ['an INS', { identifiers: [] }],
    ['a well-formed matricule', { identifiers: [{ root: nir.root, value: '278112A999002' }] }],
    ['an authority of the INS', { identifiers: [{ root: '1.2.250.1.999.1', value: nir.value }] }],
    ['more than an obsolete INS-C', { identifiers: [{ root: '1.2.250.1.213.1.4.2', value: nir.value }] }],
    [
      'more than a number of the insured',
      { identifiers: [{ root: '1.2.250.1.213.1.4.13', value: nir.value }] },
    ],
  ])('is none without %s', (_, more) => {
    const identity = of(more)
    expect(identity.qualified).toBe(false)
    expect(identity.checks).toContain('identity-unqualified')
  })

  it('says when the key is wrong, or the matricule is of somebody else', () => {
    const wrong = of({ identifiers: [{ root: nir.root, value: '278112A99900211' }] })
    expect(wrong).toMatchObject({ ins: { keyValid: false }, checks: ['ins-key'] })
    expect(of({ sex: 'M' }).checks).toEqual(['ins-sex-differs'])
    expect(of({ birthTime: '1978-12-26' }).checks).toEqual(['ins-birth-differs'])
    expect(of({ birthTime: '1979-11-26' }).checks).toEqual(['ins-birth-differs'])
  })
})

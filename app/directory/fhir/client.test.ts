import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../contract/index.ts'
import type { WebAnswer, WebRequest } from '../../mail/index.ts'
import type { ApiFindings } from '../base/apply.ts'
import { createFhirClient } from './client.ts'
import { apiPace, createPace } from './pace.ts'
import { Bundle, linkedOf, mailboxesOf, personOf, Resource } from './resources.ts'

const emailType = 'https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type'
const metadata =
  'https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata'
const r256 = 'https://mos.esante.gouv.fr/NOS/TRE_R256-TypeMessagerie/FHIR/TRE-R256-TypeMessagerie'
const r257 = 'https://mos.esante.gouv.fr/NOS/TRE_R257-TypeBAL/FHIR/TRE-R257-TypeBAL'
const mssante = { url: emailType, valueCoding: { system: r256, code: 'MSSANTE' } }
const typed = (type: object, ...more: object[]) => ({
  url: metadata,
  extension: [{ url: 'type', ...type }, ...more],
})
const per = typed({ valueCodeableConcept: { coding: [{ system: r257, code: 'PER' }] } })
const email = (value: string, extension: object[] = [mssante, per], more: object = {}) => ({
  system: 'email',
  value,
  extension,
  ...more,
})

const anne = {
  resourceType: 'Practitioner',
  id: '003-1',
  active: true,
  identifier: [
    { system: 'urn:oid:1.2.250.1.71.4.2.1', value: '899700000101' },
    { system: 'https://rpps.esante.gouv.fr', value: '99700000101' },
  ],
  name: [{ family: 'MARTIN', given: ['Anne'], prefix: ['DR'] }],
  qualification: [
    {
      code: {
        coding: [
          {
            system: 'https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante',
            code: '10',
            display: 'Médecin',
          },
        ],
      },
    },
    {
      code: {
        coding: [
          {
            system:
              'https://mos.esante.gouv.fr/NOS/TRE_R38-SpecialiteOrdinale/FHIR/TRE-R38-SpecialiteOrdinale',
            code: 'SM04',
            display: 'Cardiologie',
          },
        ],
      },
    },
  ],
  telecom: [
    email('anne.martin@medecin.mssante.test', [mssante, per], { rank: 1 }),
    // Ordinary mail: said to be, or said to be nothing.
    email('anne.martin@exemple.com', [{ url: emailType, valueCoding: { system: r256, code: 'MAIL' } }, per]),
    { system: 'email', value: 'anne@exemple.com' },
  ],
}
const role = {
  resourceType: 'PractitionerRole',
  id: '005-1',
  active: true,
  practitioner: { identifier: { system: 'urn:oid:1.2.250.1.71.4.2.1', value: '899700000101' } },
  organization: { reference: 'Organization/001-1' },
  telecom: [
    email('secretariat@exemple.com', [{ url: emailType, valueCode: 'MAIL' }]),
    // Without a kind: the metadata of MSSanté alone say that it is one.
    email('ancienne@ch.mssante.test', [per]),
    email('a.martin@ch.mssante.test', [
      mssante,
      typed(
        { valueCode: 'PER' },
        { url: 'service', valueString: 'Cardiologie' },
        { url: 'digitization', valueBoolean: true },
      ),
    ]),
    email('rouge@ch.mssante.test', [
      mssante,
      typed({ valueCode: 'PER' }, { url: 'listeRouge', valueBoolean: true }),
    ]),
  ],
}
const hospital = {
  resourceType: 'Organization',
  id: '001-1',
  active: true,
  identifier: [{ system: 'https://finess.esante.gouv.fr', value: '690000002' }],
  name: 'Hôpital des Lilas (fictif)',
  address: [{ line: ['1 rue des Lilas'], city: 'LYON', postalCode: '69003' }],
  telecom: [
    email('contact@hopital.example', [{ url: emailType, valueCoding: { system: r256, code: 'MAIL' } }]),
    { system: 'email', value: 'accueil@hopital.example' },
    { system: 'phone', value: '0400000000' },
    email('urgences@ch.mssante.test', [
      mssante,
      typed({ valueCodeableConcept: { coding: [{ system: r256, code: 'ORG' }] } }),
    ]),
  ],
}

const bundle = (resources: unknown[], next?: string) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: next === undefined ? [] : [{ relation: 'next', url: next }],
  entry: resources.map((resource) => ({ resource })),
})

interface Reply {
  status?: number
  body: unknown
  headers?: Record<string, string>
}
const answerOf = ({ status = 200, body, headers = {} }: Reply): Outcome<WebAnswer> =>
  ok({
    status,
    location: null,
    header: (name) => headers[name] ?? null,
    close: () => undefined,
    pieces: (async function* () {
      yield await Promise.resolve(ok(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))))
    })(),
  })

const clientFor = (answer: (url: string, call: number) => Reply | Outcome<never>) => {
  const asked: WebRequest[] = []
  const waited: number[] = []
  const client = createFhirClient({
    url: 'https://annuaire.test/fhir/v2/',
    apiKey: 'secret-key',
    now: () => Date.parse('2026-11-22T10:00:00Z'),
    pace: { turn: (signal) => Promise.resolve(!signal.aborted) },
    wait: (milliseconds) => {
      waited.push(milliseconds)
      return Promise.resolve()
    },
    ask: (wish) => {
      asked.push(wish)
      const reply = answer(wish.url, asked.length)
      return Promise.resolve('ok' in reply ? reply : answerOf(reply))
    },
  })
  return { client, asked, waited }
}
const never = new AbortController().signal

describe('one person, asked now', () => {
  it('reads identity, practice and mailboxes in both shapes, keeps MSSanté alone and notes the liste rouge', async () => {
    const { client, asked } = clientFor((url) => ({
      body: url.includes('PractitionerRole?') ? bundle([role, hospital]) : bundle([anne]),
    }))
    const found = await client.person('899700000101', never)
    expect(found).toMatchObject({
      ok: true,
      value: {
        unit: true,
        persons: [
          {
            nationalId: '899700000101',
            facts: {
              active: true,
              lastName: 'MARTIN',
              professions: [{ code: '10', label: 'Médecin' }],
              specialties: [{ code: 'SM04', label: 'Cardiologie' }],
              situations: [{ active: true, structure: { id: '690000002', town: 'LYON' } }],
            },
          },
        ],
        mailboxes: [
          { address: 'anne.martin@medecin.mssante.test', type: 'PER', rank: 1, unlisted: false },
          { address: 'ancienne@ch.mssante.test', type: 'PER', unlisted: false },
          { address: 'a.martin@ch.mssante.test', type: 'PER', service: 'Cardiologie', paperless: true },
          { address: 'rouge@ch.mssante.test', unlisted: true },
        ],
      },
    })
    expect(asked.map(({ url }) => url)).toEqual([
      'https://annuaire.test/fhir/v2/Practitioner?identifier=99700000101',
      'https://annuaire.test/fhir/v2/PractitionerRole?practitioner=003-1&_include=PractitionerRole:organization',
    ])
    for (const one of asked) {
      expect(one.headers).toMatchObject({ 'ESANTE-API-KEY': 'secret-key' })
      expect(one.milliseconds).toBe(30_000)
    }
  })

  it('proposes no mailbox of who practises no more', async () => {
    const { client } = clientFor((url) => ({
      body: bundle(url.includes('Role?') ? [role] : [{ ...anne, active: false }]),
    }))
    const found = await client.person('899700000101', never)
    expect(found.ok && found.value.mailboxes.every(({ unlisted }) => unlisted)).toBe(true)
    expect(found.ok && found.value.persons[0]?.facts.active).toBe(false)
  })

  it.each<[string, Reply, string]>([
    ['nobody', { body: bundle([]) }, 'directory.not-found'],
    ['somebody else', { body: bundle([{ ...anne, identifier: [] }]) }, 'directory.not-found'],
    ['a refused key', { status: 403, body: '' }, 'directory.key-refused'],
    ['not JSON', { body: '<html>' }, 'directory.api-failed'],
    ['not a bundle', { body: { resourceType: 'OperationOutcome', issue: [] } }, 'directory.api-failed'],
    [
      'a request it does not take',
      { status: 400, body: { resourceType: 'OperationOutcome', issue: [{ code: 'invalid' }] } },
      'directory.api-failed',
    ],
  ])('%s', async (_what, reply, code) => {
    const { client } = clientFor(() => reply)
    const found = await client.person('899700000101', never)
    expect(found).toMatchObject({ ok: false, error: { code } })
    expect(JSON.stringify(found)).not.toContain('secret-key')
  })

  it('waits as long as told after 429, longer each time after 5xx, and gives up', async () => {
    const busy = clientFor((_url, call) =>
      call < 3 ? { status: 429, headers: { 'retry-after': '2' }, body: '' } : { body: bundle([]) },
    )
    expect(await busy.client.person('899700000101', never)).toMatchObject({
      error: { code: 'directory.not-found' },
    })
    expect(busy.waited).toEqual([2000, 2000])
    const down = clientFor(() => ({ status: 503, body: '' }))
    expect(await down.client.person('899700000101', never)).toMatchObject({
      error: { code: 'directory.api-failed', details: { status: 503 } },
    })
    expect(down.waited).toEqual([1000, 2000, 4000])
    const cut = clientFor(() => fail('net.timeout'))
    expect(await cut.client.person('899700000101', never)).toMatchObject({ error: { code: 'net.timeout' } })
  })
})

it('does not wait for hours, nor asks before the time told', async () => {
  for (const after of ['3600', 'Sun, 22 Nov 2026 11:00:00 GMT']) {
    const { client, asked, waited } = clientFor(() => ({
      ...{ status: 429, headers: { 'retry-after': after }, body: '' },
    }))
    expect(await client.person('899700000101', never)).toMatchObject({
      error: { code: 'directory.busy', details: { seconds: 3600 } },
    })
    expect([asked.length, waited]).toEqual([1, []])
  }
})

it('takes a key with blanks around it, and refuses what cannot be one', async () => {
  const keyed = (apiKey: string) => {
    const asked: WebRequest[] = []
    const client = createFhirClient({
      ...{ url: 'https://annuaire.test/fhir/v2', apiKey, now: () => 0, wait: () => Promise.resolve() },
      pace: { turn: () => Promise.resolve(true) },
      ask: (wish) => {
        asked.push(wish)
        return Promise.resolve(answerOf({ body: bundle([]) }))
      },
    })
    return { client, asked }
  }
  const pasted = keyed(' secret-key\n')
  await pasted.client.person('899700000101', never)
  expect(pasted.asked[0]?.headers).toMatchObject({ 'ESANTE-API-KEY': 'secret-key' })
  for (const wrong of ['', 'clé', 'a\r\nX: y']) {
    const { client, asked } = keyed(wrong)
    expect(await client.person('899700000101', never)).toMatchObject({
      error: { code: 'directory.key-refused' },
    })
    expect(asked).toEqual([])
  }
})

describe('changes', () => {
  it('goes through pages of the same origin, from thirty days back at most', async () => {
    const { client, asked } = clientFor((url) =>
      url.includes('/Practitioner?') && !url.includes('page=2')
        ? { body: bundle([anne], '/fhir/v2/Practitioner?page=2') }
        : { body: url.includes('Organization?') ? bundle([hospital]) : bundle([]) },
    )
    const taken: ApiFindings[] = []
    const done = await client.changes(0, never, (findings) => {
      taken.push(findings)
      return Promise.resolve(ok(null))
    })
    expect(done.ok).toBe(true)
    expect(asked[0]?.url).toContain('_lastUpdated=ge2026-10-23T')
    expect(asked[1]?.url).toBe('https://annuaire.test/fhir/v2/Practitioner?page=2')
    expect(taken.flatMap(({ mailboxes }) => mailboxes.map(({ address }) => address))).toEqual([
      'anne.martin@medecin.mssante.test',
      'urgences@ch.mssante.test',
    ])
    expect(taken.at(-1)?.deltaAt).toBe(Date.parse('2026-11-22T10:00:00Z'))
  })

  it.each([
    'https://ailleurs.test/fhir/v2/x',
    'http://annuaire.test/fhir/v2/x',
    'https://u:p@annuaire.test/x',
  ])('gives the key to no other place: %s', async (next) => {
    const { client, asked } = clientFor(() => ({ body: bundle([anne], next) }))
    const done = await client.changes(0, never, () => Promise.resolve(ok(null)))
    expect(done).toMatchObject({
      error: { code: 'directory.api-failed', details: { paging: 'other-origin' } },
    })
    expect(asked).toHaveLength(1)
  })

  it('goes on next time from the server’s clock, which stamps what changed', async () => {
    const { client } = clientFor(() => ({
      body: bundle([]),
      headers: { date: 'Sun, 22 Nov 2026 07:30:00 GMT' },
    }))
    const taken: ApiFindings[] = []
    await client.changes(0, never, (findings) => {
      taken.push(findings)
      return Promise.resolve(ok(null))
    })
    expect(taken.at(-1)?.deltaAt).toBe(Date.parse('2026-11-22T07:30:00Z'))
  })

  it.each<[string, (url: string, call: number) => Reply, string]>([
    [
      'have no address',
      () => ({ body: { ...bundle([]), link: [{ relation: 'next', url: 7 }] } }),
      'no-address',
    ],
    [
      'have one without end',
      () => ({ body: bundle([], `https://annuaire.test/${'x'.repeat(9000)}`) }),
      'no-address',
    ],
    ['never end', (_url, call) => ({ body: bundle([], `?page=${String(call)}`) }), 'endless'],
    [
      'expire',
      (_url, call) => (call === 1 ? { body: bundle([], '?page=2') } : { status: 410, body: '' }),
      'expired',
    ],
  ])('never takes for whole what its pages cut short: they %s', async (_what, answer, paging) => {
    const { client } = clientFor(answer)
    const taken: ApiFindings[] = []
    const done = await client.changes(0, never, (findings) => {
      taken.push(findings)
      return Promise.resolve(ok(null))
    })
    expect(done).toMatchObject({ error: { code: 'directory.api-failed', details: { paging } } })
    expect(taken.every(({ deltaAt }) => deltaAt === null)).toBe(true)
  })

  it('refuses a page of more than anybody asks for', async () => {
    const { client } = clientFor(() => ({ body: bundle(Array.from({ length: 10_001 }, () => ({}))) }))
    const done = await client.changes(0, never, () => Promise.resolve(ok(null)))
    expect(done).toMatchObject({ error: { details: { shape: 'not-a-bundle' } } })
  })

  it('ends when pages lead back to where one was', async () => {
    const { client } = clientFor((url) => ({ body: bundle([], url) }))
    const done = await client.changes(0, never, () => Promise.resolve(ok(null)))
    expect(done).toMatchObject({ error: { details: { paging: 'loop' } } })
  })
})

it('lets no more than its calls through in a second', async () => {
  let time = 0
  const pace = createPace({
    ...apiPace,
    monotonic: () => time,
    wait: (milliseconds) => {
      time += milliseconds
      return Promise.resolve()
    },
  })
  const at: number[] = []
  for (let call = 0; call < 100; call += 1) {
    await pace.turn(never)
    at.push(time)
  }
  for (const start of at)
    expect(at.filter((one) => one >= start && one < start + 1000).length).toBeLessThanOrEqual(17)
  expect(at.at(-1)).toBeLessThan(9000)
})

it('reads whatever JSON without falling', () => {
  const key = fc.constantFrom(
    'resourceType',
    'entry',
    'resource',
    'telecom',
    'extension',
    'value',
    'system',
    'url',
    'identifier',
    'name',
    'valueCoding',
    'coding',
    'code',
    'rank',
    'active',
  )
  const json = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom('Practitioner', 'Organization', 'email', emailType, metadata, 'a@b.fr', null, true, 3),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 6 }),
    ),
  })).value
  fc.assert(
    fc.property(json, (value) => {
      const parsed = Resource.safeParse(value)
      Bundle.safeParse(value)
      if (!parsed.success) return
      const linked = linkedOf([parsed.data])
      for (const one of mailboxesOf(parsed.data, linked)) expect(one.address).toContain('@')
      personOf(parsed.data, [parsed.data], linked)
    }),
    { numRuns: 500 },
  )
})

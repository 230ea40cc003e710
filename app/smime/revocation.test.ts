import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fail, ok } from '../contract/errors.ts'
import { ocspAnswer, type AnswerPlan } from './ocsp.fixture.ts'
import { ocspRequest, ocspUrl, readOcspAnswer } from './ocsp.ts'
import { anchor, at, authority, endEntity, type Holder } from './path/authorities.fixture.ts'
import {
  crlPoints,
  extension,
  freshest,
  fullName,
  int,
  oid,
  point,
  seq,
  time,
  uriName,
} from './path/issuing.fixture.ts'
import { createRevocation } from './revocation.ts'

const url = 'http://igc.test/ac.crl'
const deltaUrl = 'http://igc.test/delta.crl'
const responderUrl = 'http://ocsp.test'
const ca = authority('O=Test/CN=AC', anchor)
const listed = crlPoints(point(fullName(uriName(url))))
const withDelta = freshest(point(fullName(uriName(deltaUrl))))
const answered = extension('1.3.6.1.5.5.7.1.1', seq(seq(oid('1.3.6.1.5.5.7.48.1'), uriName(responderUrl))))
const ee = (...add: Buffer[]): Holder => endEntity('O=Test/CN=EE', ca, { add })
const appointed = extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.9')))
const noCheck = extension('1.3.6.1.5.5.7.48.1.5', Buffer.from([5, 0]))

const day = 86_400_000
/** A reader of lists and answers with what the network gives, a store and a clock of its own. */
const reader = (served: Map<string, Uint8Array>, kept = new Map<string, Uint8Array>()) => {
  const clock = { now: at.getTime() }
  const asked: { url: string; body: Uint8Array | undefined }[] = []
  const status = createRevocation({
    now: () => clock.now,
    random: (n) => new Uint8Array(n).fill(7),
    fetch: (from, body) => {
      asked.push({ url: from, body })
      const found = served.get(from)
      return Promise.resolve(found ? ok(found) : fail('net.unreachable'))
    },
    store: {
      get: (from) => Promise.resolve(kept.get(from) ?? null),
      put: (to, der) => {
        kept.set(to, der)
        return Promise.resolve()
      },
    },
  })
  const of = (leaf: Holder, date: Date | null = null, top = [ca.cert]) =>
    status([leaf.cert, ...top], date, [])
  return { of, clock, asked, kept, served }
}
const revoking = (leaf: Holder, reason = 1) => ({ revoked: [{ serial: leaf.cert.serialNumber, reason }] })

test('ECO.1.1.7: a list that expired vouches for nobody, but whom it revoked stays so', async () => {
  const good = ee(listed)
  const bad = ee(listed)
  const list = ca.list({ ...revoking(bad), to: time('2026-11-30') })
  const { of, clock, served } = reader(new Map([[url, list]]))
  expect(await of(good)).toEqual({ status: 'good', asOf: new Date('2025-01-01'), problem: null })
  served.clear()
  clock.now += 30 * day
  expect(await of(good)).toEqual({
    status: 'unknown',
    asOf: new Date('2025-01-01'),
    problem: 'list-expired',
  })
  expect(await of(bad)).toMatchObject({ status: 'revoked' })
})

test('nobody on the way puts back an older list, or another one', async () => {
  const leaf = ee(listed)
  const newer = ca.list({ ...revoking(leaf), from: time('2026-11-01'), number: 2 })
  const older = ca.list({ from: time('2026-10-01'), number: 1 })
  const kept = new Map([[url, newer]])
  expect(await reader(new Map([[url, older]]), kept).of(leaf)).toMatchObject({ status: 'revoked' })
  expect(kept.get(url)).toBe(newer)
  const stranger = authority('O=Test/CN=AC', null)
  expect(await reader(new Map([[url, stranger.list()]]), kept).of(leaf)).toMatchObject({ status: 'revoked' })
  expect(kept.get(url)).toBe(newer)
})

test('a delta is fetched where it is named, and releases or revokes', async () => {
  const leaf = ee(listed, withDelta)
  const indicator = extension('2.5.29.27', int(1), true)
  const delta = (reason: number) =>
    ca.list({ ...revoking(leaf, reason), from: time('2026-11-01'), number: 2, extensions: [indicator] })
  const network = new Map([
    [url, ca.list()],
    [deltaUrl, delta(1)],
  ])
  expect(await reader(network).of(leaf)).toMatchObject({ status: 'revoked', asOf: new Date('2026-11-01') })
  network.set(url, ca.list(revoking(leaf, 6)))
  network.set(deltaUrl, delta(8))
  expect(await reader(network).of(leaf)).toMatchObject({ status: 'good' })
})

test('what is known is not looked up at every message, and what was revoked later was good then', async () => {
  const leaf = ee(listed)
  const { of, asked, clock } = reader(new Map([[url, ca.list(revoking(leaf))]]))
  expect(await of(leaf, new Date('2023-06-01'))).toMatchObject({ status: 'good' })
  expect(await of(leaf, new Date('2024-06-01'))).toMatchObject({ status: 'revoked' })
  expect(asked).toHaveLength(1)
  clock.now += day
  await of(leaf)
  expect(asked).toHaveLength(2)
})

const delegate = endEntity('CN=Répondeur', ca, { add: [appointed, noCheck] })
const own = (leaf: Holder): AnswerPlan => ({
  about: leaf.cert,
  issuer: ca.cert,
  responder: ca.cert,
  key: ca.key,
})
const by = (leaf: Holder, responder: Holder): AnswerPlan => ({
  ...own(leaf),
  responder: responder.cert,
  key: responder.key,
  certificates: [responder.cert],
})

test('answers are believed from the issuer or whom it appointed, about the very certificate, while they last', () => {
  const leaf = ee(answered)
  const read = (plan: Partial<AnswerPlan>, nonce?: Uint8Array) => {
    const answer = readOcspAnswer(ocspAnswer({ ...own(leaf), ...plan }), leaf.cert, ca.cert, at, nonce)
    return answer.ok ? answer.value.status : 'refused'
  }
  expect(read({})).toBe('good')
  expect(read({ byKey: true })).toBe('good')
  expect(read({ status: 'revoked' })).toBe('revoked')
  expect(read({ status: 'unknown' })).toBe('unknown')
  expect(read({ to: null, from: '2026-11-22' })).toBe('good')
  expect(read({ to: null, from: '2026-11-20' })).toBe('refused')
  expect(read({ to: '2026-11-22' })).toBe('refused')
  expect(read({ from: '2026-11-23' })).toBe('refused')
  expect(read({ refused: true })).toBe('refused')
  expect(read({ criticalExtension: true })).toBe('refused')
  expect(read({ about: ee().cert })).toBe('refused')
  // Another key than the one it names.
  expect(read({ key: delegate.key })).toBe('refused')
  expect(read(by(leaf, delegate))).toBe('good')
  expect(read({ ...by(leaf, delegate), certificates: [] })).toBe('refused')
  expect(read(by(leaf, ee()))).toBe('refused')
  const strangers = authority('CN=Autre', anchor)
  expect(read(by(leaf, endEntity('CN=R', strangers, { add: [appointed] })))).toBe('refused')
  expect(read(by(leaf, endEntity('CN=R', ca, { add: [appointed], to: time('2026-01-01') })))).toBe('refused')
  const nonce = new Uint8Array(32).fill(7)
  expect(read({}, nonce)).toBe('good')
  expect(read({ nonce }, nonce)).toBe('good')
  expect(read({ nonce: new Uint8Array(32) }, nonce)).toBe('refused')
})

test('ECO.1.1.6 ECO.1.1.7: a responder is asked by GET, then by POST with a nonce; its answer is kept for when the network is away', async () => {
  const leaf = ee(answered)
  const get = ocspUrl(responderUrl, leaf.cert, ca.cert)
  const answer = ocspAnswer(own(leaf))
  const byGet = reader(new Map([[get, answer]]))
  expect(await byGet.of(leaf)).toEqual({ status: 'good', asOf: new Date('2026-11-21'), problem: null })
  const byPost = reader(new Map([[responderUrl, answer]]))
  expect(await byPost.of(leaf)).toMatchObject({ status: 'good' })
  expect(byPost.asked.map((one) => one.url)).toEqual([get, responderUrl])
  expect(Buffer.from(byPost.asked[1]?.body ?? []).includes(Buffer.alloc(32, 7))).toBe(true)
  expect(await reader(new Map(), byPost.kept).of(leaf)).toMatchObject({ status: 'good' })
  expect(Buffer.from(ocspRequest(leaf.cert, ca.cert)).includes(Buffer.alloc(32, 7))).toBe(false)
})

test('an appointed responder that was revoked is not believed, unless it is exempt from being looked up', async () => {
  const leaf = ee(answered)
  const get = ocspUrl(responderUrl, leaf.cert, ca.cert)
  const looked = endEntity('CN=R', ca, { add: [appointed, listed] })
  const exempt = endEntity('CN=R', ca, { add: [appointed, listed, noCheck] })
  const list = ca.list({ revoked: [looked, exempt].map(({ cert }) => ({ serial: cert.serialNumber })) })
  const status = async (responder: Holder) =>
    (
      await reader(
        new Map([
          [get, ocspAnswer(by(leaf, responder))],
          [url, list],
        ]),
      ).of(leaf)
    ).status
  expect(await status(looked)).toBe('unknown')
  expect(await status(exempt)).toBe('good')
})

test('mutated answers are refused with a code or say what they said', () => {
  const leaf = ee(answered)
  const sound = ocspAnswer(by(leaf, delegate))
  expect(readOcspAnswer(sound, leaf.cert, ca.cert, at)).toMatchObject({ ok: true, value: { status: 'good' } })
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(sound)
      for (const [place, byte] of changes) bytes[place] = byte
      const read = readOcspAnswer(bytes, leaf.cert, ca.cert, at)
      expect(!read.ok || read.value.status === 'good').toBe(true)
    }),
    { numRuns: 400 },
  )
})

import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createVirtualCps,
  makeTestCard,
  makeTestCardPki,
  type TestCardPki,
  type VirtualCps,
} from '../native/virtual-cps/index.ts'
import { forkCardProcess, type CardService } from './card/index.ts'
import { fail, ok, type CardState } from './contract/index.ts'
import { after } from './later.ts'
import { createTrust } from './smime/index.ts'
import { workstationCard } from './workstation-card.ts'

// The card against the authority's own list: cps-card.md §6.4, « revoked certificate ».
const holder = {
  nationalId: '899700000101',
  familyName: 'MARTIN',
  givenName: 'Anne',
  profession: 'Médecin',
  serial: '2900000101',
}
let folder: string
let virtual: VirtualCps
let pki: TestCardPki
let crl: Uint8Array
let card: CardService
/** Addresses asked; nobody answers while offline. */
const asked: string[] = []
let online = true
/** Milliseconds the clock is ahead. */
let ahead = 0
const clock = (): number => Date.now() + ahead

const until = (fits: (state: CardState) => boolean): Promise<void> =>
  new Promise((done) => {
    if (fits(card.state())) done()
    const off = card.onChange((state) => {
      if (!fits(state)) return
      off()
      done()
    })
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souspli-revoked-'))
  const now = new Date()
  pki = await makeTestCardPki(now)
  const good = makeTestCard(pki, holder, { now })
  const revoked = makeTestCard(pki, { ...holder, serial: '2900000102' }, { now, variant: 'revoked' })
  crl = new Uint8Array(pki.crl())
  virtual = await createVirtualCps({ folder, cards: { A: good, B: revoked }, signMilliseconds: 5 })
  const trust = createTrust({
    anchors: [...pki.anchors, ...pki.intermediates].map((pem) => new X509Certificate(pem).raw),
    environment: 'test',
    revocation: 'prefer',
    now: clock,
    fetch: (url) => {
      asked.push(url)
      return Promise.resolve(online && url.endsWith('.crl') ? ok(crl) : fail('net.unreachable'))
    },
    store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
  })
  card = workstationCard({
    host: {
      startCardProcess: () =>
        Promise.resolve(forkCardProcess({ entry: join(import.meta.dirname, 'card/process.ts') })),
    },
    policy: { pkcs11Modules: [virtual.modulePath], cardPollSeconds: 0.2 },
    vaults: { list: () => [] },
    owners: { storeOf: () => null },
    trust,
    now: clock,
    after,
  })
})
afterAll(async () => {
  await card.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('the certificates of the card', () => {
  test('are asked about when they are to sign, and refused once on the list', async () => {
    await until(({ state }) => state === 'pin-needed')
    expect(asked).toEqual([])
    await card.login({ pin: '1234' })
    online = false
    const offline = await card.credential({ purpose: 'signature' })
    // Nobody could be asked: that is no reason not to sign.
    expect(offline.ok).toBe(true)
    expect(card.state()).toMatchObject({ token: { signature: { validity: 'valid', revocation: 'unknown' } } })
    expect(asked.some((url) => url.endsWith('ACI-FO-PP-TEST.crl'))).toBe(true)
    online = true
    // After a failure an address is left alone for a minute.
    ahead = 120_000
    await virtual.swap('B')
    await until((state) => state.state === 'pin-needed' && state.token.serial === '2900000102')
    await card.login({ pin: '1234' })
    for (const purpose of ['signature', 'authentication'] as const)
      expect(await card.credential({ purpose })).toMatchObject({
        ok: false,
        error: { code: 'card.certificate-revoked', details: { purpose } },
      })
    expect(card.state()).toMatchObject({
      state: 'open',
      token: { binding: 'unbound', signature: { validity: 'revoked', revocation: 'revoked' } },
    })
  })
})

import { createHash } from 'node:crypto'
import { duplexPair } from 'node:stream'
import { expect, it } from 'vitest'
import { createCardTls, type CardTls, type CardTlsSocket, type ConnectRequest } from '../card-tls/index.ts'
import type { CardState, CardToken } from '../contract/index.ts'
import { fail, ok, type Outcome } from '../contract/errors.ts'
import { createCardProofs, type CardProofs } from './index.ts'
import { makePki } from '../../test/operator/pki.ts'

const pki = await makePki('http://127.0.0.1:1', ['imap.test'], new Date())
const { authentication, serial } = pki.card('anne')
const bound = { serial, nationalId: '899700000101' }
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

const token: CardToken = {
  reader: 'R',
  label: 'CPS3v3',
  serial,
  model: 'IAS ECC',
  holder: null,
  pinPad: false,
  binding: 'opens',
  authentication: null,
  signature: null,
}
const open: CardState = { state: 'open', token }
const closed: CardState = { state: 'pin-needed', token, triesLeft: null, again: false }
const noCard: CardState = { state: 'no-card', readers: ['R'] }
const otherOpen: CardState = { state: 'open', token: { ...token, serial: '2900000999' } }

const setUp = (cardTls: () => Outcome<CardTls>) => {
  let state: CardState = open
  let listener: (state: CardState) => void = () => undefined
  const proofs: CardProofs = createCardProofs({
    card: {
      state: () => state,
      onChange: (told) => {
        listener = told
        return () => undefined
      },
      credential: (wish) =>
        Promise.resolve(
          wish.serial === undefined || wish.serial === serial
            ? ok({
                ...bound,
                certificate: new Uint8Array(authentication.certificateDer),
                schemes: ['rsa_pkcs1_sha256'],
                sign: () => Promise.resolve(fail('card.removed')),
              })
            : fail('card.other-card'),
        ),
    },
    cardTls,
    anchors: pki.trusted.map(({ pem }) =>
      Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')),
    ),
  })
  return {
    proofs,
    show: (next: CardState) => {
      state = next
      listener(next)
    },
  }
}

/** A TLS module that connects, and notes what it was asked. */
const fakeTls = () => {
  const asked: ConnectRequest[] = []
  const forgotten: (string | undefined)[] = []
  const tls: CardTls = {
    connect: (request) => {
      asked.push(request)
      return Promise.resolve(ok(duplexPair()[0] as CardTlsSocket))
    },
    forget: (identity) => {
      forgotten.push(identity)
    },
  }
  return { tls, asked, forgotten }
}

const secure = async (proofs: CardProofs, host = 'imap.test') => {
  const proof = await proofs.proofOf(bound)
  if (!proof.ok) throw new Error(proof.error.code)
  const peer = {
    host,
    port: 993,
    verifyServer: () => Promise.resolve(ok(null)),
    signal: new AbortController().signal,
  }
  return { proof: proof.value, outcome: await proof.value.secure(duplexPair()[0], peer) }
}

it('says what is missing where the TLS module is, before any server is asked', async () => {
  const { proofs } = setUp(() => createCardTls({ addonPath: '/nowhere/card-tls.node' }))
  expect(code(await proofs.proofOf(bound))).toBe('tls.card-module-missing')
})

it('takes the card it is bound to alone, and only once the PIN opened it', async () => {
  const { tls } = fakeTls()
  const { proofs, show } = setUp(() => ok(tls))
  expect(code(await proofs.proofOf(bound))).toBe('ok')
  expect(await proofs.proofOf({ serial: '2900000999', nationalId: null })).toMatchObject({
    error: { code: 'auth.other-card', retry: 'after-change', details: { serial: '2900000999' } },
  })
  expect(await proofs.openCard()).toEqual(ok(bound))
  show(closed)
  expect(await proofs.proofOf(bound)).toMatchObject({
    error: { code: 'card.login-required', retry: 'after-login' },
  })
  expect(code(await proofs.openCard())).toBe('card.login-required')
})

it('sends the authorities between the card’s certificate and the root along', async () => {
  const { tls, asked } = fakeTls()
  await secure(setUp(() => ok(tls)).proofs)
  const sha = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex')
  const intermediate = pki.trusted.find(({ file }) => file === 'ACI-FO-PP-TEST')?.pem ?? ''
  const der = Buffer.from(intermediate.replace(/-----[^-]+-----/g, ''), 'base64')
  expect(asked[0]?.credential?.certificates.map(sha)).toEqual([sha(authentication.certificateDer), sha(der)])
})

it('starts afresh once with a server that hangs up on a session, and remembers that it does', async () => {
  const { tls, asked, forgotten } = fakeTls()
  const { proofs } = setUp(() => ok(tls))
  const server = { host: 'imap.test', port: 993 }
  const { proof } = await secure(proofs)
  expect(proof.startAfresh({ ...server, port: 143 })).toBe(false)
  expect(proof.startAfresh(server)).toBe(true)
  expect(proof.startAfresh(server)).toBe(false)
  await secure(proofs)
  await secure(proofs)
  await secure(proofs, 'smtp.test')
  const identities = asked.map(({ credential }) => credential?.identity ?? '')
  expect(new Set(identities.slice(0, 3)).size).toBe(3)
  expect(identities[3]).toBe(identities[0])
  expect(forgotten).toEqual(identities.slice(1, 3))
})

it('tells which card connections may rest on, and forgets sessions when it leaves', async () => {
  const { tls, forgotten } = fakeTls()
  const { proofs, show } = setUp(() => ok(tls))
  await secure(proofs)
  const told: (string | null)[] = []
  proofs.watch((held) => told.push(held))
  show({ state: 'starting' }) // the card process starts again
  show(closed) // and has lost the PIN: what is connected stays
  expect(forgotten).toEqual([])
  show(open)
  show(noCard)
  show(closed)
  show(otherOpen)
  show({ state: 'blocked', token: { ...token, serial: '2900000999' }, pukTriesLeft: null })
  expect(told).toEqual([serial, serial, null, null, '2900000999', null])
  expect(forgotten).toEqual([undefined, undefined])
})

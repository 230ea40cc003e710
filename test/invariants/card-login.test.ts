import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Account, Input } from '../../app/contract/index.ts'
import { buildCardTls, whatIsMissing } from '../../native/card-tls/build.ts'
import { createVirtualCps, type VirtualCps } from '../../native/virtual-cps/index.ts'
import { folderNames, people, startOperator, type Operator } from '../operator/index.ts'
import { openPractice, type Practice } from './practice.fixture.ts'

// The real core with a virtual CPS, against servers that ask for its certificate: what a login costs the card, and that
// nothing is asked of it behind the user's back.
const { anne, paul } = people
const { pin } = anne.card
const missing = whatIsMissing(buildCardTls(false))
/** CKM_RSA_PKCS and CKM_RSA_PKCS_PSS: TLS 1.2 with rsa_pkcs1_sha256, TLS 1.3 with rsa_pss_rsae_sha256. */
const mechanisms = { cps3: 0x1, cps4: 0xd } as const

describe.skipIf(missing !== null)('an account that logs in with the card in the reader', () => {
  let operator: Operator
  let folder: string
  beforeAll(async () => {
    operator = await startOperator({ clientCertificates: 'asked' })
    folder = await mkdtemp(join(tmpdir(), 'souspli-card-login-'))
  })
  afterAll(async () => {
    await operator.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const wish = (imap?: { host: string; port: number; security: 'tls' }): Input<'accounts.create'> => ({
    address: anne.address,
    displayName: anne.displayName,
    kind: 'personal',
    imap: imap ?? { host: operator.imap.host, port: operator.imap.port, security: 'starttls' },
    smtp: { host: operator.smtp.host, port: operator.smtp.port, security: 'starttls' },
    auth: { kind: 'card' },
  })

  /** A core whose mailbox was opened without the card, and stays open when it leaves; Paul's card lies beside Anne's. */
  const open = async (profile: 'cps3' | 'cps4'): Promise<{ card: VirtualCps; practice: Practice }> => {
    const card = await createVirtualCps({
      folder: await mkdtemp(join(folder, 'card-')),
      cards: {
        A: { ...operator.pki.card('anne'), profile },
        B: { ...operator.pki.card('paul'), profile },
      },
    })
    const policy = {
      ...operator.policy,
      pkcs11Modules: [card.modulePath],
      cardRemoval: 'keep-reading' as const,
    }
    const practice = await openPractice(policy)
    await practice.until('card.changed', ({ state }) => state === 'pin-needed')
    await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
    await practice.call('card.login', { pin })
    return { card, practice }
  }

  const signatures = async (card: VirtualCps) =>
    (await card.journal()).filter(({ fn, keyLabel }) => fn === 'C_Sign' && keyLabel === 'CPS_PRIV_AUT')
  const logins = async (card: VirtualCps) =>
    (await card.journal()).filter(({ fn }) => fn === 'C_Login').length
  /** Waits for news after now: what was told before counts no more. */
  const connection = (practice: Practice, matches: (account: Account) => boolean): Promise<void> => {
    practice.told.length = 0
    return practice.until('accounts.changed', (accounts) => accounts.some(matches))
  }
  const online = ({ connection: { state } }: Account): boolean => state === 'online'
  const waitsWith =
    (code: string) =>
    ({ connection: state }: Account): boolean =>
      state.state === 'error' && state.error.code === code && state.retryAt === null

  it.each(['cps3', 'cps4'] as const)(
    '%s: signs as its key can, and once the PIN was given',
    async (profile) => {
      const { card, practice } = await open(profile)
      const isOnline = connection(practice, online)
      const account = await practice.call('accounts.create', wish())
      await isOnline
      expect(account).toMatchObject({
        auth: 'card',
        card: { serial: anne.card.serial, nationalId: `8${anne.rpps}` },
      })
      const made = await signatures(card)
      expect(made.length).toBeGreaterThanOrEqual(3)
      expect(new Set(made.map(({ mech }) => mech))).toEqual(new Set([mechanisms[profile]]))
      const send = async (subject: string): Promise<void> => {
        const draft = await practice.call('drafts.create', {
          kind: 'new',
          accountId: account.id,
          sourceId: null,
        })
        const to = [{ name: '', address: paul.address }]
        await practice.call('drafts.save', {
          id: draft.id,
          content: { ...draft.content, to, subject },
        })
        await practice.call('drafts.send', { id: draft.id })
        // Filed: both connections of the mailbox are there.
        await operator
          .mailbox('anne')
          .waitFor((message) => message.subject === subject, { folder: folderNames.sent })
        await operator.mailbox('paul').waitFor((message) => message.subject === subject)
      }
      await send(`Sans mot de passe, ${profile}`)
      const settled = (await signatures(card)).length
      await send(`Sans mot de passe non plus, ${profile}`)
      // The submission server goes on with the session of a moment ago: the card is asked for nothing.
      expect(await signatures(card)).toHaveLength(settled)
      expect(operator.received.map(({ authentication }) => authentication)).not.toContain('PLAIN')
      expect(await logins(card)).toBe(1)
      await practice.stop()
    },
  )

  it('keeps nothing when the card is pulled while it signs for a server, and goes on once it is back', async () => {
    const { card, practice } = await open('cps3')
    await card.setSignMilliseconds(400)
    await card.fault({ fn: 'C_Sign', when: 'mid:100', action: 'remove' })
    expect(await practice.code('accounts.create', wish())).toBe('card.removed')
    expect(await practice.call('accounts.list', null)).toEqual([])
    await card.insert()
    practice.told.length = 0
    await practice.until('card.changed', ({ state }) => state === 'pin-needed')
    expect(await practice.code('accounts.create', wish())).toBe('card.login-required')
    await practice.call('card.login', { pin })
    const isOnline = connection(practice, online)
    await practice.call('accounts.create', wish())
    await isOnline
    expect(await logins(card)).toBe(2)
    await practice.stop()
  })

  it('waits for its own card: not for none, not for another’s, and never tries a PIN', async () => {
    const { card, practice } = await open('cps4')
    const first = connection(practice, online)
    await practice.call('accounts.create', wish())
    await first
    const gone = connection(practice, waitsWith('card.no-card'))
    await card.remove()
    await gone
    await card.insert('B')
    practice.told.length = 0
    await practice.until(
      'card.changed',
      (state) => state.state === 'pin-needed' && state.token.serial === paul.card.serial,
    )
    const other = connection(practice, waitsWith('auth.other-card'))
    await practice.call('accounts.syncNow', null)
    await other
    expect(await logins(card)).toBe(1)
    await card.insert('A')
    await practice.until(
      'card.changed',
      (state) => state.state === 'pin-needed' && state.token.serial === anne.card.serial,
    )
    const back = connection(practice, online)
    await practice.call('card.login', { pin })
    await back
    expect(await logins(card)).toBe(2)
    await practice.stop()
  })

  it('says so when a server takes no signature that a CPS3 can make', async () => {
    const { card, practice } = await open('cps3')
    const { chainPem, keyPem } = operator.pki.servers.good
    const servers = [
      { maxVersion: 'TLSv1.2' as const, sigalgs: 'RSA-PSS+SHA256' },
      { minVersion: 'TLSv1.3' as const },
    ].map((tls) => createServer({ cert: chainPem, key: keyPem, requestCert: true, ...tls }))
    const before = (await signatures(card)).length
    for (const server of servers) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0
      const imap = { host: operator.imap.host, port, security: 'tls' as const }
      expect(await practice.code('accounts.create', wish(imap))).toBe('tls.signature-unsupported')
      server.close()
    }
    expect((await signatures(card)).length).toBe(before)
    await practice.stop()
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOpenssl } from '../card-tls/card-tls.fixture.ts'
import { ok } from '../contract/errors.ts'
import type { NewAccount } from '../contract/index.ts'
import { people, startOperator, type Operator } from '../../test/operator/index.ts'
import { schemesOf, softwareCard, tlsModuleMissing } from './card-key.fixture.ts'
import { letter, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul, secretary, hospital } = people
type Security = 'starttls' | 'tls'

/** A practice whose accounts log in with the key of a card, in software. */
const practiceWith = async (
  operator: Operator,
  profile: keyof typeof schemesOf,
  more: Parameters<typeof openPractice>[1] = {},
  holder: 'anne' | 'paul' = 'anne',
) => {
  const nationalId = `8${people[holder].rpps}`
  const card = softwareCard(operator, operator.pki.card(holder), nationalId, schemesOf[profile])
  const practice = await openPractice(operator, {
    logins: ['card', 'password'],
    openCard: card.proofs.openCard,
    prove: (account) =>
      account.card
        ? card.proofs.proofOf(account.card)
        : Promise.resolve(ok({ kind: 'password', password: account.password ?? '' })),
    ...more,
  })
  card.proofs.watch(practice.mail.cardChanged)
  return { card, practice }
}

const wishFor = (operator: Operator, security: Security, address: string = anne.address): NewAccount => ({
  address,
  displayName: 'Dr Anne MARTIN',
  kind: address === anne.address ? 'personal' : 'organisational',
  imap: {
    host: operator.imap.host,
    port: security === 'tls' ? operator.imap.implicitPort : operator.imap.port,
    security,
  },
  smtp: {
    host: operator.smtp.host,
    port: security === 'tls' ? operator.smtp.implicitPort : operator.smtp.port,
    security,
  },
  auth: { kind: 'card' },
})

const connectionOf = (practice: Practice) => practice.witness.state.accounts[0]?.connection
const isOnline = (practice: Practice) => (connectionOf(practice)?.state === 'online' ? true : undefined)
const wholePass = (practice: Practice) =>
  practice.witness.until('all is here', () =>
    isOnline(practice) && practice.witness.state.phase === 'idle' ? true : undefined,
  )

const send = async (practice: Practice, accountId: number, to: string, subject: string): Promise<void> => {
  const draft = value(await practice.mail.drafts.create({ kind: 'new', accountId, sourceId: null }))
  const content = { ...draft.content, to: [{ name: '', address: to }], subject }
  value(await practice.mail.drafts.save(draft.id, content))
  value(await practice.mail.drafts.send(draft.id, {}))
}

describe.skipIf(tlsModuleMissing !== null)('an account that logs in with the card alone', () => {
  let operator: Operator
  beforeAll(async () => {
    operator = await startOperator({ clientCertificates: 'asked' })
  })
  afterAll(() => operator.stop())

  it.each([
    ['cps3', 'starttls'],
    ['cps3', 'tls'],
    ['cps4', 'starttls'],
    ['cps4', 'tls'],
  ] as const)('%s over %s: reads its mailbox and sends, without any password', async (profile, security) => {
    const { card, practice } = await practiceWith(operator, profile)
    const account = value(await practice.mail.createAccount(wishFor(operator, security)))
    expect(account).toMatchObject({
      auth: 'card',
      card: { serial: anne.card.serial, nationalId: `8${anne.rpps}` },
    })
    expect(account.maxMessageSize).toBeGreaterThan(1_000_000)
    const subject = `Par carte ${profile} ${security}`
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, subject),
    })
    await practice.witness.until('new mail', () =>
      [...practice.witness.rows.values()].find((row) => row.subject === subject),
    )
    await send(practice, account.id, paul.address, subject)
    await operator.mailbox('paul').waitFor((message) => message.subject === subject)
    await expect.poll(() => operator.received.at(-1)?.authentication).toBe('EXTERNAL')
    expect(new Set(card.signatures)).toEqual(new Set([schemesOf[profile][0]]))
    const before = card.signatures.length
    await send(practice, account.id, paul.address, `${subject}, suite`)
    await operator.mailbox('paul').waitFor((message) => message.subject === `${subject}, suite`)
    // The submission server goes on with its session; Dovecot has none to go on with.
    expect(card.signatures).toHaveLength(before)
    await practice.close()
  })

  it('opens another mailbox of the same card by naming it, and one that is not its own not at all', async () => {
    const { practice } = await practiceWith(operator, 'cps4')
    value(await practice.mail.createAccount(wishFor(operator, 'tls')))
    const second = value(await practice.mail.createAccount(wishFor(operator, 'tls', secretary.address)))
    const subject = 'Pour le secrétariat'
    await operator.deliver({
      from: paul.address,
      to: secretary.address,
      raw: letter(paul.address, secretary.address, subject),
    })
    await practice.witness.until('its own mail', () =>
      [...practice.witness.rows.values()].find(
        (row) =>
          row.subject === subject && practice.witness.folders.get(row.folderId)?.accountId === second.id,
      ),
    )
    expect(code(await practice.mail.createAccount(wishFor(operator, 'tls', hospital.address)))).toBe(
      'auth.external-refused',
    )
    await practice.close()
  })

  it('asks for nothing where the policy says so, and keeps what a server took', async () => {
    const { practice } = await practiceWith(operator, 'cps4', { externalIdentity: 'empty' })
    value(await practice.mail.createAccount(wishFor(operator, 'starttls')))
    await wholePass(practice)
    expect(value(await practice.vault.run('accounts.list', {}))[0]?.card).toEqual({
      serial: anne.card.serial,
      nationalId: `8${anne.rpps}`,
      imapIdentity: 'empty',
      smtpIdentity: 'empty',
    })
    await practice.close()
  })

  it('loses its connections with the card, waits for it without asking anything of it, and comes back', async () => {
    const { card, practice } = await practiceWith(operator, 'cps3')
    const account = value(await practice.mail.createAccount(wishFor(operator, 'starttls')))
    await wholePass(practice)
    const before = card.signatures.length
    card.show('no-card')
    await practice.witness.until('it says so', () => {
      const connection = connectionOf(practice)
      return connection?.state === 'error' && connection.error.code === 'card.login-required'
        ? true
        : undefined
    })
    expect(connectionOf(practice)).toMatchObject({ retryAt: null })
    card.show('pin-needed')
    value(await practice.mail.syncNow())
    await send(practice, account.id, paul.address, 'Sans la carte')
    await practice.witness.until('it waits for the card too', () =>
      practice.witness.state.outbox.find((item) => item.error?.code === 'card.login-required'),
    )
    expect(card.signatures).toHaveLength(before)
    card.show('open')
    await practice.witness.until('online again', () => isOnline(practice))
    await operator.mailbox('paul').waitFor((message) => message.subject === 'Sans la carte')
    await practice.witness.until('nothing is wrong any more', () => {
      const connection = connectionOf(practice)
      return connection?.state === 'online' && connection.trouble === null ? true : undefined
    })
    // Sessions were forgotten when the card left.
    expect(card.signatures.length).toBeGreaterThan(before)
    await practice.close()
  })

  it('is bound to a renewed card of the same professional when the user says so, to nobody else’s', async () => {
    const { practice } = await practiceWith(operator, 'cps4')
    const account = value(await practice.mail.createAccount(wishFor(operator, 'tls')))
    const stored = value(await practice.vault.run('accounts.list', {}))[0]?.card
    if (!stored) throw new Error('no card account')
    const bind = async (change: Partial<typeof stored>): Promise<void> => {
      value(await practice.vault.run('accounts.setCard', { id: account.id, card: { ...stored, ...change } }))
      await practice.restart()
      await practice.witness.until('it waits for that one', () => {
        const connection = connectionOf(practice)
        return connection?.state === 'error' && connection.error.code === 'auth.other-card' ? true : undefined
      })
    }
    await bind({ serial: '2900000777', nationalId: `8${paul.rpps}` })
    expect(code(await practice.mail.useCard(account.id))).toBe('auth.other-card')
    await bind({ serial: '2900000777' })
    value(await practice.mail.useCard(account.id))
    await practice.witness.until('online', () => isOnline(practice))
    expect(value(await practice.mail.listAccounts())[0]?.card).toEqual({
      serial: anne.card.serial,
      nationalId: `8${anne.rpps}`,
    })
    await practice.close()
  })

  it('offers the card where the server takes it and the policy allows it', async () => {
    const { practice } = await practiceWith(operator, 'cps4', { logins: ['card', 'psc', 'password'] })
    const { imap, smtp, auth } = value(await practice.mail.discover(anne.address))
    expect(auth).toEqual(['card', 'psc', 'password'])
    await practice.close()
    const strict = await practiceWith(operator, 'cps4', { logins: ['psc', 'card'] })
    const examined = value(await strict.practice.mail.examine({ address: anne.address, imap, smtp }))
    expect(examined).toEqual({
      address: anne.address,
      source: 'manual',
      tried: [],
      generic: false,
      imap,
      smtp,
      auth: ['psc', 'card'],
    })
    const byPassword = { ...wishFor(operator, 'tls'), auth: { kind: 'password' as const, password: 'x' } }
    expect(code(await strict.practice.mail.createAccount(byPassword))).toBe('auth.mechanism-unavailable')
    await strict.practice.close()
  })

  it('leaves passwords as they are, also where TLS comes first', async () => {
    const { card, practice } = await practiceWith(operator, 'cps3')
    const { password } = anne
    value(
      await practice.mail.createAccount({
        ...wishFor(operator, 'tls'),
        auth: { kind: 'password', password },
      }),
    )
    await wholePass(practice)
    card.show('no-card')
    expect(isOnline(practice)).toBe(true)
    expect(card.signatures).toEqual([])
    await practice.close()
  })

  it('does not sign for a server that is not believed', async () => {
    const { card, practice } = await practiceWith(operator, 'cps3', {
      verifyServer: () => Promise.resolve({ ok: false, error: { code: 'tls.revoked', retry: 'no' } }),
    })
    for (const security of ['starttls', 'tls'] as const)
      expect(code(await practice.mail.createAccount(wishFor(operator, security)))).toBe('tls.revoked')
    expect(card.signatures).toEqual([])
    await practice.close()
  })
})

describe.skipIf(tlsModuleMissing !== null)('servers that require a certificate', () => {
  let operator: Operator
  beforeAll(async () => {
    operator = await startOperator({ clientCertificates: 'required' })
  })
  afterAll(() => operator.stop())

  it('are found out, and open to the card alone', async () => {
    const { practice } = await practiceWith(operator, 'cps3', { logins: ['psc', 'password', 'card'] })
    const found = value(await practice.mail.discover(anne.address))
    expect(found.auth).toContain('card')
    value(await practice.mail.createAccount(wishFor(operator, 'starttls')))
    await wholePass(practice)
    await practice.close()
  })

  it.each(['cps3', 'cps4'] as const)(
    'are heard when they refuse the certificate itself (%s)',
    async (profile) => {
      const certFile = join(operator.folder, 'strict.pem')
      const keyFile = join(operator.folder, 'strict.key')
      await writeFile(certFile, operator.pki.servers.good.chainPem)
      await writeFile(keyFile, operator.pki.servers.good.keyPem)
      // It trusts nobody but itself. In TLS 1.3 it says so only after our part of the handshake is done.
      const strict = await startOpenssl({ certFile, keyFile }, [
        ...['-Verify', '1', '-verify_return_error', '-CAfile', certFile],
      ])
      const { practice } = await practiceWith(operator, profile)
      const wish = wishFor(operator, 'tls')
      const strictly = (protocol: 'imap' | 'smtp') => ({
        ...wish,
        [protocol]: { ...wish[protocol], port: strict.port },
      })
      expect(value(await practice.mail.examine(strictly('imap'))).auth).toEqual(['card'])
      for (const protocol of ['imap', 'smtp'] as const)
        expect(await practice.mail.createAccount(strictly(protocol))).toMatchObject({
          error: {
            code: 'tls.client-certificate-refused',
            retry: 'after-change',
            details: { host: operator[protocol].host, alert: 'unknown_ca' },
          },
        })
      expect(value(await practice.mail.listAccounts())).toEqual([])
      await practice.close()
      await strict.stop()
    },
  )
})

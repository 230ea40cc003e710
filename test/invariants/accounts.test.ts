import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCardTls, whatIsMissing } from '../../native/card-tls/build.ts'
import type { Input, Policy } from '../../app/contract/index.ts'
import { domains, folderNames, people, startOperator, type Operator } from '../operator/index.ts'
import { domainListXml } from '../operator/domain-list.ts'
import { openPractice, type Practice } from './practice.fixture.ts'

// The real core against web servers that publish settings and the list of domains, and against mail servers that take an
// organisation's certificate.
const { laboratory, paul } = people
const passphrase = 'organisation-fictive'
const missing = whatIsMissing(buildCardTls(false))
const day = 86_400_000

let operator: Operator
let practice: Practice
beforeAll(async () => {
  operator = await startOperator({ clientCertificates: 'asked' })
  practice = await open({})
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

const open = async (more: Policy): Promise<Practice> => {
  const opened = await openPractice({
    ...operator.policy,
    trustSpaceList: { url: operator.domainList.url, anchors: [operator.domainList.anchorFile] },
    ...more,
  })
  await opened.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
  return opened
}

const upload = async (bytes: Uint8Array, to = practice): Promise<string> => {
  const uploadId = `u-${Math.random().toString(36).slice(2)}`
  await to.core.upload({ uploadId, index: 0, bytes, last: true })
  return uploadId
}

const settings = (imap = operator.imap.host, socket = 'STARTTLS'): string =>
  `<clientConfig version="1.1"><emailProvider id="x"><incomingServer type="imap"><hostname>${imap}</hostname>` +
  `<port>${String(operator.imap.port)}</port><socketType>${socket}</socketType></incomingServer>` +
  `<outgoingServer type="smtp"><hostname>${operator.smtp.host}</hostname><port>${String(operator.smtp.port)}</port>` +
  `<socketType>${socket}</socketType></outgoingServer></emailProvider></clientConfig>`
const address = `lea.fictive@${domains.published}`
const autoconfig = [`autoconfig.${domains.published}`, '/mail/config-v1.1.xml'] as const

describe('ECO.1.1.9: the servers of an address', () => {
  it('come from autoconfig where DNS names none, over TLS that is verified', async () => {
    const one = await open({})
    operator.web.publish(...autoconfig, { body: settings() })
    const found = await one.call('accounts.discover', { address })
    expect(found).toMatchObject({
      source: 'autoconfig',
      tried: [{ way: 'srv', error: null }],
      imap: { host: operator.imap.host, port: operator.imap.port, security: 'starttls' },
    })
    expect(found.auth).toContain('psc')
    // Kept for a day: the server may be away.
    operator.web.publish(...autoconfig, null)
    expect((await one.call('accounts.discover', { address })).source).toBe('autoconfig')
    await one.stop()
  })

  it('come from Autodiscover where there is nothing else, followed inside the domain alone', async () => {
    const one = await open({})
    const protocol = (type: string, host: string, port: number): string =>
      `<Protocol><Type>${type}</Type><Server>${host}</Server><Port>${String(port)}</Port><Encryption>TLS</Encryption></Protocol>`
    const answer = `<Autodiscover><Response><Account>${protocol('IMAP', operator.imap.host, operator.imap.port)}${protocol('SMTP', operator.smtp.host, operator.smtp.port)}</Account></Response></Autodiscover>`
    let question = ''
    operator.web.publish(`autodiscover.${domains.published}`, '/autodiscover/autodiscover.xml', {
      body: `<Autodiscover><Response><Account><Action>redirectUrl</Action><RedirectUrl>https://${domains.published}/ailleurs.xml</RedirectUrl></Account></Response></Autodiscover>`,
    })
    operator.web.publish(domains.published, '/ailleurs.xml', {
      body: ({ method, body }) => {
        question = `${method} ${body.toString()}`
        return answer
      },
    })
    const found = await one.call('accounts.discover', { address })
    expect(found).toMatchObject({
      source: 'autodiscover',
      tried: [
        { way: 'srv', error: null },
        { way: 'autoconfig', error: null },
      ],
      smtp: { host: operator.smtp.host, security: 'starttls' },
    })
    expect(question).toContain(`POST`)
    expect(question).toContain(`<EMailAddress>${address}</EMailAddress>`)
    await one.stop()
    operator.web.publish(`autodiscover.${domains.published}`, '/autodiscover/autodiscover.xml', null)
  })

  it('are not taken from who is redirected elsewhere, from unknown authorities, or outside the trust space', async () => {
    const one = await open({})
    const refusal = async (): Promise<unknown> => {
      const outcome = await one.core.invoke('accounts.discover', { address })
      return outcome.ok ? 'ok' : outcome.error
    }
    operator.web.publish(...autoconfig, {
      status: 302,
      headers: { location: `https://${domains.outside}/x.xml` },
      body: '',
    })
    expect(await refusal()).toMatchObject({
      code: 'account.discovery-failed',
      details: { autoconfig: 'account.host-outside' },
    })
    await one.stop()

    const other = await open({ webAnchors: [operator.domainList.anchorFile] })
    operator.web.publish(...autoconfig, { body: settings() })
    const untrusted = await other.core.invoke('accounts.discover', { address })
    expect(untrusted).toMatchObject({
      ok: false,
      error: { code: 'account.discovery-failed', details: { autoconfig: 'tls.untrusted-authority' } },
    })
    await other.stop()

    const third = await open({})
    operator.web.publish(...autoconfig, { body: settings(`imap.${domains.outside}`) })
    expect(await third.code('accounts.discover', { address })).toBe('account.host-outside')
    await third.stop()
    operator.web.publish(...autoconfig, null)
  })

  it('SEC-HOST: with private addresses are refused unless the policy says otherwise', async () => {
    const one = await open({ privateHosts: false })
    expect(
      await one.code('accounts.create', {
        address: paul.address,
        displayName: 'Dr Paul BERNARD',
        kind: 'personal',
        imap: { host: operator.imap.host, port: operator.imap.port, security: 'starttls' },
        smtp: { host: operator.smtp.host, port: operator.smtp.port, security: 'starttls' },
        auth: { kind: 'password', password: paul.password },
      }),
    ).toBe('net.private-host')
    await one.stop()
  })
})

describe('WL-CHECK: the list of the trust space', () => {
  // A workstation of its own: it also fetches the list by itself, sooner or later.
  let station: Practice
  beforeAll(async () => {
    operator.domainList.publish(
      [{ name: domains.physicians }, { name: 'hôpital-fictif.mssante.test', operator: 'GIE fictif' }],
      new Date(Date.UTC(2026, 10, 20)),
    )
    station = await open({})
  })
  afterAll(() => station.stop())

  it('is fetched under its own chain, searched, kept when what follows is broken, and never goes back', async () => {
    const state = await station.call('trustSpace.refresh', {})
    expect(state).toMatchObject({ source: 'server', domains: 2, operators: 2, lastAttempt: { error: null } })
    expect(state.generatedAt).toBe('2026-11-20T00:00:00.000Z')
    expect(await station.call('trustSpace.search', { text: 'gie HOPITAL' })).toMatchObject([
      { shown: 'hôpital-fictif.mssante.test', operators: ['GIE fictif'] },
    ])
    for (const [body, code] of [
      ['<ListeBlanche><DateDeGeneration>2026-11-21', 'xml.malformed'],
      ['<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>', 'xml.forbidden'],
      [domainListXml([], new Date()), 'trust-space.empty'],
      [domainListXml([{ name: 'x.mssante.test' }], new Date(Date.UTC(2020, 1, 1))), 'trust-space.older'],
    ] as const) {
      operator.domainList.publishRaw(body)
      expect(await station.code('trustSpace.refresh', {})).toBe(code)
      expect(await station.call('trustSpace.state', null)).toMatchObject({
        domains: 2,
        lastAttempt: { error: { code } },
      })
    }
    expect(await station.call('trustSpace.search', { text: 'medecin' })).toHaveLength(1)
  })

  it('comes from a file on closed networks, and is there again after the mailbox was locked', async () => {
    const list = domainListXml(
      [
        { name: domains.physicians },
        { name: domains.laboratory },
        { name: domains.physicians, operator: 'Autre' },
      ],
      new Date(Date.UTC(2026, 10, 22)),
    )
    const state = await station.call('trustSpace.import', {
      uploadId: await upload(Buffer.from(list), station),
    })
    expect(state).toMatchObject({ source: 'file', domains: 2, operators: 2 })
    await station.call('session.lock', { reason: 'user' })
    expect(await station.code('trustSpace.state', null)).toBe('vault.locked')
    await station.call('session.openWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
    expect(await station.call('trustSpace.state', null)).toMatchObject({ source: 'file', domains: 2 })
  })

  it('is not taken from a server under another chain', async () => {
    const one = await open({ trustSpaceList: { url: operator.domainList.url } })
    expect(await one.code('trustSpace.refresh', {})).toBe('tls.untrusted-authority')
    expect((await one.call('trustSpace.state', null)).source).toBe('builtin')
    await one.stop()
  })
})

describe.skipIf(missing !== null)('a mailbox opened by an organisation’s certificate (p12)', () => {
  const read = async (bytes: Buffer, word = passphrase) =>
    practice.call('accounts.readP12', { uploadId: await upload(bytes), passphrase: word })
  const wish = (
    p12: string,
    login: 'automatic' | 'address' | 'empty' = 'automatic',
  ): Input<'accounts.create'> => ({
    address: laboratory.address,
    displayName: laboratory.displayName,
    label: { title: '', givenName: '', familyName: '', entity: 'BioVal – SIL' },
    replyTo: `contact@${domains.laboratory}`,
    kind: 'applicative',
    imap: { host: operator.imap.host, port: operator.imap.port, security: 'starttls' },
    smtp: { host: operator.smtp.host, port: operator.smtp.port, security: 'starttls' },
    auth: { kind: 'p12', p12, login },
  })

  it('is told what is wrong with a file before anything is kept', async () => {
    const good = await operator.organisationP12()
    expect(await read(good)).toMatchObject({ organisation: laboratory.structure, problems: [] })
    const code = async (bytes: Buffer, word = passphrase): Promise<string> =>
      practice.code('accounts.readP12', { uploadId: await upload(bytes), passphrase: word })
    expect(await code(good, 'un autre mot')).toBe('p12.wrong-passphrase')
    expect(await code(Buffer.from('rien'))).toBe('p12.malformed')
    const now = Date.now()
    const problems = async (given: Parameters<Operator['organisationP12']>[0]) =>
      (await read(await operator.organisationP12(given))).problems
    expect(await problems({ from: new Date(now - 9 * day), to: new Date(now - day) })).toEqual(['expired'])
    expect(await problems({ to: new Date(now + 20 * day) })).toEqual(['expires-soon'])
    expect(await problems({ purpose: 'emailProtection' })).toEqual(['wrong-usage'])
    expect(
      (await read(operator.pki.software('anne').signature.p12, operator.pki.software('anne').passphrase))
        .problems,
    ).toContain('not-organisation')
    expect(await practice.call('accounts.list', null)).toEqual([])
  })

  it('opens by mutual TLS on both servers, sends under its label, and takes a new certificate', async () => {
    const expired = await read(
      await operator.organisationP12({
        from: new Date(Date.now() - 9 * day),
        to: new Date(Date.now() - day),
      }),
    )
    expect(await practice.code('accounts.create', wish(expired.p12))).toBe('account.certificate-expired')
    const stranger = await read(await operator.organisationP12({ commonName: 'AUTRE-SIL' }))
    expect(await practice.code('accounts.create', wish(stranger.p12))).toBe('auth.external-refused')
    expect(await practice.code('accounts.create', wish('inconnu'))).toBe('account.p12-gone')

    const good = await read(await operator.organisationP12({ to: new Date(Date.now() + 30 * day) }))
    const account = await practice.call('accounts.create', wish(good.p12))
    expect(account).toMatchObject({
      auth: 'p12',
      kind: 'applicative',
      displayName: 'BioVal – SIL',
      replyTo: `contact@${domains.laboratory}`,
      certificate: { organisation: laboratory.structure, problems: ['expires-soon'] },
    })
    await practice.until('accounts.changed', ([one]) => one?.connection.state === 'online')
    expect(await practice.call('keys.expiring', null)).toMatchObject([
      { kind: 'account', name: laboratory.address },
    ])

    const draft = await practice.call('drafts.create', { kind: 'new', accountId: account.id, sourceId: null })
    const content = { ...draft.content, to: [{ name: '', address: paul.address }], subject: 'Par certificat' }
    await practice.call('drafts.save', { id: draft.id, content })
    await practice.call('drafts.send', { id: draft.id })
    const arrived = await operator.mailbox('paul').waitFor(({ subject }) => subject === 'Par certificat')
    const source = (await operator.mailbox('paul').source(arrived.uid)).toString('latin1')
    expect(source).toMatch(/^Reply-To: contact@bioval\.mssante\.test\r$/m)
    expect(source).toMatch(/^From: .*<resultats@bioval\.mssante\.test>/m)
    await expect.poll(() => operator.received[0]?.authentication).toBe('EXTERNAL')
    await operator
      .mailbox('laboratory')
      .waitFor(({ subject }) => subject === 'Par certificat', { folder: folderNames.sent })

    const renewed = await read(await operator.organisationP12())
    await practice.call('accounts.useP12', { accountId: account.id, p12: renewed.p12 })
    expect(await practice.call('accounts.list', null)).toMatchObject([{ certificate: { problems: [] } }])
    expect(await practice.code('accounts.useP12', { accountId: account.id, p12: stranger.p12 })).toBe(
      'auth.external-refused',
    )
    expect(practice.faults).toEqual([])
  })
})

describe('an ordinary mailbox beside those of MSSanté', () => {
  it('is kept where the policy allows it, and nothing of health leaves by it', async () => {
    const elsewhere = {
      trustSpace: { domains: [domains.hospital], patientDomain: domains.patients },
      trustSpaceList: { url: null },
    }
    const refused = await open(elsewhere)
    expect(await refused.code('accounts.discover', { address: paul.address })).toBe(
      'account.outside-trust-space',
    )
    await refused.stop()

    const one = await open({
      ...elsewhere,
      genericMailboxes: true,
      publicAnchors: operator.policy.trustAnchors ?? [],
    })
    const found = await one.call('accounts.discover', { address: paul.address })
    expect(found).toMatchObject({ generic: true, auth: ['password'] })
    const wish: Input<'accounts.create'> = {
      address: paul.address,
      displayName: 'Paul BERNARD',
      kind: 'personal',
      imap: found.imap,
      smtp: found.smtp,
      auth: { kind: 'password', password: paul.password },
    }
    expect(await one.code('accounts.create', wish)).toBe('account.outside-trust-space')
    const account = await one.call('accounts.create', { ...wish, kind: 'generic' })
    expect(account.kind).toBe('generic')

    const write = async (to: string, text: string): Promise<{ blocking: string[]; sent: string }> => {
      const draft = await one.call('drafts.create', { kind: 'new', accountId: account.id, sourceId: null })
      const content = { ...draft.content, to: [{ name: '', address: to }], subject: 'Bonjour', text }
      await one.call('drafts.save', { id: draft.id, content })
      const checks = await one.call('drafts.check', { id: draft.id })
      return {
        blocking: checks.filter(({ blocking }) => blocking).map(({ kind }) => kind),
        sent: await one.code('drafts.send', { id: draft.id }),
      }
    }
    expect(await write(people.hospital.address, 'Bonjour')).toEqual({
      blocking: ['generic-to-trust-space'],
      sent: 'compose.generic-to-trust-space',
    })
    expect(await write(people.anne.address, 'INS 279035121518989')).toEqual({
      blocking: ['generic-health-document'],
      sent: 'compose.generic-health-document',
    })
    expect(await write(people.anne.address, 'À samedi')).toEqual({ blocking: [], sent: 'ok' })
    await operator.mailbox('anne').waitFor(({ subject }) => subject === 'Bonjour')
    await one.stop()
  })
})

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Policy } from '../../app/contract/index.ts'
import { publishAnnuaire } from './annuaire.ts'
import { startDns } from './dns.ts'
import type { DnsRecords } from './dns.ts'
import { folderNames, startDovecot } from './dovecot.ts'
import type { Dovecot } from './dovecot.ts'
import { startForwarder } from './forwarder.ts'
import { fillMailbox, viewMailbox } from './mailbox.ts'
import type { StoredMessage } from './mailbox.ts'
import { createOneTimeCodes } from './one-time-codes.ts'
import { domains, people } from './people.ts'
import type { Person } from './people.ts'
import type { Operator, OperatorOptions } from './operator.ts'
import { makePki, serverIssuer, structureName, webHosts } from './pki.ts'
import { purposes, toPkcs12 } from '../pki/index.ts'
import type { Pki } from './pki.ts'
import { startPscBackEnd } from './psc-back-end.ts'
import { domainListXml, type ListEntry } from './domain-list.ts'
import { startPublicWeb } from './public-web.ts'
import { startPsc } from './psc.ts'
import { seedMessages } from './seeding.ts'
import { startSmtp } from './smtp.ts'
import { startWeb } from './web.ts'

export { folderNames, sharedPrefix } from './dovecot.ts'
export { domains, people } from './people.ts'
export type { Operator, OperatorOptions } from './operator.ts'
export type { MailboxView, MessageView, StoredMessage } from './mailbox.ts'
export type { Person } from './people.ts'
export type { CardIdentity, ServerCertificateKind, SoftwareIdentity } from './pki.ts'
export type { SeedOptions } from './seeding.ts'
export type { ReceivedMail } from './smtp.ts'

const imapHost = `imap.${domains.operator}`
const smtpHost = `smtp.${domains.operator}`
/** The whole trust space; mail for its domains that are not ours leaves for other operators. */
const trustSpace = '.mssante.test'
const hostedDomains = [
  domains.physicians,
  domains.laboratory,
  domains.hospital,
  domains.practice,
  domains.patients,
]

/** The secretary's organisational mailbox, opened to the practitioner she works for (RFC 4314). */
const shareMailboxes = async (dovecot: Dovecot): Promise<void> => {
  const rights = ['lookup', 'read', 'write', 'write-seen', 'write-deleted', 'insert', 'post', 'expunge']
  for (const mailbox of ['INBOX', folderNames.sent, folderNames.drafts, folderNames.trash]) {
    const user = people.secretary.address
    await dovecot.doveadm('acl', 'set', '-u', user, mailbox, `user=${people.anne.address}`, ...rights)
  }
}

/** Common name of the certificate that opens the laboratory's mailbox to its software (ORG AUTH_CLI). */
export const organisationLogin = 'sil-bioval-auth-test'

/** What a card opens: its holder's mailbox, and for the practitioner her secretary's when she asks for it. */
const mailboxesByCard = () =>
  new Map<string, { own: string; others: readonly string[] }>([
    [organisationLogin, { own: people.laboratory.address, others: [] }],
    ...Object.values<Person>(people)
      .filter((person) => person.rpps !== null)
      .map((person) => {
        const others = person.key === 'anne' ? [people.secretary.address] : []
        return [`8${String(person.rpps)}`, { own: person.address, others }] as const
      }),
  ])

/** Starts a small MSSanté world on loopback. Several may run side by side. Throws when a part does not start. */
export const startOperator = async (options: OperatorOptions = {}): Promise<Operator> => {
  const log = options.log ?? (() => undefined)
  const undo: Array<() => Promise<void>> = []
  let stopping: Promise<void> | null = null
  const tearDown = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
  }
  try {
    return await start(options, log, undo, () => (stopping ??= tearDown()))
  } catch (error) {
    await tearDown()
    throw error
  }
}

const start = async (
  options: OperatorOptions,
  log: (line: string) => void,
  undo: Array<() => Promise<void>>,
  stop: () => Promise<void>,
): Promise<Operator> => {
  const disposable = options.folder === undefined
  const folder = options.folder ? resolve(options.folder) : await mkdtemp(join(tmpdir(), 'souspli-operator-'))
  // Dovecot's supervisor may be removing it too.
  if (disposable) undo.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }))
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o711) // Dovecot's user passes through

  const backEnd = await startPscBackEnd()
  undo.push(backEnd.stop)
  const psc = await startPsc(log, backEnd.url)
  undo.push(psc.stop)
  backEnd.serve({ issuer: psc.issuer, client: psc.backEndClient })
  const codes = createOneTimeCodes()
  const ownerOf = async (token: string): Promise<string | null> =>
    codes.ownerOf(token) ?? (await psc.introspect(token))?.person.address ?? null

  let pki: Pki | null = null
  const web = await startWeb(async (path, body) => {
    const byCode = codes.answer(path, body)
    if (byCode)
      return {
        status: byCode.status,
        type: 'application/json',
        body: Buffer.from(JSON.stringify(byCode.body)),
      }
    if (path !== '/introspection') return pki?.respond(path, body) ?? null
    const owner = await ownerOf(new URLSearchParams(body.toString()).get('token') ?? '')
    const answer = owner === null ? { active: false } : { active: true, username: owner }
    return { type: 'application/json', body: Buffer.from(JSON.stringify(answer)) }
  })
  undo.push(web.stop)
  const made = await makePki(web.url, [imapHost, smtpHost], new Date())
  pki = made

  const { good } = made.servers
  const clients = options.clientCertificates
    ? {
        wanted: options.clientCertificates,
        authoritiesPem: made.trusted.map(({ pem }) => pem).join(''),
        mailboxes: mailboxesByCard(),
      }
    : null
  const mechanisms = options.mechanisms ?? ['PLAIN', 'XOAUTH2', 'OAUTHBEARER']
  const dovecot = await startDovecot({
    mechanisms,
    folder: join(folder, 'dovecot'),
    certificatePem: good.chainPem,
    keyPem: good.keyPem,
    introspectionUrl: `${web.url}/introspection`,
    clients,
    without: options.imap?.without ?? [],
    disposable: disposable ? folder : null,
    log,
  })
  undo.push(dovecot.stop)
  if (disposable) await dovecot.own(folder) // its supervisor removes it should our process die
  const forwarder = await startForwarder(dovecot.imapPort)
  undo.push(forwarder.down)
  const smtp = await startSmtp({
    mechanisms,
    codeOpens: codes.ownerOf,
    keyPem: good.keyPem,
    certificatePem: good.chainPem,
    lmtpPort: dovecot.lmtpPort,
    hosted: hostedDomains,
    trustSpace,
    clients,
    ownerOf,
    log,
  })
  undo.push(smtp.stop)

  const fill = (key: Person['key'], messages: readonly StoredMessage[]): Promise<void> =>
    fillMailbox(dovecot, people[key], messages)
  if (options.seed) {
    const boxes = await seedMessages(made, options.seed === true ? {} : options.seed)
    for (const { person, messages } of boxes) await fill(person, messages)
  }
  await shareMailboxes(dovecot)

  const webs = await startPublicWeb([
    { names: webHosts.settings, ...made.web.settings },
    { names: webHosts.list, ...made.web.list },
    { names: webHosts.directory, ...made.web.directory },
  ])
  undo.push(webs.stop)
  const [listHost = ''] = webHosts.list
  const listPath = '/listeblanchemssante.xml'
  const publishRaw = (body: string | Buffer): void => webs.publish(listHost, listPath, { body })
  const publishList = (entries: readonly ListEntry[], generatedAt = new Date()): void =>
    publishRaw(domainListXml(entries, generatedAt))
  publishList([...hostedDomains, domains.published].map((name) => ({ name })))
  const [annuaireHost = ''] = webHosts.directory
  const annuaire = options.directory
    ? await publishAnnuaire(webs, annuaireHost, options.directory.lines)
    : null
  const anchorFile = join(folder, 'AUTRE-TEST.pem')
  await writeFile(anchorFile, made.otherPem)

  const records: DnsRecords = {
    hosts: new Map([
      ...[imapHost, smtpHost].map((host) => [host, '127.0.0.1'] as const),
      ...[...webHosts.settings, ...webHosts.list, ...webHosts.directory].map(
        (host) => [host, webs.address] as const,
      ),
    ]),
    services: new Map(
      hostedDomains.flatMap((domain) => [
        [`_imap._tcp.${domain}`, { target: imapHost, port: forwarder.port }] as const,
        [`_submission._tcp.${domain}`, { target: smtpHost, port: smtp.port }] as const,
      ]),
    ),
  }
  const dns = await startDns(records)
  undo.push(dns.stop)

  const trustAnchors: string[] = []
  for (const { file, pem } of made.trusted) {
    const path = join(folder, `${file}.pem`)
    await writeFile(path, pem)
    trustAnchors.push(path)
  }
  const { issuer, clientId, scope, acrValues, approvals, asked, issued, setCiba } = psc
  const { setOutage, setLifetimes, endSessions } = psc
  const common = { issuer, scope, acrValues, ways: ['browser', 'mobile', 'card'] } as const
  const policy = Policy.parse({
    trustAnchors,
    serverIssuer,
    revocation: 'prefer',
    trustSpace: { domains: [trustSpace], patientDomain: domains.patients },
    dnsServers: [`127.0.0.1:${dns.port}`],
    psc: { ...common, ways: [...common.ways], clientId },
    environment: 'test',
    ...(annuaire
      ? {
          directory: {
            extraction: annuaire.extractionUrl,
            fhir: { url: annuaire.fhirUrl, apiKey: annuaire.apiKey },
          },
        }
      : {}),
    // Everything here is on loopback.
    privateHosts: true,
    proxy: 'none',
    cardPollSeconds: 0.3,
  } satisfies Policy)
  const policyFile = join(folder, 'policy.json')
  await writeFile(policyFile, JSON.stringify(policy, null, 2))

  const organisationP12: Operator['organisationP12'] = async (wish = {}) => {
    const issuer = 'ELEMENTAIRE ORGANISATIONS'
    const certificate = await made.issue(
      issuer,
      {
        subject: structureName(people.laboratory.structure, wish.commonName ?? organisationLogin),
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: [purposes[wish.purpose ?? 'clientAuth']],
        professional: { support: 0x83 },
      },
      { ...(wish.from ? { from: wish.from } : {}), ...(wish.to ? { to: wish.to } : {}) },
    )
    return toPkcs12(
      certificate,
      made.above(issuer),
      wish.passphrase ?? 'organisation-fictive',
      'Organisation',
    )
  }

  const { refuseNext, bounceNext, patientBounceNext, delayNext, setDeliveryNotices } = smtp
  const { setSizeLimit, setReplyDelay, dropNextReply, stallNextReply, cutNextData } = smtp
  return {
    folder,
    imap: {
      host: imapHost,
      address: '127.0.0.1',
      port: forwarder.port,
      implicitPort: dovecot.imapsPort,
    },
    smtp: {
      host: smtpHost,
      address: '127.0.0.1',
      port: smtp.port,
      implicitPort: smtp.implicitPort,
      refuseNext,
      bounceNext,
      patientBounceNext,
      delayNext,
      setDeliveryNotices,
      setSizeLimit,
      setReplyDelay,
      dropNextReply,
      stallNextReply,
      cutNextData,
    },
    dns: { server: `127.0.0.1:${dns.port}`, down: dns.down, up: dns.up, ...records },
    web: webs,
    annuaire,
    domainList: { url: `https://${listHost}${listPath}`, anchorFile, publish: publishList, publishRaw },
    psc: {
      issuer,
      clientId,
      scope,
      acrValues,
      approvals,
      asked,
      issued,
      setCiba,
      setOutage,
      setLifetimes,
      endSessions,
    },
    backEnd: {
      url: backEnd.url,
      asked: backEnd.asked,
      tamperWith: backEnd.tamperWith,
      behind: {
        ...common,
        ways: [...common.ways],
        clientId: psc.backEndClient.id,
        backEnd: { url: backEnd.url },
        redirectUri: `${backEnd.url}/retour`,
        postLogoutRedirectUri: `${backEnd.url}/au-revoir`,
      },
    },
    codes: {
      sentTo: codes.sentTo,
      giveTo: codes.giveTo,
      endSessions: codes.endSessions,
      endpoint: { shape: 'endpoint', url: `${web.url}/code` },
      saslPlain: { shape: 'sasl-plain' },
    },
    policy,
    organisationP12,
    policyFile,
    pki: made,
    received: smtp.received,
    deliver: smtp.deliver,
    mailbox: (key) => viewMailbox(dovecot, people[key]),
    fill,
    renumber: async (key, path) => {
      const validity = String(1_000_000_000 + Math.floor(Math.random() * 1_000_000_000))
      await dovecot.doveadm('mailbox', 'update', '-u', people[key].address, '--uid-validity', validity, path)
    },
    imapDown: forwarder.down,
    imapUp: forwarder.up,
    smtpDown: smtp.down,
    smtpUp: smtp.up,
    useServerCertificate: async (kind) => {
      const { chainPem, serial } = made.servers[kind]
      await dovecot.useCertificate(chainPem, serial)
      smtp.useCertificate(chainPem)
    },
    stop,
  }
}

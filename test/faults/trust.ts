import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account, OutboxItem } from '../../app/contract/index.ts'
import { openPractice, type Practice } from '../invariants/practice.fixture.ts'
import { people, type Operator, type Person, type ServerCertificateKind } from '../operator/index.ts'
import type { Protocol } from './dialogue.ts'
import { createDice } from './dice.ts'
import type { Scenario } from './harness.ts'
import { fillPlayground, letter, mailboxOf } from './letters.ts'
import { noCard } from './no-card.ts'
import { startFaultProxy, type FaultProxy, type Malice } from './proxy.ts'
import { settle } from './settle.ts'
import { accountOf, passphrase } from './stage.ts'
import type { Mailbox } from './actions.ts'

interface Attack {
  protocol: Protocol
  malice: Malice
  certificate: ServerCertificateKind
  /** Codes that may be told; 'none' where the attack may also come to nothing. */
  codes: readonly string[]
}

const missing = ['tls.starttls-missing'] as const
const both: readonly Omit<Attack, 'protocol'>[] = [
  { malice: 'strip', certificate: 'good', codes: missing },
  { malice: 'refuse', certificate: 'good', codes: missing },
  { malice: 'none', certificate: 'expired', codes: ['tls.expired'] },
  { malice: 'none', certificate: 'wrong-host', codes: ['tls.host-mismatch'] },
  { malice: 'none', certificate: 'other-authority', codes: ['tls.untrusted-authority'] },
  { malice: 'none', certificate: 'revoked', codes: ['tls.revoked'] },
]

export const attacks: readonly Attack[] = [
  ...both.map((one): Attack => ({ protocol: 'imap', ...one })),
  { protocol: 'imap', malice: 'preauth', certificate: 'good', codes: missing },
  { protocol: 'imap', malice: 'inject', certificate: 'good', codes: ['tls.handshake'] },
  ...both.map((one): Attack => ({ protocol: 'smtp', ...one })),
  // What comes before TLS is thrown away, or ends the attempt.
  { protocol: 'smtp', malice: 'inject', certificate: 'good', codes: ['none', 'tls.handshake', 'net.closed'] },
]

/** The password in any form a mechanism sends it, and the commands that carry it. */
const credentialOf = (who: Person): RegExp =>
  new RegExp(
    [
      'AUTHENTICATE',
      'AUTH ',
      'LOGIN ',
      who.password,
      Buffer.from(`\0${who.address}`).toString('base64').slice(0, 12),
    ].join('|'),
    'i',
  )

interface Victim {
  who: Person
  operator: Operator
  practice: Practice
  proxies: Record<Protocol, FaultProxy>
  mailbox: Mailbox
  sent: Set<string>
}

/** Resolves with the first answer of `look`, asked again at each event; throws after a minute. */
const eventually = async <T>(practice: Practice, what: string, look: () => Promise<T | null>): Promise<T> => {
  const deadline = Date.now() + 60_000
  for (;;) {
    const told = practice.told.length
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`)
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, 1000)))
    const news = (['accounts.changed', 'outbox.changed'] as const).map((name) =>
      practice.until(name, () => practice.told.length > told),
    )
    await Promise.race([late, ...news])
    clearTimeout(timer)
  }
}

const errorOf = (account: Account | undefined): { code: string; retry: string } | null =>
  account?.connection.state === 'error' ? account.connection.error : null

const nothingSecret = (victim: Victim, protocol: Protocol): string => {
  const { clear, secure } = victim.proxies[protocol].heard
  return credentialOf(victim.who).test(clear + secure) ? 'a credential was sent' : ''
}

const attackImap = async (victim: Victim, attack: Attack, subject: string): Promise<string> => {
  const { practice, operator, who, proxies } = victim
  proxies.imap.attack(attack.malice, operator.pki.servers[attack.certificate])
  const error = await eventually(practice, `an error of IMAP under ${attack.malice}`, async () => {
    const found = errorOf((await practice.call('accounts.list', null))[0])
    return found && (attack.codes.includes(found.code) || found.code.startsWith('tls.')) ? found : null
  })
  if (!attack.codes.includes(error.code)) return `${error.code} instead of ${attack.codes.join(', ')}`
  const secret = nothingSecret(victim, 'imap')
  if (secret !== '') return secret
  const raw = letter(subject, who.address, 500)
  await operator.deliver({ from: people.anne.address, to: who.address, raw })
  victim.mailbox.set(subject, { folder: 'INBOX', seen: false, flagged: false })
  proxies.imap.attack('none', operator.pki.servers.good)
  // A certificate or a missing STARTTLS stops everything until the user says so; the rest mends itself.
  if (error.retry !== 'later') await practice.call('accounts.syncNow', null)
  return ''
}

const attackSmtp = async (victim: Victim, attack: Attack, subject: string): Promise<string> => {
  const { practice, operator, proxies } = victim
  proxies.smtp.attack(attack.malice, operator.pki.servers[attack.certificate])
  const { id, content } = await practice.call('drafts.create', {
    kind: 'new',
    accountId: null,
    sourceId: null,
  })
  const to = [{ name: '', address: 'externe@autre-region.mssante.test' }]
  await practice.call('drafts.save', { id, content: { ...content, to, subject, text: 'Patient fictif.' } })
  await practice.call('drafts.send', { id })
  victim.sent.add(subject)
  const item = await eventually(practice, `an outcome of SMTP under ${attack.malice}`, async () => {
    const found = (await practice.call('outbox.list', null)).find((one) => one.subject === subject)
    const over = found && (found.error !== null || found.state === 'filed')
    return over ? found : null
  })
  const code = codeOf(item)
  if (!attack.codes.includes(code)) return `${code} instead of ${attack.codes.join(', ')}`
  const secret = code === 'none' ? '' : nothingSecret(victim, 'smtp')
  if (secret !== '' || credentialOf(victim.who).test(proxies.smtp.heard.clear))
    return secret || 'a credential in clear'
  proxies.smtp.attack('none', operator.pki.servers.good)
  if (code !== 'none') await practice.call('outbox.retry', { id: item.id })
  return ''
}

const codeOf = ({ error }: OutboxItem): string => error?.code ?? 'none'

const open = async (operator: Operator, who: Person, folder: string): Promise<Victim> => {
  const mailbox = mailboxOf(await fillPlayground(operator, who, 20, createDice(1)))
  const { good } = operator.pki.servers
  const proxies = {
    imap: await startFaultProxy('imap', operator.imap.port, good),
    smtp: await startFaultProxy('smtp', operator.smtp.port, good),
  }
  const practice = await openPractice(
    { ...operator.policy, revocation: 'require' },
    { folder, card: noCard() },
  )
  await practice.call('session.createWithPassphrase', { passphrase })
  const account = accountOf(operator, who)
  await practice.call('accounts.create', {
    ...account,
    imap: { ...account.imap, port: proxies.imap.port },
    smtp: { ...account.smtp, port: proxies.smtp.port },
  })
  return { who, operator, practice, proxies, mailbox, sent: new Set() }
}

const endure = async (victim: Victim, attack: Attack, subject: string): Promise<string> => {
  const { operator, who, practice, mailbox, sent } = victim
  const wrong = await (attack.protocol === 'imap' ? attackImap : attackSmtp)(victim, attack, subject)
  if (wrong !== '') return wrong
  return await settle(operator, who, practice, { mailbox, inFlight: null, drafts: new Map(), sent })
}

/**
 * TLS taken away or forged on a mailbox at work: the right code is told, no credential leaves, and everything goes on
 * when the servers are themselves again. The moments are the attacks, in order.
 */
export const trustScenario: Scenario = async ({ operator, moments, only, report }) => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-trust-'))
  const crew = [people.paul, people.laboratory, people.hospital, people.patient]
  const victims: Victim[] = []
  try {
    for (const who of crew.slice(0, moments)) victims.push(await open(operator, who, join(folder, who.key)))
    let next = 0
    await Promise.all(
      victims.map(async (victim) => {
        const { who, practice, mailbox, sent } = victim
        const fresh = await settle(operator, who, practice, {
          mailbox,
          inFlight: null,
          drafts: new Map(),
          sent,
        })
        if (fresh !== '') throw new Error(`without any attack: ${fresh}`)
        for (let moment = next++; moment < Math.min(moments, attacks.length); moment = next++) {
          const attack = attacks[moment]
          if (!attack || (only !== null && only !== moment)) continue
          const kind = `${attack.protocol} ${attack.malice === 'none' ? `certificate ${attack.certificate}` : attack.malice}`
          const what = await endure(victim, attack, `Lettre attaque ${moment}`).catch((error: unknown) =>
            error instanceof Error ? error.message : String(error),
          )
          if (what === '') report.passed(moment, kind)
          else {
            report.failed({ moment, kind, what })
            return
          }
        }
      }),
    )
  } finally {
    for (const { practice, proxies } of victims) {
      await practice.stop()
      await proxies.imap.stop()
      await proxies.smtp.stop()
    }
    await rm(folder, { recursive: true, force: true })
  }
}

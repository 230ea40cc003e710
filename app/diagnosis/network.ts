import type { Account, DiagnosisLine, DiagnosisServer, ErrorCode } from '../contract/index.ts'
import { clockLine, readClock, type ClockReading } from './clock.ts'
import type { DiagnosisDependencies } from './dependencies.ts'

/** No certificate needs more addresses than these to be looked at. */
const maxAddresses = 12
/** A server that takes longer to greet makes every connection feel slow. */
const slowMilliseconds = 3_000

type Address = { kind: 'crl' | 'ocsp'; url: string }

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : '')

/** Whether the authorities answer, and what their Date headers say of this clock. */
export const revocationLines = async (
  deps: DiagnosisDependencies,
  addresses: readonly Address[],
): Promise<DiagnosisLine[]> => {
  const lines: DiagnosisLine[] = []
  const readings: ClockReading[] = []
  const ask = async (url: string): Promise<ErrorCode | null> => {
    const asked = deps.now()
    const answer = await deps.askWeb(url)
    if (!answer.ok) return answer.error.code
    if (answer.value.date !== null)
      readings.push(readClock(hostOf(url), answer.value.date, asked, deps.now()))
    // An OCSP responder refuses an empty question; that is an answer. A list that is not there is none.
    return answer.value.status >= 500 ? 'net.unreachable' : null
  }
  const known = [...new Map(addresses.map((one) => [one.url, one])).values()].slice(0, maxAddresses)
  const answers = await Promise.all(known.map(async ({ kind, url }) => ({ kind, url, code: await ask(url) })))
  // Several addresses of one server that fare alike are one finding.
  const told = new Set<string>()
  for (const { kind, url, code } of answers) {
    const host = hostOf(url)
    if (told.has(`${kind} ${host} ${code}`)) continue
    told.add(`${kind} ${host} ${code}`)
    lines.push({
      area: 'revocation',
      code: code === null ? 'revocation-answered' : 'revocation-silent',
      details: { kind, host, ...(code === null ? {} : { reason: code }) },
    })
  }
  if (known.length === 0) lines.push({ area: 'revocation', code: 'revocation-nowhere', details: {} })
  // Pro Santé Connect is asked for the time alone: its own line is said when one logs in.
  if (readings.length === 0 && deps.policy.psc) await ask(deps.policy.psc.issuer)
  return [...lines, clockLine(readings)]
}

const serverCode: Readonly<Partial<Record<ErrorCode, DiagnosisLine['code']>>> = {
  'net.dns': 'server-name',
  'net.unreachable': 'server-unreachable',
  'net.timeout': 'server-silent',
  'net.closed': 'server-silent',
  'tls.starttls-missing': 'server-no-starttls',
  'imap.protocol': 'server-greeting',
  'imap.busy': 'server-greeting',
  'smtp.failed': 'server-greeting',
  'smtp.busy': 'server-greeting',
}

const serverLine = async (
  deps: DiagnosisDependencies,
  { service, server }: DiagnosisServer,
  byCard: boolean,
): Promise<DiagnosisLine> => {
  const { host, port } = server
  const details = { service, host, port }
  const answer = await deps.askServer({ service, server })
  if (answer.ok) {
    const { milliseconds } = answer.value
    const code = milliseconds > slowMilliseconds ? 'server-slow' : 'server-ready'
    return { area: 'servers', code, details: { ...details, milliseconds: Math.round(milliseconds) } }
  }
  const reason = answer.error.code
  // Such a server may hang up on whoever shows no certificate; that is for the card, in an open mailbox.
  if (byCard && reason === 'tls.handshake') return { area: 'servers', code: 'server-wants-card', details }
  return { area: 'servers', code: serverCode[reason] ?? 'server-untrusted', details: { ...details, reason } }
}

/** The servers of the accounts, and those asked for. */
export const serverLines = async (
  deps: DiagnosisDependencies,
  asked: readonly DiagnosisServer[],
): Promise<DiagnosisLine[]> => {
  const accounts = await deps.accounts()
  const wanted = new Map<string, { one: DiagnosisServer; byCard: boolean }>()
  const want = (one: DiagnosisServer, auth: Account['auth'] | null): void => {
    wanted.set(`${one.service} ${one.server.host} ${one.server.port}`, {
      one,
      byCard: auth === 'card' || auth === 'p12',
    })
  }
  for (const { imap, smtp, auth, kind } of accounts ?? []) {
    // An ordinary mailbox rests on other authorities, and on no requirement of MSSanté.
    if (kind === 'generic') continue
    want({ service: 'imap', server: imap }, auth)
    want({ service: 'smtp', server: smtp }, auth)
  }
  for (const one of asked) want(one, null)
  if (wanted.size === 0) return [{ area: 'servers', code: 'servers-unknown', details: {} }]
  return await Promise.all([...wanted.values()].map(({ one, byCard }) => serverLine(deps, one, byCard)))
}

import { judgePath, type PathAnswer } from './judge-path.ts'
import {
  basic,
  certificate,
  ecKey,
  listDer,
  name,
  usage,
  usageBits,
  type CertificatePlan,
  type ListPlan,
  type TestKey,
} from './issuing.fixture.ts'
import { readCrl } from './revocation-list.ts'
import type { PathSettings } from './validate.ts'
import type { X509 } from './x509.ts'

/** A certificate with what is needed to issue below it. */
export interface Holder {
  dn: Buffer
  key: TestKey
  cert: X509
  /** A list by this holder's name and key. */
  list(plan?: Partial<ListPlan>): Uint8Array
}

export interface HolderPlan extends Partial<CertificatePlan> {
  /** Instead of basicConstraints and keyUsage. */
  instead?: Buffer[]
  /** Beside them. */
  add?: Buffer[]
}

let serials = 100
let keys = 10

const holder = (
  subject: string | Buffer,
  issuer: Holder | null,
  plan: HolderPlan,
  defaults: Buffer[],
): Holder => {
  serials += 1
  const { instead, add = [], ...rest } = plan
  const dn = typeof subject === 'string' ? name(subject) : subject
  const key = plan.key ?? ecKey((keys += 1))
  const cert = certificate({
    subject: dn,
    issuer: issuer?.dn ?? dn,
    key,
    signer: issuer?.key ?? key,
    serial: serials,
    extensions: [...(instead ?? defaults), ...add],
    ...rest,
  })
  return {
    dn,
    key,
    cert,
    list: (list = {}) => listDer({ issuer: dn, signer: key, ...list }),
  }
}

const authorityUsage = usage(usageBits.certSign, usageBits.crlSign)
/** An authority: cA, keyCertSign, cRLSign. */
export const authority = (subject: string | Buffer, issuer: Holder | null, plan: HolderPlan = {}): Holder =>
  holder(subject, issuer, plan, [basic(true), authorityUsage])
/** An end entity. */
export const endEntity = (subject: string | Buffer, issuer: Holder, plan: HolderPlan = {}): Holder =>
  holder(subject, issuer, plan, [usage(usageBits.digitalSignature, usageBits.nonRepudiation)])

export const anchor = authority('C=FR/O=Test fictif/CN=Ancre', null)
export const at = new Date('2026-11-22T08:00:00Z')

export const settings: PathSettings = {
  at,
  policies: [],
  explicitPolicy: false,
  inhibitMapping: false,
  inhibitAny: false,
  weak: 'refuse',
  anchorConstraints: true,
}

export interface Trial {
  /** Leaf first, without the anchor; the rest are candidates in that order. */
  chain: Holder[]
  /** Certificates beside the path. */
  others?: Holder[]
  /** Lists in DER; « complete » makes an empty one for the anchor and each authority of the chain; null asks for none. */
  lists?: Uint8Array[] | 'complete' | null
  settings?: Partial<PathSettings>
  anchor?: Holder
}

/** Judges a chain below the anchor. */
export const judgeTrial = (trial: Trial): PathAnswer => {
  const [leaf, ...above] = trial.chain
  if (!leaf) throw new Error('no leaf')
  const top = trial.anchor ?? anchor
  const wanted = trial.lists === undefined ? 'complete' : trial.lists
  const lists = wanted === 'complete' ? [top, ...above].map((one) => one.list()) : wanted
  return judgePath({
    leaf: leaf.cert,
    candidates: [...above, ...(trial.others ?? [])].map(({ cert }) => cert),
    anchors: [top.cert],
    lists:
      lists?.flatMap((der) => {
        const list = readCrl(der)
        return list.ok ? [list.value] : []
      }) ?? null,
    purpose: 'any',
    settings: { ...settings, ...trial.settings },
  })
}

/** « valid », or the first failure: problem and place. */
export const verdictOf = (trial: Trial): string => {
  const { valid, failures } = judgeTrial(trial)
  const [first] = failures
  return valid || !first ? 'valid' : `${first.problem} ${String(first.index)}`
}

/** One row of a table: number as in NIST's PKITS, what it shows, what is expected (« valid » or problem and place). */
export type Row = [number: string, what: string, expected: string, trial: () => Trial]

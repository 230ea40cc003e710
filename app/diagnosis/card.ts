import type { CardReader, CardState, CardToken, DiagnosisLine } from '../contract/index.ts'
import { readCertificate, type CertificateFacts } from '../smime/index.ts'
import type { DiagnosisDependencies } from './dependencies.ts'
import { masked, maskedLabel, maskedSerial } from './masking.ts'

type Details = DiagnosisLine['details']

/** A certificate that ends within this many days is to be renewed now. */
const warnDays = 60
const day = 24 * 3_600_000

const hasModule = (state: CardState): boolean =>
  state.state !== 'no-module' && state.state !== 'module-failed' && state.state !== 'starting'

const readerName = (reader: CardReader, deps: DiagnosisDependencies): string =>
  masked(reader.reader, deps.homeFolders)

/** Readers that are plugged in. */
export const readerLines = (deps: DiagnosisDependencies): DiagnosisLine[] => {
  if (!hasModule(deps.card.state())) return [{ area: 'readers', code: 'readers-unknown', details: {} }]
  const readers = deps.card.readers()
  if (readers.length === 0) return [{ area: 'readers', code: 'reader-none', details: {} }]
  return readers.map((reader) => ({
    area: 'readers',
    code: 'reader-found',
    details: { reader: readerName(reader, deps), pinPad: reader.token?.pinPad === true ? 'yes' : 'no' },
  }))
}

const cardDetails = (token: CardToken, reader: string): Details => ({
  reader,
  kind: maskedLabel(token.label),
  model: masked(token.model, []),
  serial: maskedSerial(token.serial),
})

/** What is in each reader, and how the card in use stands. */
export const cardLines = (deps: DiagnosisDependencies): DiagnosisLine[] => {
  const state = deps.card.state()
  if (!hasModule(state)) return [{ area: 'card', code: 'card-unread', details: {} }]
  const lines: DiagnosisLine[] = []
  const add = (code: DiagnosisLine['code'], details: Details): void => {
    lines.push({ area: 'card', code, details })
  }
  for (const reader of deps.card.readers()) {
    const name = readerName(reader, deps)
    if (reader.content === 'unknown') add('card-unknown', { reader: name })
    if (reader.content === 'mute') add('card-mute', { reader: name })
    if (reader.content === 'contactless') add('card-contactless', { reader: name })
    if (!reader.token) continue
    const details = cardDetails(reader.token, name)
    if (!reader.inUse) add('card-present', details)
    else if (state.state === 'blocked') add('card-blocked', details)
    else if (state.state === 'dead') add('card-dead', details)
    else if (state.state === 'open') add('card-open', details)
    else add('card-present', details)
    if (reader.inUse && (state.state === 'pin-needed' || state.state === 'pin-wrong') && state.triesLeft)
      add('card-tries', { ...details, tries: state.triesLeft })
  }
  if (lines.length === 0) add('card-absent', {})
  return lines
}

/** A certificate of the card, its path, and where its authorities publish what they revoke. */
export interface ExaminedCertificates {
  lines: DiagnosisLine[]
  addresses: { kind: 'crl' | 'ocsp'; url: string }[]
}

const addressesOf = (chain: readonly CertificateFacts[]): ExaminedCertificates['addresses'] =>
  chain.flatMap(({ crlUrls, ocspUrls }) => [
    ...ocspUrls.map((url) => ({ kind: 'ocsp' as const, url })),
    ...crlUrls.map((url) => ({ kind: 'crl' as const, url })),
  ])

const dateLine = (facts: CertificateFacts, details: Details, now: number): DiagnosisLine => {
  const [from, until] = [facts.notBefore.getTime(), facts.notAfter.getTime()]
  const days = Math.floor((until - now) / day)
  const code =
    now > until
      ? 'certificate-expired'
      : now < from
        ? 'certificate-not-yet-valid'
        : days < warnDays
          ? 'certificate-expiring'
          : 'certificate-valid'
  return {
    area: 'certificates',
    code,
    details: {
      ...details,
      from: facts.notBefore.toISOString(),
      until: facts.notAfter.toISOString(),
      days: Math.max(0, days),
    },
  }
}

/** Whom an authority's certificate names, never a person's. */
const authorityName = (facts: CertificateFacts | undefined): string =>
  facts?.isAuthority ? masked(facts.subject.find(({ name }) => name === 'CN')?.value ?? '', []) : ''

/** The certificates of the card in use: dates, path to the anchors, revocation. */
export const certificateLines = async (deps: DiagnosisDependencies): Promise<ExaminedCertificates> => {
  const lines: DiagnosisLine[] = []
  const addresses: ExaminedCertificates['addresses'] = []
  const add = (code: DiagnosisLine['code'], details: Details): void => {
    lines.push({ area: 'certificates', code, details })
  }
  if (deps.trust.anchors.accepted === 0) add('anchors-none', { refused: deps.trust.anchors.refused })
  const certificates = await deps.card.certificates()
  if (!certificates.ok) {
    add('certificates-unread', {})
    return { lines, addresses }
  }
  const now = deps.now()
  for (const purpose of ['authentication', 'signature'] as const) {
    const der = certificates.value[purpose]
    const facts = der ? readCertificate(der) : null
    if (!facts?.ok) {
      add('certificate-missing', { purpose })
      continue
    }
    lines.push(dateLine(facts.value, { purpose }, now))
    const verdict = await deps.trust.verifySigner({
      certificate: facts.value,
      candidates: [],
      at: new Date(now),
      signedAt: null,
    })
    const { chain, problem } = verdict
    addresses.push(...addressesOf(chain.length > 0 ? chain : [facts.value]))
    // Its dates have a line of their own.
    const dated = problem === 'expired' || problem === 'not-yet-valid'
    if (verdict.reasons.includes('untrusted-authority') || (problem !== null && !dated && chain.length === 0))
      add('chain-untrusted', {
        purpose,
        authority: masked(facts.value.issuer.find(({ name }) => name === 'CN')?.value ?? '', []),
        reason: problem ?? 'untrusted-authority',
      })
    else add('chain-trusted', { purpose, authority: authorityName(chain.at(-1)), length: chain.length })
    if (verdict.revocation === 'revoked') add('certificate-revoked', { purpose })
    if (verdict.revocation === 'good') add('revocation-good', { purpose })
  }
  return { lines, addresses }
}

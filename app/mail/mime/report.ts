import type { FoundOutcome, FoundReport } from '../../vault/index.ts'
import { headerValue, parseAddresses, parseHeaderBlock, parseMessageIds, type HeaderField } from './header.ts'
import { decodePart, type MimePart, type ParsedMessage } from './message.ts'
import { returnedMail } from './returned-mail.ts'

/** Bytes of the machine-readable part that are read, recipients told of, and characters kept of a server's words. */
const largestStatus = 256 * 1024
const mostRecipients = 500
const longestDiagnostic = 500
const longestAddress = 320
/** A report inside protections and wrappers is looked for no deeper than this. */
const deepest = 3
const deepestComment = 4

const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status'])
const dispositionTypes = new Set([
  'message/disposition-notification',
  'message/global-disposition-notification',
])
const returnedTypes = new Set([
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers',
  'message/global',
  'message/global-headers',
])

/**
 * What a message tells about one that was sent: a delivery status (RFC 3464), a read receipt (RFC 8098), or their
 * internationalised forms (RFC 6533). Null when it is no report. Tolerant: servers leave fields, spaces and types out. A
 * report that somebody forwards is his attachment, not a report.
 */
export const parseReport = (parsed: ParsedMessage): FoundReport | null => {
  const report = reportPart(parsed.root, 0)
  if (!report) return integrationMail(parsed) ?? returnedMail(parsed)
  const status = report.children.find((part) => isStatus(parsed.raw, report, part))
  const disposition = report.children.find((part) => isDisposition(parsed.raw, report, part))
  const returned = returnedId(parsed.raw, report) ?? parsed.inReplyTo
  if (status)
    return deliveryReport(
      fieldGroups(parsed.raw, status),
      returned,
      parsed.text,
      loneRecipient(parsed.raw, report),
    )
  if (disposition) return dispositionReport(parsed, fieldGroups(parsed.raw, disposition), returned)
  return null
}

/** What a report is about, as its type says; `null` for another multipart. */
const reportType = ({ mimeType, parameters }: MimePart): string | null =>
  mimeType === 'multipart/report' ? (parameters['report-type'] ?? '').trim().toLowerCase() : null

/** Some gateways write the fields of a report as plain text or as a file: they are known by what they say. */
const mislabelled = (raw: Uint8Array, part: MimePart, fields: readonly string[]): boolean => {
  if (!['text/plain', 'application/octet-stream'].includes(part.mimeType)) return false
  const [first = []] = fieldGroups(raw, part)
  return fields.every((name) => headerValue(first, name) !== null)
}

const isStatus = (raw: Uint8Array, report: MimePart, part: MimePart): boolean =>
  statusTypes.has(part.mimeType) ||
  (reportType(report) === 'delivery-status' &&
    !report.children.some(({ mimeType }) => statusTypes.has(mimeType)) &&
    mislabelled(raw, part, ['reporting-mta']))

const isDisposition = (raw: Uint8Array, report: MimePart, part: MimePart): boolean =>
  dispositionTypes.has(part.mimeType) ||
  (reportType(report) === 'disposition-notification' &&
    !report.children.some(({ mimeType }) => dispositionTypes.has(mimeType)) &&
    mislabelled(raw, part, ['disposition', 'final-recipient']))

/** « [KO Intégration système !][902] XDM/1.0/DDM+… », or « [Erreur d’intégration !][902] … » as an example has it. */
const integrationSubject =
  /^\s*\[(?:KO\s+Int[ée]gration|Erreur\s+d.\s?int[ée]gration)[^\]]{0,60}\]\s*\[(\d{1,4})\]/iu

/** Error codes of the guide (ERR-5) and of HL7 table 0357 (ERR-3). */
const integrationCode = (text: string | null): string | null =>
  /^\W*(9\d\d|10[0-4]|19[89]|20[0-7])\b/.exec(text ?? '')?.[1] ?? null

/** Label of `902^Identifiant de patient inconnu^messageErrorCondition| E^Error^errorSeverity`. */
const integrationLabel = (text: string | null): string | null => {
  const parts = (text ?? '').split('^')
  return words((parts.length > 1 ? parts[1] : parts[0]?.replace(/^\W*\d{1,4}\b\W*/, '')) ?? null)
}

/** What the enclosed original was addressed to in the organisation that answers. */
const answeredFor = (parsed: ParsedMessage, part: MimePart): string | null => {
  const inner = part.children[0]
  const headers = inner
    ? inner.headers
    : parseHeaderBlock(decodePart(parsed.raw, part).subarray(0, largestStatus))
  const domain = parsed.from.address.split('@')[1]?.toLowerCase()
  const there = ['to', 'cc']
    .flatMap((name) => parseAddresses(headerValue(headers, name)))
    .map(({ address }) => address.toLowerCase())
    .filter((address) => address.split('@')[1] === domain)
  return there.length === 1 ? (there[0] ?? null) : null
}

/**
 * The ordinary mail that tells of a failed integration where no MDN was asked for (clinical-documents.md §2.6): its subject,
 * a text with code and label, and the original enclosed. A reply or a forward of one is not one.
 */
const integrationMail = (parsed: ParsedMessage): FoundReport | null => {
  const code = integrationSubject.exec(parsed.subject)?.[1]
  const enclosed = parsed.attachments.find((part) => returnedTypes.has(part.mimeType))
  if (code === undefined || !enclosed) return null
  const returned = returnedFrom(parsed.raw, enclosed) ?? parsed.inReplyTo ?? parsed.references.at(-1) ?? null
  const line = parsed.text
    .slice(0, largestStatus)
    .split('\n')
    .find((one) => new RegExp(`(?:^|\\D)${code}(?:\\D|$)`).test(one))
  const label = line?.slice(line.indexOf(code) + code.length).replace(/^[\s^:–—-]+/u, '')
  return {
    kind: 'disposition',
    envelopeId: null,
    originalMessageId: returned,
    outcomes: [
      {
        address: parsed.from.address.toLowerCase(),
        originalAddress: answeredFor(parsed, enclosed),
        outcome: 'integration-failed',
        status: code,
        diagnostic: words(label?.split('^')[0] ?? null),
        automatic: true,
        retryUntil: null,
      },
    ],
  }
}

/** The multipart that is the report: the root, or what a signature or a lone wrapper encloses. */
const reportPart = (part: MimePart, depth: number): MimePart | null => {
  if (!part.mimeType.startsWith('multipart/') || depth > deepest) return null
  const type = reportType(part)
  if (type === 'delivery-status' || type === 'disposition-notification') return part
  if (part.children.some((child) => statusTypes.has(child.mimeType) || dispositionTypes.has(child.mimeType)))
    return part
  // Beside what a list or a scanner of viruses puts before it.
  const first = part.children.find(({ mimeType }) => mimeType === 'multipart/report') ?? part.children[0]
  // The gateways of hospitals attach archive and PDF again, inside the report or beside it.
  const wraps =
    part.mimeType === 'multipart/signed' ||
    (part.mimeType === 'multipart/mixed' &&
      (part.children.length <= 2 || part.children[0]?.mimeType === 'multipart/report'))
  return wraps && first ? reportPart(first, depth + 1) : null
}

/** Groups of fields separated by empty lines (RFC 3464 §2.1.1). */
const fieldGroups = (raw: Uint8Array, part: MimePart): HeaderField[][] => {
  const text = Buffer.from(decodePart(raw, part).subarray(0, largestStatus)).toString('latin1')
  return text
    .split(/\r?\n[ \t]*\r?\n/, 2 * mostRecipients)
    .map((block) => parseHeaderBlock(Buffer.from(block.replace(/^[\r\n]+/, ''), 'latin1')))
    .filter((group) => group.length > 0)
}

/** Message-ID of the message that comes back with the report, whole or its headers only. */
const returnedId = (raw: Uint8Array, report: MimePart): string | null => {
  const part = report.children.find((child) => returnedTypes.has(child.mimeType))
  return part ? returnedFrom(raw, part) : null
}

const returnedHeaders = (raw: Uint8Array, part: MimePart): HeaderField[] =>
  part.children[0]?.headers ?? parseHeaderBlock(decodePart(raw, part).subarray(0, largestStatus))

const returnedFrom = (raw: Uint8Array, part: MimePart): string | null =>
  parseMessageIds(headerValue(returnedHeaders(raw, part), 'message-id'))[0] ?? null

/** The one address the returned message was written to; null when there are several, or none. */
const loneRecipient = (raw: Uint8Array, report: MimePart): string | null => {
  const part = report.children.find((child) => returnedTypes.has(child.mimeType))
  if (!part) return null
  const headers = returnedHeaders(raw, part)
  const there = ['to', 'cc'].flatMap((name) => parseAddresses(headerValue(headers, name)))
  const [first] = there
  return there.length === 1 && first ? typedAddress(first.address) : null
}

/** What stands in parentheses in a structured field, nested ones too (RFC 5322 §3.2.2). */
const withoutComments = (value: string): string => {
  let text = value
  for (let depth = 0; depth < deepestComment; depth += 1) text = text.replace(/\([^()]*\)/g, ' ')
  return text
}

/** `rfc822; jean@exemple.fr`, `utf-8; …` with `\x{…}` (RFC 6533 §3), or the bare address some write; lower case. */
const typedAddress = (value: string | null): string | null => {
  if (value === null) return null
  const plain = withoutComments(value)
  const typed = /^\s*[\w.-]+\s*;(.*)$/s.exec(plain)?.[1] ?? plain
  const address = typed
    .replace(/\\x\{([0-9a-f]{2,6})\}/gi, (whole, hex: string) => {
      const point = Number.parseInt(hex, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole
    })
    .trim()
    .replace(/^<(.*)>$/, '$1')
    .toLowerCase()
  return /^[^\s<>@]+@[^\s<>@]+$/.test(address) && address.length <= longestAddress ? address : null
}

const words = (value: string | null): string | null => {
  const text = (value ?? '').replace(/^\s*(?:smtp|x-[\w-]+|lmtp|unix)\s*;/i, '').replace(/\p{Cc}+/gu, ' ')
  const short = text.trim().slice(0, longestDiagnostic)
  return short === '' ? null : short
}

const statusCode = (value: string | null): string | null =>
  /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(value ?? '')?.[1] ?? null

const dateOf = (value: string | null): number | null => {
  const time = Date.parse((value ?? '').replace(/\([^()]*\)/g, ' '))
  return Number.isFinite(time) && time > 0 && time < 7_258_118_400_000 ? time : null
}

const actions = new Set(['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const)
const actionOf = (group: HeaderField[]): FoundOutcome['outcome'] | null => {
  const word = /^[a-z]+/.exec((headerValue(group, 'action') ?? '').trim().toLowerCase())?.[0]
  const named = [...actions].find((action) => action === word)
  if (named) return named
  // Without an action, the class of the status says it (RFC 3463 §2); a success is never guessed.
  const kind = statusCode(headerValue(group, 'status'))?.[0]
  return kind === '5' ? 'failed' : kind === '4' ? 'delayed' : null
}

/**
 * The server's words. The patients' mailbox may give its reason in the readable part alone, where others repeat themselves
 * (mssante-client.md §1.8).
 */
const diagnosticOf = (group: HeaderField[], address: string, text: string): string | null => {
  const own = words(headerValue(group, 'diagnostic-code'))
  if (own !== null && !/^\d{13}/.test(address)) return own
  return words([own ?? '', text.slice(0, longestDiagnostic).replace(/\s+/g, ' ')].join(' '))
}

const deliveryReport = (
  groups: HeaderField[][],
  returned: string | null,
  text: string,
  lone: string | null,
): FoundReport => {
  const [message = []] = groups
  const told = groups.filter((group) => actionOf(group) !== null)
  const outcomes = groups.flatMap((group): FoundOutcome[] => {
    const final = typedAddress(headerValue(group, 'final-recipient'))
    const original = typedAddress(headerValue(group, 'original-recipient'))
    const outcome = actionOf(group)
    // An address of another network (X.400, unknown) of the only one it was written to.
    const address = final ?? original ?? (told.length === 1 ? lone : null)
    if (address === null || outcome === null) return []
    return [
      {
        address,
        originalAddress: original,
        outcome,
        status: statusCode(headerValue(group, 'status')) ?? statusCode(headerValue(group, 'diagnostic-code')),
        diagnostic:
          outcome === 'failed'
            ? diagnosticOf(group, address, text)
            : words(headerValue(group, 'diagnostic-code')),
        automatic: true,
        retryUntil: dateOf(headerValue(group, 'will-retry-until')),
      },
    ]
  })
  return {
    kind: 'delivery',
    envelopeId: envelopeId(message),
    originalMessageId: returned,
    outcomes: outcomes.slice(0, mostRecipients),
  }
}

const envelopeId = (group: HeaderField[]): string | null => {
  const id = (headerValue(group, 'original-envelope-id') ?? '').trim()
  return id === '' || id.length > 200 ? null : id
}

const dispositions: Record<string, FoundOutcome['outcome']> = {
  displayed: 'displayed',
  read: 'displayed',
  processed: 'processed',
  dispatched: 'dispatched',
  deleted: 'deleted',
  denied: 'denied',
  failed: 'processing-failed',
}

/** Whether the documents come back with the answer. */
const hasArchive = (parsed: ParsedMessage): boolean =>
  parsed.attachments.some(
    (part) => /\.zip$/i.test(part.fileName ?? '') || part.mimeType === 'application/zip',
  )

/** With its angle brackets, which some leave out. */
const messageIdOf = (value: string | null): string | null =>
  parseMessageIds(value)[0] ??
  /^\s*([^\s<>()]{1,300}@[^\s<>()]{1,300})\s*$/.exec(value ?? '')?.[1]?.replace(/^.*$/, '<$&>') ??
  null

/** `manual-action/MDN-sent-manually; displayed/error` (RFC 8098 §3.2.6). */
const dispositionReport = (
  parsed: ParsedMessage,
  groups: HeaderField[][],
  returned: string | null,
): FoundReport => {
  const fields = groups.flat()
  const said = (headerValue(fields, 'disposition') ?? '').toLowerCase()
  // Some leave the mode out.
  const [mode = '', kind = ''] = said.includes(';') ? said.split(';') : ['', said]
  const [word = '', modifier = ''] = kind.split('/').map((part) => withoutComments(part).trim())
  const found = dispositions[word]
  const final = typedAddress(headerValue(fields, 'final-recipient'))
  const original = typedAddress(headerValue(fields, 'original-recipient'))
  const subjectCode = integrationSubject.exec(parsed.subject)?.[1] ?? null
  const aboutDocuments = /XDM\/1\.0\/DDM/i.test(parsed.subject) || hasArchive(parsed)
  const address = final ?? original ?? (subjectCode === null ? null : parsed.from.address.toLowerCase())
  // The gateways of hospitals write the error after `Error:`, in the disposition itself or in a field of its own.
  const error =
    words(headerValue(fields, 'error')) ??
    words(headerValue(fields, 'failure')) ??
    words(/\/\s*(?:error|failure)\s*:?\s*(.+)$/i.exec(headerValue(fields, 'disposition') ?? '')?.[1] ?? null)
  const failed = error !== null || subjectCode !== null || /error|failure/.test(modifier)
  const code = integrationCode(error) ?? subjectCode
  // A program that could not import what came may also say that it threw it away (ITI-32 §3.32.4.1.4).
  const imported = found === 'processed' || found === 'deleted'
  const integration = failed && (code !== null || (aboutDocuments && imported))
  // A gateway that processed a message with documents has filed them (IG-TRANS, struct-msg-mdn; ITI-32).
  const outcome = integration
    ? 'integration-failed'
    : failed
      ? 'processing-failed'
      : found === 'processed' && aboutDocuments
        ? 'integrated'
        : found
  return {
    kind: 'disposition',
    envelopeId: null,
    originalMessageId: messageIdOf(headerValue(fields, 'original-message-id')) ?? returned,
    outcomes:
      address === null || outcome === undefined
        ? []
        : [
            {
              address,
              originalAddress: original,
              outcome,
              status: integration ? code : null,
              diagnostic: integration ? integrationLabel(error) : error,
              automatic: /automatic/.test(mode),
              retryUntil: null,
            },
          ],
  }
}

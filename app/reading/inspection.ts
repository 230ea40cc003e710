import { ok, type MessageInspection, type Outcome } from '../contract/index.ts'
import { decodePart, htmlToText, parseMessage, type BodySegment, type ParsedMessage } from '../mail/index.ts'
import { findDocuments, inspectDocuments } from '../mssante/index.ts'
import {
  judge,
  readCertificate,
  takeApart,
  type DecryptionKey,
  type JudgeContext,
  type Layer,
  type OpenedMessage,
} from '../smime/index.ts'
import { readContent } from './body-sections.ts'
import { inspectMessageDocuments } from './document-inspection.ts'
import {
  findPart,
  layeredTree,
  markProtection,
  protectionOf,
  treeOf,
  under,
  type Coverage,
  type PeeledLayer,
} from './inspected-tree.ts'
import { remoteReferences } from './remote-references.ts'

export interface InspectionContext extends Omit<JudgeContext, 'fromAddresses'> {
  keys: DecryptionKey[]
  /** DER of certificates that a sender may have left out. */
  known: Uint8Array[]
  /** Visible text of HTML as the reader shows it; without it, the text is taken out of the HTML as for the search. */
  visibleText?: (html: string) => string | null
}

const mailbox = ({ name, address }: { name: string; address: string }): string =>
  name === '' ? address : `${name} <${address}>`

const headersOf = (message: ParsedMessage): MessageInspection['headers'] => {
  const hasFrom = message.from.address !== '' || message.from.name !== ''
  return {
    from: hasFrom
      ? mailbox(message.from)
      : (message.headers.find(({ name }) => name === 'from')?.value ?? null),
    sender: message.sender ? mailbox(message.sender) : null,
    to: message.to.map(mailbox),
    cc: message.cc.map(mailbox),
    subject: message.subject,
    date: message.date === null ? null : new Date(message.date).toISOString(),
    messageId: message.messageId,
  }
}

interface Shown {
  displayed: MessageInspection['displayed']
  attachments: MessageInspection['attachments']
  html: string[]
}

/** One entity as it is displayed: its bodies in order, then what is left as attachments. */
const showEntity = (
  message: ParsedMessage,
  prefix: string,
  coverage: readonly Coverage[],
  visibleText: (html: string) => string,
): Shown => {
  const text = ({ text: plain, html }: BodySegment): string =>
    html === null ? (plain ?? '').replace(/\r\n/g, '\n') : visibleText(html)
  return {
    displayed: message.segments.map((segment) => {
      const path = under(prefix, segment.path)
      return {
        path,
        format: segment.html === null ? ('text' as const) : ('html' as const),
        text: text(segment),
        ...protectionOf(path, coverage),
      }
    }),
    attachments: message.attachments.map((part) => {
      const path = under(prefix, part.path)
      return {
        path,
        fileName: part.fileName,
        contentType: part.mimeType,
        size: decodePart(message.raw, part).length,
        signature: protectionOf(path, coverage).signature,
      }
    }),
    html: message.segments.flatMap(({ html }) => (html === null ? [] : [html])),
  }
}

/** What is shown, stretch by stretch where signatures cover parts of it. Errors: `mime.limit`. */
const showAll = (
  opened: OpenedMessage,
  shown: string,
  coverage: readonly Coverage[],
  visibleText: (html: string) => string,
): Outcome<Shown> => {
  const { content, stretches } = opened
  if (opened.encryption.status === 'failed') return ok({ displayed: [], attachments: [], html: [] })
  const rest =
    stretches.length === 0 ? readContent(opened) : parseMessage(content, undefined, { except: stretches })
  if (!rest.ok) return rest
  const outside = showEntity(rest.value, shown, coverage, visibleText)
  const all: { start: number; part: Shown }[] = rest.value.segments.map(({ start }, index) => ({
    start,
    part: { displayed: outside.displayed.slice(index, index + 1), attachments: [], html: [] },
  }))
  for (const { path, content: signed, start } of stretches) {
    const parsed = parseMessage(signed)
    if (!parsed.ok) return parsed
    const part = showEntity(parsed.value, under(under(shown, path), '1'), coverage, visibleText)
    all.push({ start, part })
  }
  all.sort((one, other) => one.start - other.start)
  return ok({
    displayed: all.flatMap(({ part }) => part.displayed),
    attachments: [...all.flatMap(({ part }) => part.attachments), ...outside.attachments],
    html: [...outside.html, ...all.flatMap(({ part }) => part.html)],
  })
}

const layerReport = (
  layer: OpenedMessage['layers'][number],
  ours: ReadonlySet<string>,
): MessageInspection['layers'][number] => {
  if (layer.kind === 'signature') return layer
  return {
    kind: 'encryption',
    encryption: layer.encryption,
    algorithm: layer.finding?.algorithm ?? null,
    recipients: (layer.finding?.recipients ?? []).map(({ kind, algorithm, identifier }) => {
      const serial = identifier && 'serial' in identifier ? identifier.serial : null
      const named = identifier && 'keyId' in identifier ? identifier.keyId : serial
      return { kind, algorithm, identifier: named, ours: named !== null && ours.has(named) }
    }),
  }
}

/** Serial numbers and key identifiers that a sender may have named us by. */
const identifiersOf = ({ certificate }: DecryptionKey): string[] => {
  const facts = readCertificate(certificate)
  return facts.ok ? [facts.value.serial, ...(facts.value.subjectKeyId ? [facts.value.subjectKeyId] : [])] : []
}

const isOpenPgp = (raw: Uint8Array): boolean => {
  const head = Buffer.from(raw.subarray(0, 64 * 1024)).toString('latin1')
  return /application\/pgp-(?:signature|encrypted)|-----BEGIN PGP (?:SIGNED )?MESSAGE-----/i.test(head)
}

/**
 * Everything SousPli makes of a message (docs/inspect.md): the same opening, verdict and texts as the reading window. Fetches
 * nothing by itself. Errors: `mime.limit`.
 */
export const inspectMessage = async (
  raw: Uint8Array,
  context: InspectionContext,
): Promise<Outcome<MessageInspection>> => {
  const outer = parseMessage(raw)
  if (!outer.ok) return outer
  const peeled: (PeeledLayer & { layer: Layer | null })[] = []
  const apart = takeApart(raw, context.keys, {
    known: context.known,
    peeled: (content, layer) => {
      const detached = layer?.kind === 'signature' && layer.form === 'detached'
      peeled.push({ content, form: detached ? 'detached' : 'nested', layer })
    },
  })
  const opened = await judge(apart, { ...context, fromAddresses: [outer.value.from.address] })
  const { tree, paths, shown: last } = layeredTree(raw, peeled)
  const shown = opened.headerProtection.kind === 'enclosed-message' ? under(last, '1') : last

  const coverage: Coverage[] = []
  for (const [index, { layer }] of peeled.entries()) {
    const found = layer ? opened.layers[apart.layers.indexOf(layer)] : undefined
    const path = paths[index] ?? ''
    if (found?.kind === 'encryption') coverage.push({ path, decrypted: true })
    if (found?.kind === 'signature') coverage.push({ path, signature: found.signature.status })
  }
  // What is said of the message holds for what it shows.
  if (opened.layers.length > 0) coverage.push({ path: shown, signature: opened.signature.status })
  for (const { path, signature } of opened.parts)
    if (signature.status !== 'none')
      coverage.push({ path: under(under(shown, path), '1'), signature: signature.status })
  for (const { path, content } of opened.stretches) {
    const part = findPart(tree, under(shown, path))
    if (part?.parts.length === 0) part.parts = [treeOf(content, under(part.path, '1'))]
  }
  markProtection(tree, coverage)

  const sanitised = context.visibleText
  let extracted = sanitised === undefined
  const visibleText = (html: string): string => {
    const text = sanitised?.(html) ?? null
    if (text === null) extracted = true
    return text ?? htmlToText(html)
  }
  const all = showAll(opened, shown, coverage, visibleText)
  if (!all.ok) return all
  // Nothing of a message that could not be decrypted is read.
  const content = opened.encryption.status === 'failed' ? null : readContent(opened)
  if (content?.ok === false) return content
  const judgedAt = context.asOf ?? context.arrivedAt ?? context.now
  const clinical = content
    ? await inspectMessageDocuments(content.value, judgedAt, context)
    : inspectDocuments(await findDocuments([]), 'message', judgedAt)
  const headers = headersOf(outer.value)
  const ours = new Set(context.keys.flatMap(identifiersOf))
  return ok({
    size: raw.length,
    headers,
    shown: { from: headers.from, subject: opened.headerProtection.subject ?? headers.subject },
    verdict: opened.signature.status,
    reasons: opened.signature.status === 'none' ? [] : opened.signature.reasons,
    notices: opened.signature.status === 'none' ? [] : opened.signature.notices,
    signature: opened.signature,
    encryption: opened.encryption,
    layers: opened.layers.map((layer) => layerReport(layer, ours)),
    parts: opened.parts.map((part) => ({ ...part, path: under(shown, part.path) })),
    headerProtection: opened.headerProtection,
    tree,
    displayed: all.value.displayed,
    htmlText: extracted ? 'extracted' : 'sanitised',
    attachments: all.value.attachments,
    remoteReferences: [...new Set(all.value.html.flatMap(remoteReferences))].slice(0, 200),
    foreignProtection: isOpenPgp(raw) ? 'openpgp' : 'none',
    clinical,
    judgedAt: judgedAt.toISOString(),
  })
}

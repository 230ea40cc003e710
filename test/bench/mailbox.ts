import type { Operator, StoredMessage } from '../operator/index.ts'
import { folderNames, people } from '../operator/index.ts'
import { createDraw, drawCorrespondent, drawText, type Draw } from './vocabulary.ts'

/** Whose mailbox is filled: a practitioner without shared mailboxes. */
export const owner = people.paul

/** Bytes; the law of sizes of machine-and-peers.md §4: median 8.3 kB, p95 68 kB, p99 164 kB. */
const medianBytes = 8_300
const sizeDeviation = 1.28
/** Room for some text: the end of the synchronisation is seen by previews. */
const smallest = 1_200
const largestOrdinary = 2_000_000
const hugeAttachment = 25 * 1024 * 1024
/** Messages with a 25 MiB attachment among 50,000. */
const hugeAmong50k = 7
const chunk = 500
const newest = Date.UTC(2026, 10, 20, 17)
/** Mean milliseconds between two messages: ten years at 50,000. */
const spacing = (10 * 365 * 86_400_000) / 50_000

export interface FilledMailbox {
  messages: number
  inbox: number
  bytes: number
  milliseconds: number
}

/** Fills `owner`'s mailbox on the operator's Dovecot with `count` messages; the same for the same count. */
export const fillMailbox = async (operator: Operator, count: number): Promise<FilledMailbox> => {
  const started = performance.now()
  const draw = createDraw(count)
  const hugeEvery = Math.floor(count / Math.max(1, Math.round((count * hugeAmong50k) / 50_000)))
  let bytes = 0
  let inbox = 0
  let pending: StoredMessage[] = []
  for (let index = 0; index < count; index++) {
    const message = makeMessage(draw, index, count, count >= 5_000 && index % hugeEvery === hugeEvery >> 1)
    bytes += message.raw.byteLength
    if (message.folder === 'INBOX') inbox += 1
    pending.push(message)
    if (pending.length < chunk && index < count - 1) continue
    await operator.fill(owner.key, pending)
    pending = []
  }
  return { messages: count, inbox, bytes, milliseconds: performance.now() - started }
}

const messageId = (index: number): string => `<bench-${index}@bench.mssante.test>`

/** One message of the mailbox; what is drawn before it must have been drawn. */
export const makeMessage = (draw: Draw, index: number, count: number, huge: boolean): StoredMessage => {
  const share = draw.below(10)
  const folder = share < 6 ? 'INBOX' : share < 9 ? folderNames.archive : folderNames.sent
  const date = new Date(newest - Math.floor((count - 1 - index + draw.next() * 0.9) * spacing))
  const size = medianBytes * Math.exp(sizeDeviation * draw.normal())
  const wanted = Math.min(largestOrdinary, Math.max(smallest, size))
  const other = drawCorrespondent(draw)
  const me = { name: owner.displayName, address: owner.address }
  const [from, to] = folder === folderNames.sent ? [me, other] : [other, me]
  const replied = index > 0 && draw.below(4) === 0 ? Math.max(0, index - 1 - draw.below(200)) : null
  const subject = drawText(draw, 1).slice(0, 30 + draw.below(30))
  const headers = [
    `Return-Path: <${from.address}>`,
    `From: ${encoded(from.name)} <${from.address}>`,
    `To: ${encoded(to.name)} <${to.address}>`,
    `Subject: ${encoded(replied === null ? subject : `RE: ${subject}`)}`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: ${messageId(index)}`,
    ...(replied === null ? [] : [`In-Reply-To: ${messageId(replied)}`, `References: ${messageId(replied)}`]),
    'MIME-Version: 1.0',
  ]
  const unseen = draw.below(5) === 0
  return {
    folder,
    flags: [
      ...(unseen && folder !== folderNames.sent ? [] : ['\\Seen']),
      ...(draw.below(20) === 0 ? ['\\Flagged'] : []),
      ...(draw.below(5) === 0 ? ['\\Answered'] : []),
    ],
    date,
    raw: Buffer.from([...headers, ...makeBody(draw, wanted, huge)].join('\r\n')),
  }
}

const encoded = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

/** Plain text, or text with its HTML, or text with an attachment: what fills `wanted` bytes. */
const makeBody = (draw: Draw, wanted: number, huge: boolean): string[] => {
  const plain = ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '']
  const boundary = `bench${draw.below(2 ** 30)}`
  if (!huge && wanted < 12_000) {
    if (draw.below(3) > 0) return [...plain, drawText(draw, wanted - 600), '']
    const text = drawText(draw, Math.max(200, (wanted - 1_000) / 2))
    const html = `<html><body><p>${text.split('\r\n').join('</p>\r\n<p>')}</p></body></html>`
    return [
      `Content-Type: multipart/alternative; boundary=${boundary}`,
      '',
      `--${boundary}`,
      ...plain,
      text,
      `--${boundary}`,
      ...plain.map((line) => line.replace('text/plain', 'text/html')),
      html,
      `--${boundary}--`,
      '',
    ]
  }
  const text = drawText(draw, 1_000 + draw.below(5_000))
  const attachment = draw.bytes(huge ? hugeAttachment : Math.max(1_000, ((wanted - text.length) * 3) / 4))
  const isPdf = draw.below(2) === 0
  attachment.set(isPdf ? Buffer.from('%PDF-1.4') : Buffer.from([0xff, 0xd8, 0xff, 0xe0]))
  return [
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    '',
    `--${boundary}`,
    ...plain,
    text,
    `--${boundary}`,
    `Content-Type: ${isPdf ? 'application/pdf' : 'image/jpeg'}`,
    `Content-Disposition: attachment; filename=examen-${draw.below(9_999)}.${isPdf ? 'pdf' : 'jpg'}`,
    'Content-Transfer-Encoding: base64',
    '',
    attachment.toString('base64').replace(/.{76}/g, '$&\r\n'),
    `--${boundary}--`,
    '',
  ]
}

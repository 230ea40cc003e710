import type { Correspondent } from '../../contract/index.ts'
import { composeMessage, multipart, textEntity } from './compose.ts'

export interface ReceiptContent {
  from: Correspondent
  to: string
  subject: string
  /** The sentence for the person who asked. */
  text: string
  /** Milliseconds. */
  date: number
  messageId: string
  originalMessageId: string | null
  /** Original-Recipient of the message read, as its last server wrote it; null when it has none. */
  originalRecipient: string | null
  /** Header section of the message read. */
  originalHeaders: Uint8Array
  boundary: string
  /** Headers that go out with every message. */
  extra: Record<string, string>
}

/** Bytes of the original's headers that go back. */
const mostHeaders = 32 * 1024

const printable = (text: string): string => text.replace(/[^\x21-\x7e]/g, '')

/** A read receipt sent by its reader's own decision: multipart/report of RFC 8098 §3. */
export const composeReceipt = (receipt: ReceiptContent): Uint8Array => {
  const address = printable(receipt.from.address)
  const fields = [
    'Reporting-UA: SousPli',
    // Only what a server said (RFC 8098 §3.2.3): to whom it was addressed first may be somebody else.
    ...(receipt.originalRecipient === null
      ? []
      : [`Original-Recipient: ${printable(receipt.originalRecipient)}`]),
    `Final-Recipient: rfc822;${address}`,
    ...(receipt.originalMessageId === null
      ? []
      : [`Original-Message-ID: ${printable(receipt.originalMessageId)}`]),
    'Disposition: manual-action/MDN-sent-manually; displayed',
    '',
  ]
  const machine = Buffer.from(
    `Content-Type: message/disposition-notification\r\nContent-Transfer-Encoding: 7bit\r\n\r\n${fields.join('\r\n')}`,
    'latin1',
  )
  // Base64: what a sender wrote raw in his headers must neither break lines nor need eight bits.
  const headers = Buffer.from(receipt.originalHeaders.subarray(0, mostHeaders)).toString('base64')
  const returned = Buffer.from(
    `Content-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: base64\r\n\r\n${headers.replace(/.{76}(?=.)/g, '$&\r\n')}\r\n`,
    'latin1',
  )
  const entity = multipart(
    'report; report-type=disposition-notification',
    [textEntity('plain', receipt.text), machine, returned],
    receipt.boundary,
  )
  return composeMessage(
    {
      from: receipt.from,
      to: [{ name: '', address: receipt.to }],
      cc: [],
      subject: receipt.subject,
      date: receipt.date,
      messageId: receipt.messageId,
      inReplyTo: receipt.originalMessageId,
      references: receipt.originalMessageId === null ? [] : [receipt.originalMessageId],
      supersedes: null,
      readReceiptTo: null,
      extra: { ...receipt.extra, 'Auto-Submitted': 'auto-replied' },
    },
    entity,
  )
}

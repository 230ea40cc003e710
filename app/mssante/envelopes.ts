import type { MessagePart } from './found.ts'
import { sniffMime } from './magic.ts'

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** ContentInfo (RFC 5652 §3) that holds signed, enveloped, encrypted, authenticated or compressed data, in DER or BER. */
const contentInfo =
  /^\x30(?:[\x00-\x80]|\x81.|\x82..|\x83.{3}|\x84.{4})\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02\x03\x06]|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x09\x17])/s
const armour = /^\s*-----BEGIN (?:PKCS7|PKCS #7 SIGNED DATA|CMS)-----/
const envelopeName = /\.p7[ms]$/i

const isBase64 = (head: string): boolean => /^\s*MI[\w+/]{20,}/.test(head) && !/[^\w+/=\s]/.test(head)

/** Bytes inside a text: PEM (RFC 7468), or Base64 alone. */
const fromText = (text: string): Uint8Array =>
  Buffer.from(text.replaceAll(/-----[^-]*-----/g, '').replaceAll(/\s/g, ''), 'base64')

/** Whether a part is a CMS envelope by its bytes: `x.pdf.p7m`, `smime.p7m`. The name only counts where the bytes are text. */
export const isEnvelope = ({ fileName, bytes, head }: MessagePart): boolean => {
  const start = latin1((head ?? bytes).subarray(0, 64))
  return (
    contentInfo.test(start) || armour.test(start) || (envelopeName.test(fileName ?? '') && isBase64(start))
  )
}

/** The bytes of a CMS envelope, taken out of their text where they stand in one. */
export const envelopeBytes = (bytes: Uint8Array): Uint8Array =>
  contentInfo.test(latin1(bytes.subarray(0, 64))) ? bytes : fromText(latin1(bytes))

/** The name of what an envelope holds. */
export const innerName = (fileName: string | null): string | null =>
  fileName?.replace(envelopeName, '') || null

const tnefSignature = [0x78, 0x9f, 0x3e, 0x22]
/** Every message of Outlook has this stream (MS-OXMSG §2.4). */
const outlookStream = Buffer.from('__properties_version1.0', 'utf16le')

/** Files of Outlook by their bytes: `winmail.dat` (MS-OXTNEF) and `.msg` (MS-OXMSG); what they hold is not read. */
export const outlookFile = (part: MessagePart): 'tnef' | 'outlook-message' | null => {
  const head = part.head ?? part.bytes.subarray(0, 4096)
  if (tnefSignature.every((byte, index) => head[index] === byte)) return 'tnef'
  if (sniffMime(head) !== 'application/x-ole') return null
  const { bytes } = part
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(outlookStream)
    ? 'outlook-message'
    : null
}

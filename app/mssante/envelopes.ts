import { checkDetached } from '../smime/index.ts'
import type { FoundSignature, MessagePart } from './found.ts'
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
export const isEnvelope = ({
  fileName,
  bytes,
  head,
}: Pick<MessagePart, 'fileName' | 'bytes' | 'head'>): boolean => {
  const start = latin1((head ?? bytes).subarray(0, 64))
  return (
    contentInfo.test(start) || armour.test(start) || (envelopeName.test(fileName ?? '') && isBase64(start))
  )
}

/** The bytes of a CMS envelope, taken out of their text where they stand in one. */
export const envelopeBytes = (bytes: Uint8Array): Uint8Array =>
  contentInfo.test(latin1(bytes.subarray(0, 64))) ? bytes : fromText(latin1(bytes))

/** ContentInfo of data that only certificates, a shared key or a password open. */
const encryptedInfo =
  /^\x30(?:[\x00-\x80]|\x81.|\x82..|\x83.{3}|\x84.{4})\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x03\x06]|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17)/s

/** Whether a file is a CMS envelope that is encrypted (RFC 5652 §6, RFC 5083), by its bytes. */
export const isEncryptedEnvelope = (part: Pick<MessagePart, 'fileName' | 'bytes' | 'head'>): boolean =>
  isEnvelope(part) && encryptedInfo.test(latin1(envelopeBytes(part.bytes).subarray(0, 64)))

const extensions: Readonly<Record<string, string>> = {
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/dicom': '.dcm',
  'application/rtf': '.rtf',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/gif': '.gif',
  'image/webp': '.webp',
  'image/tiff': '.tif',
}

/** The name of what an envelope holds; by what it is where the envelope only says that it is one (`smime.p7m`). */
export const innerName = (fileName: string | null, content: Uint8Array): string => {
  const name = fileName?.replace(envelopeName, '') ?? ''
  if (name !== '' && !/^smime$/i.test(name)) return name
  return `document${extensions[sniffMime(content) ?? ''] ?? ''}`
}

const folded = (name: string): string => name.normalize('NFC').toLowerCase()

/**
 * The file that a signature beside it signs, by name: `x.pdf.p7s` signs `x.pdf`; `x.p7s` signs the one file `x.…`. Null for none.
 */
const signedBy = <P extends { fileName: string | null }>(signature: P, parts: readonly P[]): P | null => {
  const name = folded(signature.fileName ?? '')
  if (!envelopeName.test(name)) return null
  const wanted = name.replace(envelopeName, '')
  const others = parts.filter((part) => part !== signature && part.fileName)
  const exact = others.find((part) => folded(part.fileName ?? '') === wanted)
  if (exact) return exact
  const [only, ...more] = others.filter(
    ({ fileName }) =>
      !envelopeName.test(fileName ?? '') && folded(fileName ?? '').replace(/\.[^.]+$/, '') === wanted,
  )
  return more.length === 0 ? (only ?? null) : null
}

/** Most signatures checked beside files: each reads the whole file. */
const mostDetached = 20

/** Signatures found beside the files they sign, by the id of the file's part, and the parts that are these signatures. */
export interface DetachedSignatures {
  of: Map<string, FoundSignature[]>
  used: Set<string>
}

/** Matches signatures to the files beside them and checks them; `detached` are the parts that hold nothing but a signature. */
export const detachedSignatures = (
  parts: readonly MessagePart[],
  detached: readonly MessagePart[],
): DetachedSignatures => {
  const found: DetachedSignatures = { of: new Map(), used: new Set() }
  for (const signature of detached.slice(0, mostDetached)) {
    const file = signedBy(signature, parts)
    if (!file) continue
    const finding = checkDetached(envelopeBytes(signature.bytes), file.bytes)
    const fileName = signature.fileName ?? ''
    found.of.set(file.id, [...(found.of.get(file.id) ?? []), { form: 'detached', fileName, finding }])
    found.used.add(signature.id)
  }
  return found
}

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

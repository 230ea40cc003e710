/** Small letters that tests deliver from the operator's side: fictitious, and their bytes known. */
import { randomBytes } from 'node:crypto'
import type { Person } from '../operator/index.ts'

export interface Letter {
  from: Person
  to: readonly Person[]
  cc?: readonly Person[]
  subject: string
  text: string
  /** A file joined as application/octet-stream. */
  file?: { name: string; bytes: Buffer }
}

const mailbox = ({ displayName, address }: Person): string => `${displayName} <${address}>`
const list = (persons: readonly Person[]): string => persons.map(mailbox).join(', ')
const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replace(/.{76}/g, '$&\r\n')

/** The message as it travels: UTF-8, CRLF. Names with accents stay as they are (RFC 6532). */
export const writeLetter = ({ from, to, cc = [], subject, text, file }: Letter): string => {
  const head = [
    `From: ${mailbox(from)}`,
    `To: ${list(to)}`,
    ...(cc.length > 0 ? [`Cc: ${list(cc)}`] : []),
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${randomBytes(8).toString('hex')}@medecin.mssante.test>`,
    'MIME-Version: 1.0',
  ]
  const body = ['Content-Type: text/plain; charset=utf-8', '', text, '']
  if (!file) return [...head, ...body].join('\r\n')
  const boundary = `limite-${randomBytes(8).toString('hex')}`
  return [
    ...head,
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    ...body,
    `--${boundary}`,
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename="${file.name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(file.bytes),
    `--${boundary}--`,
    '',
  ].join('\r\n')
}

/** The bytes travel in this source as one base64 part. */
export const holdsFile = (source: Buffer, bytes: Buffer): boolean =>
  source.toString('latin1').replaceAll('\r\n', '').includes(bytes.toString('base64'))

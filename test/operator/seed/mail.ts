import { people } from '../people.ts'
import { encodedText, entityBytes, mailbox, message, type Entity } from './mime.ts'
import { mailDate } from './paris-time.ts'
import type { Random } from './random.ts'

export type PersonKey = keyof typeof people

/** Signs a MIME entity in the name of one of the people; gives the entity that replaces it. */
export type Signer = (personKey: PersonKey, entity: Buffer) => Promise<Buffer> | Buffer

export type Flag = '\\Seen' | '\\Flagged' | '\\Answered'

/** A message as a mailbox holds it. */
export interface SeededMessage {
  raw: Buffer
  date: Date
  flags: Flag[]
}

/** Who writes or reads, as seen in a header. */
export interface Correspondent {
  name: string
  address: string
}

export const correspondents = {
  anne: { name: people.anne.displayName, address: people.anne.address },
  paul: { name: people.paul.displayName, address: people.paul.address },
  laboratory: { name: people.laboratory.displayName, address: people.laboratory.address },
  hospital: { name: people.hospital.displayName, address: people.hospital.address },
  secretary: { name: people.secretary.displayName, address: people.secretary.address },
  patient: { name: people.patient.displayName, address: people.patient.address },
  imaging: { name: 'Imagerie Rive Gauche', address: 'compte-rendus@imagerie-rive-gauche.mssante.test' },
  emergency: { name: 'Urgences - Hôpital des Lilas', address: 'urgences@hopital-lilas.mssante.test' },
  rheumatologist: { name: 'Dr Marc TESSIER - Rhumatologie', address: 'marc.tessier@medecin.mssante.test' },
  nurse: { name: 'Nadia FERRAND - Infirmière libérale', address: 'nadia.ferrand@infirmier.mssante.test' },
  cpts: { name: 'CPTS des Lilas', address: 'coordination@cpts-lilas.mssante.test' },
  pharmacist: { name: 'Pharmacie du Spécimen', address: 'officine@pharmacie-specimen.mssante.test' },
  newsletter: { name: 'La Revue des praticiens (exemple)', address: 'lettre@revue.exemple.test' },
  stranger: { name: 'Service Client', address: 'ne-pas-repondre@promo.exemple.test' },
} as const satisfies Record<string, Correspondent>

/** Everything of a message but its content. Null leaves the header out, which some senders do. */
export interface Envelope {
  from: Correspondent
  to: readonly Correspondent[]
  cc?: readonly Correspondent[]
  subject: string | null
  date: Date
  messageId: string | null
  inReplyTo?: string
  references?: readonly string[]
  /** Whole header lines, folded. */
  extra?: readonly string[]
  /** Replaces the Date header (garbled or missing dates). */
  rawDate?: string
  /** Replaces the From header. */
  rawFrom?: string
}

/** A fresh Message-ID in the sender's domain, brackets included. */
export function newMessageId(random: Random, sender: Correspondent): string {
  return `<${random.uuid().toLowerCase()}@${sender.address.split('@')[1] ?? 'mssante.test'}>`
}

/** The header lines of an envelope, RFC 5322 and RFC 2047. */
export function headerLines(of: Envelope): string[] {
  const list = (who: readonly Correspondent[]): string =>
    who.map((w) => mailbox(w.name, w.address)).join(',\r\n ')
  const lines = [`From: ${of.rawFrom ?? mailbox(of.from.name, of.from.address)}`, `To: ${list(of.to)}`]
  if (of.cc !== undefined && of.cc.length > 0) lines.push(`Cc: ${list(of.cc)}`)
  if (of.subject !== null) lines.push(`Subject: ${encodedText(of.subject)}`)
  lines.push(`Date: ${of.rawDate ?? mailDate(of.date)}`)
  if (of.messageId !== null) lines.push(`Message-ID: ${of.messageId}`)
  if (of.inReplyTo !== undefined) lines.push(`In-Reply-To: ${of.inReplyTo}`)
  if (of.references !== undefined && of.references.length > 0) {
    lines.push(`References: ${of.references.join('\r\n ')}`)
  }
  return [...lines, ...(of.extra ?? [])]
}

/** Composes and, when a signer and a signing person are given, signs. */
export async function compose(
  envelope: Envelope,
  entity: Entity,
  signature: { signer: Signer; as: PersonKey } | null = null,
): Promise<Buffer> {
  const content = signature === null ? entity : await signature.signer(signature.as, entityBytes(entity))
  return message(headerLines(envelope), content)
}

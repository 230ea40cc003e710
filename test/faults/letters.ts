import { folderNames } from '../operator/dovecot.ts'
import type { Operator, Person, StoredMessage } from '../operator/index.ts'
import { people } from '../operator/people.ts'
import type { Mailbox } from './actions.ts'
import type { Dice } from './dice.ts'

/** The folders the harness moves messages between. */
export const playground: readonly string[] = ['INBOX', folderNames.archive, folderNames.trash]

/** In every message, draft and attachment: must never be found in clear on the disk. */
export const seededWord = 'Ornithorynque'

/** A fictitious letter whose subject names it; `bytes` of text. */
export const letter = (subject: string, to: string, bytes: number): string =>
  [
    `From: ${people.laboratory.address}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0100',
    `Message-ID: <${subject.replace(/\W/g, '.')}@fictif.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `${seededWord}, patient fictif, remplissage.\r\n`.repeat(Math.ceil(bytes / 46)),
  ].join('\r\n')

/** In an attachment of every sixth letter, and nowhere else. */
export const attachedWord = 'Cholecystectomie'

/** Whether a letter of the playground has this attachment. */
export const hasAttachment = (subject: string): boolean =>
  Number(/^Lettre (\d+)$/.exec(subject)?.[1] ?? 0) % 6 === 5

/** A letter whose attached text is to be found by a search. */
const withAttachment = (subject: string, to: string): string =>
  letter(subject, to, 300)
    .replace('Content-Type: text/plain; charset=utf-8', 'Content-Type: multipart/mixed; boundary=limite')
    .replace('\r\n\r\n', '\r\n\r\n--limite\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n') +
  [
    '',
    '--limite',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Disposition: attachment; filename=compte-rendu.txt',
    '',
    `${seededWord}, patient fictif : ${attachedWord} sans suites.`,
    '--limite--',
    '',
  ].join('\r\n')

/** Letters of all sizes in the playground, some of which need a part file of their own. */
export const fillPlayground = async (
  operator: Operator,
  who: Person,
  count: number,
  dice: Dice,
): Promise<StoredMessage[]> => {
  const messages = Array.from({ length: count }, (_, index): StoredMessage => {
    const subject = `Lettre ${index}`
    const flags = [...(dice.chance(0.5) ? ['\\Seen'] : []), ...(dice.chance(0.2) ? ['\\Flagged'] : [])]
    const bytes = dice.chance(0.1) ? 70_000 + dice.whole(200_000) : 200 + dice.whole(8_000)
    return {
      folder: dice.chance(0.6) ? 'INBOX' : dice.pick(playground),
      flags,
      date: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000),
      raw: Buffer.from(
        hasAttachment(subject) ? withAttachment(subject, who.address) : letter(subject, who.address, bytes),
      ),
    }
  })
  await operator.fill(who.key, messages)
  return messages
}

export const subjectOf = (raw: Uint8Array): string =>
  /^Subject: (.*)\r$/m.exec(Buffer.from(raw).toString())?.[1] ?? ''

/** The mailbox these messages make. */
export const mailboxOf = (messages: readonly StoredMessage[]): Mailbox =>
  new Map(
    messages.map(({ folder, flags, raw }) => [
      subjectOf(raw),
      { folder, seen: flags.includes('\\Seen'), flagged: flags.includes('\\Flagged') },
    ]),
  )

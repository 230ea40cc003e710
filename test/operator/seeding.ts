import { folderNames } from './dovecot.ts'
import type { StoredMessage } from './mailbox.ts'
import type { Person } from './people.ts'
import type { Pki } from './pki.ts'
import { generateMailboxes, signEntity } from './seed/index.ts'

/** Which mail the world starts with; the same `seed` and `now` give the same mail but for signatures. */
export interface SeedOptions {
  seed?: number
  now?: Date
  messageCount?: number
}

const folders = {
  INBOX: 'INBOX',
  Sent: folderNames.sent,
  Archive: folderNames.archive,
  Drafts: folderNames.drafts,
  Trash: folderNames.trash,
  Junk: folderNames.junk,
} as const

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`

/** Generates the mailboxes; practitioners sign with their card's signature key, others with their software one. */
export const seedMessages = async (
  pki: Pki,
  options: SeedOptions,
): Promise<Array<{ person: Person['key']; messages: StoredMessage[] }>> => {
  const now = options.now ?? new Date()
  const authority = (file: string): string => pki.trusted.find((item) => item.file === file)?.pem ?? ''
  const boxes = await generateMailboxes({
    seed: options.seed ?? 2026,
    now,
    ...(options.messageCount === undefined ? {} : { messageCount: options.messageCount }),
    signer: (person, entity) => {
      if (person === 'paul' || person === 'anne') {
        const { certificateDer, keyPem } = pki.card(person).signature
        const chain = [authority('ACI-FO-PP-TEST')]
        return signEntity(entity, { certificate: pemOf(certificateDer), key: keyPem, chain }, now)
      }
      const { pem, keyPem } = pki.software(person).signature
      const chain = [authority('ACI-EL-ORG-TEST')]
      return signEntity(entity, { certificate: pem, key: keyPem, chain }, now)
    },
  })
  return boxes.map(({ person, folder, messages }) => ({
    person,
    messages: messages.map((message) => ({ ...message, folder: folders[folder] })),
  }))
}

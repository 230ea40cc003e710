import { anyClinicalMail } from './clinical-bulk.ts'
import { landmarkMails } from './landmark-mails.ts'
import { correspondents, type PersonKey, type SeededMessage, type Signer } from './mail.ts'
import { atParis } from './paris-time.ts'
import { createRandom } from './random.ts'

export interface SeededMailbox {
  person: PersonKey
  folder: 'INBOX' | 'Sent' | 'Archive' | 'Drafts' | 'Trash' | 'Junk'
  messages: SeededMessage[]
}

/** The newest Paris day whose 09:31 is past: no seeded message lies in the future. */
export function newestDay(now: Date): Date {
  const candidate = atParis(now, 0, 9, 31)
  return candidate <= now ? candidate : atParis(now, 1, 9, 31)
}

export async function generateMailboxes(options: {
  seed: number
  now: Date
  messageCount?: number
  signer?: Signer
}): Promise<SeededMailbox[]> {
  const random = createRandom(options.seed)
  const today = newestDay(options.now)
  const signer = options.signer ?? null
  const inbox = await landmarkMails({ random: random.fork('landmarks'), today, signer })
  for (let i = 0; i < 150; i++) {
    const r = random.fork(`bulk ${i}`)
    const date = atParis(today, r.integer(2, 420), r.integer(8, 18), r.integer(0, 59))
    inbox.push(await anyClinicalMail({ random: r, date, to: correspondents.anne, signer }))
  }
  return [{ person: 'anne', folder: 'INBOX', messages: inbox }]
}

import { anyClinicalMail, replacedReport, synthesisMail, twoDocumentsMail } from './clinical-bulk.ts'
import { hostileMail, htmlLetter, newsletter } from './html-mails.ts'
import { landmarkMails, renewalAnswer } from './landmark-mails.ts'
import {
  alteredMail,
  bigMail,
  hprimMail,
  letterMail,
  patientMail,
  pdfLetterMail,
  type MailContext,
} from './letter-mails.ts'
import {
  correspondents,
  type Correspondent,
  type PersonKey,
  type SeededMessage,
  type Signer,
} from './mail.ts'
import { atParis, parisWeekday } from './paris-time.ts'
import { patients } from './patients.ts'
import { createRandom, type Random } from './random.ts'
import {
  deliveryFailure,
  draft,
  forwarded,
  integrationError,
  oddMails,
  readReceipt,
} from './special-mails.ts'
import { thread } from './threads.ts'
import type { XdmVariant } from './xdm.ts'

/** One folder of one person, newest message first. */
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

interface Maker {
  random: Random
  today: Date
  signer: Signer | null
}

/** A moment of work between `from` and `to` days ago; Sundays move to the Saturday before. */
function workingMoment(random: Random, today: Date, from: number, to: number): Date {
  // Squared: recent months hold more mail than old ones.
  const daysAgo = from + Math.floor((to - from) * random.next() ** 1.4)
  const date = atParis(today, daysAgo, random.integer(8, 18), random.integer(0, 59), random.integer(0, 59))
  return parisWeekday(date) === 0 ? new Date(date.getTime() - 86_400_000) : date
}

const variants: readonly XdmVariant[] = [
  'top-folder',
  'lower-case',
  'soap',
  'uri-from-ihe-xdm',
  'no-uri-no-size',
  'wrong-hash',
  'patient-mismatch',
]

/** Messages of the everyday mix; its clinical mails take the patients in turn, so that a full INBOX knows them all. */
function everyday(): (context: MailContext) => Promise<SeededMessage> {
  let clinical = 0
  return (context) => {
    const draw = context.random.next()
    const patient = patients[clinical % patients.length]
    if (draw >= 0.4 || patient === undefined) return everydayLetter(context, draw)
    clinical += 1
    return anyClinicalMail({ ...context, patient })
  }
}

async function everydayLetter(context: MailContext, draw: number): Promise<SeededMessage> {
  const { random } = context
  if (draw < 0.74) return letterMail(context)
  if (draw < 0.8) return pdfLetterMail(context)
  if (draw < 0.85) return hprimMail(context, random.chance(0.3))
  if (draw < 0.91) return patientMail(context)
  if (draw < 0.96) return htmlLetter(context)
  return newsletter(context)
}

async function fill(
  maker: Maker,
  into: SeededMessage[],
  upTo: number,
  to: Correspondent,
  days: readonly [number, number],
  make: (context: MailContext, index: number) => Promise<SeededMessage>,
): Promise<void> {
  for (let index = into.length; index < upTo; index++) {
    const random = maker.random.fork(String(index))
    const date = workingMoment(random, maker.today, days[0], days[1])
    into.push(await make({ random, date, to, signer: maker.signer }, index))
  }
}

/** One of each thing that a test looks for, besides the landmarks. */
async function specimens(maker: Maker): Promise<SeededMessage[]> {
  const { random, today, signer } = maker
  const at = (label: string, daysAgo: number): MailContext => ({
    random: random.fork(label),
    date: atParis(today, daysAgo, 10, 15),
    to: correspondents.anne,
    signer,
  })
  const out: SeededMessage[] = []
  for (const [index, variant] of variants.entries()) {
    out.push(await anyClinicalMail({ ...at(variant, 9 + index * 3), variant }))
  }
  out.push(await twoDocumentsMail(at('two documents', 10)))
  out.push(...(await replacedReport(at('replaced', 16))))
  const clinical = await anyClinicalMail(at('to forward', 13))
  out.push(await forwarded(at('forwarded', 12), clinical.raw))
  out.push(await integrationError(at('integration error', 20), clinical.raw))
  out.push(await readReceipt(at('receipt', 7), '<demo-synthese@medecin.mssante.test>'))
  out.push(await deliveryFailure(at('failure', 19)))
  if (signer !== null) out.push(await alteredMail(at('altered', 4), signer))
  for (const size of [0, 1, 2] as const) out.push(await bigMail(at(`big ${size}`, 26 + size * 30), size))
  out.push(await hprimMail(at('hprim file', 5), false), await hprimMail(at('hprim body', 6), true))
  out.push(await htmlLetter(at('html', 3)), await newsletter(at('newsletter', 2)))
  for (const index of [0, 1, 2, 3]) out.push(await hostileMail(at(`hostile ${index}`, 8 + index * 11), index))
  out.push(...(await oddMails(at('odd', 14))))
  return out
}

/** Newest first. */
function ordered(messages: SeededMessage[]): SeededMessage[] {
  return [...messages].sort((a, b) => b.date.getTime() - a.date.getTime())
}

/**
 * All mailboxes of the operator's people. The same seed, day and signer give the same messages; anne has `messageCount` of
 * them over INBOX, Sent and Archive (16 : 3 : 2; landmarks and specimens, some 80, are always there), the newest at 09:31 (Paris) of the newest day whose 09:31 is past.
 */
export async function generateMailboxes(options: {
  seed: number
  now: Date
  messageCount?: number
  signer?: Signer
}): Promise<SeededMailbox[]> {
  const random = createRandom(options.seed)
  const today = newestDay(options.now)
  const signer = options.signer ?? null
  const total = options.messageCount ?? 420
  const maker = (label: string): Maker => ({ random: random.fork(label), today, signer })
  const { anne, paul, secretary, hospital, laboratory } = correspondents

  const inbox = [...(await landmarkMails(maker('landmarks'))), ...(await specimens(maker('specimens')))]
  const renewal = await renewalAnswer(today)
  const sent: SeededMessage[] = [renewal]
  const paulInbox: SeededMessage[] = []
  const paulSent: SeededMessage[] = []
  const threads = maker('threads')
  const others = [
    paul,
    paul,
    correspondents.rheumatologist,
    correspondents.pharmacist,
    paul,
    correspondents.nurse,
  ]
  for (const [index, other] of others.entries()) {
    const r = threads.random.fork(String(index))
    const date = atParis(today, 8 + index * 17, r.integer(8, 12), r.integer(0, 59))
    for (const { by, ...message } of await thread({ random: r, date, to: anne, signer }, other)) {
      const byAnne = by === 'anne'
      ;(byAnne ? sent : inbox).push(message)
      if (other === paul) (byAnne ? paulInbox : paulSent).push(message)
    }
  }
  const archive: SeededMessage[] = []
  const sentCount = Math.round((total * 3) / 21)
  const archiveCount = Math.round((total * 2) / 21)
  await fill(maker('inbox'), inbox, total - sentCount - archiveCount, anne, [2, 420], everyday())
  await fill(maker('sent'), sent, sentCount, paul, [2, 400], (context, index) =>
    index % 6 === 0 ? synthesisMail(context) : letterMail({ ...context, signer: null }, anne),
  )
  await fill(maker('archive'), archive, archiveCount, anne, [190, 430], everyday())

  await fill(maker('paul'), paulInbox, 34, paul, [1, 300], (context) =>
    context.random.chance(0.4) ? anyClinicalMail(context) : letterMail(context),
  )
  const organisation = async (label: string, to: Correspondent, count: number): Promise<SeededMessage[]> => {
    const messages: SeededMessage[] = []
    await fill(maker(label), messages, count, to, [1, 200], (context) =>
      context.random.chance(0.25) ? patientMail(context) : letterMail(context),
    )
    return messages
  }
  const context = (label: string, daysAgo: number): MailContext => ({
    random: random.fork(label),
    date: atParis(today, daysAgo, 18, 20),
    to: anne,
    signer,
  })
  const drafts = [
    await draft(
      context('draft 1', 1),
      'Avis sur Mme Moreau',
      'Cher Paul, que penses-tu de la douleur lombaire de Mme Moreau ?',
    ),
    await draft(context('draft 2', 3), '', 'Brouillon sans objet.'),
  ]
  const trash = [await newsletter(context('trash 1', 11)), await newsletter(context('trash 2', 22))]
  const junk = [await hostileMail(context('junk 1', 4), 1), await hostileMail(context('junk 2', 12), 3)]

  const boxes: SeededMailbox[] = [
    { person: 'anne', folder: 'INBOX', messages: inbox },
    { person: 'anne', folder: 'Sent', messages: sent },
    { person: 'anne', folder: 'Archive', messages: archive },
    { person: 'anne', folder: 'Drafts', messages: drafts },
    { person: 'anne', folder: 'Trash', messages: trash },
    { person: 'anne', folder: 'Junk', messages: junk },
    { person: 'paul', folder: 'INBOX', messages: paulInbox },
    { person: 'paul', folder: 'Sent', messages: paulSent },
    { person: 'secretary', folder: 'INBOX', messages: await organisation('secretary', secretary, 30) },
    { person: 'hospital', folder: 'INBOX', messages: await organisation('hospital', hospital, 6) },
    { person: 'laboratory', folder: 'INBOX', messages: await organisation('laboratory', laboratory, 4) },
    {
      person: 'patient',
      folder: 'INBOX',
      messages: [renewal],
    },
  ]
  return boxes.map((box) => ({ ...box, messages: ordered(box.messages) }))
}

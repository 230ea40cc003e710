import type { MailContext } from './letter-mails.ts'
import { compose, correspondents, newMessageId, type Correspondent, type SeededMessage } from './mail.ts'
import { textPart } from './mime.ts'
import { frenchMoment } from './paris-time.ts'
import { civilName, patients } from './patients.ts'

/** One message of an exchange: by whom it was sent. */
export interface ThreadMessage extends SeededMessage {
  by: 'anne' | 'other'
}

const exchanges = [
  [
    'Que penses-tu de l’ECG de % ? Il me semble y voir un sous-décalage en V5.',
    'Vu. Rien d’évolutif, c’est une surcharge ventriculaire connue.',
    'Merci. Dois-je demander une troponine par prudence ?',
    'Non, sauf douleur. Envoie-moi plutôt la kaliémie.',
    'Kaliémie à 4,4 hier.',
    'Parfait, on ne change rien.',
    'Entendu, je préviens le patient.',
    'Merci à toi.',
  ],
  [
    'Pouvez-vous prendre % en charge cette semaine ?',
    'Oui, jeudi à 15 h si cela convient.',
    'C’est noté. Je joins le dernier bilan par courriel séparé.',
    'Bien reçu.',
    'La consultation est faite : compte rendu à suivre.',
    'Merci beaucoup.',
  ],
  [
    'Le traitement de % est en rupture. Quelle substitution souhaitez-vous ?',
    'Bisoprolol à dose équivalente, merci.',
    'D’accord, dispensation faite ce jour.',
  ],
] as const

/** An exchange of 3 to 8 messages with growing References; the first is the oldest. */
export async function thread(context: MailContext, other: Correspondent): Promise<ThreadMessage[]> {
  const { random } = context
  const lines = random.pick(exchanges)
  const count = random.integer(3, lines.length)
  const patient = civilName(random.pick(patients))
  const subject = `À propos de ${patient}`
  const opener = random.chance(0.5) ? 0 : 1
  const references: string[] = []
  const out: ThreadMessage[] = []
  let date = context.date
  let quoted = ''
  for (const [index, line] of lines.slice(0, count).entries()) {
    const byAnne = index % 2 === opener
    const from = byAnne ? correspondents.anne : other
    const to = byAnne ? other : correspondents.anne
    const messageId = newMessageId(random, from)
    const last = references.at(-1)
    const text = line.replaceAll('%', patient)
    const raw = await compose(
      {
        from,
        to: [to],
        subject: index === 0 ? subject : `Re: ${subject}`,
        date,
        messageId,
        ...(last === undefined ? {} : { inReplyTo: last, references: [...references] }),
      },
      textPart(`${text}\n\n${from.name}\n${quoted}`),
    )
    out.push({
      raw,
      date,
      flags: byAnne ? ['\\Seen'] : ['\\Seen', '\\Answered'],
      by: byAnne ? 'anne' : 'other',
    })
    quoted = `\nLe ${frenchMoment(date)}, ${from.name} a écrit :\n> ${text}\n${quoted.trim() === '' ? '' : quoted.trim().replace(/^/gm, '> ') + '\n'}`
    references.push(messageId)
    date = new Date(date.getTime() + random.integer(20, 900) * 60_000)
  }
  return out
}

import { imapClient } from '../operator/clients.ts'
import { people, type Operator } from '../operator/index.ts'
import { after, type Action, type Mailbox } from './actions.ts'
import type { Dice } from './dice.ts'
import { letter, playground } from './letters.ts'
import type { Stage } from './stage.ts'

/** Changes a mailbox as another client and other people do while ours is closed; the mailbox after them. */
export const changeElsewhere = async (operator: Operator, stage: Stage, dice: Dice): Promise<Mailbox> => {
  const { who } = stage
  let mailbox = stage.mailbox
  const client = await imapClient(operator, { user: who.address, pass: who.password })
  try {
    for (let round = 2 + dice.whole(5); round > 0; round--) {
      const path = dice.pick(playground)
      await client.mailboxOpen(path)
      const all = [...mailbox].filter(([, place]) => place.folder === path).map(([subject]) => subject)
      const start = dice.whole(Math.max(1, all.length))
      const subjects = all.slice(start, start + 1 + dice.whole(6))
      if (subjects.length === 0) continue
      const list = await client.fetchAll('1:*', { uid: true, envelope: true })
      const range = list
        .filter((one) => subjects.includes(one.envelope?.subject ?? ''))
        .map(({ uid }) => uid)
        .join(',')
      const draw = dice.whole(10)
      let action: Action
      if (draw < 4) {
        const flag = dice.pick(['seen', 'flagged'] as const)
        const on = dice.chance(0.5)
        const name = flag === 'seen' ? '\\Seen' : '\\Flagged'
        if (on) await client.messageFlagsAdd(range, [name], { uid: true })
        else await client.messageFlagsRemove(range, [name], { uid: true })
        action = { kind: 'flag', subjects, flag, on }
      } else if (draw < 8) {
        const folder = dice.pick(playground)
        if (folder === path) continue
        await client.messageMove(range, folder, { uid: true })
        action = { kind: 'move', subjects, folder }
      } else {
        await client.messageDelete(range, { uid: true })
        mailbox = new Map([...mailbox].filter(([subject]) => !subjects.includes(subject)))
        continue
      }
      mailbox = after(mailbox, action)
    }
  } finally {
    client.close()
  }
  mailbox = new Map(mailbox)
  for (let arrivals = dice.whole(4); arrivals > 0; arrivals--) {
    const subject = `Lettre arrivée ${arrivals} ${dice.whole(1e6)}`
    mailbox.set(subject, { folder: 'INBOX', seen: false, flagged: false })
    const raw = letter(subject, who.address, 200 + dice.whole(90_000))
    await operator.deliver({ from: people.anne.address, to: who.address, raw })
  }
  return mailbox
}

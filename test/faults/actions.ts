import { folderNames } from '../operator/dovecot.ts'

/** Where a message is and how it is marked. */
export interface Place {
  folder: string
  seen: boolean
  flagged: boolean
}

/** Messages by subject, which the harness makes unique. */
export type Mailbox = Map<string, Place>

/** What a user does; messages by subject. */
export type Action =
  | { kind: 'flag'; subjects: string[]; flag: 'seen' | 'flagged'; on: boolean }
  | { kind: 'move'; subjects: string[]; folder: string }
  | { kind: 'delete'; subjects: string[] }
  | { kind: 'draft'; name: string; text: string }
  | { kind: 'send'; name: string }
  | { kind: 'import'; subjects: string[]; folder: string }

/** The mailbox after an action, as the user expects it. */
export const after = (mailbox: Mailbox, action: Action): Mailbox => {
  const next = new Map(mailbox)
  if (action.kind === 'draft' || action.kind === 'send') return next
  for (const subject of action.subjects) {
    if (action.kind === 'import') {
      next.set(subject, { folder: action.folder, seen: false, flagged: false })
      continue
    }
    const place = next.get(subject)
    if (!place) continue
    if (action.kind === 'flag') next.set(subject, { ...place, [action.flag]: action.on })
    else if (action.kind === 'move') next.set(subject, { ...place, folder: action.folder })
    else if (place.folder === folderNames.trash) next.delete(subject)
    else next.set(subject, { ...place, folder: folderNames.trash })
  }
  return next
}

/** One line per message, sorted: two mailboxes are the same when their lines are. Duplicates stay two lines. */
export const lines = (messages: Iterable<readonly [subject: string, Place]>): string[] =>
  [...messages]
    .map(
      ([subject, { folder, seen, flagged }]) =>
        `${folder}: ${subject}${seen ? ' seen' : ''}${flagged ? ' flagged' : ''}`,
    )
    .toSorted()

/** The first lines that are on one side only; empty when both are the same. */
export const difference = (left: readonly string[], right: readonly string[]): string => {
  const rest = [...right]
  const only = left.filter((line) => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
  return [...only.map((line) => `- ${line}`), ...rest.map((line) => `+ ${line}`)].slice(0, 12).join('; ')
}

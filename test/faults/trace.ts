/**
 * What a program that is going to be killed leaves behind: one line per thing it does, written before it does it, by a
 * call that has reached the kernel when it returns. A kill loses nothing of it. No line holds mail content.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Action } from './actions.ts'

/**
 * - op/answer: an operation handed to the store's thread, and any answer of a thread; fs: a change of the file system;
 * - net: a line of IMAP or SMTP written; event: what windows were told; call: what a window asked;
 * - begin/done: an action of the user, acknowledged by done; work/rest: the work of this phase begins, is complete.
 */
export const markKinds = [
  'op',
  'answer',
  'fs',
  'net',
  'event',
  'call',
  'begin',
  'done',
  'work',
  'rest',
] as const
export type MarkKind = (typeof markKinds)[number]

export interface Mark {
  kind: MarkKind
  what: string
}

/** When a program ends itself: at the `at`th mark of a kind since the work began, `later` microseconds after it. */
export interface Trigger {
  on: Extract<MarkKind, 'op' | 'answer' | 'fs' | 'net' | 'event'>
  /** Counts only marks that begin so. */
  match: string
  at: number
  later: number
  /** The delay is spun away: threads and servers go on, this program's own code does not. */
  still: boolean
}

export interface Tracer {
  mark: (kind: MarkKind, what?: string) => void
  close: () => void
}

export const openTrace = (file: string, trigger: Trigger | null): Tracer => {
  const out = openSync(file, 'a')
  let working = false
  let left = trigger?.at ?? 0
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL')
  }
  return {
    mark: (kind, what = '') => {
      writeSync(out, `${kind} ${what.replaceAll('\n', ' ')}\n`)
      if (kind === 'work') working = true
      if (!working || trigger?.on !== kind || !what.startsWith(trigger.match) || --left !== 0) return
      // The mark comes before the deed: a program that must not move on by itself still has to do this one.
      if (!trigger.still) setTimeout(end, trigger.later / 1000)
      else if (trigger.later === 0) end()
      else
        setImmediate(() => {
          const until = performance.now() + trigger.later / 1000
          while (performance.now() < until);
          end()
        })
    },
    close: () => {
      closeSync(out)
    },
  }
}

export const readTrace = (file: string): Mark[] => {
  const marks: Mark[] = []
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [word = '', ...rest] = line.split(' ')
    const kind = markKinds.find((one) => one === word)
    if (kind) marks.push({ kind, what: rest.join(' ') })
  }
  return marks
}

/** Actions acknowledged, in order, and the one the kill came into. */
export const actionsOf = (trace: readonly Mark[]): { done: Action[]; inFlight: Action | null } => {
  const done: Action[] = []
  let inFlight: Action | null = null
  for (const { kind, what } of trace) {
    if (kind === 'begin') inFlight = JSON.parse(what) as Action
    if (kind === 'done' && inFlight) {
      done.push(inFlight)
      inFlight = null
    }
  }
  return { done, inFlight }
}

/** Where a kill fell: outside its work, or in it, after which mark. */
export const placeOf = (trace: readonly Mark[]): { inWork: boolean; last: string } => {
  const kinds = trace.map(({ kind }) => kind)
  const inWork = kinds.includes('work') && !kinds.includes('rest')
  const telling = trace.findLast(({ kind }) => kind === 'op' || kind === 'fs' || kind === 'net')
  return { inWork, last: telling ? `${telling.kind} ${telling.what}` : 'start' }
}

/** Causes followed; an error may name itself as its cause. */
const deepest = 4
const frames = 6

const frame = /^ {4}at (?:async )?(?:(?<where>(?:new )?[\w$.<>]+)(?: \[as [\w$]+\])? \()?(?<place>\S+?)\)?$/

/** A frame as function, file and position: folders are left out, they may hold the user's name. */
const shortened = (line: string): string[] => {
  const groups = frame.exec(line)?.groups
  const place = /([\w.-]+:\d+:\d+)$/.exec(groups?.['place'] ?? '')?.[1]
  if (place === undefined) return []
  return [groups?.['where'] === undefined ? place : `${groups['where']} ${place}`]
}

const framesOf = (error: Error): string[] => {
  // Only past the message, which may quote mail in lines that look like frames.
  const stack = error.stack ?? ''
  const start = stack.indexOf(error.message)
  if (start === -1 || !/^[\w. :[\]]*$/.test(stack.slice(0, start))) return []
  return stack
    .slice(start + error.message.length)
    .split('\n')
    .slice(1)
    .flatMap(shortened)
    .slice(0, frames)
}

const plain = (value: unknown, shape: RegExp): string | null =>
  typeof value === 'string' && shape.test(value) ? value : null

interface Fault {
  fault: string
  code?: string
  at?: string[]
  cause?: Fault
}

const described = (error: unknown, depth: number): Fault => {
  if (!(error instanceof Error)) return { fault: typeof error }
  const code = plain(Reflect.get(error, 'code'), /^[A-Z][A-Z0-9_]{1,60}$/)
  const at = framesOf(error)
  return {
    fault: plain(error.name, /^[A-Z]\w{1,40}$/) ?? 'Error',
    ...(code === null ? {} : { code }),
    ...(at.length === 0 ? {} : { at }),
    ...(error.cause === undefined || depth === 0 ? {} : { cause: described(error.cause, depth - 1) }),
  }
}

/**
 * One line of the technical log (architecture §6) about an exception: its class, its system code, its place in our code
 * and its causes — never its message, which may quote mail, an address or a path.
 */
export const faultLine = (error: unknown): string =>
  `${JSON.stringify({ level: 'error', process: 'core', ...described(error, deepest) })}\n`

/** One line about an event of ours: words of this program only, never data. */
export const eventLine = (event: string, names: readonly string[]): string =>
  `${JSON.stringify({ level: 'error', process: 'core', event, names })}\n`

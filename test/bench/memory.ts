import { readdirSync, readFileSync } from 'node:fs'

/** Mebibytes. PSS counts a page that n processes share as one n-th: the sum over processes counts nothing twice. */
export interface Memory {
  pss: number
  rss: number
}

const none: Memory = { pss: 0, rss: 0 }

/** Memory of a process now, from the kernel's own sums; nothing of one that has ended. */
export const memoryOf = (pid: number | null): Memory => {
  if (pid === null) return none
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    const mebibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) / 1024
    return { pss: mebibytes('Pss'), rss: mebibytes('Rss') }
  } catch {
    return none // Ended meanwhile.
  }
}

/** Looks at the sum of some processes again and again; each figure's peak is its own. */
export const watchMemory = (pids: () => readonly (number | null)[]) => {
  let peak = none
  const look = (): Memory => {
    const sum = pids()
      .map(memoryOf)
      .reduce((a, b) => ({ pss: a.pss + b.pss, rss: a.rss + b.rss }), none)
    peak = { pss: Math.max(peak.pss, sum.pss), rss: Math.max(peak.rss, sum.rss) }
    return sum
  }
  // The kernel walks all pages for it: more often would be felt by those under measure.
  const watch = setInterval(look, 200)
  return {
    read: (): { now: Memory; peak: Memory } => ({ now: look(), peak }),
    stop: (): void => clearInterval(watch),
  }
}

/** Processor seconds a process has used so far, by thread name. */
export const processorTime = (pid: number | null): Record<string, number> => {
  const seconds: Record<string, number> = {}
  if (pid === null) return seconds
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number)
    seconds[name] = Number(((seconds[name] ?? 0) + (user + system) / 100).toFixed(2))
  }
  return seconds
}

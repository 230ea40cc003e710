import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Answers, type Answer, type Order } from './orders.ts'

/** Mebibytes of resident memory. */
export interface Memory {
  /** Highest sum of core and card process seen at one moment. */
  peak: number
  /** The same sum now. */
  now: number
}

export interface CoreUnderMeasure {
  order: <O extends Order['order']>(order: Order & { order: O }) => Promise<Answer<O>>
  /** Memory since the start; both processes are looked at every 50 ms. */
  memory: () => Memory
  stop: () => Promise<void>
}

const Reply = z.union([
  z.object({ answer: z.unknown() }).strict(),
  z.object({ error: z.string() }),
  z.object({ event: z.string() }),
])

const residentMebibytes = (pid: number | null): number => {
  if (pid === null) return 0
  try {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kibibytes) / 1024
  } catch {
    return 0 // Ended meanwhile.
  }
}

/** Starts the program under measure; with `profileFolder`, each of its threads leaves a .cpuprofile there. */
export const startCoreUnderMeasure = (program: string, profileFolder: string | null): CoreUnderMeasure => {
  const child = fork(program, [], {
    execArgv: profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    env: { ...process.env, ...(profileFolder === null ? {} : { SOUSPLI_BENCH_PROFILE: profileFolder }) },
    serialization: 'advanced',
  })
  let settle: ((reply: { answer: unknown } | { error: string }) => void) | null = null
  let cardProcess: number | null = null
  let peak = 0
  const look = (): number => {
    const sum = residentMebibytes(child.pid ?? null) + residentMebibytes(cardProcess)
    peak = Math.max(peak, sum)
    return sum
  }
  const watch = setInterval(look, 50)
  child.on('message', (message) => {
    const reply = Reply.parse(message)
    if (!('event' in reply)) settle?.(reply)
  })
  const exited = once(child, 'exit')
  void exited.then(() => {
    clearInterval(watch)
    settle?.({ error: 'the core ended by itself' })
  })

  const order: CoreUnderMeasure['order'] = async (wanted) => {
    const reply = await new Promise<{ answer: unknown } | { error: string }>((resolve) => {
      settle = resolve
      child.send(wanted)
    })
    settle = null
    if ('error' in reply) throw new Error(`${wanted.order}: ${reply.error}`)
    // The schema of this very order; the compiler cannot follow the pairing.
    const answer = Answers[wanted.order].parse(reply.answer) as Answer<typeof wanted.order>
    if (wanted.order === 'start') cardProcess = Answers.start.parse(reply.answer).cardProcess
    return answer as never
  }
  return {
    order,
    memory: () => ({ now: look(), peak }),
    stop: async () => {
      await order({ order: 'stop' })
      await exited
    },
  }
}

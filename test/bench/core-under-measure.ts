import { fork } from 'node:child_process'
import { once } from 'node:events'
import { z } from 'zod'
import { coreEnvironment } from '../../app/contract/index.ts'
import { processorTime, watchMemory, type Memory } from './memory.ts'
import { Answers, type Answer, type Order } from './orders.ts'

export interface CoreUnderMeasure {
  order: <O extends Order['order']>(order: Order & { order: O }) => Promise<Answer<O>>
  /** Memory of core and card process together: now, and the peak since the start. */
  memory: () => { now: Memory; peak: Memory }
  /** Seconds the core has used so far, by thread. */
  processorTime: () => Record<string, number>
  stop: () => Promise<void>
}

const Reply = z.union([
  z.object({ answer: z.unknown() }).strict(),
  z.object({ error: z.string() }),
  z.object({ event: z.string() }),
])

/** Starts the program under measure; with `profileFolder`, each of its threads leaves a .cpuprofile there. */
export const startCoreUnderMeasure = (program: string, profileFolder: string | null): CoreUnderMeasure => {
  const child = fork(program, [], {
    execArgv: [...(profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`])],
    env: {
      ...process.env,
      ...coreEnvironment,
      ...(profileFolder === null ? {} : { SOUSPLI_BENCH_PROFILE: profileFolder }),
    },
    serialization: 'advanced',
  })
  let settle: ((reply: { answer: unknown } | { error: string }) => void) | null = null
  let cardProcess: number | null = null
  const watch = watchMemory(() => [child.pid ?? null, cardProcess])
  child.on('message', (message) => {
    const reply = Reply.parse(message)
    if (!('event' in reply)) settle?.(reply)
  })
  const exited = once(child, 'exit')
  void exited.then(() => {
    watch.stop()
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
    memory: watch.read,
    processorTime: () => processorTime(child.pid ?? null),
    stop: async () => {
      await order({ order: 'stop' })
      await exited
    },
  }
}

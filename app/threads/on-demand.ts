import type { Worker } from 'node:worker_threads'

/** What became of a message. */
type Reply<Answer> =
  | { kind: 'answered'; answer: Answer }
  /** It took longer than it may: the thread was ended. */
  | { kind: 'late' }
  /** The thread fell, or did not start. */
  | { kind: 'lost'; cause: unknown }
  /** `stop` was called meanwhile. */
  | { kind: 'stopped' }

interface Given<Message> {
  message: Message
  /** Given away with it. */
  transfer: readonly ArrayBuffer[]
}

export interface ThreadOnDemand<Message, Answer> {
  /**
   * Posts a message once those before have been answered; `prepare` makes it when its turn has come. `goesOn` is asked each
   * time the limit has passed whether the work advances; without it the limit ends the thread. `unsent` is told what was
   * prepared and will not be posted. Never fails but as `prepare` does.
   */
  ask(
    prepare: () => Promise<Given<Message>>,
    options?: { goesOn?: () => boolean; unsent?: (given: Given<Message>) => void },
  ): Promise<Reply<Answer>>
  /** Ends the thread and what it holds, all that waits is `stopped`; the next message starts another one. */
  stop(): Promise<void>
}

const nothing = (): void => undefined

/**
 * One worker thread, started with the first message and again after a fall, ended when it has had nothing to do for a
 * while (milliseconds); one message at a time bounds the memory taken. It answers each message with one of its own.
 */
export const createThreadOnDemand = <Message, Answer>(params: {
  open: () => Worker | Promise<Worker>
  limitMilliseconds: number
  idleMilliseconds: number
}): ThreadOnDemand<Message, Answer> => {
  let worker: Worker | null = null
  let idle: NodeJS.Timeout | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let stops = 0

  const start = async (): Promise<Worker> => {
    const thread = await params.open()
    // Said to whoever waits for an answer; between messages, only that it is gone.
    const gone = (): void => {
      if (worker === thread) worker = null
    }
    thread.on('error', gone).on('exit', gone)
    return thread
  }
  const end = async (): Promise<void> => {
    const ending = worker
    worker = null
    await ending?.terminate()
  }
  /** Here and not below, where the timer would hold the last message and its content as long as it runs. */
  const rest = (): void => {
    idle = setTimeout(() => void end(), params.idleMilliseconds).unref()
  }

  const post = (
    thread: Worker,
    { message, transfer }: Given<Message>,
    asked: number,
    goesOn: (() => boolean) | undefined,
  ): Promise<Reply<Answer>> => {
    const done = Promise.withResolvers<Reply<Answer>>()
    const settle = (reply: Reply<Answer>): void => done.resolve(asked === stops ? reply : { kind: 'stopped' })
    const lost = (cause: unknown): void => settle({ kind: 'lost', cause })
    const exited = (): void => settle({ kind: 'lost', cause: undefined })
    const answered = (answer: Answer): void => done.resolve({ kind: 'answered', answer })
    const watch = setInterval(() => {
      if (goesOn?.() === true) return
      settle({ kind: 'late' })
      void end()
    }, params.limitMilliseconds)
    thread.on('message', answered).on('messageerror', lost).on('error', lost).on('exit', exited)
    thread.ref()
    thread.postMessage(message, transfer)
    return done.promise.finally(() => {
      clearInterval(watch)
      thread.off('message', answered).off('messageerror', lost).off('error', lost).off('exit', exited)
      thread.unref()
      rest()
    })
  }

  return {
    ask: (prepare, { goesOn, unsent } = {}) => {
      const asked = stops
      const turn = queue.then(async (): Promise<Reply<Answer>> => {
        if (asked !== stops) return { kind: 'stopped' }
        clearTimeout(idle)
        const given = await prepare()
        if (asked === stops) {
          const thread = worker ?? (await start())
          if (asked === stops) return post((worker = thread), given, asked, goesOn)
          await thread.terminate()
        }
        unsent?.(given)
        return { kind: 'stopped' }
      })
      // Nothing is kept of what it came to: it may be a decrypted message.
      queue = turn.then(nothing, nothing)
      return turn
    },
    stop: async () => {
      stops += 1
      clearTimeout(idle)
      await end()
    },
  }
}

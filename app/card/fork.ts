import { fork } from 'node:child_process'
import type { CardPort } from './connection.ts'

/** A card process under plain Node, for tests and tools. `entry` is app/card/process.ts or its bundle. */
export const forkCardProcess = (options: {
  entry: string
  execPath?: string
  env?: NodeJS.ProcessEnv
}): CardPort & { pid: number | null } => {
  const child = fork(options.entry, [], {
    ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
    ...(options.env === undefined ? {} : { env: options.env }),
    execArgv: [],
    serialization: 'advanced',
  })
  return {
    pid: child.pid ?? null,
    // A message that cannot be sent any more is answered by `exit`.
    post: (message) => child.send(message as object, () => undefined),
    onMessage: (listener) => child.on('message', listener),
    onClose: (listener) => {
      child.once('exit', listener)
      child.once('error', listener)
    },
    close: () => {
      child.kill('SIGKILL')
    },
  }
}

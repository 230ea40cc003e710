import type { MessageChannelMain, MessagePortMain } from 'electron'
import type { ForkedProcess } from './core-process.ts'

export interface CardProcess {
  /** Kills the running card process, starts a fresh one and hands the core its port. */
  restart: () => void
  stop: () => void
}

export interface CardProcessOptions {
  fork: () => ForkedProcess
  newChannel: () => Pick<MessageChannelMain, 'port1' | 'port2'>
  /** Gives the core its end of the channel (`card-port`). */
  onPort: (port: MessagePortMain) => void
  /** The running card process ended by itself (a vendor module crashes its host). */
  onExit: (code: number) => void
}

/** The process that holds the PKCS#11 module. Its first message, `{ kind: 'port' }`, transfers its end of the channel to the core. */
export const createCardProcess = (options: CardProcessOptions): CardProcess => {
  let running: ForkedProcess | null = null
  const stop = (): void => {
    const process = running
    running = null
    process?.kill()
  }
  return {
    stop,
    restart: () => {
      stop()
      const process = options.fork()
      running = process
      process.on('exit', (code) => {
        if (running !== process) return
        running = null
        options.onExit(code)
      })
      const channel = options.newChannel()
      process.postMessage({ kind: 'port' }, [channel.port2])
      options.onPort(channel.port1)
    },
  }
}

import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { listenOnOwnPort } from './own-port.ts'

/**
 * A TCP port in front of Dovecot. It can go down and come back on the same port, and it comes from 127.0.0.2, because
 * Dovecot takes a client on its own address as already secure and would accept passwords before STARTTLS.
 */
export interface Forwarder {
  port: number
  /** Refuses new connections and cuts the open ones. */
  down: () => Promise<void>
  up: () => Promise<void>
}

export const startForwarder = async (targetPort: number): Promise<Forwarder> => {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({
      port: targetPort,
      host: '127.0.0.1',
      localAddress: '127.0.0.2',
      allowHalfOpen: true,
    })
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      open.add(from)
      from.setNoDelay(true)
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
    }
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject)
        resolve()
      })
    })
  const port = await listenOnOwnPort(listen)
  return {
    port,
    down: async () => {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
    up: async () => {
      if (!server.listening) await listen(port)
    },
  }
}

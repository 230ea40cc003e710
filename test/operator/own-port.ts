import { randomInt } from 'node:crypto'

/** Below those that Linux gives to outgoing connections and to who asks for any port (32768 and up). */
const [lowest, highest] = [10_000, 30_000]
const mostTries = 20

/**
 * Listens on a port that nobody is given by chance, for a server that goes down and comes back, or that is told its port before it
 * has it: of the usual ports, the one it left could be taken meanwhile. Returns the port. Throws what `listen` throws.
 */
export const listenOnOwnPort = async (listen: (port: number) => Promise<void>): Promise<number> => {
  for (let tries = 1; ; tries += 1) {
    const port = randomInt(lowest, highest)
    try {
      await listen(port)
      return port
    } catch (error) {
      if (tries === mostTries || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    }
  }
}

import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Looks at an IMAP port of 127.0.0.1 from outside, to know when a (re)started Dovecot is really there. */
const open = (port: number): Socket => {
  const socket = connect(port, '127.0.0.1')
  socket.setTimeout(2_000, () => socket.destroy())
  return socket
}

/** Whether an IMAP greeting comes from this port. */
export const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = open(port)
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })

/** Serial number (lower-case hexadecimal) of the certificate shown after STARTTLS; null when there is none. */
export const presentedSerial = (port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = open(port)
    socket.once('error', () => resolve(null))
    socket.once('close', () => resolve(null))
    socket.once('data', () => {
      socket.once('data', () => {
        // Only the certificate is looked at, nothing is sent: whether it is trusted is not the question here.
        const secured = connectTls({ socket, rejectUnauthorized: false }, () => {
          resolve(secured.getPeerX509Certificate()?.serialNumber.toLowerCase() ?? null)
          secured.destroy()
        })
        secured.once('error', () => resolve(null))
      })
      socket.write('a STARTTLS\r\n')
    })
  })

/** Asks again every 25 ms until the answer is yes. Throws after `seconds`. */
export const until = async (what: string, seconds: number, ask: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + seconds * 1000
  while (!(await ask())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

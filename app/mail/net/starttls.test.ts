import { PassThrough, duplexPair, type Duplex } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code } from '../outcome.fixture.ts'
import { startTls } from './starttls.ts'

const signal = new AbortController().signal
const options = { host: 'mail.test', signal, milliseconds: 5000 }

/** A server that says its greeting, then for each line heard what `answer` gives; what it heard is returned as well. */
const against = async (protocol: 'imap' | 'smtp', greeting: string, answer: (line: string) => string) => {
  const [client, server] = duplexPair()
  const heard: string[] = []
  server.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
      heard.push(line)
      const said = answer(line)
      if (said !== '') server.write(said)
    }
  })
  server.write(greeting)
  return { outcome: code(await startTls(client, protocol, options)), heard, client }
}

describe('starting TLS before the mail library sees the connection', () => {
  it.each([
    ['imap', '* OK hello\r\n', 'S1 OK go\r\n', 'ok'],
    ['imap', '* OK hello\r\n', '* BAD noise\r\nS1 OK go\r\n', 'ok'],
    ['imap', '* OK hello\r\n', 'S1 NO not here\r\n', 'tls.starttls-missing'],
    ['imap', '* OK hello\r\n', 'S1 BAD what\r\n', 'tls.starttls-missing'],
    ['imap', '* OK hello\r\n', 'S1 OK go\r\n* CAPABILITY AUTH=PLAIN\r\n', 'tls.handshake'],
    ['imap', '* OK hello\r\n', 'S1 OK go\r\n* CAP', 'tls.handshake'],
    ['imap', '* PREAUTH welcome\r\n', '', 'tls.starttls-missing'],
    ['imap', '* BYE too many\r\n', '', 'imap.busy'],
    ['imap', 'HTTP/1.1 400 no\r\n', '', 'imap.protocol'],
    ['smtp', '220 hello\r\n', '', 'ok'],
    ['smtp', '220-hello\r\n220 again\r\n', '', 'ok'],
    ['smtp', '421 later\r\n', '', 'smtp.busy'],
    ['smtp', '554 no\r\n', '', 'smtp.failed'],
    ['smtp', '\r\n', '', 'smtp.failed'],
  ] as const)('%s %j then %j: %s', async (protocol, greeting, said, expected) => {
    const { outcome } = await against(protocol, greeting, (line) => {
      if (protocol === 'imap') return said
      return line.startsWith('EHLO') ? '250-here\r\n250-STARTTLS\r\n250 SIZE 1000\r\n' : '220 go\r\n'
    })
    expect(outcome).toBe(expected)
  })

  it('does not say STARTTLS to a submission server that does not offer it, and believes nothing slipped in after it', async () => {
    const without = await against('smtp', '220 hello\r\n', () => '250-here\r\n250 XSTARTTLS\r\n')
    expect(without.outcome).toBe('tls.starttls-missing')
    expect(without.heard).toEqual(['EHLO [127.0.0.1]'])
    const slipped = await against('smtp', '220 hello\r\n', (line) =>
      line.startsWith('EHLO') ? '250 STARTTLS\r\n' : '220 go\r\n250 injected\r\n',
    )
    expect(slipped.outcome).toBe('tls.handshake')
  })

  it('leaves what follows to TLS', async () => {
    const { client } = await against('imap', '* OK hello\r\n', () => 'S1 OK go\r\n')
    expect(client.isPaused()).toBe(true)
    expect(client.listenerCount('data')).toBe(0)
  })

  it('waits no longer than it may, and not for who has left or been given up', async () => {
    const silent = (): Duplex => new PassThrough({ read: () => undefined })
    expect(code(await startTls(silent(), 'imap', { ...options, milliseconds: 20 }))).toBe('net.timeout')
    const gone = silent()
    const asked = startTls(gone, 'smtp', options)
    gone.destroy()
    expect(code(await asked)).toBe('net.closed')
    const stop = new AbortController()
    stop.abort()
    expect(code(await startTls(silent(), 'imap', { ...options, signal: stop.signal }))).toBe('net.closed')
  })

  it('comes to an end whatever is said, within its limits', async () => {
    const line = fc.oneof(
      fc.constantFrom('* OK x', 'S1 OK x', 'S1 NO', '220 x', '220-x', '250-STARTTLS', '250 x', '451 x', '* '),
      fc.string({ maxLength: 40 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('imap', 'smtp'), fc.array(line), async (protocol, lines) => {
        const [client, server] = duplexPair()
        const outcome = startTls(client, protocol, options)
        server.resume()
        server.end(lines.map((one) => `${one}\r\n`).join(''))
        client.once('end', () => client.destroy())
        expect(code(await outcome)).toMatch(/^(ok|net\.closed|tls\.|imap\.|smtp\.)/)
      }),
      { numRuns: 200 },
    )
    for (const protocol of ['imap', 'smtp'] as const) {
      const endless = await against(
        protocol,
        `${protocol === 'imap' ? '* OK ' : '220-'}${'x'.repeat(70_000)}`,
        () => '',
      )
      expect(endless.outcome).toBe(protocol === 'imap' ? 'imap.protocol' : 'smtp.failed')
    }
  })
})

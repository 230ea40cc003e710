import { connect } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { startLoopback, type LoopbackReceiver } from './loopback.ts'

const opened: LoopbackReceiver[] = []
const open = async (milliseconds = 60_000): Promise<LoopbackReceiver> => {
  const started = await startLoopback({
    random: (length) => new Uint8Array(length).fill(7),
    milliseconds,
    handOver: null,
  })
  if (!started.ok) throw new Error(started.error.code)
  opened.push(started.value)
  return started.value
}

describe('the port the browser comes back to', () => {
  afterEach(() => {
    for (const one of opened.splice(0)) one.cancel()
  })

  it('takes one answer, in one form, and is closed after it', async () => {
    const { redirectUri, state, answer } = await open()
    for (const [path, method] of [
      [`?state=${state}&code=c`, 'POST'],
      [`?state=${state}&code=c`, 'HEAD'],
      [`autre?state=${state}&code=c`, 'GET'],
      ['?code=c', 'GET'],
      [`?code=c&state=${state.slice(1)}`, 'GET'],
    ] as const)
      expect((await fetch(`${redirectUri}${path}`, { method })).status).toBe(404)
    const page = await fetch(`${redirectUri}?state=${state}&code=right`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).not.toContain('right')
    const came = await answer
    expect(came.ok && came.value.searchParams.get('code')).toBe('right')
    await expect(fetch(`${redirectUri}?state=${state}&code=second`)).rejects.toThrow()
  })

  it('says nothing after its time, and leaves no port behind', async () => {
    const { redirectUri, answer } = await open(20)
    expect(await answer).toMatchObject({ error: { code: 'auth.cancelled', details: { reason: 'timeout' } } })
    await expect(fetch(redirectUri)).rejects.toThrow()
  })

  it('lets go of who only holds the line', async () => {
    const { redirectUri, cancel } = await open()
    const idler = connect(Number(new URL(redirectUri).port), '127.0.0.1')
    idler.on('error', () => undefined)
    await once(idler, 'connect')
    idler.write('GET / HTTP/1.1\r\nHost: x\r\n')
    const closed = once(idler, 'close')
    idler.resume()
    cancel()
    await closed
    expect(idler.destroyed).toBe(true)
  })
})

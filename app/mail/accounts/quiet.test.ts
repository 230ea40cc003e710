import { describe, expect, it } from 'vitest'
import { silence } from '../imap/connection.ts'
import { quietLook } from './pace.ts'
import { waitQuietly } from './quiet.ts'

const wait = async (connection: { usable: boolean; afterNoop?: boolean }, rung: boolean) => {
  const asked: string[] = []
  const client = {
    usable: connection.usable,
    noop: () => {
      asked.push('NOOP')
      client.usable = connection.afterNoop ?? client.usable
      return Promise.resolve()
    },
  }
  const bell = { wait: () => Promise.resolve(rung) }
  return { stays: await waitQuietly(client, bell), asked }
}

describe('a background connection without work', () => {
  it('is asked something before its silence would end it', async () => {
    expect(await wait({ usable: true }, false)).toEqual({ stays: true, asked: ['NOOP'] })
    expect(quietLook).toBeLessThan(silence)
  })
  it('is left alone when there is work for it', async () => {
    expect(await wait({ usable: true }, true)).toEqual({ stays: true, asked: [] })
  })
  it('is not missed when it is gone', async () => {
    expect(await wait({ usable: false }, true)).toEqual({ stays: false, asked: [] })
    expect(await wait({ usable: false }, false)).toEqual({ stays: false, asked: [] })
    expect(await wait({ usable: true, afterNoop: false }, false)).toEqual({ stays: false, asked: ['NOOP'] })
  })
})

import type { FetchMessageObject, MessageStructureObject } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { identityOf, readHeaders } from './headers.ts'
import { processorTime } from '../../processor-time.fixture.ts'

// What a server says of a message before its source is here.
const reading = { classify: () => 'unknown' as const, displaySubject: (raw: string) => raw }
const fetched = (header: string, bodyStructure?: MessageStructureObject): FetchMessageObject => ({
  seq: 1,
  uid: 1,
  size: header.length,
  internalDate: new Date(Date.UTC(2026, 10, 22)),
  bodyParts: new Map([['header', Buffer.from(header)]]),
  ...(bodyStructure ? { bodyStructure } : {}),
})
const structure = (node: object): MessageStructureObject => node as MessageStructureObject

describe('headers from a server', () => {
  it('of any length are read from their beginning, the identity as well', () => {
    const begin = 'Subject: long\r\nFrom: a@b.test\r\n'
    const long = begin + 'X: y\r\n'.repeat(100_000)
    const row = readHeaders(fetched(long), reading)
    expect(row.subject).toBe('long')
    const cut = Buffer.from(long).subarray(0, 128 * 1024)
    expect(Buffer.compare(row.identity, identityOf(cut, long.length))).toBe(0)
    expect(Buffer.compare(row.identity, identityOf(cut, long.length + 1))).not.toBe(0)
  })

  it('may be missing altogether', () => {
    expect(readHeaders(fetched(''), reading)).toMatchObject({
      subject: '',
      from: { address: '' },
      references: [],
    })
  })

  it('come with a structure of any depth and width, looked at in time', () => {
    let deep = structure({ type: 'text/plain' })
    for (let depth = 0; depth < 200_000; depth += 1)
      deep = structure({ type: 'multipart/mixed', childNodes: [deep] })
    const wide = structure({
      type: 'multipart/mixed',
      childNodes: Array.from({ length: 300_000 }, () => ({ type: 'text/plain' })),
    })
    const spent = processorTime()
    for (const monster of [deep, wide])
      expect(readHeaders(fetched('Subject: x\r\n', monster), reading).hasAttachments).toBe(true)
    expect(spent()).toBeLessThan(2000)
    const plain = structure({
      type: 'multipart/alternative',
      childNodes: [{ type: 'text/plain' }, { type: 'text/html' }],
    })
    expect(readHeaders(fetched('', plain), reading).hasAttachments).toBe(false)
    const file = structure({
      type: 'multipart/mixed',
      childNodes: [{ type: 'text/plain' }, { type: 'application/pdf', disposition: 'attachment' }],
    })
    expect(readHeaders(fetched('', file), reading).hasAttachments).toBe(true)
  })
})

import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../contract/index.ts'
import type { PartFiles } from '../vault/index.ts'
import { createResources } from './resources.ts'
import { createUploads } from './uploads.ts'

const random = (length: number): Uint8Array => randomBytes(length)
const resource = {
  mimeType: 'text/plain',
  size: 1,
  fileName: 'é/ b.txt',
  read: () => ok(new Uint8Array([1])),
}

describe('addresses of parts', () => {
  it('are unguessable, URL-safe and found again', () => {
    const resources = createResources(random)
    const group = resources.group('message-1')
    const first = group.publish(resource)
    const second = group.publish(resource)
    expect(first).not.toBe(second)
    expect(new URL(first).href).toBe(first)
    expect(resources.find(first).ok).toBe(true)
    expect(resources.find(first.replace(/\/[^/]*$/, '')).ok).toBe(true)
  })
  it('die with their message, with age and with the session', () => {
    const resources = createResources(random)
    const first = resources.group('message-1').publish(resource)
    resources.group('message-1')
    expect(resources.find(first)).toEqual(fail('part.expired'))
    const kept = resources.group('message-2').publish(resource)
    for (let index = 0; index < 24; index += 1) resources.group(`other-${index}`)
    expect(resources.find(kept).ok).toBe(false)
    const last = resources.group('message-3').publish(resource)
    resources.clear()
    expect(resources.find(last).ok).toBe(false)
    expect(resources.find('https://exemple.test/').ok).toBe(false)
  })
})

const memoryParts = (): Pick<PartFiles, 'write'> & { files: Map<string, Buffer> } => {
  const files = new Map<string, Buffer>()
  return {
    files,
    write: async (source): Promise<Outcome<{ id: string; size: number }>> => {
      const pieces: Uint8Array[] = []
      try {
        for await (const piece of source) pieces.push(piece)
      } catch {
        return fail('vault.disk-full')
      }
      const id = `f${files.size}`
      files.set(id, Buffer.concat(pieces))
      return ok({ id, size: files.get(id)?.byteLength ?? 0 })
    },
  }
}

describe('uploads', () => {
  const chunk = (uploadId: string, index: number, bytes: Uint8Array, last = false) => ({
    uploadId,
    index,
    bytes,
    last,
  })
  it('keep bytes and order', async () => {
    const parts = memoryParts()
    const uploads = createUploads({ parts: parts as unknown as PartFiles })
    const pieces = [randomBytes(1000), randomBytes(1), randomBytes(500)]
    for (const [index, piece] of pieces.entries())
      expect((await uploads.add(chunk('u', index, piece, index === 2))).ok).toBe(true)
    const taken = await uploads.take('u')
    expect(taken.ok && parts.files.get(taken.value.partFile)).toEqual(Buffer.concat(pieces))
    expect((await uploads.take('u')).ok).toBe(false)
  })
  it('refuse gaps, repeats, unknown starts and bytes after the end', async () => {
    const uploads = createUploads({ parts: memoryParts() as unknown as PartFiles })
    expect((await uploads.add(chunk('a', 1, randomBytes(1)))).ok).toBe(false)
    await uploads.add(chunk('b', 0, randomBytes(1)))
    expect((await uploads.add(chunk('b', 2, randomBytes(1)))).ok).toBe(false)
    await uploads.add(chunk('c', 0, randomBytes(1), true))
    expect((await uploads.add(chunk('c', 1, randomBytes(1)))).ok).toBe(false)
    expect((await uploads.take('b')).ok).toBe(false)
  })
  it('say that the disk is full', async () => {
    const uploads = createUploads({
      parts: { write: () => Promise.resolve(fail('vault.disk-full')) } as unknown as PartFiles,
    })
    const outcome = await uploads.add(chunk('a', 0, randomBytes(10), true))
    expect(outcome).toEqual(fail('vault.disk-full'))
  })
})

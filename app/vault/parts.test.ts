import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ok } from '../contract/errors.ts'
import { nodeFs, type VaultFs } from './durable-file.ts'
import { createPartFiles, sweepParts, type PartSession } from './parts.ts'
import { code, temporaryFolder, value } from './vault.fixture.ts'

const chunk = 65_536
const sealed = chunk + 16
const header = 4

const partsIn = (folder: string, fs: VaultFs = nodeFs) => {
  const session: PartSession = {
    dataKey: new Uint8Array(32).fill(3),
    partsFolder: folder,
    fresh: new Set(),
    closed: false,
    register: () => Promise.resolve(ok(undefined)),
    forget: () => Promise.resolve(ok(undefined)),
  }
  const random = (n: number) => new Uint8Array(randomBytes(n))
  return { session, parts: createPartFiles({ fs, random, session: () => session }) }
}
const pieces = async function* (bytes: Uint8Array, cut: number) {
  for (let at = 0; at < bytes.length; at += cut) yield await Promise.resolve(bytes.subarray(at, at + cut))
}
const sizes = [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 3 * chunk + 17]

test('what is written is read back, whole or by range, whatever the sizes', async () => {
  const { parts } = partsIn(temporaryFolder())
  for (const size of sizes) {
    const bytes = new Uint8Array(randomBytes(size))
    const written = value(await parts.write(pieces(bytes, 10_000)))
    expect(written.size).toBe(size)
    expect(Buffer.from(value(await parts.readAll(written.id, size))).equals(bytes)).toBe(true)
    if (size > 0) expect(code(await parts.readAll(written.id, size - 1))).toBe('mime.limit')
    await fc.assert(
      fc.asyncProperty(fc.nat(size + 10), fc.nat(size + 10), async (a, b) => {
        const range = { start: Math.min(a, b), end: Math.max(a, b) }
        const read = value(await parts.read(written.id, range))
        const out: Uint8Array[] = []
        for await (const piece of read.chunks) out.push(piece)
        expect(Buffer.concat(out).equals(bytes.subarray(range.start, range.end))).toBe(true)
      }),
      { numRuns: 15 },
    )
  }
})

test('cutting, appending, reordering, swapping files or flipping any bit is detected', async () => {
  const folder = temporaryFolder()
  const { parts } = partsIn(folder)
  const size = 2 * chunk + 100
  const { id } = value(await parts.write(pieces(new Uint8Array(randomBytes(size)), size)))
  const other = value(await parts.write(pieces(new Uint8Array(randomBytes(size)), size))).id
  const file = path.join(folder, id)
  const sound = readFileSync(file)
  const verdict = async (bytes: Uint8Array): Promise<string> => {
    writeFileSync(file, bytes)
    return code(await parts.readAll(id, 1e9))
  }
  const part = (index: number): Buffer =>
    sound.subarray(header + index * sealed, header + (index + 1) * sealed)
  expect(await verdict(sound)).toBe('ok')
  expect(await verdict(Buffer.concat([sound.subarray(0, header), part(1), part(0), part(2)]))).toBe(
    'vault.corrupt',
  )
  expect(await verdict(Buffer.concat([sound.subarray(0, header), part(0), part(1)]))).toBe('vault.corrupt')
  expect(await verdict(Buffer.concat([sound.subarray(0, header), part(2)]))).toBe('vault.corrupt')
  expect(await verdict(readFileSync(path.join(folder, other)))).toBe('vault.corrupt')
  await fc.assert(
    fc.asyncProperty(fc.nat(sound.length - 1), async (length) => {
      expect(await verdict(sound.subarray(0, length))).toBe('vault.corrupt')
    }),
    { numRuns: 60, examples: [[0], [3], [4], [header + sealed], [header + 2 * sealed]] },
  )
  await fc.assert(
    fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(7), async (at, bit) => {
      const flipped = Buffer.from(sound)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit)
      expect(await verdict(flipped)).toBe('vault.corrupt')
    }),
    {
      numRuns: 60,
      examples: [
        [0, 0],
        [sound.length - 1, 7],
      ],
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (tail) => {
      expect(await verdict(Buffer.concat([sound, tail]))).toBe('vault.corrupt')
    }),
    { numRuns: 20 },
  )
})

test('a full disk or a source that fails leaves no file', async () => {
  const folder = temporaryFolder()
  const full = Object.assign(new Error('full'), { code: 'ENOSPC' })
  const fs: VaultFs = { ...nodeFs, rename: () => Promise.reject(full) }
  const bytes = new Uint8Array(10)
  expect(code(await partsIn(folder, fs).parts.write(pieces(bytes, 5)))).toBe('vault.disk-full')
  const failing = async function* () {
    yield await Promise.resolve(bytes)
    throw full
  }
  expect(code(await partsIn(folder).parts.write(failing()))).toBe('vault.disk-full')
  expect(readdirSync(folder)).toEqual([])
})

test('nothing is read or written once the vault is closed, even midway', async () => {
  const folder = temporaryFolder()
  const { parts, session } = partsIn(folder)
  const { id } = value(await parts.write(pieces(new Uint8Array(3 * chunk), chunk)))
  const read = value(await parts.read(id))
  const iterator = read.chunks[Symbol.asyncIterator]()
  expect((await iterator.next()).done).toBe(false)
  session.closed = true
  await expect(iterator.next()).rejects.toThrow('vault.locked')
  expect(code(await parts.write(pieces(new Uint8Array(10), 5)))).toBe('vault.locked')
  expect(readdirSync(folder)).toEqual([id])
})

test('a name that is not an id never reaches the disk', async () => {
  const { parts } = partsIn(temporaryFolder())
  for (const id of ['../vault.json', '', 'A'.repeat(32), 'a'.repeat(32)]) {
    expect(code(await parts.read(id))).toBe('vault.not-found')
  }
  expect(code(await parts.remove(['../vault.json']))).toBe('ok')
})

test('strays are swept, known files stay', async () => {
  const folder = temporaryFolder()
  const { parts } = partsIn(folder)
  const kept = value(await parts.write(pieces(new Uint8Array(5), 5))).id
  value(await parts.write(pieces(new Uint8Array(5), 5)))
  writeFileSync(path.join(folder, 'half.tmp'), 'x')
  await sweepParts(folder, new Set([kept]))
  expect(readdirSync(folder)).toEqual([kept])
})

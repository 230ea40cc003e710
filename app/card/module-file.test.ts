import { open } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { architecturesOf } from './module-file.ts'

const elf = (wide: 1 | 2, order: 1 | 2, machine: number): Buffer => {
  const head = Buffer.alloc(64)
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide, order]).copy(head)
  if (order === 1) head.writeUInt16LE(machine, 18)
  else head.writeUInt16BE(machine, 18)
  return head
}
const pe = (machine: number): Buffer => {
  const head = Buffer.alloc(256)
  head.write('MZ')
  head.writeUInt32LE(0x80, 60)
  head.write('PE\0\0', 0x80, 'latin1')
  head.writeUInt16LE(machine, 0x84)
  return head
}
const macho = (type: number): Buffer => {
  const head = Buffer.alloc(32)
  head.writeUInt32BE(0xcffaedfe)
  head.writeUInt32LE(type, 4)
  return head
}
const universal = (...types: number[]): Buffer => {
  const head = Buffer.alloc(8 + types.length * 20)
  head.writeUInt32BE(0xcafebabe)
  head.writeUInt32BE(types.length, 4)
  types.forEach((type, index) => head.writeUInt32BE(type, 8 + index * 20))
  return head
}

test.each([
  ['ELF x64', elf(2, 1, 0x3e), ['x64']],
  ['ELF ia32', elf(1, 1, 3), ['ia32']],
  ['ELF arm64', elf(2, 1, 0xb7), ['arm64']],
  ['ELF x32', elf(1, 1, 0x3e), ['other']],
  ['ELF of a big-endian machine', elf(2, 2, 0x16), ['other']],
  ['PE x64', pe(0x8664), ['x64']],
  ['PE ia32', pe(0x14c), ['ia32']],
  ['PE arm64', pe(0xaa64), ['arm64']],
  ['Mach-O arm64', macho(0x0100000c), ['arm64']],
  ['Mach-O universal', universal(0x01000007, 0x0100000c), ['x64', 'arm64']],
  ['MZ without PE', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]), []],
  ['text', Buffer.from('not a library'), []],
  ['nothing', Buffer.alloc(0), []],
])('%s', (_what, bytes, architectures) => {
  expect(architecturesOf(bytes)).toEqual(architectures)
})

test('this very program', async () => {
  const file = await open(process.execPath)
  const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
  await file.close()
  expect(architecturesOf(buffer)).toContain(process.arch)
})

test('hostile bytes never throw', () => {
  const magic = fc.constantFrom('7f454c46', '4d5a9000', 'cffaedfe', 'cafebabe', '')
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 4096 }), (start, rest) => {
      const bytes = Buffer.concat([Buffer.from(start, 'hex'), rest])
      expect(architecturesOf(bytes).length).toBeLessThanOrEqual(16)
    }),
  )
})

/** Architectures a module's file may be for, named as Node names them. `other` is none SousPli runs on. */
type Architecture = 'x64' | 'ia32' | 'arm64' | 'other'

const elfMachines: Readonly<Record<number, Architecture>> = { 0x3e: 'x64', 0x03: 'ia32', 0xb7: 'arm64' }
const peMachines: Readonly<Record<number, Architecture>> = { 0x8664: 'x64', 0x014c: 'ia32', 0xaa64: 'arm64' }
const machoTypes: Readonly<Record<number, Architecture>> = {
  0x01000007: 'x64',
  0x00000007: 'ia32',
  0x0100000c: 'arm64',
}

const elf = (head: DataView): Architecture[] => {
  const wide = head.getUint8(4) === 2
  const littleEndian = head.getUint8(5) === 1
  const machine = elfMachines[head.getUint16(18, littleEndian)] ?? 'other'
  // x32: the machine of x64 in a 32-bit file.
  return [littleEndian && wide === (machine !== 'ia32') ? machine : 'other']
}

const pe = (head: DataView): Architecture[] => {
  const at = head.getUint32(60, true)
  if (head.getUint32(at, true) !== 0x4550) return []
  return [peMachines[head.getUint16(at + 4, true)] ?? 'other']
}

const macho = (head: DataView): Architecture[] => [machoTypes[head.getUint32(4, true)] ?? 'other']

const universal = (head: DataView): Architecture[] => {
  const count = Math.min(head.getUint32(4), 16)
  return Array.from({ length: count }, (_, index) => machoTypes[head.getUint32(8 + index * 20)] ?? 'other')
}

/**
 * Architectures of a shared library by its first bytes (4 kB are enough): ELF, PE, Mach-O and universal Mach-O; empty when it
 * is none of these. Never throws.
 */
export const architecturesOf = (bytes: Uint8Array): readonly Architecture[] => {
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const magic = head.getUint32(0)
    if (magic === 0x7f454c46) return elf(head)
    if (magic >>> 16 === 0x4d5a) return pe(head)
    if (magic === 0xcffaedfe || magic === 0xcefaedfe) return macho(head)
    if (magic === 0xcafebabe) return universal(head)
    return []
  } catch (cause) {
    // Shorter than its header says.
    if (cause instanceof RangeError) return []
    throw cause
  }
}

import { createHash } from 'node:crypto'

/** A reproducible source of choices: the same label and seed always give the same sequence. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** Integer in [low, high], both included. */
  integer(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  bytes(length: number): Buffer
  /** Upper-case UUID, version 4 by its bits. */
  uuid(): string
  /** An independent sequence; drawing from it leaves this one as it is. */
  fork(label: string): Random
}

/** Mulberry32 on a hash of the seed and a label: small, fast, good enough for choosing words. */
export function createRandom(seed: number | string): Random {
  let state = createHash('sha256').update(String(seed)).digest().readUInt32LE(0)
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const bytes = (length: number): Buffer => {
    const out = Buffer.alloc(length)
    for (let i = 0; i < length; i++) out[i] = integer(0, 255)
    return out
  }
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]): T => {
      const chosen = from[integer(0, from.length - 1)]
      if (chosen === undefined) throw new Error('pick from an empty list')
      return chosen
    },
    bytes,
    uuid: () => {
      const b = bytes(16)
      b[6] = ((b[6] ?? 0) & 0x0f) | 0x40
      b[8] = ((b[8] ?? 0) & 0x3f) | 0x80
      const hex = b.toString('hex').toUpperCase()
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        '-',
      )
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  }
}

/** The OID of a UUID (ITU-T X.667: `2.25.` and the number in decimal): a document id that is unique without a registry. */
export function oidOfUuid(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`
}

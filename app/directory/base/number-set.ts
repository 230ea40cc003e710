/**
 * A table from a non-negative integer below 2⁵³ to a row number, flat in memory (12 bytes a place): half a million lines
 * are compared with the last extraction in some ten megabytes.
 */
export interface NumberTable {
  /** The value of a key; -1 when it is not there. */
  get(key: number): number
  set(key: number, value: number): void
  size(): number
  /** Every pair, in no order. */
  each(visit: (key: number, value: number) => void): void
}

const empty = -1

export const createNumberTable = (): NumberTable => {
  let capacity = 1 << 12
  let keys = new Float64Array(capacity).fill(empty)
  let values = new Int32Array(capacity)
  let size = 0
  const place = (key: number): number => {
    // The low bits of a digest are as good as any.
    let at = key % capacity
    while (keys[at] !== empty && keys[at] !== key) at = (at + 1) % capacity
    return at
  }
  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values]
    capacity *= 2
    keys = new Float64Array(capacity).fill(empty)
    values = new Int32Array(capacity)
    for (let index = 0; index < oldKeys.length; index += 1) {
      const key = oldKeys[index] ?? empty
      if (key === empty) continue
      const at = place(key)
      keys[at] = key
      values[at] = oldValues[index] ?? 0
    }
  }
  return {
    get: (key) => {
      const at = place(key)
      return keys[at] === key ? (values[at] ?? empty) : empty
    },
    set: (key, value) => {
      if (size * 2 >= capacity) grow()
      const at = place(key)
      if (keys[at] !== key) size += 1
      keys[at] = key
      values[at] = value
    },
    size: () => size,
    each: (visit) => {
      for (let index = 0; index < keys.length; index += 1) {
        const key = keys[index] ?? empty
        if (key !== empty) visit(key, values[index] ?? 0)
      }
    },
  }
}

/** 53 bits of a text (cyrb53): tells texts apart, keeps nothing secret. */
export const digest = (text: string): number => {
  let [one, two] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    one = Math.imul(one ^ unit, 2_654_435_761)
    two = Math.imul(two ^ unit, 1_597_334_677)
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909)
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & two) + (one >>> 0)
}

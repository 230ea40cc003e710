/** Randomness that a seed replays: what a harness draws is the same on every machine (mulberry32). */
export interface Dice {
  /** In [0, below). */
  whole: (below: number) => number
  chance: (probability: number) => boolean
  /** One of them; throws when there is none. */
  pick: <T>(list: readonly T[]) => T
}

export const createDice = (seed: number): Dice => {
  let state = seed >>> 0
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (below: number): number => Math.floor(fraction() * below)
  return {
    whole,
    chance: (probability) => fraction() < probability,
    pick: (list) => {
      const one = list[whole(list.length)]
      if (one === undefined) throw new Error('nothing to choose from')
      return one
    },
  }
}

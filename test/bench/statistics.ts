/** Middle of the values, the lower of two; NaN of none. */
export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** Nearest rank. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

export interface Limits {
  /** In the figure's unit. */
  atMost?: number
  /** Of the peer's value. */
  ofPeer?: number
}

/** One figure: medians over the runs of the same session. `met` is null when there is nothing to compare with. */
export interface Figure {
  bench: string
  figure: string
  value: number
  unit: string
  peer: string | null
  peerValue: number | null
  ratio: number | null
  target: string | null
  met: boolean | null
  runs: number
  messages: number
}

const rounded = (value: number): number => Number(value.toPrecision(4))

export const figure = (
  about: { bench: string; figure: string; unit: string; messages: number },
  values: readonly number[],
  peer: { name: string; values: readonly number[] } | null,
  limits: Limits | null,
): Figure => {
  const value = median(values)
  const peerValue = peer && peer.values.length > 0 ? median(peer.values) : null
  const ratio = peerValue === null ? null : value / peerValue
  const { atMost, ofPeer } = limits ?? {}
  const within = atMost === undefined ? null : value <= atMost
  const better = ofPeer === undefined ? null : ratio === null ? null : ratio <= ofPeer
  const judged = [within, better].filter((one) => one !== null)
  const complete = (atMost !== undefined || ofPeer !== undefined) && (ofPeer === undefined || ratio !== null)
  const target = [
    ...(atMost === undefined ? [] : [`<= ${atMost} ${about.unit}`]),
    ...(ofPeer === undefined ? [] : [`<= ${ofPeer} x peer`]),
  ].join(' and ')
  return {
    bench: about.bench,
    figure: about.figure,
    value: rounded(value),
    unit: about.unit,
    peer: peer?.name ?? null,
    peerValue: peerValue === null ? null : rounded(peerValue),
    ratio: ratio === null ? null : rounded(ratio),
    target: target === '' ? null : target,
    // One limit broken is enough to miss; all must be known to reach.
    met: judged.includes(false) ? false : complete ? true : null,
    runs: values.length,
    messages: about.messages,
  }
}

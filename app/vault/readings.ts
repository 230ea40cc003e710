import { deserialize, serialize } from 'node:v8'
import type { StoredBody } from './operations/messages.ts'

/** Everything the store keeps of a message beside its source. */
export type BodyReading = Omit<StoredBody, 'id' | 'raw' | 'rawFile' | 'rawSize'>

/** Readings as bytes that are moved from thread to thread without being looked into on the way. */
export const packReadings = (readings: readonly BodyReading[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(serialize(readings))

/** Undoes `packReadings`; only for bytes that come from it. */
export const unpackReadings = (bytes: Uint8Array): BodyReading[] => deserialize(bytes) as BodyReading[]

import { expect, it } from 'vitest'
import { createFlight, type Room } from './flight.ts'

/** Lets everything that can go on do so. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

it('lets no more batches in than there is room for, in the order they came', async () => {
  const flight = createFlight(16, 2)
  const inside: number[] = []
  const rooms: Room[] = []
  const enter = async (number: number) => {
    const room = await flight.enter(false)
    rooms[number] = room
    inside.push(number)
  }
  const all = Promise.all([enter(0), enter(1), enter(2), enter(3)])
  await settled()
  expect(inside).toEqual([0, 1])
  rooms[1]?.release()
  rooms[1]?.release()
  await settled()
  expect(inside).toEqual([0, 1, 2])
  expect(rooms[2]?.bytes).toBe(rooms[1]?.bytes)
  rooms[0]?.release()
  await all
  expect(inside).toEqual([0, 1, 2, 3])
})

it('lets what is too large for a batch pass alone', async () => {
  const flight = createFlight(16, 2)
  const first = await flight.enter(false)
  let large: Room | null = null
  let second: Room | null = null
  const passing = flight.enter(true).then((room) => (large = room))
  const after = flight.enter(false).then((room) => (second = room))
  await settled()
  expect([large, second]).toEqual([null, null])
  first.release()
  const room = await passing
  expect(room.bytes.byteLength).toBe(0)
  await settled()
  expect(second).toBeNull()
  room.release()
  await after
  expect(second).not.toBeNull()
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { activityNumber, readActivity, readElements, readSpecialty } from './card-data.ts'

const tlv = (tag: number, value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value)
  const length =
    bytes.length < 0x80
      ? [bytes.length]
      : bytes.length < 0x100
        ? [0x81, bytes.length]
        : [0x82, bytes.length >> 8, bytes.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}
const activity = (...fields: Buffer[]): Buffer => tlv(0xee, Buffer.concat(fields))

describe('a situation d’exercice', () => {
  test('tells its place, structure and sector', () => {
    const bytes = activity(tlv(0x84, 'Hôpital fictif'), tlv(0x85, '1990000001'), tlv(0x86, 'SA01'))
    expect(readActivity(2, bytes)).toEqual({
      number: 2,
      organisation: 'Hôpital fictif',
      structureId: '1990000001',
      sector: 'SA01',
    })
  })
  test('may be padded, in Latin-1, without its wrapping, or partly unknown', () => {
    const latin = activity(tlv(0x84, Buffer.from('Hôpital', 'latin1')), tlv(0x9f, Buffer.from([0x1f, 0])))
    expect(readActivity(1, Buffer.concat([latin, Buffer.alloc(40, 0xff)]))?.organisation).toBe('Hôpital')
    expect(readActivity(1, tlv(0x84, 'Cabinet'))?.organisation).toBe('Cabinet')
    expect(readActivity(1, activity(tlv(0x85, '<script>'), tlv(0x86, 'sector')))).toBeNull()
    expect(readActivity(1, activity())).toBeNull()
  })
  test('cannot disguise a name with control or direction characters', () => {
    const bytes = activity(tlv(0x84, 'Cabinet\u202e\u0000 fictif\n'))
    expect(readActivity(1, bytes)?.organisation).toBe('Cabinet fictif')
  })
})

test('labels of activities are those of the first application alone', () => {
  expect(['CPS_ACTIVITY_01_PS', 'CPS_ACTIVITY_16_PS'].map(activityNumber)).toEqual([1, 16])
  for (const label of ['CPS_ACTIVITY_00_PS', 'CPS_ACTIVITY_17_PS', 'CPS2TER_ACTIVITY_01_PS', 'CPS_DATA', ''])
    expect(activityNumber(label)).toBeNull()
})

test('the specialty is the end of the information object, when it looks like one', () => {
  expect(readSpecialty(Buffer.from('xxxxSM26'))).toBe('SM26')
  expect(readSpecialty(Buffer.concat([Buffer.from('SCD1'), Buffer.alloc(8)]))).toBe('SCD1')
  for (const text of ['', 'M26', 'SM2?', 'ABCD', '1234']) expect(readSpecialty(Buffer.from(text))).toBeNull()
})

describe('hostile bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 4096 }),
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 300 })), { maxLength: 90 })
      .map((fields) => new Uint8Array(Buffer.concat(fields.map(([tag, value]) => tlv(tag, value))))),
  )
  test('never throw, and give bounded, printable values', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 16 }), (input, number) => {
        const elements = readElements(input)
        expect(elements.length).toBeLessThanOrEqual(64)
        expect(elements.reduce((sum, { value }) => sum + value.length, 0)).toBeLessThanOrEqual(input.length)
        const read = readActivity(number, activity(Buffer.from(input.subarray(0, 200))))
        for (const text of [read?.organisation ?? '', read?.structureId ?? '', read?.sector ?? '']) {
          expect(text.length).toBeLessThanOrEqual(200)
          expect(text).not.toMatch(/\p{C}/u)
        }
        expect(readSpecialty(input) ?? 'SM26').toMatch(/^[A-Z0-9]{4}$/)
      }),
      { numRuns: 500 },
    )
  })
})

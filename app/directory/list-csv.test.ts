import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostMembers, readListCsv, writeListCsv } from './list-csv.ts'

const read = (text: string) => readListCsv(Buffer.from(text))

describe('a distribution list as CSV', () => {
  it('finds the address in each line and the words before it, whatever the separator', () => {
    const members = [{ name: 'Dr Paul BERNARD', address: 'paul@mss.test' }]
    for (const text of [
      'nom;adresse\r\nDr Paul BERNARD;paul@mss.test\r\n',
      '"Dr Paul BERNARD","paul@mss.test"\n',
      'Dr\tPaul BERNARD\tpaul@mss.test\trien',
      '\ufeffDr Paul BERNARD <paul@mss.test>\r',
      'Dr Paul BERNARD;paul@mss.test\nDr Paul BERNARD;PAUL@mss.test',
    ])
      expect(
        read(text).members.map((one) => ({ ...one, address: one.address.toLowerCase() })),
        text,
      ).toEqual(members)
    expect(read('a@mss.test\nb@mss.test').members).toHaveLength(2)
  })

  it('counts lines without an address, takes a header for what it is, and no more than it may', () => {
    expect(read('nom;adresse\nPersonne;pas une adresse\na@mss.test')).toMatchObject({ refused: 1 })
    const many = Array.from({ length: mostMembers + 3 }, (_, at) => `a${String(at)}@mss.test`).join('\n')
    expect(read(many)).toMatchObject({ refused: 3 })
    expect(read(many).members).toHaveLength(mostMembers)
  })

  it('reads Windows-1252, and writes nothing a spreadsheet would run', () => {
    expect(readListCsv(Buffer.from('Zoé;zoe@mss.test', 'latin1')).members[0]?.name).toBe('Zoé')
    const written = Buffer.from(writeListCsv([{ name: '=HYPERLINK("x")', address: 'a@mss.test' }])).toString()
    expect(written).toContain('"\'=HYPERLINK(""x"")"')
  })

  it('reads back what it wrote', () => {
    const name = fc
      .string({ unit: fc.constantFrom(...'aé ;",=<>-\'B'), maxLength: 20 })
      .map((one) => one.trim())
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 8 }), name, (ids, who) => {
        const members = ids.map((id) => ({ name: who, address: `a${String(id)}@mss.test` }))
        expect(readListCsv(writeListCsv(members)).members.map(({ address }) => address)).toEqual(
          members.map(({ address }) => address),
        )
      }),
    )
  })

  it('never falls, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const { address } of readListCsv(bytes).members) expect(address).toContain('@')
      }),
    )
  })
})

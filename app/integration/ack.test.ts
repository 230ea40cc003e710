import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { code, value } from './integration.fixture.ts'
import { readAck } from './ack.ts'

const bytes = (...segments: string[]): Uint8Array => new Uint8Array(Buffer.from(segments.join('\r'), 'utf8'))
const head = 'MSH|^~\\&|DPI|ORG|SOUSPLI|ORG|20261122||ACK^T02^ACK|9|P|2.6|||||FRA|UNICODE UTF-8'

describe('an acknowledgement', () => {
  it('says integrated, whatever its line ends', () => {
    for (const end of ['\r', '\n', '\r\n'])
      expect(value(readAck(new Uint8Array(Buffer.from(`${head}${end}MSA|AA|015${end}`))))).toEqual({
        code: 'AA',
        controlId: '015',
        faults: [],
      })
  })

  it('says every code of the guide with its place and words', () => {
    for (const application of [900, 901, 902, 903, 904, 905, 906]) {
      const read = value(
        readAck(
          bytes(
            head,
            'MSA|AE|015',
            `ERR||PID^1^3|207^Application internal error^messageErrorCondition|E|${application}^Libellé \\T\\ suite^applicationErrorCode`,
          ),
        ),
      )
      expect(read).toEqual({
        code: 'AE',
        controlId: '015',
        faults: [{ code: application, location: 'PID-3', text: 'Libellé & suite' }],
      })
    }
    for (const general of [100, 101, 102, 103, 198, 199, 200, 201, 202, 203, 207])
      expect(
        value(readAck(bytes(head, 'MSA|AR|015', `ERR||OBX^2|${general}^Words^HL70357|E`))).faults,
      ).toEqual([{ code: general, location: 'OBX', text: 'Words' }])
  })

  it('keeps several errors, and those that old systems write elsewhere', () => {
    const several = value(
      readAck(bytes(head, 'ERR||PID-3|101^Required|E', 'ERR|||902^Inconnu|E', 'MSA|AE|015')),
    )
    expect(several.faults.map(({ code: one, location }) => [one, location])).toEqual([
      [101, 'PID-3'],
      [902, null],
    ])
    expect(value(readAck(bytes(head, 'MSA|AE|015|Patient inconnu|||902'))).faults).toEqual([
      { code: 902, location: null, text: 'Patient inconnu' },
    ])
  })

  it('is refused without header or answer, and beyond its size', () => {
    expect(code(readAck(bytes('MSA|AA|015')))).toBe('hl7.malformed')
    expect(code(readAck(bytes(head, 'ERR|||101')))).toBe('hl7.malformed')
    expect(code(readAck(bytes(head, 'MSA|XX|015')))).toBe('hl7.malformed')
    expect(code(readAck(new Uint8Array(300 * 1024)))).toBe('hl7.limit')
  })

  it('of any bytes is read or not, and never throws', () => {
    const piece = fc.constantFrom(
      head,
      'MSA|AA|1',
      'MSA|AE|',
      'ERR||PID^1^3|207|E|902^x',
      'ERR|',
      'MSH|^~',
      'MSH||||',
      '\u000b',
      '',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' })), { maxLength: 12 }), (parts) => {
        const read = readAck(bytes(...parts))
        if (read.ok)
          for (const { text } of read.value.faults) expect((text ?? '').length).toBeLessThanOrEqual(300)
      }),
      { numRuns: 150 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => void readAck(noise)))
  })
})

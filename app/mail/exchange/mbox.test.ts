import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from './byte-source.ts'
import { noFlags, type FoundMessage } from './found-message.ts'
import { toCrlf, toLf } from './line-breaks.ts'
import { looksLikeMbox, mboxEntry, readMbox } from './mbox.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const text = (raw: Uint8Array | null): string | null =>
  raw === null ? null : Buffer.from(raw).toString('latin1')
const readAll = async (content: Uint8Array, limit?: number): Promise<FoundMessage[]> => {
  const found: FoundMessage[] = []
  for await (const one of readMbox(bytesSource(content), 0, limit)) found.push(one)
  return found
}
const texts = async (content: string): Promise<(string | null)[]> =>
  (await readAll(bytes(content))).map((one) => text(one.raw))

const from = 'From a@b.test Sun Nov 22 08:00:00 2026\n'
const letter = (body: string): string => `Subject: x\n\n${body}`

describe('the messages of an mbox file', () => {
  it('are told apart by From lines after an empty line, which are not theirs', async () => {
    expect(await texts(`${from}${letter('un\n')}\n${from}${letter('deux\n')}\n`)).toEqual([
      'Subject: x\r\n\r\nun\r\n',
      'Subject: x\r\n\r\ndeux\r\n',
    ])
  })
  it('are the same with CRLF', async () => {
    const file = `${from}${letter('un\n')}\n${from}${letter('deux\n')}\n`.replaceAll('\n', '\r\n')
    expect(await texts(file)).toEqual(['Subject: x\r\n\r\nun\r\n', 'Subject: x\r\n\r\ndeux\r\n'])
  })
  it('lose one quote before From (mboxo, mboxrd)', async () => {
    expect(await texts(`${from}${letter('>From ici\n>>From là\n> From\n')}\n`)).toEqual([
      'Subject: x\r\n\r\nFrom ici\r\n>From là\r\n> From\r\n'.replace('là', 'l\u00e0'),
    ])
  })
  it('keep a sentence that begins with From, without a date', async () => {
    expect(await texts(`${from}${letter('Bonjour\n\nFrom now on, all is well.\n')}\n`)).toHaveLength(1)
  })
  it('end where Content-Length says when the next one is there (mboxcl2)', async () => {
    const body = `un\n\n${from}still the first\n`
    const file = `${from}Subject: x\nContent-Length: ${String(body.length)}\n\n${body}\n${from}${letter('deux\n')}\n`
    expect(await texts(file)).toEqual([`Subject: x\r\n\r\n${toText(body)}`, 'Subject: x\r\n\r\ndeux\r\n'])
  })
  it.each(['9', '0', '999999999', '999999999999999'])(
    'do not believe a Content-Length of %s that leads nowhere',
    async (length) => {
      const file = `${from}Subject: x\nContent-Length: ${length}\n\nun et deux\n\n${from}${letter('trois\n')}\n`
      expect(await texts(file)).toEqual(['Subject: x\r\n\r\nun et deux\r\n', 'Subject: x\r\n\r\ntrois\r\n'])
    },
  )
  it('give their flags and lose the fields of the mbox client', async () => {
    const [kmail, thunderbird, gone] = await readAll(
      bytes(
        `${from}Status: RO\nX-Status: AF\nX-Keywords: a\n b\nSubject: x\n\nun\n\n` +
          `From - Sun Nov 22 08:00:00 2026\nX-Mozilla-Status: 1005\nX-Mozilla-Status2: 00000000\nSubject: y\n\ndeux\n\n` +
          `From - Sun Nov 22 08:00:00 2026\nX-Mozilla-Status: 0009\nSubject: z\n\ntrois\n\n`,
      ),
    )
    expect(kmail?.flags).toEqual({ seen: true, answered: true, flagged: true, forwarded: false })
    expect(text(kmail?.raw ?? null)).toBe('Subject: x\r\n\r\nun\r\n')
    expect(thunderbird?.flags).toEqual({ seen: true, answered: false, flagged: true, forwarded: true })
    expect([thunderbird?.deleted, gone?.deleted]).toEqual([false, true])
    expect(kmail?.receivedAt).toBe(Date.UTC(2026, 10, 22, 8))
  })
  it('go on from any message', async () => {
    const file = bytes(`${from}${letter('un\n')}\n${from}${letter('deux\n')}\n${from}${letter('trois\n')}\n`)
    const [first] = await readAll(file)
    const rest: (string | null)[] = []
    for await (const one of readMbox(bytesSource(file), first?.end)) rest.push(text(one.raw))
    expect(rest).toEqual(['Subject: x\r\n\r\ndeux\r\n', 'Subject: x\r\n\r\ntrois\r\n'])
  })
  it('too long are passed over without being held', async () => {
    const file = bytes(`${from}${letter('x'.repeat(5000))}\n\n${from}${letter('deux\n')}\n`)
    const found = await readAll(file, 1000)
    expect(found.map((one) => one.raw === null)).toEqual([true, false])
  })
  it('are found across the borders of what is read at once', async () => {
    const entry = (index: number): string =>
      `${from}Subject: ${String(index)}\n\n${'abcdefgh\n'.repeat(7000 + index * 13)}\n`
    const file = bytes(Array.from({ length: 60 }, (_, index) => entry(index)).join(''))
    const found = await readAll(file)
    expect(found).toHaveLength(60)
    expect(found.every((one, index) => text(one.raw)?.startsWith(`Subject: ${String(index)}\r\n`))).toBe(true)
  })
  it('are told from other files by their first line', () => {
    expect(looksLikeMbox(bytes(`\n\n${from}`))).toBe(true)
    expect(looksLikeMbox(bytes('From: a@b.test\nSubject: x\n'))).toBe(false)
    expect(looksLikeMbox(bytes(''))).toBe(false)
  })
})

const toText = (lf: string): string => lf.replaceAll('\n', '\r\n')

describe('what is written', () => {
  const line = fc.oneof(
    fc.constantFrom('', 'From moi', '>From moi', '>>From ', from.trimEnd(), 'Content-Length: 3', 'From: a'),
    fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).filter((one) => !/[\r\n]/.test(one)),
  )
  const message = fc
    .tuple(fc.constantFrom('Subject: a', 'From: x@y.test', 'X: 1'), fc.array(line, { maxLength: 12 }))
    .map(([header, lines]) => bytes(`${header}\r\n\r\n${lines.map((one) => `${one}\r\n`).join('')}`))
  const flags = fc.record({
    seen: fc.boolean(),
    answered: fc.boolean(),
    flagged: fc.boolean(),
    forwarded: fc.boolean(),
  })

  it('is read again byte for byte, with its flags', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(message, flags), { maxLength: 6 }), async (messages) => {
        const receivedAt = Date.UTC(2026, 10, 22, 8)
        const file = Buffer.concat(
          messages.map(([raw, said]) => mboxEntry({ raw, sender: 'a@b.test', receivedAt, flags: said })),
        )
        const found = await readAll(file)
        expect(found.map((one) => text(one.raw))).toEqual(messages.map(([raw]) => text(raw)))
        expect(found.map((one) => one.flags)).toEqual(messages.map(([, said]) => said))
        expect(found.every((one) => one.receivedAt === receivedAt)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('names nobody whose address would break the line', () => {
    const entry = mboxEntry({
      raw: bytes('A: b\r\n\r\n'),
      sender: 'a b\nX: y',
      receivedAt: 0,
      flags: noFlags,
    })
    expect(text(entry)?.split('\n')[0]).toBe('From MAILER-DAEMON Thu Jan  1 00:00:00 1970')
  })
})

describe('big files', () => {
  it('are read about once, however small their messages', async () => {
    const file = bytes(`${from}${letter('bonjour\n')}\n`.repeat(60_000))
    let read = 0
    const source = {
      ...bytesSource(file),
      read: (start: number, end: number) => {
        read += Math.max(0, Math.min(end, file.length) - start)
        return Promise.resolve(file.subarray(start, end))
      },
    }
    let count = 0
    for await (const one of readMbox(source)) count += one.raw === null ? 0 : 1
    expect(count).toBe(60_000)
    expect(read).toBeLessThan(3 * file.length)
  })
})

describe('hostile files', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      from,
      '\n\n',
      '\r\n',
      '\n',
      'From ',
      '\nFrom ',
      'Content-Length: 5\n',
      '>',
      '\0',
      'Status: R\n',
    ),
    fc.string({ unit: 'binary', maxLength: 20 }),
  )
  it('are read to their end, each byte once, whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 60 }), async (pieces) => {
        const file = new Uint8Array(Buffer.from(from + pieces.join('')))
        let at = 0
        for await (const one of readMbox(bytesSource(file))) {
          expect(one.start).toBeGreaterThanOrEqual(at)
          expect(one.end).toBeGreaterThan(one.start)
          at = one.end
        }
        expect(at).toBe(file.length)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    ['separators', `\n\n${from}`.repeat(25_000)],
    ['almost separators', '\n\nFrom x'.repeat(500_000)],
    ['quotes', `${'>'.repeat(2_000_000)}From x\n`],
    ['quoted lines', '>From \n'.repeat(400_000)],
    ['one line', 'x'.repeat(4_000_000)],
    ['false lengths', `${from}Content-Length: 1\n\nx\n\n`.repeat(12_000)],
  ])('made of %s take time in proportion', async (_what, content) => {
    const spent = processorTime()
    await readAll(bytes(from + content))
    expect(spent()).toBeLessThan(10_000)
  })
})

describe('line breaks', () => {
  it('become CRLF and LF again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '\n', '\r\n', '\r', 'é')), (parts) => {
        const crlf = text(toCrlf(bytes(parts.join('')))) ?? ''
        expect(crlf).not.toMatch(/(?<!\r)\n/)
        const whole = bytes(parts.filter((one) => one !== '\r').join(''))
        expect(text(toCrlf(toLf(toCrlf(whole))))).toBe(text(toCrlf(whole)))
      }),
    )
  })
})

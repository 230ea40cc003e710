import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeText,
  parseAddresses,
  parseDate,
  parseHeaderBlock,
  parseMessageIds,
  parseParameters,
} from './header.ts'
import { htmlToBlocks, textToBlocks } from './html-blocks.ts'
import { htmlToText } from './html-text.ts'
import { decodePart, defaultMimeLimits, parseMessage, type MimePart } from './message.ts'
import { processorTime } from '../../processor-time.fixture.ts'

// Mail as attackers write it. Every case has a time: a reader that takes minutes is as good as a crash.

/** Milliseconds for one case: a hundred times what it takes, and far below what a quadratic reader needs. */
const bound = 6000

const timed = <T>(work: () => T): T => {
  const spent = processorTime()
  const result = work()
  expect(spent()).toBeLessThan(bound)
  return result
}
const allParts = (part: MimePart): MimePart[] => [part, ...part.children.flatMap(allParts)]

/** Reads as the product does; the outcome's code. */
const readWhole = (raw: Uint8Array): string => {
  const outcome = timed(() => parseMessage(raw))
  if (!outcome.ok) return outcome.error.code
  const { root, html, text } = outcome.value
  for (const part of allParts(root)) {
    expect(part.start).toBeLessThanOrEqual(part.bodyStart)
    expect(part.bodyStart).toBeLessThanOrEqual(part.end)
    expect(part.end).toBeLessThanOrEqual(raw.length)
    for (const child of part.children) {
      expect(child.start).toBeGreaterThanOrEqual(part.bodyStart)
      expect(child.end).toBeLessThanOrEqual(part.end)
    }
  }
  for (const part of outcome.value.attachments) decodePart(raw, part)
  timed(() => htmlToBlocks(html ?? '', 100_000))
  timed(() => textToBlocks(text, 100_000))
  return 'ok'
}
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))

describe('header values', () => {
  const n = 300_000
  const repeated: Record<string, string> = {
    blanks: ' '.repeat(n),
    'blanks then a letter': `${' '.repeat(n)}a`,
    'blanks in the middle': `a${' '.repeat(n)}b`,
    'open comments': '('.repeat(n),
    'comments in blanks': `a ${'( '.repeat(n)}`,
    'closed comments': '(a)'.repeat(n),
    'open angles': '<'.repeat(n),
    'angles and at signs': '<@'.repeat(n),
    'at signs': '@'.repeat(n),
    'words and at signs': 'a@ '.repeat(n),
    commas: ','.repeat(n),
    groups: 'g:'.repeat(n),
    'closed groups': 'g:a@b;'.repeat(n),
    quotes: '"'.repeat(n),
    backslashes: `"${'\\'.repeat(n)}`,
    'encoded words': '=?utf-8?B?w6k=?= '.repeat(n / 4),
    'open encoded words': '=?utf-8?Q?'.repeat(n / 4),
    'almost encoded words': '=?'.repeat(n),
    'encoded blanks': '=?a?q? ?= =?'.repeat(n / 4),
    'mixed charsets': '=?x-unknown?B?AAAA?= =?iso-2022-jp?Q?=1B$B?='.repeat(n / 8),
    parameters: 'a=b;'.repeat(n),
    'continuations of one name': Array.from({ length: 900 }, (_, i) => `; f*${String(i)}*=%41`).join(''),
    'one continuation again and again': ';f*0=a'.repeat(n),
    'parameter blanks': `text/plain; name=a${' '.repeat(n)}(x`,
    'message ids': '<a@b>'.repeat(n),
    'long message id': `<${'a'.repeat(n)}>`,
    'open message ids': `${'<a'.repeat(n)}`,
    dates: '1 Jan '.repeat(n),
    percents: `x; f*=utf-8''${'%'.repeat(n)}`,
    'right to left': '\u202e'.repeat(n),
    nuls: '\0'.repeat(n),
  }
  it.each(Object.entries(repeated))('made of %s are read in time', (_what, value) => {
    timed(() => {
      for (const field of parseHeaderBlock(bytes(`X: ${value}\r\n\r\n`))) {
        decodeText(field.value)
        parseAddresses(field.value)
        parseParameters(field.value)
        parseMessageIds(field.value)
        parseDate(field.value)
      }
    })
  })

  it.each([
    ['a field folded a hundred thousand times', `X: a\r\n${' b\r\n'.repeat(100_000)}`],
    ['three hundred thousand fields', 'X:\r\n'.repeat(300_000)],
    ['lines that are no fields', ':\r\n'.repeat(500_000)],
    ['folds without a field', ' \r\n'.repeat(500_000)],
    ['bare carriage returns', 'X: a\r'.repeat(300_000)],
  ])('of %s are read in time', (_what, block) => {
    timed(() => parseHeaderBlock(bytes(block)))
  })

  it('are read whatever they hold', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '=?',
        '?=',
        '?Q?',
        '?B?',
        'utf-8',
        'iso-2022-jp',
        '"',
        '\\',
        '<',
        '>',
        '@',
        '(',
        ')',
        ';',
        ':',
        ',',
      ),
      fc.constantFrom(
        '*0*=',
        '*=',
        "''",
        '%',
        '%C3',
        ' ',
        '\t',
        '\r\n ',
        '\0',
        'filename',
        'name=',
        '=_',
        '===',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        const value = pieces.join('')
        timed(() => {
          for (const one of parseAddresses(value)) expect(one.name + one.address).not.toMatch(/\p{Cc}/u)
          expect(decodeText(value)).not.toMatch(/\p{Cc}/u)
          parseParameters(value)
          parseMessageIds(value)
          parseDate(value)
        })
      }),
      { numRuns: 3000 },
    )
  })
})

describe('bodies', () => {
  const html: Record<string, string> = {
    'open tags': '<a'.repeat(500_000),
    'open comments': '<!--'.repeat(300_000),
    'open styles': '<style'.repeat(300_000),
    'styles that never end': '<style>a'.repeat(200_000),
    'list items': '<li>'.repeat(300_000),
    quotes: '<blockquote>'.repeat(200_000),
    'table cells': '<td>a'.repeat(300_000),
    entities: '&amp;&#x41;&foo'.repeat(200_000),
    ampersands: '&'.repeat(1_000_000),
    blanks: ' \n\t'.repeat(500_000),
    'line feeds': '\n'.repeat(1_000_000),
  }
  it.each(Object.entries(html))('made of %s become text in time', (_what, content) => {
    timed(() => htmlToText(content))
    timed(() => htmlToBlocks(content, 200_000))
    timed(() => textToBlocks(content, 200_000))
  })

  it('keep their order and simplest structure on paper', () => {
    const { blocks } = htmlToBlocks(
      '<style>x</style><h1>Titre</h1><p>Un &eacute;t&eacute;<br>deux</p><ul><li>a</li><li><p>b</p></li></ul>' +
        '<table><tr><td>Hb</td><td>13</td></tr></table><blockquote>cit&eacute;</blockquote>fin',
      1000,
    )
    expect(blocks).toEqual([
      { kind: 'heading', text: 'Titre' },
      { kind: 'paragraph', text: 'Un été\ndeux' },
      { kind: 'item', text: 'a' },
      { kind: 'item', text: 'b' },
      { kind: 'row', text: 'Hb\t13' },
      { kind: 'quote', text: 'cité' },
      { kind: 'paragraph', text: 'fin' },
    ])
    expect(htmlToBlocks('<p>abcdef</p>', 3)).toEqual({
      blocks: [{ kind: 'paragraph', text: 'abc' }],
      truncated: true,
    })
  })
})

describe('message bombs', () => {
  const part = (count: number, inner: string): string =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${`--b\r\n${inner}\r\n`.repeat(count)}--b--\r\n`
  const nested = (type: string, depth: number): string =>
    Array.from({ length: depth }, (_, index) =>
      type === 'message'
        ? 'Content-Type: message/rfc822\r\n\r\n'
        : `Content-Type: multipart/mixed; boundary=b${String(index)}\r\n\r\n--b${String(index)}\r\n`,
    ).join('')
  const bombs: Record<string, [string, string]> = {
    'a million parts': [part(300_000, '\r\nx'), 'mime.limit'],
    // Each has a boundary of its own that never comes: looking for it beyond the part would cost parts × size.
    'multiparts whose boundary never comes': [
      part(1900, 'Content-Type: multipart/mixed; boundary=never\r\n\r\nx') + 'y'.repeat(20_000_000),
      'ok',
    ],
    'boundaries that almost are': [
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'\r\n--bb'.repeat(500_000)}`,
      'ok',
    ],
    'deep multiparts': [nested('multipart', 10_000), 'mime.limit'],
    'deep enclosed messages': [nested('message', 10_000), 'mime.limit'],
    'the same boundary at each depth': [
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(5000),
      'mime.limit',
    ],
    'a header without end': [`X: ${'a'.repeat(5_000_000)}`, 'mime.limit'],
    'headers in each part': [part(1000, `X: ${'a'.repeat(10_000)}\r\n\r\nx`), 'mime.limit'],
    'one line of a hundred megabytes': [`Subject: x\r\n\r\n${'a'.repeat(100_000_000)}`, 'mime.limit'],
    'a hundred megabytes attached': [
      `Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(25_000_000)}`,
      'ok',
    ],
    'base64 that is none': [
      `Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n${'*=\0é'.repeat(1_000_000)}`,
      'ok',
    ],
    'soft line breaks': [
      `Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${`=${' '.repeat(99)}`.repeat(50_000)}`,
      'ok',
    ],
    nuls: [`Subject: x\r\nContent-Type: text/html\r\n\r\n${'\0<'.repeat(1_000_000)}`, 'ok'],
    nothing: ['', 'ok'],
  }
  it.each(Object.entries(bombs))('%s', (_what, [raw, expected]) => {
    expect(readWhole(bytes(raw))).toBe(expected)
  })

  it('grow in time no faster than in size', () => {
    const raw = (count: number): Uint8Array =>
      bytes(part(count, 'Content-Type: multipart/mixed; boundary=never\r\n\r\nx'.padEnd(4000, 'y')))
    const [few, many] = [raw(100), raw(1600)]
    const cost = (source: Uint8Array, times: number): number => {
      const spent = processorTime()
      for (let time = 0; time < times; time += 1) parseMessage(source)
      return spent()
    }
    // In turns, so that a machine that is slow for a while is slow for both; the best of each is the product’s.
    const turns = Array.from({ length: 5 }, () => [cost(few, 16), cost(many, 1)] as const)
    const best = (index: 0 | 1): number => Math.min(...turns.map((costs) => costs[index]))
    // As many parts in one message as in sixteen: far less than sixteen times the time.
    expect(best(1), JSON.stringify(turns)).toBeLessThan(5 * best(0))
  })
})

describe('mutated messages', () => {
  interface Tree {
    type: string
    headers: string[]
    body: string
    children: Tree[]
  }
  const header = fc.constantFrom(
    'Subject: =?utf-8?Q?=C3=A9?=',
    'From: "Dr, é" <a@b.test>',
    'To: undisclosed-recipients:;',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    "Content-Disposition: attachment; filename*0*=utf-8''a%20; filename*1=b.pdf",
    'Content-ID: <x@y>',
    'Date: Sun, 22 Nov 2026 08:00:00 +0100',
    'X-Long:\r\n a\r\n\tb',
  )
  const leaf: fc.Arbitrary<Tree> = fc.record({
    type: fc.constantFrom(
      'text/plain; charset=utf-8',
      'text/html',
      'application/pdf; name="é.pdf"',
      'text/plain; charset=inconnu',
      '',
    ),
    headers: fc.array(header, { maxLength: 3 }),
    body: fc.oneof(
      fc.constantFrom('bonjour', 'w6k=', '=C3=A9=\r\n', '<p>é</p>', '--b1', ''),
      fc.string({ maxLength: 40 }),
    ),
    children: fc.constant([]),
  })
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.record({
        type: fc.constantFrom(
          'multipart/mixed',
          'multipart/alternative',
          'multipart/signed',
          'multipart/digest',
          'message/rfc822',
        ),
        headers: fc.array(header, { maxLength: 2 }),
        body: fc.constantFrom('', 'preamble'),
        children: fc.array(tie('tree'), { maxLength: 4 }),
      }),
    ),
  }))
  let boundaries = 0
  const write = (node: Tree): string => {
    const boundary = `b${String(boundaries++ % 7)}`
    const multipart = node.type.startsWith('multipart/')
    const type =
      node.type === '' ? [] : [`Content-Type: ${node.type}${multipart ? `; boundary="${boundary}"` : ''}`]
    const inner = multipart
      ? `${node.body}\r\n${node.children.map((child) => `--${boundary}\r\n${write(child)}\r\n`).join('')}--${boundary}--`
      : node.children.length > 0
        ? node.children.map(write).join('')
        : node.body
    return [...type, ...node.headers, '', inner].join('\r\n')
  }
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.nat(60) }),
    fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.nat(200) }),
    fc.record({
      kind: fc.constant('insert' as const),
      at: fc.nat(),
      text: fc.constantFrom(
        '\r\n\r\n',
        '--b1\r\n',
        '--b1--',
        '\0',
        '=?utf-8?B?',
        '\r',
        'Content-Type: message/rfc822\r\n',
        ';;;',
        '"',
        '\xff\xfe',
      ),
    }),
  )
  it('are read to a tree whose parts lie within one another, or refused by code', () => {
    fc.assert(
      fc.property(tree, fc.array(mutation, { maxLength: 8 }), (node, mutations) => {
        let raw = Buffer.from(write(node), 'latin1')
        for (const one of mutations) {
          const at = raw.length === 0 ? 0 : one.at % raw.length
          if (one.kind === 'byte' && raw.length > 0) raw[at] = one.value
          else if (one.kind === 'cut')
            raw = Buffer.concat([raw.subarray(0, at), raw.subarray(at + one.length)])
          else if (one.kind === 'double')
            raw = Buffer.concat([raw.subarray(0, at + one.length), raw.subarray(at)])
          else if (one.kind === 'insert')
            raw = Buffer.concat([raw.subarray(0, at), Buffer.from(one.text, 'latin1'), raw.subarray(at)])
        }
        expect(['ok', 'mime.limit']).toContain(readWhole(new Uint8Array(raw)))
      }),
      { numRuns: 3000 },
    )
  })
})

const corpus = '/work/shared/corpus/mail'
const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : []

describe.skipIf(!existsSync(corpus))('samples of the field', () => {
  it.each(['mime', 'html', 'smime'])('%s: each is displayable or refused by code, in time', (kind) => {
    const files = filesBelow(path.join(corpus, kind))
    expect(files.length).toBeGreaterThan(5)
    const codes = new Map<string, number>()
    let slowest = { file: '', milliseconds: 0 }
    for (const file of files) {
      const raw = new Uint8Array(readFileSync(file))
      const spent = processorTime()
      const code = readWhole(raw)
      // The same as the body of a message, as HTML: the payloads of attackers lie bare in their files.
      if (kind === 'html')
        readWhole(Buffer.concat([bytes('Content-Type: text/html; charset=utf-8\r\n\r\n'), raw]))
      const milliseconds = spent()
      if (milliseconds > slowest.milliseconds) slowest = { file: path.relative(corpus, file), milliseconds }
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    process.stdout.write(
      `${kind}: ${String(files.length)} samples, ${JSON.stringify(Object.fromEntries(codes))}, slowest ${slowest.file} ${slowest.milliseconds.toFixed(0)} ms\n`,
    )
    expect(codes.get('ok') ?? 0).toBeGreaterThan(files.length * 0.9)
    expect(defaultMimeLimits.depth).toBeGreaterThan(20)
  })
})

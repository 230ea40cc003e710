import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { value } from '../outcome.fixture.ts'
import { decodePart, defaultMimeLimits, parseMessage } from './message.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8') =>
  new Uint8Array(Buffer.from(text.replace(/\r?\n/g, '\r\n'), encoding))
const parse = (text: string, encoding: BufferEncoding = 'utf8') => value(parseMessage(bytes(text, encoding)))

describe('bodies', () => {
  it('reads text and HTML of an alternative inside a mixed, attachments apart', () => {
    const message = parse(`Subject: =?iso-8859-1?Q?R=E9sultats_d=27analyse?=
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary="a"

--a
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

C=C3=A9l=
=C3=A9rit=C3=A9
--a
Content-Type: text/html

<p>Célérité</p>
--a--
--m
Content-Type: application/pdf; name="=?utf-8?B?YmlsYW4gw6l0w6kucGRm?="
Content-Transfer-Encoding: base64
Content-Disposition: attachment

JVBERi0=
--m--
`)
    expect(message.subject).toBe("Résultats d'analyse")
    expect(message.text).toBe('Célérité')
    expect(message.html).toBe('<p>Célérité</p>')
    expect(message.attachments.map((part) => [part.path, part.fileName])).toEqual([['2', 'bilan été.pdf']])
    const [pdf] = message.attachments
    expect(pdf && Buffer.from(decodePart(message.raw, pdf)).toString()).toBe('%PDF-')
  })

  it.each([
    ['iso-8859-1', 'latin1', 'Hémoglobine'],
    ['windows-1252', 'latin1', 'ferritine é'],
    ['us-ascii', 'latin1', 'déclaré ascii'],
    ['inconnu', 'utf8', 'œdème'],
  ] as const)('decodes charset %s', (charset, encoding, text) => {
    expect(parse(`Content-Type: text/plain; charset=${charset}\n\n${text}`, encoding).text).toBe(text)
  })

  it('decodes iso-8859-15, where 0xA4 is the euro', () => {
    expect(parse('Content-Type: text/plain; charset=iso-8859-15\n\n25 \u00a4', 'latin1').text).toBe('25 €')
  })

  it('makes text of HTML when the sender sent none', () => {
    const message = parse(
      'Content-Type: text/html; charset=utf-8\n\n<style>p{}</style><p>Cr&eacute;a&shy;</p><p>12&nbsp;mg</p>',
    )
    expect(message.text).toBe('Créa&shy;\n\n12 mg')
  })

  it('keeps an enclosed message apart and reads its tree', () => {
    const message = parse(`Content-Type: multipart/mixed; boundary=m

--m

Voir ci-joint
--m
Content-Type: message/rfc822

Subject: dedans
Content-Type: text/plain

le secret
--m--`)
    expect(message.text).toBe('Voir ci-joint')
    const [enclosed] = message.attachments
    expect(enclosed?.mimeType).toBe('message/rfc822')
    expect(enclosed?.children[0]?.headers).toContainEqual({ name: 'subject', value: 'dedans' })
  })

  it('gives the exact bytes of a signed part, without the line break of its boundary', () => {
    const signed = 'Content-Type: text/plain\r\n\r\nsigné  \r\n'
    const message = parse(
      `Content-Type: multipart/signed; boundary=s; protocol="application/pkcs7-signature"\n\n--s\n${signed}\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--s--`,
    )
    const [part] = message.root.children
    expect(Buffer.from(message.raw.subarray(part?.start, part?.end)).toString()).toBe(signed)
  })
})

describe('file names', () => {
  it.each([
    [`filename*=UTF-8''compte%20rendu%20%C3%A9t%C3%A9.pdf`, 'compte rendu été.pdf'],
    [`filename*0*=iso-8859-1''r%E9; filename*1*=sultat; filename*2=".xml"`, 'résultat.xml'],
    [`filename="=?iso-8859-1?Q?r=E9sultat.pdf?="`, 'résultat.pdf'],
    [`filename="a;b\\"c.txt"`, 'a;b"c.txt'],
    [`filename="../../etc/passwd"`, 'passwd'],
    [`filename="facture\u202Efdp.exe"`, 'facturefdp.exe'],
  ])('%s', (parameter, expected) => {
    const message = parse(
      `Content-Type: application/octet-stream\nContent-Disposition: attachment; ${parameter}\n\nx`,
    )
    expect(message.attachments[0]?.fileName).toBe(expected)
  })
})

describe('limits', () => {
  const code = (text: string, limits: Partial<typeof defaultMimeLimits>) => {
    const outcome = parseMessage(bytes(text), { ...defaultMimeLimits, ...limits })
    return outcome.ok ? 'ok' : outcome.error.code
  }
  const nested = (depth: number): string =>
    depth === 0
      ? 'x'
      : `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n${nested(depth - 1)}\n--b${depth}--`

  it('stops at depth, parts, headers and size', () => {
    expect(code(nested(10), {})).toBe('ok')
    expect(code(nested(60), {})).toBe('mime.limit')
    const many = `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(50)}--b--`
    expect(code(many, { parts: 40 })).toBe('mime.limit')
    expect(code(`X: ${'y'.repeat(5000)}\n\n`, { headerBytes: 4000 })).toBe('mime.limit')
    expect(code('a\n\nb', { decodedBytes: 3 })).toBe('mime.limit')
  })

  it('reads hostile HTML in linear time', () => {
    const spent = processorTime()
    parse(`Content-Type: text/html\n\n${'<style></style><!---->&amp;'.repeat(50_000)}`)
    expect(spent()).toBeLessThan(2000)
  })

  it('reads any bytes without failing, in time linear enough', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'Content-Type: multipart/mixed; boundary=b\r\n',
        'Content-Type: message/rfc822\r\n',
        '--b\r\n',
        '--b--\r\n',
        '\r\n',
        'Content-Type: text/html; charset="',
        "filename*0*=utf-8''%",
        'Content-Disposition: attachment; ',
        '=?utf-8?B?',
        '?=',
        'Content-Transfer-Encoding: base64\r\n',
        'Content-Transfer-Encoding: quoted-printable\r\n',
        '=\r\n',
        '<',
        'From: "',
        '@',
      ),
      fc.string({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.uint8Array({ maxLength: 50 }), (pieces, tail) => {
        const raw = Buffer.concat([Buffer.from(pieces.join('')), tail])
        const outcome = parseMessage(raw)
        if (!outcome.ok) return outcome.error.code === 'mime.limit'
        for (const part of outcome.value.attachments) decodePart(raw, part)
        return outcome.value.root.end === raw.length
      }),
      { numRuns: 2000 },
    )
  })
})

const corpus = '/work/shared/corpus/mail/mime'
describe.skipIf(!existsSync(corpus))('mail of the field', () => {
  const files = existsSync(corpus)
    ? readdirSync(corpus, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
    : []
  it('is read whole: every file, each within a second', () => {
    expect(files.length).toBeGreaterThan(100)
    for (const file of files) {
      const raw = new Uint8Array(readFileSync(file))
      const spent = processorTime()
      const outcome = parseMessage(raw)
      if (!outcome.ok) throw new Error(`${file}: ${outcome.error.code}`)
      for (const part of outcome.value.attachments) decodePart(raw, part)
      expect(spent(), file).toBeLessThan(1000)
    }
  })
})

import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { MessageInspection, type InspectedPart } from '../contract/index.ts'
import { createCorrespondence, forwarded, letter, mixed, said, textEntity } from '../smime/letters.fixture.ts'
import { now } from '../smime/smime.fixture.ts'
import { inspectMessage } from './inspection.ts'

const made = createCorrespondence()
afterAll(made.pki.remove)
const { signed, opaque, encryptedCbc } = made

const inspect = async (raw: Uint8Array): Promise<MessageInspection> => {
  const inspected = await inspectMessage(raw, { now, trust: made.trust, keys: made.keys, known: [] })
  if (!inspected.ok) throw new Error(inspected.error.code)
  return MessageInspection.parse(inspected.value)
}
const outline = ({ path, contentType, protection, parts }: InspectedPart): unknown => [
  `${path} ${contentType}${protection.decrypted ? ' decrypted' : ''} ${protection.signature}`,
  ...parts.map(outline),
]
const html = (body: string): Buffer =>
  Buffer.from(`Content-Type: text/html; charset=utf-8\r\n\r\n<html><body>${body}</body></html>\r\n`)

describe('the tree', () => {
  it('goes on under every layer, each part with what protects it', async () => {
    const found = await inspect(letter(encryptedCbc(opaque(mixed([textEntity(), html('<p>Deux</p>')])))))
    expect(outline(found.tree)).toEqual([
      ' application/pkcs7-mime none',
      [
        '1 application/pkcs7-mime decrypted none',
        [
          '1.1 multipart/mixed decrypted valid',
          ['1.1.1 text/plain decrypted valid'],
          ['1.1.2 text/html decrypted valid'],
        ],
      ],
    ])
    expect(found.displayed).toEqual([
      { path: '1.1.1', format: 'text', text: `${said}\n`, signature: 'valid', decrypted: true },
      { path: '1.1.2', format: 'html', text: 'Deux', signature: 'valid', decrypted: true },
    ])
    expect(found.layers).toMatchObject([
      { kind: 'encryption', algorithm: 'AES-256-CBC', recipients: [{ ours: true }] },
      { kind: 'signature', form: 'opaque', signature: { status: 'valid' } },
    ])
  })

  it('leaves what is beside a signature outside it, in the order of the message', async () => {
    const found = await inspect(letter(mixed([textEntity('Avant.'), await signed(), textEntity('Après.')])))
    expect(found.verdict).toBe('partial')
    expect(found.displayed.map(({ path, text, signature }) => [path, text.trim(), signature])).toEqual([
      ['1', 'Avant.', 'none'],
      ['2.1', said, 'valid'],
      ['3', 'Après.', 'none'],
    ])
    expect(outline(found.tree)).toEqual([
      ' multipart/mixed none',
      ['1 text/plain none'],
      ['2 multipart/signed none', ['2.1 text/plain valid'], ['2.2 application/pkcs7-signature none']],
      ['3 text/plain none'],
    ])
  })

  it('shows an opaque signature below the root, and not what is encrypted there', async () => {
    const raw = letter(mixed([opaque(textEntity('Dedans.')), encryptedCbc(textEntity('Secret.'))]))
    const found = await inspect(raw)
    expect(found.displayed.map(({ path, text }) => [path, text.trim()])).toEqual([['1.1', 'Dedans.']])
    expect(found.parts).toMatchObject([
      { path: '1', encrypted: false, signature: { status: 'valid' } },
      { path: '2', encrypted: true },
    ])
  })

  it('gives a forwarded message a verdict of its own', async () => {
    const found = await inspect(
      letter(mixed([textEntity('Pour info.'), forwarded(letter(await signed()))]), 'eve@bad.test'),
    )
    expect(found.verdict).toBe('none')
    expect(found.parts).toMatchObject([
      { path: '2.1', forwardedFrom: 'alix@mss.test', signature: { status: 'valid' } },
    ])
    expect(found.attachments).toMatchObject([{ path: '2', contentType: 'message/rfc822', signature: 'none' }])
  })
})

describe('what is shown', () => {
  it('is nothing of what could not be decrypted', async () => {
    const sealed = Buffer.from(encryptedCbc(textEntity())).toString('latin1')
    const found = await inspect(letter(Buffer.from(sealed.slice(0, -400), 'latin1')))
    expect(found.encryption.status).toBe('failed')
    expect([found.displayed, found.attachments]).toEqual([[], []])
  })

  it('has the protected subject, and the copy for old clients left out', async () => {
    const fields = 'From: Alix <alix@mss.test>\nSubject: Le vrai objet\nHP-Outer: Subject: [...]\n'
    const text = textEntity(`Subject: Le vrai objet\n\n${said}`, '', '; hp-legacy-display="1"')
    const page = Buffer.from(
      'Content-Type: text/html; charset=utf-8; hp-legacy-display="1"\r\n\r\n' +
        '<html><body><div class="header-protection-legacy-display"><pre>Subject: Le vrai objet</pre></div><p>Bonjour</p></body></html>\r\n',
    )
    const inner = await signed(mixed([text, page], 'alternative', fields, '; hp="cipher"'))
    const raw = Buffer.from(
      letter(encryptedCbc(inner)).toString('latin1').replace('Subject: Objet', 'Subject: [...]'),
      'latin1',
    )
    const found = await inspect(raw)
    expect(found.shown.subject).toBe('Le vrai objet')
    expect(found.headers.subject).toBe('[...]')
    expect(found.displayed.map(({ text: shown }) => shown)).toEqual(['Bonjour'])
    const alone = await inspect(
      letter(
        encryptedCbc(
          await signed(
            textEntity(`Subject: Vrai\n\n${said}`, fields, '; hp="cipher"; hp-legacy-display="1"'),
          ),
        ),
      ),
    )
    expect(alone.displayed.map(({ text: shown }) => shown.trim())).toEqual([said])
    // Unprotected, nothing of the kind is hidden.
    const plain = await inspect(
      letter(textEntity(`Subject: Vrai\n\n${said}`, '', '; hp="cipher"; hp-legacy-display="1"')),
    )
    expect(plain.displayed[0]?.text).toContain('Subject: Vrai')
  })

  it('leaves out the headers that « memory hole » repeats in a first part', async () => {
    const copy = textEntity('Subject: Vrai', '', '; protected-headers="v1"')
    const inner = mixed([copy, textEntity()], 'mixed', 'Subject: Vrai\n', '; protected-headers="v1"')
    const found = await inspect(letter(encryptedCbc(inner)))
    expect(found.headerProtection.kind).toBe('memory-hole')
    expect(found.displayed.map(({ text }) => text.trim())).toEqual([said])
  })

  it('lists what the message would have fetched, and fetches nothing', async () => {
    const body =
      '<img src="https://pisteur.test/a.png"><div style="background:url(//pisteur.test/b)"></div>' +
      '<style>@import "http://pisteur.test/c.css";</style><a href="https://lien.test/">lien</a>' +
      '<img srcset="https://pisteur.test/d.png 2x"><img src="cid:dedans"><img src="http&#58;//pisteur.test/e">'
    expect((await inspect(letter(encryptedCbc(html(body))))).remoteReferences).toEqual([
      'https://pisteur.test/a.png',
      '//pisteur.test/b',
      'http://pisteur.test/c.css',
      'https://pisteur.test/d.png',
      'http://pisteur.test/e',
    ])
  })

  it('never joins parts into one: a tag left open in one does not reach into the next', async () => {
    const gadget = html('<img src="https://pisteur.test/?')
    const raw = letter(mixed([gadget, encryptedCbc(textEntity('Secret.')), html('">')]))
    const found = await inspect(raw)
    expect(JSON.stringify(found.displayed)).not.toContain('Secret')
    expect(found.displayed).toHaveLength(2)
  })
})

describe('any input', () => {
  it('is answered or refused by a code, never by a crash', async () => {
    const samples = [
      letter(await signed()),
      letter(encryptedCbc(await signed(mixed([textEntity(), html('<p>x</p>')])))),
      letter(mixed([await signed(), opaque(textEntity()), forwarded(letter(textEntity()))])),
      letter(await signed(textEntity(said, 'From: a@b.test\nSubject: x\n', '; hp="clear"'))),
    ]
    const sample = fc.constantFrom(...samples)
    const edits = fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom('flip', 'cut', 'double', 'insert'),
        fc.uint8Array({ maxLength: 24 }),
      ),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(sample, edits, async (start, changes) => {
        let bytes = Buffer.from(start)
        for (const [at, kind, noise] of changes) {
          const place = bytes.length === 0 ? 0 : at % bytes.length
          if (kind === 'flip' && bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ ((noise[0] ?? 1) | 1)
          else if (kind === 'cut')
            bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + noise.length)])
          else if (kind === 'double')
            bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place >> 1)])
          else bytes = Buffer.concat([bytes.subarray(0, place), noise, bytes.subarray(place)])
        }
        const inspected = await inspectMessage(bytes, { now, trust: made.trust, keys: made.keys, known: [] })
        if (inspected.ok) MessageInspection.parse(inspected.value)
      }),
      { numRuns: 150 },
    )
  })

  it('stays in bounds: nothing, noise, a great depth, a great many parts', async () => {
    const deep = `${'Content-Type: message/rfc822\r\n\r\n'.repeat(3000)}fin`
    const wide = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: multipart/signed\r\n\r\nx\r\n'.repeat(1500)}--b--`
    for (const raw of [
      '',
      '\n',
      'From: <',
      'Content-Type: multipart/signed; boundary=""\n\n--',
      deep,
      wide,
    ]) {
      const inspected = await inspectMessage(Buffer.from(raw), {
        now,
        trust: made.trust,
        keys: made.keys,
        known: [],
      })
      if (!inspected.ok) expect(inspected.error.code).toBe('mime.limit')
    }
  })
})

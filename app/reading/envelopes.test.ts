import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { archiveVariants } from '../../test/operator/seed/archive-variants.ts'
import { oruResults } from '../../test/operator/seed/hl7-messages.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { parseMessage } from '../mail/index.ts'
import { inspectDocument } from './document-inspection.ts'
import { enclosedMessage, messageDocuments } from './documents.ts'

/** Fictitious documents in envelopes that openssl made. */
const folder = mkdtempSync(join(tmpdir(), 'souspli-envelopes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' })
const [key, certificate] = [join(folder, 'k.pem'), join(folder, 'c.pem')]
openssl(
  ...[
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-subj',
    '/CN=Fictif',
  ],
  ...['-keyout', key, '-out', certificate],
)
const signer = ['-signer', certificate, '-inkey', key, '-binary']
const sign = (bytes: string | Uint8Array, form = 'DER', ...more: string[]): Buffer =>
  openssl('cms', '-sign', '-nodetach', ...more, ...signer, '-in', put('in', bytes), '-outform', form)
const encrypt = (bytes: string | Uint8Array, form = 'DER'): Buffer =>
  openssl('cms', '-encrypt', '-binary', '-aes256', '-in', put('in', bytes), '-outform', form, certificate)

const archive = (await archiveVariants[0]?.())?.bytes ?? Buffer.alloc(0)
const pdf = Buffer.from('%PDF-1.4\n% démonstration\n%%EOF\n')
const hl7 = Buffer.from(oruResults(patientNamed('DUPONT')))
const inspect = async (bytes: Uint8Array, name: string) => {
  const found = await inspectDocument(bytes, name, new Date(0))
  return {
    kind: found.kind,
    kinds: found.documents.map(({ kind }) => kind),
    names: found.documents.map(({ fileName }) => fileName),
    codes: found.deviations.map(({ code }) => code),
    refusals: found.refusals.map(({ code }) => code),
    blocked: found.filingBlocked,
  }
}
const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
const part = (name: string, type: string, bytes: Uint8Array): string =>
  `--b\r\nContent-Type: ${type}; name=${name}\r\nContent-Transfer-Encoding: base64\r\n` +
  `Content-Disposition: attachment; filename=${name}\r\n\r\n${base64(bytes)}\r\n`
const mail = (...parts: string[]): Buffer =>
  Buffer.from(
    `From: Labo <labo@mss.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join('')}--b--\r\n`,
  )
const attached = (message: Uint8Array): string =>
  `--b\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=joint.eml\r\n\r\n${Buffer.from(message).toString('latin1')}\r\n`
const inMail = async (...parts: string[]) => {
  const parsed = parseMessage(mail(...parts))
  if (!parsed.ok) throw new Error(parsed.error.code)
  return (await messageDocuments(parsed.value)).documents.map(({ summary }) => ({
    kind: summary.kind,
    path: summary.path,
    refusals: summary.refusals.map(({ code }) => code),
    deviations: summary.deviations.map(({ code }) => code),
  }))
}

describe('a file in a signed envelope', () => {
  it.each([
    ['an archive', archive, 'IHE_XDM.zip', 'xdm', 'cda-n3'],
    ['a PDF', pdf, 'cr.pdf', 'pdf', 'pdf'],
    ['HL7', hl7, 'r.hl7', 'hl7v2', 'hl7'],
  ])('is read as %s, and its signature is told as not judged', async (_what, bytes, name, kind, document) => {
    for (const form of ['DER', 'PEM'] as const) {
      const found = await inspect(sign(bytes, form), `${name}.p7m`)
      expect(found).toMatchObject({ kind, blocked: true })
      expect(found.kinds).toContain(document)
      expect(found.codes).toContain('cms-signature')
    }
    const streamed = await inspect(sign(bytes, 'DER', '-stream', '-indef'), `${name}.p7s`)
    expect(streamed.kinds).toContain(document)
    const text = await inspect(Buffer.from(base64(sign(bytes))), `${name}.p7m`)
    expect(text.kinds).toContain(document)
  })

  it('may be in several, and in no more than are opened', async () => {
    expect(await inspect(sign(sign(pdf)), 'cr.pdf.p7m.p7m')).toMatchObject({ kind: 'pdf', kinds: ['pdf'] })
    let deep: Uint8Array = pdf
    for (let count = 0; count < 6; count += 1) deep = sign(deep)
    expect((await inspect(deep, 'x.p7m')).refusals).toEqual(['message-too-deep'])
  })

  it('may be a mail', async () => {
    const found = await inspect(sign(mail(part('IHE_XDM.zip', 'application/zip', archive))), 'smime.p7m')
    expect(found.kinds).toContain('cda-n3')
  })

  it('that is not there: the signature alone, or encrypted, is told', async () => {
    const apart = openssl('cms', '-sign', ...signer, '-in', put('in', pdf), '-outform', 'DER')
    expect(await inspect(apart, 'cr.pdf.p7s')).toMatchObject({ kind: 'signature', kinds: ['signature'] })
    expect(await inspect(encrypt(pdf), 'cr.pdf.p7m')).toMatchObject({
      kind: 'encrypted',
      refusals: ['cms-encrypted'],
    })
    expect(await inspect(sign(encrypt(pdf)), 'cr.pdf.p7m')).toMatchObject({ refusals: ['cms-encrypted'] })
  })
})

describe('an attached message', () => {
  it('is looked into where it is signed opaquely', async () => {
    const inner = mail(part('IHE_XDM.zip', 'application/zip', archive))
    const signed = openssl(
      'cms',
      '-sign',
      '-nodetach',
      ...signer,
      '-in',
      put('in', inner),
      '-outform',
      'SMIME',
    )
    const found = await inMail(attached(Buffer.concat([Buffer.from('From: a@mss.test\r\n'), signed])))
    expect(found).toMatchObject([{ kind: 'cda-n3', refusals: [] }])
    expect(found[0]?.deviations).toEqual(expect.arrayContaining(['xdm-in-message', 'cms-signature']))
  })

  it('is told where it is encrypted', async () => {
    const closed = encrypt(mail(part('IHE_XDM.zip', 'application/zip', archive)), 'SMIME')
    const found = await inMail(attached(Buffer.concat([Buffer.from('From: a@mss.test\r\n'), closed])))
    expect(found).toMatchObject([{ kind: 'refused', refusals: ['cms-encrypted'] }])
  })

  it('may have the envelope beside it', async () => {
    const found = await inMail(part('IHE_XDM.zip.p7m', 'application/octet-stream', sign(archive)))
    expect(found).toMatchObject([{ kind: 'cda-n3', path: expect.stringContaining('IHE_XDM.zip.p7m › ') }])
    // A signed PDF is an attachment like another there, and so is the signature of the mail itself.
    expect(await inMail(part('cr.pdf.p7m', 'application/pkcs7-mime', sign(pdf)))).toEqual([])
  })
})

describe('files of Outlook', () => {
  const tnef = Buffer.concat([Buffer.from([0x78, 0x9f, 0x3e, 0x22, 1, 0]), Buffer.alloc(200)])
  const msg = Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(1000),
    Buffer.from('__properties_version1.0', 'utf16le'),
    Buffer.alloc(100),
  ])
  it('are told for what they are, whatever they are called', async () => {
    for (const name of ['winmail.dat', 'x'])
      expect(await inspect(tnef, name)).toMatchObject({ kind: 'tnef', refusals: ['tnef'] })
    for (const name of ['courrier.msg', 'x.doc'])
      expect(await inspect(msg, name)).toMatchObject({
        kind: 'outlook-message',
        refusals: ['outlook-message'],
      })
    expect(
      await inMail(
        part('winmail.dat', 'application/ms-tnef', tnef),
        part('c.msg', 'application/vnd.ms-outlook', msg),
      ),
    ).toMatchObject([{ refusals: ['tnef'] }, { refusals: ['outlook-message'] }])
    // The name alone is no proof.
    expect((await inspect(Buffer.from([0, 1, 2, 3]), 'winmail.dat')).refusals).toEqual(['unknown-format'])
  })
})

it('whatever stands in an envelope, nothing is thrown', async () => {
  const whole = sign(archive)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { maxLength: 6 }),
      fc.option(fc.nat(whole.length)),
      async (changes, cut) => {
        const bytes = Buffer.from(whole.subarray(0, cut ?? whole.length))
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
        enclosedMessage({ id: '1', fileName: 'x.p7m', mimeType: '', bytes, inline: false })
        await inspect(bytes, 'x.p7m')
      },
    ),
    { numRuns: 40 },
  )
})

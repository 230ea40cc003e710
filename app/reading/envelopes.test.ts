import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { archiveVariants } from '../../test/operator/seed/archive-variants.ts'
import { oruResults } from '../../test/operator/seed/hl7-messages.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import type { FileSignature, MessageRow, MessageView } from '../contract/index.ts'
import { judgeFile, openMessage } from '../smime/index.ts'
import { inspectDocument } from './document-inspection.ts'
import { enclosedMessage } from './documents.ts'
import { buildMessageView } from './message-view.ts'
import { trusting } from './no-trust.fixture.ts'

/** Fictitious documents in envelopes that openssl made. */
const folder = mkdtempSync(join(tmpdir(), 'souspli-envelopes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}
const openssl = (...args: string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' })
const pem = (name: string): string => join(folder, `${name}.pem`)
const issue = (name: string, ...more: string[]): void => {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    pem(`${name}-key`),
  ]
  openssl('req', '-x509', ...key, '-days', '30', '-subj', `/CN=${name} (fictif)`, '-out', pem(name), ...more)
}
issue('Autorité')
const [key, certificate] = [pem('Dr Fictif-key'), pem('Dr Fictif')]
issue(
  'Dr Fictif',
  ...['-CA', pem('Autorité'), '-CAkey', pem('Autorité-key'), '-addext', 'basicConstraints=critical,CA:FALSE'],
  ...[
    '-addext',
    'keyUsage=critical,digitalSignature,nonRepudiation',
    '-addext',
    'extendedKeyUsage=1.3.6.1.5.5.7.3.36',
  ],
)
const anchor = openssl('x509', '-in', pem('Autorité'), '-outform', 'DER')
const trusted = trusting([anchor])
const signer = ['-signer', certificate, '-inkey', key, '-binary']
const sign = (bytes: string | Uint8Array, form = 'DER', ...more: string[]): Buffer =>
  openssl('cms', '-sign', '-nodetach', ...more, ...signer, '-in', put('in', bytes), '-outform', form)
const encrypt = (bytes: string | Uint8Array, form = 'DER'): Buffer =>
  openssl('cms', '-encrypt', '-binary', '-aes256', '-in', put('in', bytes), '-outform', form, certificate)

const archive = (await archiveVariants[0]?.())?.bytes ?? Buffer.alloc(0)
const pdf = Buffer.from('%PDF-1.4\n% démonstration\n%%EOF\n')
const hl7 = Buffer.from(oruResults(patientNamed('DUPONT')))
const told = ({ form, fileName, signature }: FileSignature): string =>
  [form, fileName, signature.status, ...(signature.status === 'none' ? [] : signature.reasons)].join(' ')
const inspect = async (bytes: Uint8Array, name: string) => {
  const found = await inspectDocument({ bytes, fileName: name }, new Date(0), trusted)
  return {
    kind: found.kind,
    kinds: found.documents.map(({ kind }) => kind),
    names: found.documents.map(({ fileName }) => fileName),
    codes: found.deviations.map(({ code }) => code),
    refusals: found.refusals.map(({ code }) => code),
    blocked: found.filingBlocked,
    signatures: found.documents.flatMap(({ signatures }) => signatures.map(told)),
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
  const raw = mail(...parts)
  const found = (await shown(raw)).documents
  return found.map((summary) => ({
    kind: summary.kind,
    path: summary.path,
    refusals: summary.refusals.map(({ code }) => code),
    deviations: summary.deviations.map(({ code }) => code),
    signatures: summary.signatures.map(told),
  }))
}
const files = new Map<string, Uint8Array>()
/** The message as the reading pane gets it. */
const shown = async (raw: Uint8Array): Promise<MessageView> => {
  const opened = await openMessage(raw, { ...trusted, fromAddresses: ['labo@mss.test'], keys: [] })
  const view = await buildMessageView(
    { subject: '' } as unknown as MessageRow,
    raw,
    opened,
    ({ read, fileName }) => {
      const url = `part://${String(files.size)}/${fileName ?? ''}`
      const bytes = read()
      if (!(bytes instanceof Promise) && bytes.ok) files.set(url, bytes.value)
      return url
    },
    (finding) => judgeFile(finding, trusted),
  )
  if (!view.ok) throw new Error(view.error.code)
  return view.value
}

describe('a file in a signed envelope', () => {
  it.each([
    ['an archive', archive, 'IHE_XDM.zip', 'xdm', 'cda-n3'],
    ['a PDF', pdf, 'cr.pdf', 'pdf', 'pdf'],
    ['HL7', hl7, 'r.hl7', 'hl7v2', 'hl7'],
  ])('is read as %s, and its signature is judged', async (_what, bytes, name, kind, document) => {
    for (const form of ['DER', 'PEM'] as const) {
      const found = await inspect(sign(bytes, form), `${name}.p7m`)
      expect(found).toMatchObject({ kind, blocked: true })
      expect(found.kinds).toContain(document)
      expect(found.codes).toContain('cms-signature')
      expect(found.signatures).toContain(`enveloping ${name}.p7m valid`)
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
  })
})

describe('a signed file joined to a mail', () => {
  it.each(['application/pkcs7-mime', 'application/octet-stream', 'application/pdf'])(
    'is shown as the file itself, under its own name, with what is said of who signed it (%s)',
    async (type) => {
      const view = await shown(mail(part('cr.pdf.p7m', type, sign(pdf))))
      const [document, ...more] = view.documents
      expect(more).toEqual([])
      expect(document).toMatchObject({ kind: 'pdf', label: 'cr.pdf', path: 'cr.pdf.p7m › cr.pdf' })
      expect(Buffer.compare(files.get(document?.pdfUrl ?? '') ?? Buffer.alloc(0), pdf)).toBe(0)
      expect(document?.signatures).toMatchObject([
        {
          form: 'enveloping',
          fileName: 'cr.pdf.p7m',
          signature: { status: 'valid', signerName: 'Dr Fictif (fictif)', scope: 'file', reasons: [] },
        },
      ])
      // Its signer is not the sender of the mail: nothing is said of the message, nor is the file shown as its text.
      expect(view).toMatchObject({ signature: { status: 'none' }, partVerdicts: [], body: { sections: [] } })
      expect(view.parts.map(({ fileName }) => fileName)).toEqual(['cr.pdf.p7m'])
    },
  )

  it.each([
    ['texte.txt', 'Compte rendu fictif.', 'text'],
    ['photo.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'image'],
    ['tableau.csv.zip', Buffer.from('504b0506'.padEnd(44, '0'), 'hex'), 'other'],
    ['programme.exe', Buffer.from('4d5a9000030000000400', 'hex'), 'refused'],
  ])('may be anything: %s', async (name, bytes, kind) => {
    const found = await inMail(part(`${name}.p7m`, 'application/pkcs7-mime', sign(bytes)))
    expect(found).toMatchObject([{ kind, signatures: [`enveloping ${name}.p7m valid`] }])
  })

  it('is named by what it is where the envelope has no name of its own', async () => {
    const found = await inMail(part('smime.p7m', 'application/octet-stream', sign(pdf)))
    expect(found).toMatchObject([{ kind: 'pdf', path: 'smime.p7m › document.pdf' }])
  })

  it('that was altered, or is signed by nobody known, says so', async () => {
    const altered = sign(pdf)
    altered[altered.indexOf('démonstration')] = 0x44
    expect((await inspect(altered, 'cr.pdf.p7m')).signatures).toEqual([
      'enveloping cr.pdf.p7m invalid content-altered',
    ])
    issue('Inconnu')
    const stranger = openssl(
      ...['cms', '-sign', '-nodetach', '-binary', '-signer', pem('Inconnu'), '-inkey', pem('Inconnu-key')],
      ...['-in', put('in', pdf), '-outform', 'DER'],
    )
    expect((await inspect(stranger, 'cr.pdf.p7m')).signatures[0]).toMatch(
      /^enveloping cr.pdf.p7m untrusted untrusted-authority/,
    )
  })

  it('may be signed twice', async () => {
    expect((await inspect(sign(sign(pdf)), 'cr.pdf.p7m.p7m')).signatures).toEqual([
      'enveloping cr.pdf.p7m.p7m valid',
      'enveloping cr.pdf.p7m valid',
    ])
  })

  it('is no part of the text, and a signed part of the text is no file', async () => {
    const text = sign('Content-Type: text/plain\r\n\r\nBonjour (fictif)\r\n')
    const view = await shown(mail(part('smime.p7m', 'application/pkcs7-mime', text)))
    // The certificate is made for documents, not for mail.
    expect(view.partVerdicts).toMatchObject([
      {
        path: '1',
        signature: { status: 'untrusted', scope: 'part', reasons: ['wrong-usage', 'no-address'] },
      },
    ])
    expect(view.body.sections).toHaveLength(1)
  })
})

describe('a signature beside its file', () => {
  const apart = (bytes: Uint8Array): Buffer =>
    openssl('cms', '-sign', ...signer, '-in', put('in', bytes), '-outform', 'DER')
  const cr = part('cr.pdf', 'application/pdf', pdf)

  it('is judged with it, by the name of the file', async () => {
    for (const name of ['cr.pdf.p7s', 'CR.PDF.P7S', 'cr.p7s', 'cr.pdf.p7m'])
      expect(await inMail(cr, part(name, 'application/octet-stream', apart(pdf)))).toMatchObject([
        {
          kind: 'pdf',
          path: 'cr.pdf',
          signatures: [`detached ${name} valid`],
          deviations: ['cms-signature'],
        },
      ])
  })

  it('says of another file, or of an altered one, that it is not what was signed', async () => {
    const other = Buffer.from(pdf.toString('latin1').replace('monstration', 'monstratioN'), 'latin1')
    expect(await inMail(cr, part('cr.pdf.p7s', 'application/pkcs7-signature', apart(other)))).toMatchObject([
      { kind: 'pdf', signatures: ['detached cr.pdf.p7s invalid content-altered'] },
    ])
  })

  it('shows a file that is no document, for what is said of it', async () => {
    const csv = Buffer.from('a;b\n1;2\n')
    const found = await inMail(
      part('t.csv', 'text/csv', csv),
      part('t.csv.p7s', 'application/pkcs7-signature', apart(csv)),
    )
    expect(found).toMatchObject([{ path: 't.csv', signatures: ['detached t.csv.p7s valid'] }])
  })

  it('without its file cannot be verified, and says so', async () => {
    const found = await inMail(part('autre.pdf.p7s', 'application/pkcs7-signature', apart(pdf)), cr)
    expect(found).toMatchObject([
      { kind: 'signature', signatures: ['enveloping autre.pdf.p7s undecidable no-content'] },
      { kind: 'pdf', signatures: [] },
    ])
  })

  it('is read again whatever stands there', async () => {
    const whole = apart(pdf)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { maxLength: 5 }),
        fc.option(fc.nat(whole.length)),
        async (changes, cut) => {
          const bytes = Buffer.from(whole.subarray(0, cut ?? whole.length))
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte
          const found = await inMail(cr, part('cr.pdf.p7s', 'application/pkcs7-signature', bytes))
          expect(found.some(({ kind }) => kind === 'pdf')).toBe(true)
        },
      ),
      { numRuns: 40 },
    )
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

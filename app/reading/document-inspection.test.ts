import { expect, test } from 'vitest'
import { archiveVariants } from '../../test/operator/seed/archive-variants.ts'
import { ackMessage, oruResults } from '../../test/operator/seed/hl7-messages.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { inspectDocument } from './document-inspection.ts'
import { noTrust } from './no-trust.fixture.ts'

const [variant] = archiveVariants
const archive = (await variant?.())?.bytes ?? Buffer.alloc(0)
const lines = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n')
const part = (name: string, bytes: Uint8Array, encoding = 'Content-Transfer-Encoding: base64\r\n'): string =>
  `--b\r\nContent-Type: application/zip; name=${name}\r\n${encoding}Content-Disposition: attachment; filename=${name}\r\n\r\n${lines(bytes)}\r\n`
const mail = (body: string, head = ''): string =>
  `${head}From: Labo <labo@mss.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${body}--b--\r\n`
const documents = async (message: string, name = 'message') => {
  const found = await inspectDocument({ bytes: Buffer.from(message), fileName: name }, new Date(0), noTrust)
  return { kind: found.kind, kinds: found.documents.map(({ kind }) => kind), deviations: found.deviations }
}

test.each(['DKIM-Signature: v=1\r\n', 'Content-Language: fr\r\n', 'Authentication-Results: x\r\n'])(
  'a mail is known by its header whatever comes first: %s',
  async (head) => {
    expect(await documents(mail(part('IHE_XDM.zip', archive), head))).toMatchObject({
      kind: 'message',
      kinds: ['cda-n3'],
    })
  },
)

test('an archive cut over several parts is put together', async () => {
  const half = Math.ceil(archive.length / 2)
  const both =
    part('IHE_XDM.zip.002', archive.subarray(half)) + part('IHE_XDM.zip.001', archive.subarray(0, half))
  expect((await documents(mail(both))).kinds).toEqual(['cda-n3'])
  expect((await documents(mail(part('IHE_XDM.zip.001', archive.subarray(0, half))))).kinds).toEqual([
    'refused',
  ])
})

test.each(['', 'Content-Transfer-Encoding: 7bit\r\n'])(
  'Base64 that does not call itself so is read all the same (%s)',
  async (encoding) => {
    expect((await documents(mail(part('IHE_XDM.zip', archive, encoding)))).kinds).toEqual(['cda-n3'])
  },
)

test('a mail beyond the limits of reading is refused, not passed over, and so is one inside', async () => {
  const deep = Array.from(
    { length: 60 },
    (_, index) => `Content-Type: multipart/mixed; boundary=b${index}\r\n\r\n--b${index}\r\n`,
  )
  const beyond = `From: labo@mss.test\r\nMIME-Version: 1.0\r\n${deep.join('')}Content-Type: text/plain\r\n\r\nBonjour\r\n`
  const refusals = async (message: string): Promise<string[]> => {
    const file = { bytes: Buffer.from(message), fileName: 'message.eml' }
    const found = await inspectDocument(file, new Date(0), noTrust)
    return found.refusals.map(({ code }) => code)
  }
  expect(await refusals(beyond)).toEqual(['message-limit'])
  const forwarded = `--b\r\nContent-Type: application/octet-stream; name=a.eml\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n${lines(Buffer.from(beyond))}\r\n`
  expect(await refusals(mail(forwarded))).toEqual(['message-limit'])
})

test('an HL7 message typed into the body is read', async () => {
  const found = await documents(
    `From: labo@mss.test\r\nContent-Type: text/plain\r\n\r\n${oruResults(patientNamed('DUPONT')).replaceAll('\r', '\r\n')}`,
  )
  expect(found.kinds).toEqual(['hl7'])
  expect(found.deviations.map(({ code }) => code)).toContain('hl7-in-body')
  expect((await documents(ackMessage('AA'), 'a.hl7')).kinds).toEqual(['hl7'])
})

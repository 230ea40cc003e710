import { expect, it } from 'vitest'
import { sampleFiles } from '../test/documents/samples.ts'
import { pdfArchive } from '../test/operator/seed/archive-variants.ts'
import { enrichMessage } from './enrichment.ts'
import { parseMessage } from './mail/index.ts'

const mail = (fileName: string, mimeType: string, bytes: Uint8Array) => {
  const parsed = parseMessage(
    Buffer.from(
      [
        'From: labo@mss.test',
        'To: anne@mss.test',
        'Subject: Essai',
        'MIME-Version: 1.0',
        `Content-Type: ${mimeType}; name="${fileName}"`,
        `Content-Disposition: attachment; filename="${fileName}"`,
        'Content-Transfer-Encoding: base64',
        '',
        Buffer.from(bytes).toString('base64').replace(/.{76}/g, '$&\r\n'),
        '',
      ].join('\r\n'),
    ),
  )
  if (!parsed.ok) throw new Error(parsed.error.code)
  return { parsed: parsed.value }
}

it('a row tells of results in HPRIM and of an archive without a CDA as it does of a CDA', async () => {
  const files = new Map((await sampleFiles()).map((file) => [file.name, file]))
  const report = files.get('biologie.xml')
  const hprim = files.get('resultats.hpr')
  if (!report || !hprim) throw new Error('no such sample')
  const read = async (name: string, type: string, bytes: Uint8Array) => {
    const { documentLabel, documentCount } = await enrichMessage(mail(name, type, bytes))
    return { documentLabel, documentCount }
  }
  expect(await read('cr.xml', 'text/xml', report.bytes)).toEqual({
    documentLabel: 'CR d’examens biologiques',
    documentCount: 1,
  })
  const results = await read('resultats.hpr', 'text/plain', hprim.bytes)
  expect(results.documentCount).toBe(1)
  expect(results.documentLabel).toBe('CR d’examens biologiques')
  expect((await read('IHE_XDM.zip', 'application/zip', await pdfArchive())).documentCount).toBe(1)
  expect(await read('note.txt', 'text/plain', Buffer.from('Bonjour'))).toEqual({
    documentLabel: null,
    documentCount: 0,
  })
})

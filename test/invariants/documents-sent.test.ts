import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import type { DocumentPatient } from '../../app/contract/index.ts'
import { decodePart } from '../../app/mail/index.ts'
import { readZip } from '../../app/mssante/index.ts'
import { inspectDocument } from '../../app/reading/index.ts'
import { noTrust } from '../../app/reading/no-trust.fixture.ts'
import { people } from '../operator/index.ts'
import {
  author,
  details,
  documentsOf,
  headerOf,
  letterSubject,
  passphrase,
  patient,
  startSending,
} from './documents-sent.fixture.ts'

// What a message with medical documents is at the operator that receives it (ECO.2.1.*, ECO.2.2.1–4, ECO.2.4.*), on the real core.
const { paul } = people
const { practice, accountId, draftTo, upload, received, stop } = await startSending()
afterAll(stop)

it('does not leave before its author is known, then leaves as a mail, an archive and a PDF (ECO.2.1.1, ECO.2.2.1, ECO.2.2.3, ECO.2.2.4, ECO.2.4.1–3)', async () => {
  const draft = await draftTo()
  const medical = await practice.call('draftDocuments.add', {
    draftId: draft.id,
    content: { text: 'Cher confrère,\n\nTension 14/8 « stable ».' },
    patient,
    details,
  })
  expect(medical).toMatchObject({
    subject: "CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979",
    ins: 'sent',
    documents: [{ source: 'text', level: 'N1', version: 1, pdf: { state: 'written' } }],
  })
  const kinds = (await practice.call('drafts.check', { id: draft.id })).map(({ kind }) => kind)
  expect(kinds).toContain('document-author')
  expect(kinds).not.toContain('no-subject')
  expect(await practice.code('drafts.send', { id: draft.id })).toBe('document.author-missing')
  await practice.call('documentAuthor.set', { accountId, author })
  expect(await practice.call('documentAuthor.get', { accountId })).toMatchObject({ confirmed: true, author })
  await practice.call('drafts.send', { id: draft.id })

  const wire = letterSubject
  const { raw, parsed } = await received(wire)
  expect(parsed.root.mimeType).toBe('multipart/mixed')
  expect(parsed.root.children.map(({ mimeType }) => mimeType)).toEqual([
    'text/plain',
    'application/zip',
    'application/pdf',
  ])
  expect(parsed.root.children[0]?.parameters).toMatchObject({ charset: 'utf-8' })
  expect(parsed.text.trim()).toBe('Bonjour, voici la lettre.')
  expect(parsed.attachments.map(({ fileName, disposition }) => [fileName, disposition])).toEqual([
    ['IHE_XDM.zip', 'attachment'],
    ["20261120_CR ou fiche de consultation ou de visite_EPREUVE-D'ESSAI_Lea.pdf", 'attachment'],
  ])
  expect(headerOf(parsed, 'X-MSS-NIL')).toEqual(['ESSAI42'])
  expect(headerOf(parsed, 'X-MSS-CODECDA')).toEqual(['11488-4'])
  expect(headerOf(parsed, 'X-MSS-INS')).toEqual(['O'])
  expect(headerOf(parsed, 'Message-ID')).toHaveLength(1)

  const [document] = await documentsOf(raw, parsed)
  expect(document?.summary).toMatchObject({
    kind: 'cda-n1',
    title: 'Consultation fictive',
    typeCode: '11488-4',
    warnings: [],
    version: 1,
    patient: { birthName: 'Épreuve-d’Essai', firstName: 'Léa', qualified: true },
    archive: { verified: true },
  })
  // ECO.2.1.5: the PDF beside the archive is the one within, byte for byte.
  const beside = parsed.attachments[1]
  const within = document?.cda?.pdf ? document.cda.media.get(document.cda.pdf) : undefined
  expect(beside && Buffer.compare(decodePart(raw, beside), within?.bytes ?? new Uint8Array())).toBe(0)
  const packed = parsed.attachments[0]
  const files = packed ? await readZip(decodePart(raw, packed)) : null
  expect(files?.ok && files.value.map(({ path }) => path)).toEqual([
    'INDEX.HTM',
    'README.TXT',
    'IHE_XDM/SUBSET01/METADATA.XML',
    'IHE_XDM/SUBSET01/DOC00001.XML',
  ])
})

it('replaces a document one has sent: same set, next version, pointing to the former (AMBU.MSS/va1.02, ECO.2.2.2)', async () => {
  const former = await received(letterSubject)
  const [before] = await documentsOf(former.raw, former.parsed)
  const folders = await practice.call('folders.list', null)
  const sentFolder = folders.find(({ role }) => role === 'sent')?.id ?? 0
  let sourceId = 0
  await expect
    .poll(async () => {
      const page = await practice.call('messages.page', {
        folderId: sentFolder,
        before: null,
        limit: 10,
        filter: 'all',
      })
      sourceId = page.rows[0]?.id ?? 0
      return sourceId
    })
    .not.toBe(0)
  const draft = await practice.call('drafts.create', { kind: 'replace', accountId, sourceId })
  expect(draft.attachments).toEqual([])
  const medical = await practice.call('draftDocuments.get', { draftId: draft.id })
  expect(medical).toMatchObject({
    patient: { birthName: 'Épreuve-d’Essai' },
    documents: [{ version: 2, replaces: { version: 1 }, details: { ...details } }],
  })
  const [document] = medical.documents
  await practice.call('draftDocuments.replaceContent', {
    draftId: draft.id,
    documentId: document?.id ?? '',
    content: { text: 'Cher confrère,\n\nTension 15/8, corrigée.' },
  })
  await practice.call('drafts.send', { id: draft.id })
  const after = await received(
    "[Annule et remplace] XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979",
  )
  expect(headerOf(after.parsed, 'In-Reply-To')).toEqual(headerOf(former.parsed, 'Message-ID'))
  expect(headerOf(after.parsed, 'References').join(' ')).toContain(headerOf(former.parsed, 'Message-ID')[0])
  const [next] = await documentsOf(after.raw, after.parsed)
  expect(next?.cda?.document).toMatchObject({
    setId: before?.cda?.document.setId,
    version: 2,
    replaces: before?.cda?.document.id,
  })
  const zip = after.parsed.attachments[0]
  const files = zip ? await readZip(decodePart(after.raw, zip)) : null
  const metadata = files?.ok ? files.value.find(({ path }) => path.endsWith('METADATA.XML')) : undefined
  const formerZip = former.parsed.attachments[0]
  const formerFiles = formerZip ? await readZip(decodePart(former.raw, formerZip)) : null
  const formerMetadata = formerFiles?.ok
    ? Buffer.from(formerFiles.value.find(({ path }) => path.endsWith('METADATA.XML'))?.bytes ?? []).toString()
    : ''
  const entryId = /<ExtrinsicObject id="([^"]+)"/.exec(formerMetadata)?.[1] ?? 'none'
  expect(Buffer.from(metadata?.bytes ?? []).toString()).toContain(
    `associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject=`,
  )
  expect(Buffer.from(metadata?.bytes ?? []).toString()).toContain(`targetObject="${entryId}"`)
})

it('never sends the INS of an identity that is not qualified (INS/va1.53), several patients, or what a recipient may not see', async () => {
  const draft = await draftTo()
  const unqualified = { ...patient, birthName: 'Sans-Qualification', qualified: false }
  const medical = await practice.call('draftDocuments.add', {
    draftId: draft.id,
    content: { text: 'Lettre' },
    patient: unqualified,
    details: { ...details, hiddenFromPatient: true },
  })
  expect(medical.ins).toBe('not-qualified')
  const other = { draftId: draft.id, content: { text: 'Autre' }, details }
  expect(
    await practice.code('draftDocuments.add', {
      ...other,
      patient: { ...patient, ins: null, birthName: 'Quelqu’un-d’Autre' },
    }),
  ).toBe('document.other-patient')
  await practice.call('draftDocuments.add', {
    ...other,
    patient: unqualified,
    details: { ...details, typeCode: '89601-9', fileNumber: 'A-12' },
  })
  await practice.call('drafts.save', {
    id: draft.id,
    content: {
      ...draft.content,
      to: [
        { name: '', address: paul.address },
        { name: '', address: '279035121518989@patient.mssante.test' },
      ],
    },
  })
  const found = await practice.call('drafts.check', { id: draft.id })
  expect(found).toContainEqual(
    expect.objectContaining({
      kind: 'document-hidden-from-patient',
      blocking: true,
      address: '279035121518989@patient.mssante.test',
    }),
  )
  expect(found.map(({ kind }) => kind)).toContain('document-ins-kept')
  await practice.call('drafts.save', { id: draft.id, content: draft.content })
  await practice.call('drafts.send', { id: draft.id })
  const { raw, parsed } = await received('XDM/1.0/DDM+2 documents SANS-QUALIFICATION Lea 28/03/1979')
  expect(headerOf(parsed, 'X-MSS-CODECDA')).toEqual(['11488-4,89601-9'])
  expect(headerOf(parsed, 'X-MSS-INS')).toEqual(['N'])
  expect(parsed.attachments.map(({ fileName }) => fileName)).toEqual([
    'IHE_XDM.zip',
    '20261120_CR ou fiche de consultation ou de visite_SANS-QUALIFICATION_Lea.pdf',
    '20261120_Certificat médical_SANS-QUALIFICATION_Lea_A-12.pdf',
  ])
  const documents = await documentsOf(raw, parsed)
  expect(documents.map(({ summary }) => summary.warnings)).toEqual([[], []])
  for (const part of parsed.attachments)
    expect(Buffer.from(decodePart(raw, part)).includes('279035121518989')).toBe(false)
  expect(documents.some(({ bytes }) => Buffer.from(bytes).includes('279035121518989'))).toBe(false)
})

it('reads back whole from the mail a colleague received, whoever it is about', async () => {
  // A number that says another sex than the record leaves, and is told.
  const differing = await draftTo()
  await practice.call('draftDocuments.add', {
    ...{ draftId: differing.id, content: { text: 'Lettre' }, details },
    patient: { ...patient, sex: 'M' },
  })
  expect(await practice.call('drafts.check', { id: differing.id })).toContainEqual(
    expect.objectContaining({ kind: 'patient-differs', blocking: false }),
  )
  await practice.call('drafts.discard', { id: differing.id })
  const who: [string, DocumentPatient][] = [
    [
      "D'ANGELO-L'HERMITTE Chiara",
      {
        ...patient,
        birthName: 'D’Angelo-L’Hermitte',
        firstName: 'Chiara',
        givenNames: 'Chiara Zoé',
        usedName: 'Noël',
      },
    ],
    [
      'OEUVRE Leo',
      {
        ...patient,
        birthName: 'Œuvre',
        firstName: 'Léo',
        givenNames: null,
        ins: null,
        qualified: false,
        sex: 'U',
        birthDate: null,
        birthPlace: null,
      },
    ],
    [
      'BENALI Karim',
      {
        ...patient,
        birthName: 'Benali',
        firstName: 'Karim',
        givenNames: 'Karim',
        birthPlace: '99350',
        qualified: false,
      },
    ],
  ]
  for (const [name, one] of who) {
    const draft = await draftTo({ cc: [{ name: 'Secrétariat', address: people.secretary.address }] })
    for (const typeCode of ['18748-4', '89601-9'])
      await practice.call('draftDocuments.add', {
        draftId: draft.id,
        content: { text: `Lettre fictive : ${one.firstName} « va bien » — à revoir.` },
        patient: one,
        details: { ...details, typeCode, title: `Compte rendu & suite <${typeCode}>` },
      })
    await practice.call('drafts.send', { id: draft.id })
    const born = one.birthDate === null ? '' : ' 28/03/1979'
    const { raw, parsed } = await received(`XDM/1.0/DDM+2 documents ${name}${born}`)
    const read = await inspectDocument({ bytes: raw, fileName: 'recu.eml' }, new Date(), noTrust)
    const whole = one.qualified && one.ins !== null
    expect(headerOf(parsed, 'X-MSS-INS')).toEqual([whole ? 'O' : 'N'])
    expect(
      read.deviations
        .map(({ code }) => code)
        .filter((code) => code !== (whole ? 'ins-test' : 'identity-unqualified')),
    ).toEqual([])
    expect([read.refusals, read.alerts]).toEqual([[], []])
    expect(
      read.documents.map(({ kind, version, title, type }) => [kind, version, title, type?.code]),
    ).toEqual([
      ['cda-n1', 1, 'Compte rendu & suite <18748-4>', '18748-4'],
      ['cda-n1', 1, 'Compte rendu & suite <89601-9>', '89601-9'],
    ])
    for (const document of read.documents)
      expect(document).toMatchObject({
        patient: {
          ...{ birthName: one.birthName, usedName: one.usedName, firstName: one.firstName },
          ...{ sex: one.sex, birthDate: one.birthDate, birthPlaceCode: one.birthPlace },
        },
        authors: [{ id: author.nationalId, organisationId: author.organisation.id }],
        recipients: [{ name: 'Secrétariat', kind: 'organisation' }],
        announced: { hashMatches: true, sizeMatches: true },
      })
  }
})

it('keeps the documents of a draft over a restart of the session, says what a PDF breaks, and refuses what is no document', async () => {
  const draft = await draftTo({ subject: 'à reprendre' })
  const plain = Buffer.from('%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF')
  const file = async (bytes: Uint8Array, fileName: string) => ({
    uploadId: await upload(bytes),
    fileName,
    mimeType: 'application/octet-stream',
  })
  const added = await practice.call('draftDocuments.add', {
    draftId: draft.id,
    content: await file(plain, 'courrier.pdf'),
    patient,
    details,
  })
  expect(added.documents).toMatchObject([
    {
      source: 'pdf',
      pdf: { state: 'not-pdfa', findings: ['no-file-id', 'not-declared'], size: plain.length },
    },
  ])
  const font = await readFile(
    join(import.meta.dirname, '../../node_modules/pdfjs-dist/standard_fonts/LiberationSans-Bold.ttf'),
  )
  expect(
    await practice.code('draftDocuments.add', {
      draftId: draft.id,
      content: await file(font, 'police.ttf'),
      patient,
      details,
    }),
  ).toBe('document.unsupported')
  await practice.call('session.lock', { reason: 'user' })
  await practice.call('session.openWithPassphrase', { passphrase })
  const again = await practice.call('draftDocuments.get', { draftId: draft.id })
  expect(again.documents).toMatchObject([{ fileName: 'courrier.pdf', details }])
  const content = practice.core.findPart(again.documents[0]?.pdf.url ?? '')
  expect(
    content.ok && Buffer.from((await Promise.resolve(content.value.read())).ok ? 'ok' : 'no').toString(),
  ).toBe('ok')
  expect(
    (
      await practice.call('draftDocuments.remove', {
        draftId: draft.id,
        documentId: again.documents[0]?.id ?? '',
      })
    ).documents,
  ).toEqual([])
  await practice.call('drafts.discard', { id: draft.id })
  expect(await practice.code('draftDocuments.get', { draftId: draft.id })).toBe('compose.draft-missing')
})

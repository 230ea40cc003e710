import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DocumentAuthor, DocumentDetails, DocumentPatient, Draft } from '../../app/contract/index.ts'
import { parseMessage, decodePart, type ParsedMessage } from '../../app/mail/index.ts'
import { findDocuments, readZip } from '../../app/mssante/index.ts'
import { inspectDocument } from '../../app/reading/index.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { incompleteArchive } from '../operator/seed/archive-variants.ts'
import { n1 } from '../operator/seed/cda-variants.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// What a message with medical documents is at the operator that receives it (ECO.2.1.*, ECO.2.2.1–4, ECO.2.4.*), on the real core.
const { anne, paul } = people
const passphrase = 'la salle d’attente est pleine'

/** Fictitious. */
const patient: DocumentPatient = {
  patientId: null,
  birthName: 'Épreuve-d’Essai',
  usedName: null,
  firstName: 'Léa',
  givenNames: 'Léa Anne',
  sex: 'F',
  birthDate: '1979-03-28',
  birthPlace: '51215',
  ins: { matricule: '279035121518989', oid: '1.2.250.1.213.1.4.10' },
  qualified: true,
  ipp: null,
}
const details: DocumentDetails = {
  typeCode: '11488-4',
  title: 'Consultation fictive',
  actDate: '2026-11-20',
  confidentiality: 'N',
  maskedFromProfessionals: false,
  hiddenFromPatient: false,
  hiddenFromRepresentatives: false,
  fileNumber: null,
}
const author: DocumentAuthor = {
  nationalId: '899700433156',
  familyName: 'MARTIN',
  givenName: 'Anne',
  civility: null,
  title: 'DR',
  specialty: 'G15_10/SM54',
  phone: null,
  organisation: {
    id: '1750803447',
    name: 'Cabinet fictif des Lilas',
    street: null,
    postalCode: '69006',
    city: 'Lyon',
    phone: null,
  },
  facility: 'SA07',
  setting: 'AMBULATOIRE',
}

let operator: Operator
let practice: Practice
let accountId = 0

const draftTo = async (change: Partial<Draft['content']> = {}): Promise<Draft> => {
  const draft = await practice.call('drafts.create', { kind: 'new', accountId, sourceId: null })
  const content = {
    ...draft.content,
    to: [{ name: '', address: paul.address }],
    text: 'Bonjour, voici la lettre.',
    ...change,
  }
  await practice.call('drafts.save', { id: draft.id, content })
  return { ...draft, content }
}

const upload = async (bytes: Uint8Array): Promise<string> => {
  const uploadId = `essai-${Math.random()}`
  await practice.core.upload({ uploadId, index: 0, bytes, last: true })
  return uploadId
}

/** A message as the colleague's mailbox has it. */
const received = async (subject: string): Promise<{ raw: Buffer; parsed: ParsedMessage }> => {
  const view = operator.mailbox(paul.key)
  const { uid } = await view.waitFor((message) => message.subject === subject, { seconds: 20 })
  const raw = await view.source(uid)
  const parsed = parseMessage(raw)
  if (!parsed.ok) throw new Error(parsed.error.code)
  return { raw, parsed: parsed.value }
}

const headerOf = ({ headers }: ParsedMessage, name: string): string[] =>
  headers
    .filter((field) => field.name.toLowerCase() === name.toLowerCase())
    .map((field) => field.value.trim())

const documentsOf = async (raw: Buffer, parsed: ParsedMessage) =>
  (
    await findDocuments(
      parsed.attachments.map((part) => ({
        id: part.path,
        fileName: part.fileName,
        mimeType: part.mimeType,
        bytes: decodePart(raw, part),
        inline: false,
      })),
    )
  ).documents

beforeAll(async () => {
  operator = await startOperator()
  practice = await openPractice({ ...operator.policy, nil: 'ESSAI42' })
  await practice.call('session.createWithPassphrase', { passphrase })
  accountId = await addMailbox(practice, anne)
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

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

  const wire = "XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979"
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
  const former = await received(
    "XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979",
  )
  const [before] = await documentsOf(former.raw, former.parsed)
  const folders = await practice.call('folders.list', null)
  const sentFolder = folders.find(({ role }) => role === 'sent')?.id ?? 0
  let sourceId = 0
  await expect
    .poll(
      async () => {
        const page = await practice.call('messages.page', {
          folderId: sentFolder,
          before: null,
          limit: 10,
          filter: 'all',
        })
        sourceId = page.rows[0]?.id ?? 0
        return sourceId
      },
      { timeout: 15_000 },
    )
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

it('says what a joined archive holds though its French header is incomplete, and sees a bare CDA of somebody else (ECO.2.1.1, ECO.2.4.1, ECO.2.4.2)', async () => {
  const draft = await draftTo({ subject: 'Bilan transmis' })
  const attach = async (bytes: Uint8Array, fileName: string, mimeType: string) =>
    practice.call('drafts.attach', { id: draft.id, uploadId: await upload(bytes), fileName, mimeType })
  await attach(await incompleteArchive(), 'IHE_XDM.zip', 'application/zip')
  const kinds = async () => (await practice.call('drafts.check', { id: draft.id })).map(({ kind }) => kind)
  expect(await kinds()).not.toContain('documents-several-patients')
  const stranger = Buffer.from(
    n1
      .toString('utf8')
      .replaceAll('DUPONT', 'AUTRE')
      .replace(/<id root="1\.2\.250\.1\.213\.1\.4\.10"[^>]*>/, ''),
  )
  const bare = await attach(stranger, 'lettre.xml', 'text/xml')
  expect(await kinds()).toContain('documents-several-patients')
  await practice.call('drafts.detach', { id: draft.id, attachmentId: bare.id })
  await practice.call('drafts.send', { id: draft.id })
  const { parsed } = await received('XDM/1.0/DDM+Bilan transmis')
  expect(headerOf(parsed, 'X-MSS-CODECDA')).toEqual(['11502-2'])
  expect(headerOf(parsed, 'X-MSS-INS')).toEqual(['O'])
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
    const read = await inspectDocument(raw, 'recu.eml', new Date())
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
}, 60_000)

it('names a document written elsewhere by its own displayName, known type or not (ECO.2.1.3, ECO.2.1.6)', async () => {
  const { raw, parsed } = await received(
    "XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979",
  )
  const [document] = await documentsOf(raw, parsed)
  const cda = Buffer.from(document?.bytes ?? [])
    .toString('utf8')
    .replace(
      /<code code="11488-4" displayName="[^"]*"/,
      '<code code="99999-9" displayName="Essai d’un type fictif"',
    )
  const draft = await draftTo()
  const added = await practice.call('draftDocuments.add', {
    draftId: draft.id,
    content: {
      uploadId: await upload(Buffer.from(cda, 'utf8')),
      fileName: 'essai.xml',
      mimeType: 'text/xml',
    },
    patient: null,
    details: null,
  })
  expect(added.subject).toBe("Essai d’un type fictif EPREUVE-D'ESSAI Lea 28/03/1979")
  await practice.call('drafts.send', { id: draft.id })
  const sent = await received("XDM/1.0/DDM+Essai d’un type fictif EPREUVE-D'ESSAI Lea 28/03/1979")
  expect(sent.parsed.attachments[1]?.fileName).toBe("20261120_Essai d’un type fictif_EPREUVE-D'ESSAI_Lea.pdf")
  expect(headerOf(sent.parsed, 'X-MSS-CODECDA')).toEqual(['99999-9'])
})

it('looks into an attached message: other patients, who must not see it, headers (ECO.2.1.1, ECO.2.4.1, ECO.2.4.2)', async () => {
  const { raw } = await received(
    "XDM/1.0/DDM+CR ou fiche de consultation ou de visite EPREUVE-D'ESSAI Lea 28/03/1979",
  )
  const attach = async (id: number, bytes: Uint8Array) =>
    practice.call('drafts.attach', {
      id,
      uploadId: await upload(bytes),
      fileName: 'transfert.eml',
      mimeType: 'message/rfc822',
    })
  const kinds = async (id: number) => (await practice.call('drafts.check', { id })).map(({ kind }) => kind)

  const mixed = await draftTo()
  await practice.call('draftDocuments.add', {
    draftId: mixed.id,
    content: { text: 'Lettre' },
    patient: { ...patient, ins: null, birthName: 'Quelqu’un-d’Autre' },
    details,
  })
  expect(await kinds(mixed.id)).not.toContain('documents-several-patients')
  await attach(mixed.id, raw)
  expect(await kinds(mixed.id)).toContain('documents-several-patients')
  expect(await practice.code('drafts.send', { id: mixed.id })).toBe('document.other-patient')
  await practice.call('drafts.discard', { id: mixed.id })

  const alone = await draftTo({ subject: 'Pour avis' })
  await attach(alone.id, raw)
  await practice.call('drafts.send', { id: alone.id })
  const { parsed } = await received('Pour avis')
  expect(headerOf(parsed, 'X-MSS-CODECDA')).toEqual(['11488-4'])
  expect(headerOf(parsed, 'X-MSS-INS')).toEqual(['O'])

  const hidden = await draftTo()
  await practice.call('draftDocuments.add', {
    draftId: hidden.id,
    content: { text: 'Lettre' },
    patient: { ...patient, birthName: 'Pas-encore-vue' },
    details: { ...details, hiddenFromPatient: true },
  })
  await practice.call('drafts.send', { id: hidden.id })
  const secret = await received(
    'XDM/1.0/DDM+CR ou fiche de consultation ou de visite PAS-ENCORE-VUE Lea 28/03/1979',
  )
  const toPatient = await draftTo({
    to: [{ name: '', address: '279035121518989@patient.mssante.test' }],
    subject: 'Votre lettre',
  })
  await attach(toPatient.id, secret.raw)
  expect(await practice.call('drafts.check', { id: toPatient.id })).toContainEqual(
    expect.objectContaining({ kind: 'document-hidden-from-patient', blocking: true }),
  )
  await practice.call('drafts.discard', { id: toPatient.id })
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

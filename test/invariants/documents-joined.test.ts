import { afterAll, beforeAll, expect, it } from 'vitest'
import { incompleteArchive } from '../operator/seed/archive-variants.ts'
import { n1 } from '../operator/seed/cda-variants.ts'
import {
  author,
  details,
  documentsOf,
  headerOf,
  letterSubject,
  patient,
  startSending,
} from './documents-sent.fixture.ts'

// What is joined to a message rather than written there: archives, documents of others, whole messages (ECO.2.1.*, ECO.2.4.*).
const { practice, accountId, draftTo, upload, received, stop } = await startSending()
afterAll(stop)

/** The letter that others join. */
beforeAll(async () => {
  await practice.call('documentAuthor.set', { accountId, author })
  const { id: draftId } = await draftTo()
  await practice.call('draftDocuments.add', { draftId, content: { text: 'Cher confrère' }, patient, details })
  await practice.call('drafts.send', { id: draftId })
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

it('names a document written elsewhere by its own displayName, known type or not (ECO.2.1.3, ECO.2.1.6)', async () => {
  const { raw, parsed } = await received(letterSubject)
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
  const { raw } = await received(letterSubject)
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

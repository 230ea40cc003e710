import { describe, expect, it } from 'vitest'
import { n1, withoutIns } from '../../../test/operator/seed/cda-variants.ts'
import { zipOf } from '../../../test/operator/seed/archive-files.ts'
import { ok } from '../../contract/index.ts'
import type { StoredDraft } from '../../vault/index.ts'
import type { EnclosedMessage } from '../documents.ts'
import type { MessagePart } from '../found.ts'
import { attachedFacts as factsOf, mayHoldCda, namesSomebody } from './attached.ts'
import { writeCda } from './cda.ts'
import { readFacts } from './facts.ts'
import { createOutgoing, type OutgoingDependencies } from './outgoing.ts'
import { patient, request, testMatricule } from './writing.fixture.ts'

const whole = Buffer.from(writeCda(request(), Buffer.from('%PDF-1.4 fictif'))).toString('utf8')
const incomplete = Buffer.from(whole.replace(/<setId [^>]*>/, '').replace(/<languageCode [^>]*>/, ''))
const described = (uri: string): string =>
  `<SubmitObjectsRequest xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><ExtrinsicObject id="D1" mimeType="text/xml"><Slot name="URI"><ValueList><Value>${uri}</Value></ValueList></Slot></ExtrinsicObject></RegistryObjectList></SubmitObjectsRequest>`
const archiveOf = (cda: Uint8Array): Promise<Buffer> =>
  zipOf([
    { path: 'IHE_XDM/SUBSET01/METADATA.XML', bytes: described('DOC00001.XML') },
    { path: 'IHE_XDM/SUBSET01/DOC00001.XML', bytes: Buffer.from(cda) },
  ])

/** No file of these tests is a message but those that `within` makes. */
const within = new Map<Uint8Array, EnclosedMessage>()
const attachedFacts = (file: { fileName: string; mimeType: string; bytes: Uint8Array }) =>
  factsOf(file, ({ bytes }) => within.get(bytes) ?? null)
const message = (...parts: Omit<MessagePart, 'id' | 'inline'>[]): Buffer => {
  const bytes = Buffer.from('message')
  within.set(bytes, {
    parts: parts.map((part, index) => ({ ...part, id: `${index}`, inline: false })),
    body: null,
  })
  return bytes
}

describe('what a mail says of files joined to it (ECO.2.4.1, ECO.2.4.2, ECO.2.1.1)', () => {
  it('counts a CDA of an archive whose French header is incomplete', async () => {
    expect(readFacts(incomplete)).toMatchObject({ ok: false, error: { code: 'document.incomplete' } })
    const bytes = await archiveOf(incomplete)
    expect(
      await attachedFacts({ fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes }),
    ).toMatchObject([
      {
        code: '11488-4',
        archived: true,
        patient: {
          birthName: patient.birthName,
          birthDate: patient.birthDate,
          ins: { matricule: testMatricule },
          qualified: true,
        },
      },
    ])
  })
  it('sees that an INS is missing', async () => {
    const bytes = await archiveOf(withoutIns)
    expect(await attachedFacts({ fileName: 'a.zip', mimeType: '', bytes })).toMatchObject([
      { archived: true, patient: { birthName: 'DUPONT', ins: null, qualified: false } },
    ])
  })
  it('knows whom a bare CDA is about, and that it is in no archive', async () => {
    const file = { fileName: 'lettre.xml', mimeType: 'text/xml', bytes: n1 }
    expect(await attachedFacts(file)).toMatchObject([{ archived: false, patient: { birthName: 'DUPONT' } }])
    const other = { fileName: 'lettre.xml', mimeType: 'text/xml', bytes: Buffer.from('<a/>') }
    expect(await attachedFacts(other)).toEqual([])
  })
  it('finds nobody in a document that names nobody', async () => {
    const nameless = whole.replace(/<recordTarget>[\s\S]*?<\/recordTarget>/, '')
    const [facts] = await attachedFacts({ fileName: 'a.xml', mimeType: '', bytes: Buffer.from(nameless) })
    expect(facts && namesSomebody(facts)).toBe(false)
  })
  it('looks into an attached message, and into the message within it', async () => {
    const zip = { fileName: 'IHE_XDM.zip', mimeType: 'application/zip', bytes: await archiveOf(incomplete) }
    const inner = { fileName: null, mimeType: 'message/rfc822', bytes: message(zip) }
    for (const bytes of [message(zip), message(inner)]) {
      const facts = await attachedFacts({
        fileName: 'transfert.eml',
        mimeType: 'application/octet-stream',
        bytes,
      })
      expect(facts).toMatchObject([
        {
          code: '11488-4',
          cda: true,
          archived: true,
          enclosed: true,
          patient: { birthName: patient.birthName },
        },
      ])
    }
    const bare = message({ fileName: 'lettre.xml', mimeType: 'text/xml', bytes: n1 })
    expect(await attachedFacts({ fileName: 'x', mimeType: 'message/rfc822', bytes: bare })).toMatchObject([
      { archived: false, enclosed: true, patient: { birthName: 'DUPONT' } },
    ])
    for (const mimeType of ['message/rfc822', 'Message/RFC822; charset=x', 'message/global'])
      expect(mayHoldCda({ fileName: 'x', mimeType })).toBe(true)
    expect(mayHoldCda({ fileName: 'Transfert.EML', mimeType: 'text/plain' })).toBe(true)
    expect(mayHoldCda({ fileName: 'photo.png', mimeType: 'image/png' })).toBe(false)
  })
  it('knows who must not see a document of an archive', async () => {
    const hidden = described('DOC00001.XML').replace(
      '</ExtrinsicObject>',
      '<Classification id="C1" classificationScheme="urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f" classifiedObject="D1" nodeRepresentation="INVISIBLE_PATIENT"/></ExtrinsicObject>',
    )
    const bytes = await zipOf([
      { path: 'IHE_XDM/SUBSET01/METADATA.XML', bytes: hidden },
      { path: 'IHE_XDM/SUBSET01/DOC00001.XML', bytes: Buffer.from(whole) },
    ])
    expect(await attachedFacts({ fileName: 'a.zip', mimeType: '', bytes })).toMatchObject([
      { hidden: ['hidden-from-patient'] },
    ])
  })
})

it('ECO.2.4.1 ECO.2.4.2: every code of the archives is said, and O only when each of them has a qualified INS', async () => {
  const files: Record<string, Uint8Array> = {
    qualified: await archiveOf(Buffer.from(whole)),
    other: await archiveOf(Buffer.from(whole.replace('11488-4', '34112-3'))),
    without: await archiveOf(withoutIns),
  }
  const outgoing = createOutgoing({
    vault: {
      run: () => Promise.resolve(ok({ patient: null, files: [] })),
      parts: { readAll: (name: string) => Promise.resolve(ok(files[name])) },
    },
    enclosed: () => null,
  } as unknown as OutgoingDependencies)
  const headers = async (...names: string[]) => {
    const attachments = names.map((partFile) => ({
      ...{ id: partFile, partFile, fileName: 'IHE_XDM.zip', mimeType: 'application/zip', size: 1 },
    }))
    const draft = { id: 1, kind: 'new', attachments, content: { subject: 'Documents' } }
    const made = await outgoing.outgoing(
      draft as unknown as StoredDraft,
      { id: 1, address: 'a@b.test' },
      0,
      '',
    )
    return made.ok ? made.value?.headers : made.error.code
  }
  expect(await headers('qualified')).toEqual({ 'X-MSS-CODECDA': '11488-4', 'X-MSS-INS': 'O' })
  expect(await headers('qualified', 'other')).toEqual({
    'X-MSS-CODECDA': '11488-4,34112-3',
    'X-MSS-INS': 'O',
  })
  expect(await headers('qualified', 'without')).toMatchObject({ 'X-MSS-INS': 'N' })
  expect(await headers('without')).toMatchObject({ 'X-MSS-INS': 'N' })
  expect(await headers()).toBeUndefined()
})

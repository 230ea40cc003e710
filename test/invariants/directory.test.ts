import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { startLdap, type Ldap } from '../operator/ldap.ts'
import { fictitiousExtraction } from '../operator/seed/directory-extraction.ts'
import { signEntity } from '../operator/seed/sign-entity.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// The real core against the operator's Annuaire Santé: what windows ask, and what signatures gain by it.
const { anne, paul, hospital } = people
const nobody = { profession: null, specialty: null, department: null, type: null, gone: false } as const
let operator: Operator
let practice: Practice
let ldap: Ldap

const derOf = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw)
/** Nobody of ours issued it. */
const stranger = derOf(rootCertificates[0] ?? '')

beforeAll(async () => {
  operator = await startOperator({ directory: { lines: 3000 } })
  const certificates = [derOf(operator.pki.software('paul').confidentiality.pem), stranger]
  ldap = await startLdap([
    { uid: `8${paul.rpps}`, name: 'Paul BERNARD', mail: paul.address, certificates },
    { uid: '899700000999', name: 'Inconnu', mail: 'inconnu@medecin.mssante.test', certificates: [stranger] },
  ])
  practice = await openPractice({
    ...operator.policy,
    directory: { ...operator.policy.directory, ldap: { url: ldap.url, base: ldap.base } },
  })
  await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
})
afterAll(async () => {
  await practice.stop()
  await ldap.stop()
  await operator.stop()
})

const found = async (text: string): Promise<string[]> =>
  (await practice.call('directory.search', { text, filters: nobody, limit: 20 })).entries.map(
    ({ address }) => address,
  )
const update = async (): Promise<void> => {
  const before = (await practice.call('directory.state', null)).generation?.importedAt
  await practice.call('directory.update', null)
  await practice.until(
    'directory.changed',
    ({ work, generation }) => work === null && generation !== null && generation.importedAt !== before,
  )
}

const signedByCard = (): Buffer => {
  const { certificateDer, keyPem } = operator.pki.card('paul').signature
  const authority = operator.pki.trusted.find(({ file }) => file === 'ACI-FO-PP-TEST')?.pem ?? ''
  const entity = Buffer.from(
    'Content-Type: text/plain; charset=utf-8\r\n\r\nAvis sur la patiente fictive.\r\n',
  )
  const certificate = new X509Certificate(certificateDer).toString()
  const signed = signEntity(entity, { certificate, key: keyPem, chain: [authority] }, new Date())
  const head = [
    `From: ${paul.displayName} <${paul.address}>`,
    `To: <${anne.address}>`,
    'Subject: Avis',
    'Message-ID: <avis-1@medecin.mssante.test>',
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n`), signed])
}

it('ECO.3.1.4, SC.MSS/UX.41, ANN/va1.01: finds a correspondent by RPPS, name, profession, specialty, place, offline', async () => {
  expect(await practice.call('directory.state', null)).toMatchObject({
    generation: null,
    download: true,
    fhir: true,
  })
  expect(await found('bernard')).toEqual([])
  await update()
  expect(await practice.call('directory.state', null)).toMatchObject({
    generation: { lines: 3000 },
    error: null,
  })
  for (const text of [
    '99700000202',
    '899700000202',
    'paul bernard cardio',
    'BERNARD médecin lyon paul',
    paul.address,
  ])
    expect((await found(text))[0], text).toBe(paul.address)
  expect(await found('hôpital lilas cardiologie')).toContain(hospital.address)
  const [suggested] = await practice.call('recipients.suggest', { text: 'paul bernard lyon', limit: 8 })
  expect(suggested).toMatchObject({
    kind: 'address',
    address: paul.address,
    town: 'LYON',
    type: 'PER',
    trust: 'professional',
  })
})

it('ANN/va1.04, DIR-KEY, DIR-EMAILTYPE, DIR-RED: asks about one person now, with the key, keeps MSSanté alone', async () => {
  const person = await practice.call('directory.verify', { nationalId: `8${paul.rpps}` })
  expect(person).toMatchObject({
    active: true,
    situations: [{ role: 'Libéral', structure: { town: 'LYON' } }],
  })
  expect(person.mailboxes.map(({ address }) => address)).toEqual([paul.address])
  expect(await found('contact.paul@')).toEqual([])
  expect(await found('prive.paul@')).toEqual([])
  expect(operator.web.asked.filter((one) => one.includes('/fhir/'))).not.toEqual([])
  expect(await practice.call('directory.delta', null)).toMatchObject({
    changed: expect.any(Number) as number,
  })
  operator.annuaire?.setApiStatus(400)
  expect(await practice.code('directory.verify', { nationalId: `8${paul.rpps}` })).toBe(
    'directory.api-failed',
  )
  operator.annuaire?.setApiStatus(null)
  const { apiKey } = operator.annuaire ?? { apiKey: '?' }
  expect(JSON.stringify([practice.told, practice.faults])).not.toContain(apiKey)
})

it('marks mailboxes that the next extraction no longer holds, keeps the base when one is not an extraction', async () => {
  const before = await found('martin')
  operator.annuaire?.publishRaw(Buffer.from('<html>maintenance</html>\n'))
  await practice.call('directory.update', null)
  await practice.until('directory.changed', ({ error }) => error?.code === 'directory.extraction-malformed')
  expect(await found('martin')).toEqual(before)
  await operator.annuaire?.publishLines(
    [...fictitiousExtraction({ lines: 3000 })].filter((line) => !line.includes(hospital.address)),
  )
  await update()
  const [gone] = await practice.call('directory.identify', { addresses: [hospital.address] })
  expect(gone).toMatchObject({ address: hospital.address, goneSince: '2026-11-22T03:12:00.000Z' })
  expect(await found('hôpital lilas cardiologie')).not.toContain(hospital.address)
})

it('ties a card’s signature to the sender’s address by the directory', async () => {
  await addMailbox(practice, anne)
  await operator.deliver({ from: paul.address, to: anne.address, raw: signedByCard() })
  await practice.until('mail.delta', ({ upserted }) => upserted.some(({ subject }) => subject === 'Avis'))
  const folders = await practice.call('folders.list', null)
  const inbox = folders.find(({ role }) => role === 'inbox')
  const page = await practice.call('messages.page', {
    folderId: inbox?.id ?? 0,
    before: null,
    limit: 20,
    filter: 'all',
  })
  const view = await practice.call('messages.view', {
    id: page.rows.find(({ subject }) => subject === 'Avis')?.id ?? 0,
  })
  expect(view.signature).toMatchObject({ status: 'valid', binding: 'directory', reasons: [] })
})

it('keeps certificates of the LDAP directory that our authorities issued, and no others', async () => {
  const unknown = 'inconnu@medecin.mssante.test'
  const { found: kept } = await practice.call('directory.fetchCertificates', {
    addresses: [paul.address, unknown],
  })
  expect(kept).toEqual([paul.address])
  const known = await practice.call('certificates.correspondents', { text: 'bernard' })
  const sources = known.flatMap(({ certificates }) => certificates.map(({ source }) => source))
  expect(sources).toContain('directory')
  expect(await practice.call('certificates.correspondents', { text: 'inconnu' })).toEqual([])
})

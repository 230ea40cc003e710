import { ZipFile } from 'yazl'
import type { PublicWeb, WebPage } from './public-web.ts'
import { people, type Person } from './people.ts'
import { fictitiousExtraction } from './seed/directory-extraction.ts'

/** The fictitious Annuaire Santé of the operator: the daily extraction and the open FHIR API, in the shapes of the dossier. */
export interface Annuaire {
  extractionUrl: string
  fhirUrl: string
  apiKey: string
  /** Lines of the extraction from now on; the same people come first. */
  publishLines: (lines: Iterable<string>) => Promise<void>
  /** Whatever bytes instead. */
  publishRaw: (body: Buffer) => void
  /** The API answers with this status; null for as usual. */
  setApiStatus: (status: number | null) => void
}

const emailType = 'https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-contact-point-email-type'
const metadata =
  'https://interop.esante.gouv.fr/ig/fhir/annuaire/StructureDefinition/as-ext-mailbox-mss-metadata'
const nos = 'https://mos.esante.gouv.fr/NOS'
const r256 = `${nos}/TRE_R256-TypeMessagerie/FHIR/TRE-R256-TypeMessagerie`
const r257 = `${nos}/TRE_R257-TypeBAL/FHIR/TRE-R257-TypeBAL`

const mailbox = (address: string, type: string, more: object[] = []) => ({
  system: 'email',
  value: address,
  rank: 1,
  extension: [
    { url: emailType, valueCoding: { system: r256, code: 'MSSANTE' } },
    {
      url: metadata,
      extension: [{ url: 'type', valueCodeableConcept: { coding: [{ system: r257, code: type }] } }, ...more],
    },
  ],
})

const practitioners = (): Person[] => Object.values<Person>(people).filter(({ rpps }) => rpps !== null)
const technicalId = (person: Person): string => `003-${person.rpps ?? ''}`
const lastUpdated = '2026-11-21T10:00:00Z'

const practitioner = (person: Person) => ({
  resourceType: 'Practitioner',
  id: technicalId(person),
  meta: { lastUpdated },
  active: true,
  identifier: [
    { system: 'urn:oid:1.2.250.1.71.4.2.1', value: `8${person.rpps ?? ''}` },
    { system: 'https://rpps.esante.gouv.fr', value: person.rpps },
  ],
  name: [{ family: person.familyName, given: [person.givenName], prefix: ['DR'] }],
  qualification: [
    {
      code: {
        coding: [
          {
            system: `${nos}/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante`,
            code: String(person.professionCode ?? 10),
            display: person.profession ?? 'Médecin',
          },
        ],
      },
    },
  ],
  telecom: [mailbox(person.address, 'PER')],
})

const role = (person: Person) => ({
  resourceType: 'PractitionerRole',
  id: `005-${person.rpps ?? ''}`,
  meta: { lastUpdated },
  active: true,
  practitioner: {
    reference: `Practitioner/${technicalId(person)}`,
    identifier: { system: 'urn:oid:1.2.250.1.71.4.2.1', value: `8${person.rpps ?? ''}` },
  },
  organization: { reference: 'Organization/001-lilas', display: person.structure },
  code: [{ text: 'Libéral' }],
  // An ordinary address and a mailbox of the liste rouge: neither is to be proposed.
  telecom: [
    { system: 'email', value: `contact.${person.key}@exemple.test` },
    mailbox(`prive.${person.key}@medecin.mssante.test`, 'PER', [{ url: 'listeRouge', valueBoolean: true }]),
  ],
})

const organisation = {
  resourceType: 'Organization',
  id: '001-lilas',
  meta: { lastUpdated },
  active: true,
  identifier: [{ system: 'https://finess.esante.gouv.fr', value: '690000002' }],
  name: 'Hôpital des Lilas (démonstration)',
  address: [{ line: ['12 rue des Lilas'], city: 'LYON', postalCode: '69003' }],
  telecom: [mailbox(people.hospital.address, 'ORG')],
}

const bundle = (resources: readonly object[], next: string | null): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'searchset',
    link: next === null ? [] : [{ relation: 'next', url: next }],
    entry: resources.map((resource) => ({ resource })),
  })

const refusal = (status: number, code: string): WebPage => ({
  status,
  type: 'application/fhir+json',
  body: JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] }),
})

const zipped = async (lines: Iterable<string>): Promise<Buffer> => {
  const zip = new ZipFile()
  zip.addBuffer(
    Buffer.from([...lines].join('\n') + '\n'),
    'Extraction_Correspondance_MSSante_202611220312.txt',
  )
  zip.end()
  const pieces: Buffer[] = []
  for await (const piece of zip.outputStream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Publishes both on a host of the operator's web servers. `lines`: of the extraction (535,000 in reality). */
export const publishAnnuaire = async (web: PublicWeb, host: string, lines: number): Promise<Annuaire> => {
  const apiKey = 'cle-fictive-de-demonstration'
  const extractionPath = '/extraction/Extraction_Correspondance_MSSante'
  const base = `https://${host}/fhir/v2`
  let status: number | null = null
  const publishRaw = (body: Buffer): void =>
    web.publish(host, extractionPath, {
      type: 'application/zip',
      headers: {
        'content-disposition': 'attachment; filename="Extraction_Correspondance_MSSante_202611220312.zip"',
        etag: `"${String(body.byteLength)}"`,
      },
      body,
    })
  const api = (type: string, answer: (query: URLSearchParams) => readonly object[]): void =>
    web.publish(host, `/fhir/v2/${type}`, ({ url, headers }) => {
      if (headers['esante-api-key'] !== apiKey) return refusal(403, 'forbidden')
      if (status !== null) return refusal(status, 'exception')
      const query = new URL(url, base).searchParams
      const found = answer(query)
      // A page at a time, so that `next` links are followed.
      const page = Number(query.get('page') ?? 0)
      query.set('page', String(page + 1))
      const next = found.length > page + 1 ? `${base}/${type}?${query.toString()}` : null
      return { type: 'application/fhir+json', body: bundle(found.slice(page, page + 1), next) }
    })
  api('Practitioner', (query) => {
    const identifier = query.get('identifier')
    return practitioners()
      .filter((person) => identifier === null || person.rpps === identifier)
      .map(practitioner)
  })
  api('PractitionerRole', (query) => {
    const wanted = query.get('practitioner')
    const found = practitioners().filter((person) => wanted === null || technicalId(person) === wanted)
    return [...found.map(role), ...(found.length > 0 ? [organisation] : [])]
  })
  api('Organization', () => [organisation])
  const publishLines = async (given: Iterable<string>): Promise<void> => publishRaw(await zipped(given))
  await publishLines(fictitiousExtraction({ lines }))
  return {
    extractionUrl: `https://${host}${extractionPath}`,
    fhirUrl: base,
    apiKey,
    publishLines,
    publishRaw,
    setApiStatus: (next) => {
      status = next
    },
  }
}

import type { DirectoryEntry, DirectoryState, DistributionList } from '../../app/contract/index.ts'

/** A small fictitious directory for pictures; everybody in it is invented. */
const lyon = {
  lines: ['12 rue des Lilas'],
  postalCode: '69003',
  town: 'LYON',
  department: 'Rhône',
  country: 'France',
}
const cabinet = { id: '690000001', name: 'Cabinet médical des Lilas', tradeName: null, ...lyon }
const hospital = { id: '690000002', name: 'Hôpital des Lilas (démonstration)', tradeName: null, ...lyon }

const person = (
  lastName: string,
  firstName: string,
  nationalId: string,
  specialty: string | null,
  more: Partial<DirectoryEntry> = {},
): DirectoryEntry => ({
  address: `${firstName}.${lastName}@medecin.mssante.test`.toLowerCase(),
  type: 'PER',
  trust: 'professional',
  nationalId,
  name: `Dr ${firstName} ${lastName}`,
  civility: 'DR',
  lastName,
  firstName,
  profession: { code: '10', label: 'Médecin' },
  category: { code: 'C', label: 'Civil' },
  specialty: specialty === null ? null : { code: 'SM04', label: specialty },
  structure: cabinet,
  service: null,
  paperless: true,
  rank: 1,
  firstSeen: '2026-08-02T03:12:00Z',
  goneSince: null,
  favourite: false,
  preferred: false,
  ...more,
})
const service = (unit: string, address: string): DirectoryEntry => ({
  ...person('X', 'X', '0', null),
  address,
  type: 'ORG',
  trust: 'organisation',
  nationalId: null,
  name: `${hospital.name} – ${unit}`,
  ...{ civility: null, lastName: null, firstName: null, profession: null, category: null, rank: null },
  structure: hospital,
  service: unit,
})

export const directoryEntries: readonly DirectoryEntry[] = [
  person('BERNARD', 'Paul', '899700000202', 'Cardiologie et maladies vasculaires', { favourite: true }),
  person('BERNARD', 'Paul', '899700000202', 'Cardiologie et maladies vasculaires', {
    address: 'p.bernard@hopital-lilas.mssante.test',
    structure: hospital,
    service: 'Cardiologie',
    rank: 2,
    preferred: true,
  }),
  person('BERNARD', 'Sylvie', '899700000303', 'Dermatologie et vénéréologie', {
    structure: {
      ...cabinet,
      id: '440000001',
      name: 'Maison de santé du Port',
      postalCode: '44000',
      town: 'NANTES',
    },
    goneSince: '2026-10-03T03:12:00Z',
  }),
  person('MARTIN', 'Anne', '899700000101', 'Médecine générale'),
  service('Cardiologie', 'cardiologie@hopital-lilas.mssante.test'),
  service('Urgences', 'urgences@hopital-lilas.mssante.test'),
]

export const directoryState = (now: Date): DirectoryState => ({
  generation: {
    date: new Date(now.getTime() - 7 * 3_600_000).toISOString(),
    importedAt: new Date(now.getTime() - 6 * 3_600_000).toISOString(),
    lines: 535_357,
    deviations: 12,
    mailboxes: 535_345,
    persons: 410_469,
    gone: 36_119,
    added: 412,
    removed: 287,
    kept: 0,
    source: 'download',
  },
  stale: false,
  work: null,
  error: null,
  resumable: false,
  download: true,
  fhir: true,
  ldap: true,
  deltaAt: null,
  databaseBytes: 231_000_000,
})

export const distributionLists: readonly DistributionList[] = [
  {
    id: 1,
    name: 'Réunion de concertation',
    members: [
      { name: 'Dr Paul BERNARD', address: 'paul.bernard@medecin.mssante.test', goneSince: null },
      {
        name: 'Dr Sylvie BERNARD',
        address: 'sylvie.bernard@medecin.mssante.test',
        goneSince: '2026-10-03T03:12:00Z',
      },
    ],
  },
  {
    id: 2,
    name: 'Infirmières du secteur',
    members: [{ name: 'Sophie CARON', address: 'sophie.caron@infirmier.mssante.test', goneSince: null }],
  },
]

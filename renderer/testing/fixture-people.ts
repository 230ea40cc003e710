import type { Account, Correspondent, Folder, PatientSummary } from '../../app/contract/index.ts'

/**
 * The fictitious world of the fake core: same flavour as test/operator/people.ts. No real person, no real identifier:
 * INS are of the demonstration kind, domains end in `.test`.
 */
export const anne: Correspondent = { name: 'Dr Anne MARTIN', address: 'anne.martin@medecin.mssante.test' }
export const correspondents = {
  bioval: { name: 'Laboratoire BioVal — Lyon 3', address: 'resultats@bioval.mssante.test' },
  paul: { name: 'Dr Paul BERNARD', address: 'paul.bernard@medecin.mssante.test' },
  leo: { name: 'Léo DURAND', address: '190067511300117@patient.mssante.test' },
  imaging: { name: 'Imagerie Rive Gauche', address: 'comptes-rendus@imagerie-rg.mssante.test' },
  nurse: { name: 'Sophie CARON', address: 'sophie.caron@infirmier.mssante.test' },
  emergency: { name: 'Urgences — Hôpital des Lilas', address: 'urgences@hopital-lilas.mssante.test' },
  marc: { name: 'Dr Marc TESSIER', address: 'marc.tessier@medecin.mssante.test' },
  cpts: { name: 'CPTS Lyon Centre', address: 'coordination@cpts-lyon.mssante.test' },
  cardiology: {
    name: 'Hôpital des Lilas – Service de cardiologie',
    address: 'cardiologie@hopital-lilas.mssante.test',
  },
  outsider: { name: 'Jean Leroy', address: 'j.leroy@exemple.test' },
} satisfies Record<string, Correspondent>

const demoIns = (matricule: string): PatientSummary['ins'] => ({
  matricule,
  oid: '1.2.250.1.213.1.4.11',
  kind: 'demonstration',
  keyValid: true,
})

export const patients = {
  marie: {
    birthName: 'DUPONT',
    usedName: null,
    firstName: 'Marie',
    sex: 'F',
    birthDate: '1978-11-26',
    ins: demoIns('278113512151889'),
    qualified: true,
  },
  jean: {
    birthName: 'LEROY',
    usedName: null,
    firstName: 'Jean',
    sex: 'M',
    birthDate: '1951-02-03',
    ins: demoIns('151027500123445'),
    qualified: true,
  },
  leo: {
    birthName: 'DURAND',
    usedName: null,
    firstName: 'Léo',
    sex: 'M',
    birthDate: '1990-06-14',
    ins: demoIns('190067511300117'),
    qualified: true,
  },
  claire: {
    birthName: 'MOREAU',
    usedName: 'ROUX',
    firstName: 'Claire',
    sex: 'F',
    birthDate: '1969-09-09',
    ins: demoIns('269093820101261'),
    qualified: true,
  },
  hugo: {
    birthName: 'PETIT',
    usedName: null,
    firstName: 'Hugo',
    sex: 'M',
    birthDate: '2015-01-21',
    ins: null,
    qualified: false,
  },
} satisfies Record<string, PatientSummary>

const server = (host: string, port: number) => ({ host, port, security: 'starttls' as const })

const mebibyte = 1024 * 1024
const online = (now: Date, seconds: number): Account['connection'] => ({
  state: 'online',
  since: new Date(now.getTime() - 600_000).toISOString(),
  syncedAt: new Date(now.getTime() - seconds * 1000).toISOString(),
  trouble: null,
})

/** Everything, as in one's own mailbox. */
const everyRight: Folder['rights'] = {
  read: true,
  seen: true,
  flag: true,
  insert: true,
  remove: true,
  expunge: true,
  create: true,
  deleteFolder: true,
  administer: true,
}

/** Of the laboratory's software; it ends soon. */
export const organisationCertificate = (now: Date): NonNullable<Account['certificate']> => ({
  certificate: {
    fingerprint: 'f'.repeat(64),
    subject: 'C=FR, ST=Rhône (69), O=Laboratoire BioVal, OU=300000000099701, CN=SIL-BIOVAL-AUTH',
    issuer: 'C=FR, O=ASIP-SANTE, CN=TEST AC IGC-SANTE ELEMENTAIRE ORGANISATIONS',
    serial: '0a1b2c',
    notBefore: new Date(now.getTime() - 300 * 86_400_000).toISOString(),
    notAfter: new Date(now.getTime() + 41 * 86_400_000).toISOString(),
    emails: [],
    nationalId: null,
    profession: null,
  },
  organisation: 'Laboratoire BioVal',
  problems: ['expires-soon'],
})

export const accounts = (now: Date): Account[] => [
  {
    id: 1,
    address: anne.address,
    displayName: anne.name,
    kind: 'personal',
    auth: 'psc',
    card: null,
    certificate: null,
    label: null,
    replyTo: null,
    askReceipts: false,
    imap: server('imap.operateur.mssante.test', 143),
    smtp: server('smtp.operateur.mssante.test', 587),
    connection: online(now, 12),
    maxMessageSize: 10_485_760,
    quota: { used: 812 * mebibyte, limit: 1024 * mebibyte },
  },
  {
    id: 2,
    address: 'secretariat@cabinet-lilas.mssante.test',
    displayName: 'Secrétariat du cabinet des Lilas',
    kind: 'organisational',
    auth: 'password',
    card: null,
    certificate: null,
    label: null,
    replyTo: null,
    askReceipts: false,
    imap: server('imap.operateur.mssante.test', 143),
    smtp: server('smtp.operateur.mssante.test', 587),
    connection: online(now, 40),
    maxMessageSize: 10_485_760,
    quota: null,
  },
]

/** Beside the usual ones: the laboratory's software, by its certificate, and a mailbox that is not of MSSanté. */
export const moreAccounts = (now: Date): Account[] => {
  const [first] = accounts(now)
  return first
    ? [
        {
          ...first,
          id: 3,
          address: 'sil@bioval.mssante.test',
          displayName: 'Laboratoire BioVal – SIL',
          label: { title: '', givenName: '', familyName: '', entity: 'Laboratoire BioVal – SIL' },
          replyTo: 'contact@bioval.mssante.test',
          kind: 'applicative',
          auth: 'p12',
          certificate: organisationCertificate(now),
          quota: null,
        },
        {
          ...first,
          id: 4,
          address: 'anne.martin@exemple.test',
          displayName: 'Anne MARTIN',
          kind: 'generic',
          auth: 'password',
          quota: null,
        },
      ]
    : []
}

const folder = (
  id: number,
  accountId: number,
  name: string,
  role: Folder['role'],
  total: number,
  unread: number,
): Folder => ({
  id,
  accountId,
  path: role === 'inbox' ? 'INBOX' : name,
  name,
  parentPath: null,
  role,
  mailbox: null,
  total,
  unread,
  subscribed: true,
  rights: everyRight,
})

const sharedFolder = (
  id: number,
  path: string,
  role: Folder['role'],
  total: number,
  unread: number,
): Folder => ({
  ...folder(id, 1, path.split('/').at(-1) ?? '', role, total, unread),
  path,
  parentPath: path.split('/').slice(0, -1).join('/'),
  mailbox: path.split('/')[1] ?? '',
  // As servers tell of what is shared: nobody subscribed to it.
  subscribed: false,
  rights: {
    ...everyRight,
    remove: false,
    expunge: false,
    create: false,
    deleteFolder: false,
    administer: false,
  },
})

export const folders: Folder[] = [
  folder(1, 1, 'INBOX', 'inbox', 312, 14),
  folder(2, 1, 'Drafts', 'drafts', 1, 0),
  folder(3, 1, 'Sent', 'sent', 87, 0),
  folder(4, 1, 'Archive', 'archive', 1204, 0),
  folder(5, 1, 'Junk', 'junk', 2, 0),
  folder(6, 1, 'Trash', 'trash', 9, 0),
  folder(7, 1, 'Réseau diabète', 'none', 41, 3),
  sharedFolder(31, 'Partagées/soins@cabinet-lilas.mssante.test', 'inbox', 12, 4),
  sharedFolder(32, 'Partagées/soins@cabinet-lilas.mssante.test/Brouillons', 'drafts', 0, 0),
  sharedFolder(33, 'Partagées/soins@cabinet-lilas.mssante.test/Corbeille', 'trash', 3, 0),
  sharedFolder(34, 'Partagées/soins@cabinet-lilas.mssante.test/Protocoles', 'none', 8, 0),
  folder(21, 2, 'INBOX', 'inbox', 96, 21),
  folder(23, 2, 'Sent', 'sent', 40, 0),
  folder(24, 2, 'Archive', 'archive', 310, 0),
]

/** Of the further mailboxes. */
export const moreFolders: Folder[] = [
  folder(41, 3, 'INBOX', 'inbox', 8, 2),
  folder(51, 4, 'INBOX', 'inbox', 24, 1),
]

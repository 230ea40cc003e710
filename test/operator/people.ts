/**
 * The fictitious people of the test operator. Names, numbers and addresses are invented; RPPS begin with 997 like the
 * test identities of ANS, domains end in `.test` (RFC 6761) and never resolve outside the operator's own DNS server.
 */
export interface Person {
  key: 'anne' | 'paul' | 'laboratory' | 'hospital' | 'secretary' | 'patient'
  address: string
  displayName: string
  password: string
  kind: 'personal' | 'organisational' | 'applicative' | 'patient'
  familyName: string
  givenName: string
  /** 11 digits; the national identifier is `8` + RPPS. */
  rpps: string | null
  /** `title` of the card certificates. */
  profession: string | null
  /** G15 profession code (certificate extension 1.2.250.1.71.1.2.7). */
  professionCode: number | null
  structure: string
  /** CPS: card number, as in the certificate extension 1.2.250.1.71.1.2.3. */
  card: { serial: string; label: string; pin: string; puk: string } | null
}

export const domains = {
  physicians: 'medecin.mssante.test',
  laboratory: 'bioval.mssante.test',
  hospital: 'hopital-lilas.mssante.test',
  practice: 'cabinet-lilas.mssante.test',
  patients: 'patient.mssante.test',
  /** Host names of the operator's servers. */
  operator: 'operateur.mssante.test',
  /** Known to DNS by no SRV record: its settings are published on the web. */
  published: 'publie.mssante.test',
  /** Never in the trust space. */
  outside: 'exemple.test',
} as const

export const people = {
  anne: {
    key: 'anne',
    address: `anne.martin@${domains.physicians}`,
    displayName: 'Dr Anne MARTIN',
    password: 'anne-demo-2026',
    kind: 'personal',
    familyName: 'MARTIN',
    givenName: 'Anne',
    rpps: '99700000101',
    profession: 'Médecin',
    professionCode: 10,
    structure: 'Cabinet médical des Lilas',
    card: { serial: '2900000101', label: 'CPS3v3-2900000101', pin: '1234', puk: '12345678' },
  },
  paul: {
    key: 'paul',
    address: `paul.bernard@${domains.physicians}`,
    displayName: 'Dr Paul BERNARD',
    password: 'paul-demo-2026',
    kind: 'personal',
    familyName: 'BERNARD',
    givenName: 'Paul',
    rpps: '99700000202',
    profession: 'Médecin',
    professionCode: 10,
    structure: 'Cardiologie des Lilas',
    card: { serial: '2900000202', label: 'CPS3v3-2900000202', pin: '1234', puk: '12345678' },
  },
  laboratory: {
    key: 'laboratory',
    address: `resultats@${domains.laboratory}`,
    displayName: 'Laboratoire BioVal Démo',
    password: 'bioval-demo-2026',
    kind: 'applicative',
    familyName: 'BIOVAL',
    givenName: '',
    rpps: null,
    profession: null,
    professionCode: null,
    structure: 'Laboratoire BioVal Démo',
    card: null,
  },
  hospital: {
    key: 'hospital',
    address: `cardiologie@${domains.hospital}`,
    displayName: 'Hôpital des Lilas - Service de cardiologie',
    password: 'lilas-demo-2026',
    kind: 'organisational',
    familyName: 'CARDIOLOGIE',
    givenName: '',
    rpps: null,
    profession: null,
    professionCode: null,
    structure: 'Hôpital des Lilas (démonstration)',
    card: null,
  },
  secretary: {
    key: 'secretary',
    address: `secretariat@${domains.practice}`,
    displayName: 'Secrétariat du cabinet des Lilas',
    password: 'secret-demo-2026',
    kind: 'organisational',
    familyName: 'CARON',
    givenName: 'Sophie',
    rpps: null,
    profession: null,
    professionCode: null,
    structure: 'Cabinet médical des Lilas',
    card: null,
  },
  patient: {
    key: 'patient',
    // Test INS matricule with a valid key (97 − N mod 97), see the seed generator.
    address: `190067511300117@${domains.patients}`,
    displayName: 'Léo DURAND',
    password: 'leo-demo-2026',
    kind: 'patient',
    familyName: 'DURAND',
    givenName: 'Léo',
    rpps: null,
    profession: null,
    professionCode: null,
    structure: '',
    card: null,
  },
} as const satisfies Record<string, Person>

import { domains } from '../people.ts'

/** A code with its value set's identifier, as CDA and XDS write it. */
export interface Code {
  code: string
  display: string
  system: string
  systemName?: string
}

export interface Organisation {
  /** `1` + FINESS (clinical-documents.md §4). */
  id: string
  name: string
  address: { number: string; street: string; postalCode: string; city: string }
  phone: string
  /** JDV_J02. */
  facility: Code
  /** JDV_J04. */
  setting: Code
}

export interface Professional {
  /** `8` + RPPS, 12 characters. */
  id: string
  familyName: string
  givenName: string
  civility: 'M' | 'MME'
  title: 'DR' | null
  specialty: Code
  organisation: Organisation
  mail: string
}

const facilities = '1.2.250.1.71.4.2.4'
const settings = '1.2.250.1.213.1.1.4.9'
const specialties = '1.2.250.1.213.1.1.4.5'

const ambulatory: Code = { code: 'AMBULATOIRE', display: 'Ambulatoire', system: settings }
const establishment: Code = { code: 'ETABLISSEMENT', display: 'Etablissement de santé', system: settings }

export const organisations = {
  practice: {
    id: '1990000011',
    name: 'Cabinet médical des Lilas',
    address: { number: '2', street: 'rue des Lilas fictifs', postalCode: '69003', city: 'LYON' },
    phone: '0439000001',
    facility: { code: 'SA08', display: 'Cabinet de groupe', system: facilities },
    setting: ambulatory,
  },
  cardiology: {
    id: '1990000029',
    name: 'Cardiologie des Lilas',
    address: { number: '5', street: 'quai de la Démonstration', postalCode: '69002', city: 'LYON' },
    phone: '0439000002',
    facility: { code: 'SA08', display: 'Cabinet de groupe', system: facilities },
    setting: ambulatory,
  },
  laboratory: {
    id: '1990000037',
    name: 'Laboratoire BioVal Démo',
    address: { number: '14', street: "cours de l'Exemple", postalCode: '69003', city: 'LYON' },
    phone: '0439000003',
    facility: { code: 'SA25', display: 'Laboratoire de biologie médicale', system: facilities },
    setting: ambulatory,
  },
  hospital: {
    id: '1990000045',
    name: 'Hôpital des Lilas (démonstration)',
    address: { number: '1', street: 'esplanade des Essais', postalCode: '69008', city: 'LYON' },
    phone: '0439000004',
    facility: { code: 'SA01', display: 'Etablissement public de santé', system: facilities },
    setting: establishment,
  },
  imaging: {
    id: '1990000052',
    name: 'Imagerie Rive Gauche (démonstration)',
    address: { number: '31', street: 'rue du Spécimen', postalCode: '69007', city: 'LYON' },
    phone: '0439000005',
    facility: { code: 'SA08', display: 'Cabinet de groupe', system: facilities },
    setting: ambulatory,
  },
  nursing: {
    id: '1990000060',
    name: 'Cabinet infirmier des Lilas (démonstration)',
    address: { number: '9', street: 'rue des Lilas fictifs', postalCode: '69003', city: 'LYON' },
    phone: '0439000006',
    facility: { code: 'SA08', display: 'Cabinet de groupe', system: facilities },
    setting: ambulatory,
  },
} as const satisfies Record<string, Organisation>

function specialty(code: string, display: string): Code {
  return { code, display, system: specialties }
}

export const professionals = {
  anne: {
    id: '899700000101',
    familyName: 'MARTIN',
    givenName: 'Anne',
    civility: 'MME',
    title: 'DR',
    specialty: specialty('G15_10/SM26', 'Médecin - Qualifié en Médecine Générale (SM)'),
    organisation: organisations.practice,
    mail: `anne.martin@${domains.physicians}`,
  },
  paul: {
    id: '899700000202',
    familyName: 'BERNARD',
    givenName: 'Paul',
    civility: 'M',
    title: 'DR',
    specialty: specialty('G15_10/SM04', 'Médecin - Cardiologie et maladies vasculaires (SM)'),
    organisation: organisations.cardiology,
    mail: `paul.bernard@${domains.physicians}`,
  },
  biologist: {
    id: '899700000303',
    familyName: 'VASSEUR',
    givenName: 'Hélène',
    civility: 'MME',
    title: 'DR',
    specialty: specialty('G15_10/SM03', 'Médecin - Biologie médicale (SM)'),
    organisation: organisations.laboratory,
    mail: `resultats@${domains.laboratory}`,
  },
  radiologist: {
    id: '899700000404',
    familyName: 'COLLET',
    givenName: 'Étienne',
    civility: 'M',
    title: 'DR',
    specialty: specialty('G15_10/SM44', 'Médecin - Radio-diagnostic (SM)'),
    organisation: organisations.imaging,
    mail: 'compte-rendus@imagerie-rive-gauche.mssante.test',
  },
  hospitalist: {
    id: '899700000505',
    familyName: 'AUBERT',
    givenName: 'Sylvie',
    civility: 'MME',
    title: 'DR',
    specialty: specialty('G15_10/SM04', 'Médecin - Cardiologie et maladies vasculaires (SM)'),
    organisation: organisations.hospital,
    mail: `cardiologie@${domains.hospital}`,
  },
  emergency: {
    id: '899700000606',
    familyName: 'KERVELLA',
    givenName: 'Yann',
    civility: 'M',
    title: 'DR',
    specialty: specialty('G15_10/SM54', 'Médecin - Médecine Générale (SM)'),
    organisation: organisations.hospital,
    mail: `urgences@${domains.hospital}`,
  },
  rheumatologist: {
    id: '899700000707',
    familyName: 'TESSIER',
    givenName: 'Marc',
    civility: 'M',
    title: 'DR',
    specialty: specialty('G15_10/SM48', 'Médecin - Rhumatologie (SM)'),
    organisation: organisations.hospital,
    mail: `marc.tessier@${domains.physicians}`,
  },
  nurse: {
    id: '899700000808',
    familyName: 'FERRAND',
    givenName: 'Nadia',
    civility: 'MME',
    title: null,
    specialty: specialty('G15_60', 'Infirmier'),
    organisation: organisations.nursing,
    mail: 'nadia.ferrand@infirmier.mssante.test',
  },
} as const satisfies Record<string, Professional>

/** `Dr Paul BERNARD`. */
export function professionalName(who: Professional): string {
  const title = who.title === 'DR' ? 'Dr' : who.civility === 'M' ? 'M.' : 'Mme'
  return `${title} ${who.givenName} ${who.familyName}`
}

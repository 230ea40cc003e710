import { people } from './people.ts'
import type { Person } from './people.ts'

/** What the simulated Pro Santé Connect says of people (mssante-client.md §3.5). */
export const claimNames = [
  'preferred_username',
  'given_name',
  'family_name',
  'email_verified',
  'SubjectNameID',
  'SubjectRole',
  'SubjectOrganization',
  'SubjectOrganizationID',
  'SubjectRefPro',
  'Secteur_Activite',
  'Mode_Acces_Raison',
  'Acces_Regulation_Medicale',
  'UITVersion',
  'Palier_Authentification',
  'PSI_Locale',
  'otherIds',
]

export const professionals = Object.values<Person>(people).filter(({ rpps }) => rpps !== null)
export const nationalId = ({ rpps }: Person): string => `8${rpps ?? ''}`

const subjectPrefix = 'f:550e8400-e29b-41d4-a716-446655440000:'
export const subjectOf = (person: Person): string => `${subjectPrefix}${nationalId(person)}`

/** By short name, RPPS, national identifier, subject, address or displayed name. */
export const findProfessional = (typed: string): Person | undefined => {
  const wanted = typed.trim().toLowerCase().replace(subjectPrefix, '')
  return professionals.find((person) =>
    [person.key, person.rpps, nationalId(person), person.address, person.displayName.toLowerCase()].includes(
      wanted,
    ),
  )
}

export const claimsOf = (person: Person) => ({
  sub: subjectOf(person),
  preferred_username: nationalId(person),
  SubjectNameID: nationalId(person),
  given_name: person.givenName,
  family_name: person.familyName,
  email_verified: false,
  SubjectRole: [`${String(person.professionCode)}^1.2.250.1.213.1.1.5.5`],
  SubjectOrganization: person.structure,
  SubjectOrganizationID: '',
  Secteur_Activite: 'SA07^1.2.250.1.71.4.2.4',
  Mode_Acces_Raison: '',
  Acces_Regulation_Medicale: 'FAUX',
  UITVersion: '1.0',
  Palier_Authentification: 'APPPRIP3^1.2.250.1.213.1.5.1.1.1',
  PSI_Locale: '1.2.250.1.213.1.3.1.1',
  otherIds: [{ identifiant: nationalId(person), origine: 'RPPS', qualite: 1 }],
  SubjectRefPro: {
    codeCivilite: null,
    exercices: [
      {
        codeProfession: String(person.professionCode),
        codeCategorieProfessionnelle: 'C',
        codeCiviliteDexercice: 'DR',
        nomDexercice: person.familyName,
        prenomDexercice: person.givenName,
        codeTypeSavoirFaire: '',
        codeSavoirFaire: '',
        activities: [
          {
            codeModeExercice: 'L',
            codeSecteurDactivite: 'SA07',
            codeRole: '',
            raisonSocialeSite: person.structure,
            codePays: '99000',
            adresseEMail: person.address,
          },
        ],
      },
    ],
  },
})

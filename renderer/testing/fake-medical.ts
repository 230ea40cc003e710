import type { DocumentPatient, DraftDocument, DraftMedical, Input, Method } from '../../app/contract/index.ts'
import { refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'

const types = [
  { code: '11488-4', label: 'CR ou fiche de consultation ou de visite' },
  { code: '96349-6', label: "Lettre d'adressage" },
  { code: '18748-4', label: "CR d'imagerie médicale" },
  { code: '11502-2', label: "CR d'examens biologiques" },
  { code: '57833-6', label: 'Prescription de produits de santé' },
  { code: '89601-9', label: 'Certificat médical' },
]

const subjectOf = (patient: DocumentPatient, documents: readonly DraftDocument[]): string => {
  const label = types.find(({ code }) => code === documents[0]?.details.typeCode)?.label ?? ''
  const what = documents.length > 1 ? `${documents.length} documents` : label.slice(0, 40)
  return `${what} ${patient.birthName.toUpperCase()} ${patient.firstName}`
}

/** The medical documents of drafts, without making any: the first PDF is not PDF/A-1, so that pictures show it. */
export const fakeMedical = ({ newId }: FakeWorld): FakePart => {
  let patient: DocumentPatient | null = null
  let documents: DraftDocument[] = []
  let confirmed = false
  const view = (): DraftMedical => ({
    patient,
    documents,
    subject: patient && documents.length > 0 ? subjectOf(patient, documents) : null,
    ins: patient?.qualified ? 'sent' : 'none',
  })
  return (method, input) => {
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'draftDocuments.get':
        return reply(method, view())
      case 'draftDocuments.types':
        return reply(method, { types, recent: ['96349-6'] })
      case 'draftDocuments.add': {
        const wish = given<'draftDocuments.add'>()
        if (!wish.patient || !wish.details) return refuse('document.incomplete')
        patient = wish.patient
        const typed = 'text' in wish.content
        documents = [
          ...documents,
          {
            id: String(newId()),
            source: typed ? 'text' : 'pdf',
            fileName: typed ? 'lettre.txt' : 'courrier.pdf',
            details: wish.details,
            level: 'N1',
            version: 1,
            replaces: null,
            pdf: {
              state: typed ? 'written' : 'not-pdfa',
              findings: typed ? [] : ['not-declared', 'font-not-embedded'],
              pages: 1,
              size: 190_464,
              url: 'souspli-part://courrier',
            },
          },
        ]
        return reply(method, view())
      }
      case 'draftDocuments.change':
      case 'draftDocuments.replaceContent':
      case 'draftDocuments.convert':
        return reply(method, view())
      case 'draftDocuments.remove': {
        const { documentId } = given<'draftDocuments.remove'>()
        documents = documents.filter(({ id }) => id !== documentId)
        return reply(method, view())
      }
      case 'documentAuthor.set':
        confirmed = true
        return reply(method, null)
      case 'documentAuthor.get':
        return reply(method, {
          confirmed,
          author: {
            nationalId: '810001234567',
            familyName: 'Martin',
            givenName: 'Anne',
            civility: null,
            title: 'DR',
            specialty: 'G15_10/SM54',
            phone: null,
            organisation: {
              id: '',
              name: 'Cabinet des Lilas',
              street: null,
              postalCode: null,
              city: null,
              phone: null,
            },
            facility: 'SA07',
            setting: 'AMBULATOIRE',
          },
          choices: {
            specialties: [{ code: 'G15_10/SM54', label: 'Médecin - Médecine Générale (SM)' }],
            facilities: [{ code: 'SA07', label: 'Cabinet individuel' }],
            settings: [{ code: 'AMBULATOIRE', label: 'Ambulatoire' }],
          },
        })
      default:
        return null
    }
  }
}

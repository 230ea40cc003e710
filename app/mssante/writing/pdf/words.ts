/**
 * What the pages of a document say besides its own text: French, as the document itself is (`languageCode` fr-FR), whatever
 * the language of the window that writes it.
 */
export const words = {
  patient: 'Patient',
  born: { M: 'né le', F: 'née le', U: 'né(e) le' },
  usedName: 'nom utilisé',
  ins: 'INS',
  sex: { M: 'sexe masculin', F: 'sexe féminin', U: 'sexe non précisé' },
  act: 'Date de l’acte',
  created: 'Document créé le',
  author: 'Auteur',
  responsible: 'Responsable',
  organisation: 'Structure',
  recipients: 'Destinataires',
  informants: 'Informateurs',
  encounter: 'Prise en charge',
  type: 'Type',
  version: 'Version',
  replaces: 'annule et remplace la version précédente',
  confidentiality: { N: '', R: 'Restreint', V: 'Très restreint' },
  page: 'page',
  picture: 'Image',
  notShown: 'contenu non reproduit sur cette page, présent dans le document',
} as const

const day = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', dateStyle: 'long' })
const minute = new Intl.DateTimeFormat('fr-FR', {
  timeZone: 'Europe/Paris',
  dateStyle: 'long',
  timeStyle: 'short',
})

/** « 22 novembre 2026 » of `AAAA-MM-JJ`, or of a moment with its time; the text itself when it is neither. */
export const frenchDate = (text: string): string => {
  const at = Date.parse(text.length === 10 ? `${text}T12:00:00Z` : text)
  if (Number.isNaN(at)) return text
  return text.length <= 10 ? day.format(at) : minute.format(at)
}

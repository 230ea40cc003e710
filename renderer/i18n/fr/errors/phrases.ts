import type { ErrorSentence } from '../../error-sentence.ts'

export const nothing = "Rien n'a été modifié."
export const kept = 'Vos messages restent chiffrés sur ce poste.'
export const readable = 'Les messages déjà reçus restent lisibles.'
export const notSent = "Rien n'est parti, votre message est conservé."
export const draft = 'Votre brouillon est enregistré.'
export const raw = "Le message d'origine est conservé tel quel."
export const secret = "Aucun mot de passe n'a été transmis."
export const support = 'Si cela se répète, fermez puis rouvrez SousPli et prévenez votre support.'

/** What happened, what is safe, what to do. */
export const sentence = (what: string, safe: string, todo: string): ErrorSentence => ({ what, safe, todo })

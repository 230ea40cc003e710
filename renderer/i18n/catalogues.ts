import { accounts as enAccounts } from './en/accounts.ts'
import { actions as enActions } from './en/actions.ts'
import { assistant as enAssistant } from './en/assistant.ts'
import { certificates as enCertificates } from './en/certificates.ts'
import { common as enCommon } from './en/common.ts'
import { composer as enComposer } from './en/composer.ts'
import { deviations as enDeviations } from './en/deviations.ts'
import { diagnosis as enDiagnosis } from './en/diagnosis.ts'
import { ownCard as enOwnCard } from './en/own-card.ts'
import { directory as enDirectory } from './en/directory.ts'
import { documents as enDocuments } from './en/documents.ts'
import { exchange as enExchange } from './en/exchange.ts'
import { folders as enFolders } from './en/folders.ts'
import { inspection as enInspection } from './en/inspection.ts'
import { integration as enIntegration } from './en/integration.ts'
import { mailbox as enMailbox } from './en/mailbox.ts'
import { medical as enMedical } from './en/medical.ts'
import { patients as enPatients } from './en/patients.ts'
import { reading as enReading } from './en/reading.ts'
import { results as enResults } from './en/results.ts'
import { search as enSearch } from './en/search.ts'
import { sending as enSending } from './en/sending.ts'
import { settings as enSettings } from './en/settings.ts'
import { shell as enShell } from './en/shell.ts'
import { signIn as enSignIn } from './en/sign-in.ts'
import { storage as enStorage } from './en/storage.ts'
import { traces as enTraces } from './en/traces.ts'
import { unlock as enUnlock } from './en/unlock.ts'
import { accounts } from './fr/accounts.ts'
import { actions } from './fr/actions.ts'
import { assistant } from './fr/assistant.ts'
import { certificates } from './fr/certificates.ts'
import { common } from './fr/common.ts'
import { composer } from './fr/composer.ts'
import { deviations } from './fr/deviations.ts'
import { diagnosis } from './fr/diagnosis.ts'
import { ownCard } from './fr/own-card.ts'
import { directory } from './fr/directory.ts'
import { documents } from './fr/documents.ts'
import { exchange } from './fr/exchange.ts'
import { folders } from './fr/folders.ts'
import { inspection } from './fr/inspection.ts'
import { integration } from './fr/integration.ts'
import { mailbox } from './fr/mailbox.ts'
import { medical } from './fr/medical.ts'
import { patients } from './fr/patients.ts'
import { reading } from './fr/reading.ts'
import { results } from './fr/results.ts'
import { search } from './fr/search.ts'
import { sending } from './fr/sending.ts'
import { settings } from './fr/settings.ts'
import { shell } from './fr/shell.ts'
import { signIn } from './fr/sign-in.ts'
import { storage } from './fr/storage.ts'
import { traces } from './fr/traces.ts'
import { unlock } from './fr/unlock.ts'

/** French is the reference: its keys are the type, English must have the same ones (check.ts). */
export const fr = {
  directory,
  accounts,
  actions,
  certificates,
  common,
  unlock,
  ownCard,
  deviations,
  diagnosis,
  inspection,
  integration,
  storage,
  traces,
  assistant,
  signIn,
  shell,
  folders,
  mailbox,
  medical,
  settings,
  patients,
  reading,
  documents,
  composer,
  exchange,
  results,
  search,
  sending,
}

type Catalogue = { [A in keyof typeof fr]: { [K in keyof (typeof fr)[A]]: string } }

export const en: Catalogue = {
  directory: enDirectory,
  certificates: enCertificates,
  common: enCommon,
  unlock: enUnlock,
  ownCard: enOwnCard,
  deviations: enDeviations,
  diagnosis: enDiagnosis,
  inspection: enInspection,
  integration: enIntegration,
  storage: enStorage,
  traces: enTraces,
  assistant: enAssistant,
  signIn: enSignIn,
  shell: enShell,
  folders: enFolders,
  mailbox: enMailbox,
  medical: enMedical,
  settings: enSettings,
  patients: enPatients,
  reading: enReading,
  documents: enDocuments,
  composer: enComposer,
  accounts: enAccounts,
  actions: enActions,
  exchange: enExchange,
  results: enResults,
  search: enSearch,
  sending: enSending,
}

/** `area.key` of every sentence. */
export type Key = { [A in keyof typeof fr]: `${A}.${keyof (typeof fr)[A] & string}` }[keyof typeof fr]

import type { z } from 'zod'
import { accountCalls, accountEvents } from './accounts.ts'
import { actionCalls, actionEvents } from './actions.ts'
import { cardCalls, cardEvents } from './card.ts'
import { certificateCalls } from './certificates.ts'
import { composeCalls, composeEvents } from './compose.ts'
import { deliveryCalls } from './delivery.ts'
import { draftDocumentCalls } from './documents-sent.ts'
import { directoryCalls, directoryEvents } from './directory.ts'
import { diagnosisCalls, diagnosisEvents } from './diagnosis.ts'
import { folderCalls } from './folders.ts'
import { exchangeCalls, exchangeEvents } from './exchange.ts'
import { inspectionCalls } from './inspection.ts'
import { integrationCalls, integrationEvents } from './integration.ts'
import { mailCalls, mailEvents } from './mail.ts'
import { patientCalls, patientEvents } from './patients.ts'
import { resultCalls } from './results.ts'
import { searchCalls, searchEvents } from './search.ts'
import { sessionCalls, sessionEvents } from './session.ts'
import { settingsCalls, settingsEvents } from './settings.ts'
import { signInCalls, signInEvents } from './sign-in.ts'
import { storageCalls, storageEvents } from './storage.ts'
import { traceCalls, traceEvents } from './traces.ts'
import { trustSpaceCalls, trustSpaceEvents } from './trust-space.ts'
import { windowCalls } from './window.ts'

export * from './accounts.ts'
export * from './actions.ts'
export * from './card.ts'
export * from './certificates.ts'
export * from './compose.ts'
export * from './delivery.ts'
export * from './diagnosis.ts'
export * from './directory.ts'
export * from './core-port.ts'
export * from './deviations.ts'
export * from './document-data.ts'
export * from './document-inspection.ts'
export * from './document-metadata.ts'
export * from './documents-sent.ts'
export * from './documents.ts'
export * from './errors.ts'
export * from './exchange.ts'
export * from './filing.ts'
export * from './folders.ts'
export * from './inspection.ts'
export * from './integration.ts'
export * from './mail.ts'
export * from './patients.ts'
export * from './policy.ts'
export * from './results.ts'
export * from './search.ts'
export * from './service.ts'
export * from './session.ts'
export * from './settings.ts'
export * from './sign-in.ts'
export * from './storage.ts'
export * from './trust-space.ts'
export * from './traces.ts'
export * from './verdict.ts'
export * from './window.ts'

/** Calls the core answers. */
export const coreCalls = {
  ...sessionCalls,
  ...cardCalls,
  ...accountCalls,
  ...signInCalls,
  ...mailCalls,
  ...patientCalls,
  ...inspectionCalls,
  ...integrationCalls,
  ...actionCalls,
  ...folderCalls,
  ...searchCalls,
  ...resultCalls,
  ...composeCalls,
  ...draftDocumentCalls,
  ...certificateCalls,
  ...exchangeCalls,
  ...deliveryCalls,
  ...diagnosisCalls,
  ...directoryCalls,
  ...settingsCalls,
  ...storageCalls,
  ...trustSpaceCalls,
  ...traceCalls,
}

/** Everything a window may ask: the core's calls and main's own. */
export const contractCalls = { ...coreCalls, ...windowCalls }

/** Everything a window may hear. */
export const contractEvents = {
  ...sessionEvents,
  ...cardEvents,
  ...accountEvents,
  ...signInEvents,
  ...mailEvents,
  ...patientEvents,
  ...actionEvents,
  ...searchEvents,
  ...composeEvents,
  ...exchangeEvents,
  ...settingsEvents,
  ...storageEvents,
  ...diagnosisEvents,
  ...directoryEvents,
  ...integrationEvents,
  ...trustSpaceEvents,
  ...traceEvents,
}

export type CoreMethod = keyof typeof coreCalls
export type Method = keyof typeof contractCalls
export type EventName = keyof typeof contractEvents
export type Input<M extends Method> = z.infer<(typeof contractCalls)[M]['input']>
export type Output<M extends Method> = z.infer<(typeof contractCalls)[M]['output']>
export type EventPayload<E extends EventName> = z.infer<(typeof contractEvents)[E]>

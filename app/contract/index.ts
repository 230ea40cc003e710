import type { z } from 'zod'
import { accountCalls, accountEvents } from './accounts.ts'
import { actionCalls, actionEvents } from './actions.ts'
import { cardCalls, cardEvents } from './card.ts'
import { composeCalls, composeEvents } from './compose.ts'
import { mailCalls, mailEvents } from './mail.ts'
import { sessionCalls, sessionEvents } from './session.ts'
import { settingsCalls, settingsEvents } from './settings.ts'
import { windowCalls } from './window.ts'

export * from './accounts.ts'
export * from './card.ts'
export * from './compose.ts'
export * from './core-port.ts'
export * from './documents.ts'
export * from './actions.ts'
export * from './errors.ts'
export * from './mail.ts'
export * from './policy.ts'
export * from './service.ts'
export * from './session.ts'
export * from './settings.ts'
export * from './window.ts'

/** Calls the core answers. */
export const coreCalls = {
  ...sessionCalls,
  ...cardCalls,
  ...accountCalls,
  ...mailCalls,
  ...composeCalls,
  ...settingsCalls,
}

/** Everything a window may ask: the core's calls and main's own. */
export const contractCalls = { ...coreCalls, ...windowCalls }

/** Everything a window may hear. */
  ...actionCalls,
  ...folderCalls,
  ...searchCalls,
export const contractEvents = {
  ...sessionEvents,
  ...cardEvents,
  ...accountEvents,
  ...mailEvents,
  ...composeEvents,
  ...settingsEvents,
}

export type CoreMethod = keyof typeof coreCalls
export type Method = keyof typeof contractCalls
export type EventName = keyof typeof contractEvents
export type Input<M extends Method> = z.infer<(typeof contractCalls)[M]['input']>
export type Output<M extends Method> = z.infer<(typeof contractCalls)[M]['output']>
export type EventPayload<E extends EventName> = z.infer<(typeof contractEvents)[E]>
  ...actionEvents,
  ...searchEvents,

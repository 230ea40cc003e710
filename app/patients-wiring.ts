import type { EventName, EventPayload, Policy } from './contract/index.ts'
import { after } from './later.ts'
import type { Mail } from './mail/index.ts'
import { createPatients, createRereading } from './patients/index.ts'
import type { Vault } from './vault/index.ts'

/** Patients with what mail and the session give them, and the reading again of what an earlier program read. */
export const wirePatients = (deps: {
  vault: Vault
  policy: Policy
  mail: Mail
  patientDomain: () => string
  /** Synchronisation or the user is at work. */
  busy: () => boolean
  emit: <E extends EventName>(event: E, payload: EventPayload<E>) => void
  now: () => number
  onFault: (error: unknown) => void
}) => {
  const changed = (): void => deps.emit('patients.changed', {})
  const rereading = createRereading({
    step: deps.mail.rereadDocuments,
    busy: deps.busy,
    after,
    tell: changed,
    onFault: deps.onFault,
  })
  const patients = createPatients({
    ...{ vault: deps.vault, policy: deps.policy, patientDomain: deps.patientDomain, now: deps.now, changed },
    reading: rereading.left,
    announce: deps.mail.announceRows,
  })
  return { patients, rereading }
}

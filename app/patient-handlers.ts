import type { CoreMethod, Input, Outcome, Output, Page } from './contract/index.ts'
import type { Patients } from './patients/index.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `patients.${string}` | 'messages.sorted' | 'messages.facets'>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** Midnight of a day as the workstation counts, `days` later; milliseconds. */
const midnight = (day: string, days: number): number => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + days).getTime()
}

/** The calls of a window about patients, and the orders of a list that need them. */
export const patientHandlers = (
  patients: Patients,
  vault: Vault,
  /** Says of rows what their sender's address is made to deceive with. */
  noted: (page: Outcome<Page>) => Outcome<Page>,
): Handlers => ({
  'patients.suggest': (wish) => patients.suggest(wish),
  'patients.list': (wish) => patients.list(wish),
  'patients.get': (wish) => patients.get(wish),
  'patients.ofMessage': ({ messageId }) => patients.ofMessage(messageId),
  'patients.ofAddress': ({ address }) => patients.ofAddress(address),
  'patients.create': (wish) => patients.create(wish),
  'patients.attach': (wish) => patients.attach({ ...wish, on: true }),
  'patients.detach': (wish) => patients.attach({ ...wish, on: false }),
  'patients.decide': (wish) => patients.decide(wish),
  'patients.merge': (wish) => patients.merge(wish),
  'patients.undo': (wish) => patients.undo(wish),
  'patients.setOpposition': (wish) => patients.setOpposition(wish),
  'patients.setProfessional': (wish) => patients.setProfessional(wish),
  'messages.sorted': async ({ from, to, ...order }) => {
    const found = await vault.run('messages.sorted', {
      ...order,
      from: from === null ? null : midnight(from, 0),
      before: to === null ? null : midnight(to, 1),
    })
    return noted(found)
  },
  'messages.facets': (wish) => vault.run('messages.facets', wish),
})

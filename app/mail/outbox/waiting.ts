import type { TrustClass } from '../../contract/index.ts'
import { ok, type AppError, type Outcome } from '../../contract/errors.ts'
import type { StoredOutboxItem, Vault } from '../../vault/index.ts'
import { blocked } from './draft-checks.ts'
import type { DraftDependencies } from './draft-dependencies.ts'

export interface WaitingDependencies extends Pick<DraftDependencies, 'domainChecks'> {
  vault: Vault
  classify: (address: string) => TrustClass
  /** The first of these addresses whose patient opposes being written to; null for none. Errors: vault.*. */
  opposedAmong: (addresses: readonly string[]) => Promise<Outcome<string | null>>
  documents: Pick<DraftDependencies['documents'], 'people'>
}

/**
 * Why what waited for its date, or its network, may no longer leave: meanwhile the list of the trust space has changed, a patient
 * has opposed (MSS/va1.20), or an address is no longer one that the base builds (ECO.2.2.6). Only those who have not got it count.
 */
export const createWaitingChecks =
  (deps: WaitingDependencies) =>
  async (item: StoredOutboxItem, toAnybody: boolean): Promise<Outcome<AppError | null>> => {
    const left = item.recipients.filter((one) => one.accepted === null).map((one) => one.address)
    const because = (code: AppError['code'], address: string): Outcome<AppError> =>
      ok({ code, retry: 'after-change', details: { address } })
    const outside = toAnybody ? undefined : left.find((address) => deps.classify(address) === 'outside')
    if (outside !== undefined) return because('compose.recipient-outside', outside)
    // Of what is sent on whole, without a draft, this is all there is to look at.
    const opposed = await deps.opposedAmong(left)
    if (!opposed.ok) return opposed
    if (opposed.value !== null) return because('compose.patient-refused', opposed.value)
    const draft = await deps.vault.run('drafts.ofOutbox', { id: item.id })
    if (!draft.ok) return draft
    if (draft.value === null) return ok(null)
    const people = await deps.documents.people(draft.value)
    if (!people.ok) return people
    const content = {
      ...draft.value.content,
      to: left.map((address) => ({ name: '', address })),
      cc: [],
      bcc: [],
    }
    const checks = await deps.domainChecks({ ...draft.value, content }, people.value)
    if (!checks.ok) return checks
    const source = draft.value.sourceId
    const rows = source === null ? null : await deps.vault.run('messages.rows', { ids: [source] })
    if (rows && !rows.ok) return rows
    // Whom an answer may go to depends on the message it answers, and was looked at while that was there.
    const answeredIsGone = rows !== null && rows.value.length === 0
    const found = checks.value.find(
      ({ blocking, kind }) =>
        blocking && !(answeredIsGone && (kind === 'patient-unknown' || kind === 'patient-refused')),
    )
    const refusal = found && blocked(found)
    return refusal && !refusal.ok ? ok(refusal.error) : ok(null)
  }

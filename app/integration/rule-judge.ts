import {
  ok,
  type FilingDoubt,
  type MessageRow,
  type Outcome,
  type PatientSummary,
  type RuleTrial,
  type RuleWish,
} from '../contract/index.ts'
import type { FoundDocument } from '../mssante/index.ts'
import type { StoredFiling, StoredTarget, Vault } from '../vault/index.ts'
import type { OpenedMail } from './filable.ts'
import type { createFiling, Prospect } from './filing.ts'
import type { createTargets } from './targets.ts'
import type { createWithdrawal, Removal } from './withdrawal.ts'

export interface JudgeDependencies {
  vault: Vault
  targets: ReturnType<typeof createTargets>
  filing: ReturnType<typeof createFiling>
  withdrawal: ReturnType<typeof createWithdrawal>
  openMail: (messageId: number) => Promise<Outcome<OpenedMail>>
}

const fromSender = (senders: readonly string[], address: string): boolean => {
  const from = address.toLowerCase()
  return (
    senders.length === 0 || senders.some((one) => (one.startsWith('@') ? from.endsWith(one) : from === one))
  )
}

/** The conditions that a row alone can answer. */
export const rowMatches = ({ conditions }: Pick<RuleWish, 'conditions'>, row: MessageRow): boolean =>
  (conditions.accountIds.length === 0 || conditions.accountIds.includes(row.accountId)) &&
  (conditions.folderIds.length === 0 || conditions.folderIds.includes(row.folderId)) &&
  fromSender(conditions.senders, row.from.address)

/** What counts as a document of health (`documentCount`). */
const isClinical = ({ cda, data, summary }: FoundDocument): boolean =>
  cda !== null || data !== null || summary.patient !== null

interface Judged {
  outcome: RuleTrial['outcome']
  documents: Prospect[]
  /** Filings that the author of their document asks to be taken out. */
  removals: StoredFiling[]
  doubts: FilingDoubt[]
  /** It is encrypted for keys that are not here: another may open it one day. */
  closed: boolean
  mail: OpenedMail | null
  target: StoredTarget | null
}

/** Says what a rule makes of a message; nothing is changed. */
export const createJudge = (deps: JudgeDependencies) => {
  const { vault, filing } = deps

  const patientKnown = async (
    patient: PatientSummary | null,
    messageId: number,
  ): Promise<Outcome<boolean>> =>
    patient?.ins
      ? await vault.run('rules.patientKnown', {
          messageId,
          matricule: patient.ins.matricule,
          birthName: patient.birthName,
          firstName: patient.firstName,
          birthDate: patient.birthDate,
        })
      : ok(false)

  const nothing = (outcome: RuleTrial['outcome'], rest: Partial<Judged> = {}): Judged => ({
    outcome,
    documents: [],
    removals: [],
    doubts: [],
    closed: false,
    mail: null,
    target: null,
    ...rest,
  })

  /** What a rule makes of a message: nothing is changed. */
  const judge = async (rule: RuleWish, row: MessageRow): Promise<Outcome<Judged>> => {
    if (!rowMatches(rule, row)) return ok(nothing('no-match'))
    const target = rule.actions.targetId === null ? null : await deps.targets.find(rule.actions.targetId)
    if (target && !target.ok) return target
    // What is encrypted is counted when it is opened.
    if (row.documentCount === 0 && !row.encrypted) return ok(nothing('no-document'))
    const mail = await deps.openMail(row.id)
    if (!mail.ok)
      return mail.error.code.startsWith('vault.')
        ? mail
        : ok(nothing('unreadable', { closed: mail.error.code === 'integration.encrypted' }))
    // An answer to something sent from here, with our own documents in it, or our own mail: nothing to be filed.
    if (mail.value.own) return ok(nothing('own', { mail: mail.value }))
    if (row.documentCount === 0 && !mail.value.documents.some(isClinical))
      return ok(nothing('no-document', { mail: mail.value }))
    const place = target?.value ?? null
    const found: Outcome<Prospect[]> = place === null ? ok([]) : await prospectsOf(mail.value, place)
    if (!found.ok) return ok(nothing('unreadable', { mail: mail.value }))
    const { typeCodes } = rule.conditions
    const types = mail.value.documents.flatMap(({ summary }) => summary.typeCode ?? [])
    if (typeCodes.length > 0 && !types.some((code) => typeCodes.includes(code)))
      return ok(nothing('no-match'))
    if (rule.conditions.patientKnown) {
      const patients = mail.value.documents.flatMap(({ summary }) =>
        summary.patient ? [summary.patient] : [],
      )
      for (const patient of patients) {
        const known = await patientKnown(patient, row.id)
        if (!known.ok) return known
        if (!known.value) return ok(nothing('no-match'))
      }
      if (patients.length === 0) return ok(nothing('no-match'))
    }
    const judged = { mail: mail.value, target: place }
    const asked = await deps.withdrawal.removals(mail.value)
    if (!asked.ok) return asked
    if (asked.value.length > 0 && (place !== null || rule.actions.removals))
      return ok(judgeRemovals(rule, asked.value, judged))
    if (place === null) return ok(nothing('would-file', judged))
    const documents = found.value.filter(
      ({ document }) => typeCodes.length === 0 || typeCodes.includes(document.found.summary.typeCode ?? ''),
    )
    if (documents.length === 0) return ok(nothing('no-document', judged))
    const open = documents.filter(({ already }) => !already)
    if (open.length === 0) return ok(nothing('already', { ...judged, documents }))
    const doubts = [...new Set(open.flatMap((one) => one.doubts))]
    const outcome = doubts.length > 0 ? 'doubts' : 'would-file'
    return ok(nothing(outcome, { ...judged, documents: open, doubts }))
  }

  /** A message that asks for documents to be taken out is left to the user unless the rule says otherwise. */
  const judgeRemovals = (
    { actions }: RuleWish,
    asked: readonly Removal[],
    judged: Pick<Judged, 'mail' | 'target'>,
  ): Judged => {
    // The gateway of an applicative mailbox reads the order itself.
    if (actions.removals && judged.target?.place.kind === 'mailbox') return nothing('would-file', judged)
    const proven = asked.every(({ obstacle }) => obstacle === null)
    if (!actions.removals || !proven)
      return nothing('doubts', {
        ...judged,
        doubts: [
          'removal-asked',
          ...(asked.some(({ obstacle }) => obstacle !== null && obstacle !== 'not-filed')
            ? ['removal-unverified' as const]
            : []),
        ],
      })
    const removals = asked.flatMap(({ filings }) => filings.filter(({ state }) => state === 'filed'))
    return nothing(removals.length > 0 ? 'would-withdraw' : 'already', { ...judged, removals })
  }

  /** For an applicative mailbox the message goes whole: its documents are judged as a record would. */
  const prospectsOf = async (mail: OpenedMail, target: StoredTarget): Promise<Outcome<Prospect[]>> =>
    target.place.kind === 'mailbox'
      ? await filing.prospects(mail, { ...target, place: { kind: 'folder', path: '', format: 'xdm' } })
      : await filing.prospects(mail, target)

  return judge
}

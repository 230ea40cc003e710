import {
  fail,
  ok,
  toErrorData,
  type Filing,
  type MessageRow,
  type Outcome,
  type Policy,
  type QueueCounts,
  type QueueFilter,
} from '../contract/index.ts'
import type { Smime } from '../smime/index.ts'
import type { FilingChange, Vault } from '../vault/index.ts'
import { createDelivery, type DeliveryDependencies } from './delivery.ts'
import type { OpenedMail } from './filable.ts'
import { createFiling, shownFiling } from './filing.ts'
import { createQueue, type QueueDependencies } from './queue.ts'
import { createRules, type RuleDependencies } from './rules.ts'
import { createTargets, type TargetDependencies } from './targets.ts'
import { createWithdrawal } from './withdrawal.ts'

export interface IntegrationDependencies
  extends
    Pick<TargetDependencies, 'takeUpload' | 'takeFolder'>,
    Pick<DeliveryDependencies, 'newMessageId' | 'transfer' | 'verification'>,
    Pick<RuleDependencies, 'rows' | 'move' | 'setFlag'>,
    Pick<QueueDependencies, 'trace'> {
  vault: Vault
  policy: Policy
  importP12: Smime['importP12']
  openMail: (messageId: number) => Promise<Outcome<OpenedMail>>
  random: (length: number) => Uint8Array
  now: () => number
  after: (milliseconds: number, run: () => void) => () => void
  /** Milliseconds before the second try of a filing. */
  firstWait?: number
  /** Rows of these messages changed. */
  tellRows: (ids: number[]) => Promise<void>
  tell: (counts: QueueCounts) => void
  onFault: (error: unknown) => void
}

/** Windows hear of the queue at most so often, milliseconds. */
const quiet = 200

export type Integration = ReturnType<typeof createIntegration>

/** Hand-over of documents to patient records: targets, one-click filing, the queue, rules with their journal. */
export const createIntegration = (deps: IntegrationDependencies) => {
  const { vault, policy } = deps
  let off: (() => void) | null = null
  let open = false
  const tellSoon = (): void => {
    if (!open) return
    off ??= deps.after(quiet, () => {
      off = null
      void vault.run('filings.counts', {}).then((counts) => {
        if (counts.ok && open) deps.tell(counts.value)
      })
    })
  }
  const changed = async ({ messageIds, files }: FilingChange): Promise<void> => {
    if (files.length > 0) {
      const removed = await vault.parts.remove(files)
      if (!removed.ok) deps.onFault(removed.error)
    }
    if (messageIds.length > 0) await deps.tellRows([...new Set(messageIds)])
    tellSoon()
  }
  const targets = createTargets({
    vault,
    policy,
    importP12: deps.importP12,
    takeUpload: deps.takeUpload,
    takeFolder: deps.takeFolder,
    verification: deps.verification,
    changed: () => {
      tellSoon()
      queue.wake()
    },
  })
  const delivery = createDelivery({
    vault,
    random: deps.random,
    now: deps.now,
    verification: deps.verification,
    openMail: deps.openMail,
    newMessageId: deps.newMessageId,
    transfer: deps.transfer,
  })
  const queue = createQueue({
    vault,
    delivery,
    targets: targets.list,
    random: deps.random,
    after: deps.after,
    changed,
    settled: () => rules.look(),
    ...(deps.trace ? { trace: deps.trace } : {}),
    ...(deps.firstWait === undefined ? {} : { firstWait: deps.firstWait }),
    onFault: deps.onFault,
  })
  const withdrawal = createWithdrawal({
    vault,
    targets,
    delivery,
    add: (filings) => filing.add(filings),
    changed,
  })
  const filing = createFiling({
    vault,
    removals: withdrawal.removals,
    targets,
    openMail: deps.openMail,
    production: (policy.environment ?? 'production') === 'production',
    changed,
    wake: queue.wake,
  })
  const rules = createRules({
    vault,
    targets,
    filing,
    withdrawal,
    openMail: deps.openMail,
    rows: deps.rows,
    move: deps.move,
    setFlag: deps.setFlag,
    changed: () => {
      tellSoon()
      rules.look()
    },
    onFault: deps.onFault,
  })

  /** One step of the user on one filing; null from the store means that it has gone further. */
  const step = async (change: Promise<Outcome<FilingChange | null>>): Promise<Outcome<null>> => {
    const done = await change
    if (!done.ok) return done
    if (done.value === null) return fail('integration.too-late')
    await changed(done.value)
    queue.wake()
    return ok(null)
  }

  return {
    targets,
    rules,
    offers: filing.offers,
    file: filing.file,
    transfer: filing.transferByHand,
    /** Takes a filed document out; for the sender of a message who asks for it, once he is known to be its author. */
    withdraw: async (id: number, asked: number | null = null): Promise<Outcome<null>> => {
      if (asked === null) return await withdrawal.withdraw(id, null)
      const mail = await deps.openMail(asked)
      return mail.ok ? await withdrawal.withdrawAsked(mail.value, id, null) : mail
    },
    filings: async (query: {
      filter: QueueFilter
      before: number | null
      limit: number
    }): Promise<Outcome<{ filings: Filing[]; more: boolean; counts: QueueCounts }>> => {
      const found = await vault.run('filings.list', query)
      if (!found.ok) return found
      const counts = await vault.run('filings.counts', {})
      if (!counts.ok) return counts
      const { filings, more } = found.value
      return ok({ filings: filings.map(shownFiling), more, counts: counts.value })
    },
    retry: (id: number) => step(vault.run('filings.retry', { id })),
    cancel: (id: number) => step(vault.run('filings.cancel', { id })),
    settle: (id: number, filed: boolean) => step(vault.run('filings.resolve', { id, filed })),
    /** New mail, or bodies: the rules look. */
    mailChanged: (rows: readonly MessageRow[]): void => {
      if (rows.some((row) => row.documentCount > 0 || row.encrypted)) rules.look()
      // A gateway’s answer came with the mail.
      if (rows.some((row) => row.filing !== null)) tellSoon()
    },
    start: async (): Promise<void> => {
      open = true
      const managed = await targets.manage()
      if (!managed.ok) deps.onFault(toErrorData(managed.error))
      rules.start()
      await queue.start()
      tellSoon()
      rules.look()
    },
    stop: async (): Promise<void> => {
      open = false
      off?.()
      off = null
      await Promise.all([rules.stop(), queue.stop()])
    },
  }
}

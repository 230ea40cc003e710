import {
  fail,
  ok,
  type FilingRule,
  type JournalEntry,
  type MessageRow,
  type Outcome,
  type RuleTrial,
  type RuleWish,
} from '../contract/index.ts'
import type { StoredEntry } from '../vault/index.ts'
import { shownFiling } from './filing.ts'
import { createJudge, type JudgeDependencies } from './rule-judge.ts'

export interface RuleDependencies extends JudgeDependencies {
  rows: (ids: number[]) => Promise<Outcome<MessageRow[]>>
  move: (messageId: number, folderId: number) => Promise<Outcome<unknown>>
  setFlag: (messageId: number, flag: 'seen' | 'flagged', on: boolean) => Promise<Outcome<unknown>>
  changed: () => void
  onFault: (error: unknown) => void
}

/** Messages looked at in one go: between two, others have their turn. */
const portion = 20

/** What the journal calls it. */
const kinds: Partial<Record<RuleTrial['outcome'], JournalEntry['kind']>> = {
  'would-file': 'filed',
  'would-withdraw': 'withdrawn',
  doubts: 'held',
}

/** What an organisational mailbox files by itself, its journal, and taking it back. */
export const createRules = (deps: RuleDependencies) => {
  const { vault, filing } = deps
  const judge = createJudge(deps)

  /**
   * `none`: it does not fit. `closed`: that will be known with another key. `fits`: there was nothing to do. `done`: something is
   * under way, or was left to the user.
   */
  type Applied = 'none' | 'closed' | 'fits' | 'done'
  const apply = async (rule: FilingRule, row: MessageRow): Promise<Outcome<Applied>> => {
    const judged = await judge(rule, row)
    if (!judged.ok) return judged
    const { outcome, documents, removals, doubts, closed, mail, target } = judged.value
    if (closed) return ok('closed')
    // A crash came before it was noted that this rule had looked: the next rule has nothing to do with it.
    if (outcome === 'already' || outcome === 'own') return ok('fits')
    const kind = kinds[outcome]
    if (kind === undefined) return ok('none')
    const noted = await vault.run('journal.add', {
      rule: rule.name,
      messageId: row.id,
      kind,
      doubts,
      afterFiling: kind === 'held' ? null : rule.actions,
    })
    if (!noted.ok) return noted
    const by = { rule: rule.name, journalId: noted.value }
    if (kind === 'withdrawn' && mail !== null)
      for (const { id } of removals) {
        const taken = await deps.withdrawal.withdrawAsked(mail, id, by)
        if (!taken.ok && taken.error.code.startsWith('vault.')) return taken
        if (!taken.ok) deps.onFault(taken.error)
      }
    if (kind !== 'filed' || mail === null || target === null) return ok('done')
    const queued =
      target.place.kind === 'mailbox'
        ? await filing.transfer(mail, target, by)
        : await filing.queue(mail, target, documents, by)
    // Somebody filed it by hand in between.
    if (!queued.ok && queued.error.code !== 'integration.already-filed') return queued
    return ok('done')
  }

  const lookAt = async (messageId: number): Promise<Outcome<boolean>> => {
    const rows = await deps.rows([messageId])
    if (!rows.ok) return rows
    const [row] = rows.value
    // Asked before the message is opened: a key that comes meanwhile lets it be looked at again.
    const keys = await vault.run('rules.keys', {})
    if (!keys.ok) return keys
    let done = false
    let closed = false
    if (row && !row.quarantined) {
      const rules = await vault.run('rules.inForce', { at: Date.parse(row.date) })
      if (!rules.ok) return rules
      // The first rule that fits has the message.
      for (const rule of rules.value) {
        const applied = await apply(rule, row)
        if (!applied.ok) return applied
        done = applied.value === 'done'
        closed = applied.value === 'closed'
        if (applied.value !== 'none') break
      }
    }
    const looked = await vault.run('rules.look', { messageId, closedTo: closed ? keys.value : null })
    return looked.ok ? ok(done) : looked
  }

  /** Moves and marks messages whose documents are all in the record. */
  const finish = async (): Promise<Outcome<null>> => {
    const ready = await vault.run('journal.ready', {})
    if (!ready.ok) return ready
    for (const entry of ready.value) {
      const actions = entry.afterFiling
      if (actions === null) continue
      const moved = await vault.run('journal.moved', { id: entry.id, movedTo: actions.moveTo })
      if (!moved.ok) return moved
      const id = entry.messageId
      if (id === null) continue
      if (actions.markSeen) await noted(deps.setFlag(id, 'seen', true))
      if (actions.flag) await noted(deps.setFlag(id, 'flagged', true))
      if (actions.moveTo !== null && actions.moveTo !== entry.fromFolder)
        await noted(deps.move(id, actions.moveTo))
    }
    return ok(null)
  }
  const noted = async (work: Promise<Outcome<unknown>>): Promise<void> => {
    const outcome = await work
    if (!outcome.ok) deps.onFault(outcome.error)
  }

  /** An undo is over once nothing of it is on its way. */
  const finishUndo = async (id: number): Promise<Outcome<null>> => {
    const filings = await vault.run('filings.ofJournal', { journalId: id })
    if (!filings.ok) return filings
    const states = filings.value.map((one) => one.state)
    const busy = states.some((state) => ['waiting', 'sending', 'unknown', 'withdrawing'].includes(state))
    if (busy) return ok(null)
    const left = states.some((state) => state === 'filed' || state === 'transferred')
    const changed = await vault.run('journal.undo', { id, from: 'running', to: left ? 'possible' : 'done' })
    return changed.ok ? ok(null) : changed
  }

  /** The message where it was, its flags as they were. */
  const bringBack = async (entry: StoredEntry): Promise<void> => {
    const { messageId, fromFolder, flags, movedTo } = entry
    if (messageId === null) return
    const rows = await deps.rows([messageId])
    const row = rows.ok ? rows.value[0] : undefined
    if (!row) return
    if (movedTo !== null && fromFolder !== null && row.folderId !== fromFolder)
      await noted(deps.move(messageId, fromFolder))
    if (flags && row.seen !== flags.seen) await noted(deps.setFlag(messageId, 'seen', flags.seen))
    if (flags && row.flagged !== flags.flagged) await noted(deps.setFlag(messageId, 'flagged', flags.flagged))
  }

  let working: Promise<void> | null = null
  let again = false
  let stopped = true
  const pass = async (): Promise<void> => {
    do {
      again = false
      const finished = await finish()
      if (!finished.ok) return deps.onFault(finished.error)
      for (;;) {
        const candidates = await vault.run('rules.candidates', { limit: portion })
        if (!candidates.ok) return deps.onFault(candidates.error)
        if (candidates.value.length === 0) break
        for (const id of candidates.value) {
          if (stopped) return
          const looked = await lookAt(id)
          if (!looked.ok) return deps.onFault(looked.error)
          if (looked.value) again = true
        }
      }
      if (again) deps.changed()
    } while (again && !stopped)
  }

  return {
    /** New mail, or the end of a filing: one pass at a time, another after it when asked meanwhile. */
    look: (): void => {
      if (stopped) return
      if (working) {
        again = true
        return
      }
      working = pass()
        .catch(deps.onFault)
        .finally(() => {
          working = null
        })
    },
    start: (): void => {
      stopped = false
    },
    stop: async (): Promise<void> => {
      stopped = true
      await working
    },
    list: () => vault.run('rules.list', {}),
    save: async (id: number | null, rule: RuleWish): Promise<Outcome<FilingRule>> => {
      const saved = await vault.run('rules.save', { id, rule })
      if (!saved.ok) return saved
      if (saved.value === null) return fail('integration.rule-unknown')
      deps.changed()
      return ok(saved.value)
    },
    remove: async (id: number): Promise<Outcome<null>> => {
      const removed = await vault.run('rules.remove', { id })
      if (!removed.ok) return removed
      if (!removed.value) return fail('integration.rule-unknown')
      deps.changed()
      return ok(null)
    },
    order: async (ids: number[]): Promise<Outcome<null>> => {
      const ordered = await vault.run('rules.order', { ids })
      if (!ordered.ok) return ordered
      deps.changed()
      return ok(null)
    },
    /** « Essayer »: what the rule would do with the newest messages it is about. */
    trial: async (rule: RuleWish, limit: number): Promise<Outcome<RuleTrial[]>> => {
      const { accountIds, folderIds } = rule.conditions
      const ids = await vault.run('rules.sample', { accountIds, folderIds, limit })
      if (!ids.ok) return ids
      const rows = await deps.rows(ids.value)
      if (!rows.ok) return rows
      const trials: RuleTrial[] = []
      for (const row of rows.value) {
        const judged = await judge(rule, row)
        if (!judged.ok) return judged
        trials.push({
          messageId: row.id,
          subject: row.subject,
          from: row.from.name || row.from.address,
          date: row.date,
          outcome: judged.value.outcome,
          documents: judged.value.documents.length,
          doubts: judged.value.doubts,
        })
      }
      return ok(trials)
    },
    journal: async (
      before: number | null,
      limit: number,
    ): Promise<Outcome<{ entries: JournalEntry[]; more: boolean }>> => {
      const found = await vault.run('journal.list', { before, limit })
      if (!found.ok) return found
      const entries: JournalEntry[] = []
      for (const entry of found.value.entries) {
        if (entry.undo === 'running') await finishUndo(entry.id)
        const filings = await vault.run('filings.ofJournal', { journalId: entry.id })
        if (!filings.ok) return filings
        const now = await vault.run('journal.get', { id: entry.id })
        if (!now.ok) return now
        entries.push(shownEntry(now.value ?? entry, filings.value.map(shownFiling)))
      }
      return ok({ entries, more: found.value.more })
    },
    /** Withdraws what the rule filed and brings the message back. `integration.cannot-undo` when nothing can be. */
    undo: async (id: number): Promise<Outcome<null>> => {
      const found = await vault.run('journal.get', { id })
      if (!found.ok) return found
      const entry = found.value
      if (entry?.undo !== 'possible') return fail('integration.cannot-undo')
      const filings = await vault.run('filings.ofJournal', { journalId: id })
      if (!filings.ok) return filings
      if (filings.value.some(({ state }) => ['sending', 'unknown', 'transferred'].includes(state)))
        return fail('integration.cannot-undo', { retry: 'later' })
      const begun = await vault.run('journal.undo', { id, from: 'possible', to: 'running' })
      if (!begun.ok) return begun
      if (!begun.value) return fail('integration.cannot-undo')
      for (const one of filings.value) {
        const taken =
          one.state === 'waiting' || one.state === 'refused'
            ? await vault.run('filings.cancel', { id: one.id })
            : one.state === 'filed'
              ? await deps.withdrawal.withdraw(one.id, null)
              : ok(null)
        if (!taken.ok) {
          await vault.run('journal.undo', { id, from: 'running', to: 'possible' })
          deps.changed()
          return taken
        }
      }
      await bringBack(entry)
      const ended = await finishUndo(id)
      deps.changed()
      return ended
    },
    finishUndo,
  }
}

const shownEntry = (entry: StoredEntry, filings: JournalEntry['filings']): JournalEntry => ({
  id: entry.id,
  at: entry.at,
  rule: entry.rule,
  messageId: entry.messageId,
  subject: entry.subject,
  from: entry.from,
  kind: entry.kind,
  doubts: entry.doubts,
  filings,
  movedTo: entry.movedTo,
  undo: entry.undo,
})

import type {
  FilingDoubt,
  FilingRule,
  JournalEntry,
  RuleActions,
  RuleConditions,
  RuleWish,
} from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { flagBits } from './message-rows.ts'

interface RuleRow {
  id: number
  name: string
  enabled: number
  conditions: string
  actions: string
  since: number
}

const exists = (db: SqlDatabase, sql: string, id: number): boolean =>
  db.prepare(`SELECT 1 AS found FROM ${sql}`).get<{ found: number }>([id]) !== undefined

const brokenBy = (db: SqlDatabase, actions: RuleActions): FilingRule['broken'] => {
  if (
    actions.targetId !== null &&
    !exists(db, 'record_targets WHERE id = ? AND removed_at IS NULL', actions.targetId)
  )
    return 'target'
  return actions.moveTo !== null && !exists(db, 'folders WHERE id = ?', actions.moveTo) ? 'folder' : null
}

const rule = (db: SqlDatabase, row: RuleRow): FilingRule => {
  const actions = { removals: false, ...(JSON.parse(row.actions) as Partial<RuleActions>) } as RuleActions
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled === 1,
    conditions: JSON.parse(row.conditions) as RuleConditions,
    actions,
    broken: brokenBy(db, actions),
  }
}

const selectRules = (db: SqlDatabase): FilingRule[] =>
  db
    .prepare('SELECT * FROM filing_rules ORDER BY position, id')
    .all<RuleRow>()
    .map((row) => rule(db, row))

/** The keys that decrypt, as one text that changes when they do. */
const ownKeys = (db: SqlDatabase): string =>
  db
    .prepare('SELECT fingerprint FROM private_keys ORDER BY fingerprint')
    .all<{ fingerprint: string }>()
    .map(({ fingerprint }) => fingerprint)
    .join(' ')

/** An entry as stored; its filings are looked up apart. */
export interface StoredEntry extends Omit<JournalEntry, 'filings'> {
  accountId: number
  /** What is to be done once everything is filed. */
  afterFiling: RuleActions | null
  fromFolder: number | null
  flags: { seen: boolean; flagged: boolean } | null
}

interface EntryRow {
  id: number
  at: number
  rule_name: string
  account_id: number
  message_id: number | null
  subject: string
  sender: string
  kind: JournalEntry['kind']
  doubts: string
  after_filing: string | null
  from_folder: number | null
  moved_to: string | null
  flags: string | null
  undo: JournalEntry['undo']
}

const entry = (row: EntryRow): StoredEntry => ({
  id: row.id,
  at: new Date(row.at).toISOString(),
  rule: row.rule_name,
  accountId: row.account_id,
  messageId: row.message_id,
  subject: row.subject,
  from: row.sender,
  kind: row.kind,
  doubts: JSON.parse(row.doubts) as FilingDoubt[],
  afterFiling: row.after_filing === null ? null : (JSON.parse(row.after_filing) as RuleActions),
  fromFolder: row.from_folder,
  movedTo: row.moved_to,
  flags: row.flags === null ? null : (JSON.parse(row.flags) as StoredEntry['flags']),
  undo: row.undo,
})

/** The clock of a sender and ours may differ by this much when a rule asks what is new. */
const slack = 60_000
/** What came longer ago is no new mail: a mailbox synchronised anew is not gone through again. */
const longestAgo = 60 * 24 * 3600 * 1000
const scope = `body_state = 1 AND flags & 16 = 0
  AND folder_id IN (SELECT id FROM folders WHERE role NOT IN ('sent','drafts','junk','trash'))`
/** What came back of our own: reports, with our documents in them, and what was transferred from here. */
const ours = `id IN (SELECT report_message_id FROM delivery_reports WHERE report_message_id IS NOT NULL)
  OR EXISTS (SELECT 1 FROM message_headers h JOIN filings f ON f.reference = h.message_id_header
    WHERE h.message_id = messages.id)`

export const filingRuleOperations = {
  'rules.list': operation((db): FilingRule[] => selectRules(db)),
  /** Adds (at the end) or changes one; null when there is none of this id. What came before it was enabled stays as it is. */
  'rules.save': operation((db, params: { id: number | null; rule: RuleWish }, context): FilingRule | null => {
    const { id } = params
    const values = {
      name: params.rule.name,
      enabled: params.rule.enabled ? 1 : 0,
      conditions: JSON.stringify(params.rule.conditions),
      actions: JSON.stringify(params.rule.actions),
      now: context.now(),
    }
    if (id === null) {
      const made = db
        .prepare(
          `INSERT INTO filing_rules (name, enabled, position, conditions, actions, since)
           VALUES ($name, $enabled, (SELECT ifnull(max(position), 0) + 1 FROM filing_rules), $conditions, $actions, $now)`,
        )
        .run(values)
      return selectRules(db).find((one) => one.id === Number(made.lastInsertRowid)) ?? null
    }
    db.prepare(
      `UPDATE filing_rules SET since = $now, name = $name, enabled = $enabled, conditions = $conditions,
         actions = $actions WHERE id = $id`,
    ).run({ ...values, id })
    return selectRules(db).find((one) => one.id === id) ?? null
  }),
  'rules.remove': operation(
    (db, params: { id: number }): boolean =>
      db.prepare('DELETE FROM filing_rules WHERE id = ?').run([params.id]).changes > 0,
  ),
  'rules.order': operation((db, params: { ids: number[] }): void => {
    const rest = selectRules(db)
      .map((one) => one.id)
      .filter((id) => !params.ids.includes(id))
    for (const [position, id] of [...params.ids, ...rest].entries())
      db.prepare('UPDATE filing_rules SET position = $position WHERE id = $id').run({ id, position })
  }),
  /**
   * Messages with their body that no rule has looked at, or only with keys that did not open them, and that came after the oldest rule
   * in force; oldest first.
   */
  'rules.candidates': operation((db, params: { limit: number }, context): number[] => {
    const oldest = db
      .prepare('SELECT min(since) AS since FROM filing_rules WHERE enabled = 1')
      .get<{ since: number | null }>()
    if (oldest?.since == null) return []
    const since = Math.max(oldest.since - slack, context.now() - longestAgo)
    return db
      .prepare(
        `SELECT id FROM messages WHERE date >= $since AND id >= $first AND ${scope} AND NOT (${ours})
           AND id NOT IN (SELECT message_id FROM rule_looks WHERE closed_to IS NULL OR closed_to = $keys)
         ORDER BY id LIMIT $limit`,
      )
      .all<{ id: number }>({
        since,
        keys: ownKeys(db),
        // Ids grow with the date: seconds × 2^20.
        first: Math.max(0, Math.floor(since / 1000) - 1) * 2 ** 20,
        limit: params.limit,
      })
      .map((row) => row.id)
  }),
  /** The rules that were in force when a message came, in their order, but those that stand still. */
  'rules.inForce': operation((db, params: { at: number }): FilingRule[] =>
    db
      .prepare('SELECT * FROM filing_rules WHERE enabled = 1 AND since <= $at ORDER BY position, id')
      .all<RuleRow>({ at: params.at + slack })
      .map((row) => rule(db, row))
      .filter((one) => one.broken === null),
  ),
  /** Which keys decrypt now. */
  'rules.keys': operation((db): string => ownKeys(db)),
  /**
   * The rules have looked at it: false when they had before. `closedTo`: it is encrypted, and the keys there were (`rules.keys`) do not
   * open it, so it is a candidate again once there are others; null for a look that was one.
   */
  'rules.look': operation(
    (db, params: { messageId: number; closedTo: string | null }): boolean =>
      db
        .prepare(
          `INSERT INTO rule_looks (message_id, closed_to) SELECT id, $closedTo FROM messages WHERE id = $messageId
           ON CONFLICT (message_id) DO UPDATE SET closed_to = excluded.closed_to WHERE closed_to IS NOT NULL`,
        )
        .run(params).changes === 1,
  ),
  /** The newest messages with their body in these accounts and folders; all when a list is empty. */
  'rules.sample': operation(
    (db, params: { accountIds: number[]; folderIds: number[]; limit: number }): number[] =>
      db
        .prepare(
          `SELECT id FROM messages WHERE ${scope} AND NOT (${ours})
             AND ($accounts = '[]' OR account_id IN (SELECT value FROM json_each($accounts)))
             AND ($folders = '[]' OR folder_id IN (SELECT value FROM json_each($folders)))
           ORDER BY id DESC LIMIT $limit`,
        )
        .all<{ id: number }>({
          accounts: JSON.stringify(params.accountIds),
          folders: JSON.stringify(params.folderIds),
          limit: params.limit,
        })
        .map((row) => row.id),
  ),
  /** Whether a patient was known before this message: from a document of another one, or entered by the user. */
  'rules.patientKnown': operation(
    (
      db,
      params: {
        messageId: number
        matricule: string
        birthName: string
        firstName: string
        birthDate: string | null
      },
    ): boolean =>
      db
        .prepare(
          `SELECT 1 AS found FROM patients p WHERE matricule = $matricule AND birth_name = $birthName
             AND first_name = $firstName AND birth_date IS $birthDate
             AND (created_by = 'user' OR EXISTS (SELECT 1 FROM message_documents d
               WHERE d.patient_id = p.id AND d.message_id <> $messageId)) LIMIT 1`,
        )
        .get<{ found: number }>(params) !== undefined,
  ),
  /** Notes what a rule does with a message; the id of the entry. One that a crash left with nothing after it is taken up. */
  'journal.add': operation(
    (
      db,
      params: {
        rule: string
        messageId: number
        kind: JournalEntry['kind']
        doubts: FilingDoubt[]
        afterFiling: RuleActions | null
      },
      context,
    ): number =>
      db
        .prepare(
          `SELECT id FROM filing_journal j WHERE message_id = $messageId AND rule_name = $rule AND kind = $kind
             AND (kind = 'held' OR after_filing IS NOT NULL)
             AND NOT EXISTS (SELECT 1 FROM filings f WHERE f.journal_id = j.id)`,
        )
        .get<{ id: number }>({ messageId: params.messageId, rule: params.rule, kind: params.kind })?.id ??
      Number(
        db
          .prepare(
            `INSERT INTO filing_journal (at, rule_name, account_id, message_id, subject, sender, kind, doubts,
               after_filing, from_folder, undo)
             SELECT $now, $rule, account_id, id, subject, from_address, $kind, $doubts, $afterFiling, folder_id,
               CASE $kind WHEN 'filed' THEN 'possible' ELSE 'impossible' END FROM messages WHERE id = $messageId`,
          )
          .run({
            now: context.now(),
            rule: params.rule,
            kind: params.kind,
            messageId: params.messageId,
            doubts: JSON.stringify(params.doubts),
            afterFiling: params.afterFiling === null ? null : JSON.stringify(params.afterFiling),
          }).lastInsertRowid,
      ),
  ),
  'journal.get': operation((db, params: { id: number }): StoredEntry | null => {
    const row = db.prepare('SELECT * FROM filing_journal WHERE id = ?').get<EntryRow>([params.id])
    return row ? entry(row) : null
  }),
  'journal.list': operation(
    (db, params: { before: number | null; limit: number }): { entries: StoredEntry[]; more: boolean } => {
      const rows = db
        .prepare('SELECT * FROM filing_journal WHERE id < $before ORDER BY id DESC LIMIT $limit')
        .all<EntryRow>({ before: params.before ?? Number.MAX_SAFE_INTEGER, limit: params.limit + 1 })
      return { entries: rows.slice(0, params.limit).map(entry), more: rows.length > params.limit }
    },
  ),
  /** Entries whose filings are all in the record, and whose message waits to be moved or marked. */
  'journal.ready': operation((db): StoredEntry[] =>
    db
      .prepare(
        `SELECT * FROM filing_journal j WHERE after_filing IS NOT NULL AND (undo = 'possible' OR kind = 'withdrawn')
           AND (json_extract(after_filing, '$.targetId') IS NULL OR j.id IN (SELECT journal_id FROM filings))
           AND NOT EXISTS (
           SELECT 1 FROM filings f WHERE f.journal_id = j.id AND (f.action <> 'delete' OR j.kind = 'withdrawn')
             AND f.state NOT IN ('filed','replaced','transferred')) ORDER BY id LIMIT 100`,
      )
      .all<EntryRow>()
      .map(entry),
  ),
  /** What was done to the message itself once everything was filed; what its flags were before comes from the row. */
  'journal.moved': operation((db, params: { id: number; movedTo: number | null }): void => {
    db.prepare(
      `UPDATE filing_journal SET after_filing = NULL,
         moved_to = (SELECT name FROM folders WHERE id = $movedTo),
         flags = (SELECT json_object('seen', json(iif(flags & ${String(flagBits.seen)}, 'true', 'false')),
             'flagged', json(iif(flags & ${String(flagBits.flagged)}, 'true', 'false')))
           FROM messages WHERE id = message_id)
       WHERE id = $id`,
    ).run(params)
  }),
  /** The one change from a state to the next; false when it is in another. */
  'journal.undo': operation(
    (db, params: { id: number; from: JournalEntry['undo']; to: JournalEntry['undo'] }): boolean =>
      db.prepare('UPDATE filing_journal SET undo = $to WHERE id = $id AND undo = $from').run(params)
        .changes === 1,
  ),
}

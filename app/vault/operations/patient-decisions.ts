import type { OppositionKind, PatientDecision, ProposalReason } from '../../contract/index.ts'
import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'
import { professionalKey } from './patient-exchanges.ts'
import { refreshRowPatient } from './patient-index.ts'
import {
  leaderOf,
  membersOf,
  openProposals,
  selectIdentity,
  selectPatient,
  type StoredPatient,
} from './patients.ts'

/** What taking a decision back needs. */
type Data =
  | {
      kind: 'joined'
      /** Whose traits are shown since, and who led each side before. */
      keep: number
      led: number
      movedLed: number
      moved: number[]
      proposals: number[]
    }
  | { kind: 'apart'; proposal: number }
  | { kind: 'attached' | 'detached'; accountId: number; identity: string }
  | { kind: 'opposition'; opposition: OppositionKind; before: { since: number; note: string } | null }
  | { kind: 'none' }

type Action = PatientDecision['action']

const note = (
  db: SqlDatabase,
  decision: { at: number; action: Action; patientId: number; about: string; data: Data },
): number =>
  db
    .prepare(
      `INSERT INTO patient_decisions (at, action, patient_id, about, data)
       VALUES ($at, $action, $patientId, $about, $data)`,
    )
    .run({ ...decision, data: JSON.stringify(decision.data) }).lastInsertRowid

const nameOf = (db: SqlDatabase, id: number): string => {
  const identity = selectIdentity(db, id)
  return identity ? `${identity.birthName} ${identity.firstName}` : ''
}

/** Rows of messages that the user attached to, or that come from the address of, one of these identities. */
const refreshRowsOf = (db: SqlDatabase, ids: readonly number[]): number[] =>
  db
    .prepare(
      `SELECT m.id FROM patient_attachments a JOIN messages m ON m.account_id = a.account_id AND m.identity = a.identity
       WHERE a.patient_id IN (SELECT value FROM json_each($ids))
       UNION SELECT a.message_id FROM patient_addresses a JOIN patients p ON p.matricule = a.matricule
       WHERE p.id IN (SELECT value FROM json_each($ids)) AND a.side = 'from' LIMIT 2000`,
    )
    .all<{ id: number }>({ ids: JSON.stringify(ids) })
    .map((row) => row.id)
    .filter((id) => refreshRowPatient(db, id))

/** Makes one identity stand for these. */
const lead = (db: SqlDatabase, leader: number, ids: readonly number[]): void => {
  db.prepare(
    'UPDATE patients SET joined_to = iif(id = $leader, NULL, $leader) WHERE id IN (SELECT value FROM json_each($ids))',
  ).run({ leader, ids: JSON.stringify(ids) })
}

/** Joins `other` and all joined to it to `keep`; returns the rows that changed, null when there is nothing to join. */
const join = (db: SqlDatabase, keep: number, other: number, at: number): number[] | null => {
  const [leader, joined] = [leaderOf(db, keep), leaderOf(db, other)]
  if (leader === null || joined === null || leader === joined) return null
  const moved = membersOf(db, joined).ids
  // Every one of them: what is open is between two patients.
  const proposals = openProposals(db, moved, 1_000_000)
    .filter((one) => {
      const sides = [leaderOf(db, one.one), leaderOf(db, one.other)]
      return sides.includes(leader) && sides.includes(joined)
    })
    .map((one) => one.id)
  const ids = [...membersOf(db, leader).ids, ...moved]
  // The user may keep the traits of an identity that was itself joined to another.
  lead(db, keep, ids)
  db.prepare(
    "UPDATE patient_proposals SET state = 'joined' WHERE id IN (SELECT value FROM json_each($ids))",
  ).run({ ids: JSON.stringify(proposals) })
  note(db, {
    at,
    action: 'merged',
    patientId: keep,
    about: nameOf(db, joined),
    data: { kind: 'joined', keep, led: leader, movedLed: joined, moved, proposals },
  })
  return refreshRowsOf(db, ids)
}

const attachmentOf = (db: SqlDatabase, messageId: number) =>
  db
    .prepare('SELECT account_id, identity, subject FROM messages WHERE id = ?')
    .get<{ account_id: number; identity: Uint8Array; subject: string }>([messageId])

const attach = (
  db: SqlDatabase,
  at: number,
  to: { accountId: number; identity: Uint8Array; patientId: number },
) =>
  db
    .prepare(
      `INSERT OR IGNORE INTO patient_attachments (patient_id, account_id, identity, attached_at)
       VALUES ($patientId, $accountId, $identity, $at)`,
    )
    .run({ ...to, at }).changes === 1

const detach = (db: SqlDatabase, from: { accountId: number; identity: Uint8Array; ids: number[] }): boolean =>
  db
    .prepare(
      `DELETE FROM patient_attachments WHERE account_id = $accountId AND identity = $identity
       AND patient_id IN (SELECT value FROM json_each($ids))`,
    )
    .run({ accountId: from.accountId, identity: from.identity, ids: JSON.stringify(from.ids) }).changes > 0

/** Copies of a message whose row says something else now. */
const refreshCopies = (db: SqlDatabase, accountId: number, identity: Uint8Array): number[] =>
  db
    .prepare('SELECT id FROM messages WHERE account_id = $accountId AND identity = $identity')
    .all<{ id: number }>({ accountId, identity })
    .map((row) => row.id)
    .filter((id) => refreshRowPatient(db, id))

const oppositionOf = (db: SqlDatabase, patientId: number, kind: OppositionKind) =>
  db
    .prepare('SELECT since, note FROM patient_oppositions WHERE patient_id = $patientId AND kind = $kind')
    .get<{ since: number; note: string }>({ patientId, kind })

const setOpposition = (
  db: SqlDatabase,
  patientId: number,
  kind: OppositionKind,
  value: { since: number; note: string } | null,
): void => {
  db.prepare('DELETE FROM patient_oppositions WHERE patient_id = $patientId AND kind = $kind').run({
    patientId,
    kind,
  })
  if (value)
    db.prepare(
      'INSERT INTO patient_oppositions (patient_id, kind, since, note) VALUES ($patientId, $kind, $since, $note)',
    ).run({ patientId, kind, ...value })
}

const undo = (db: SqlDatabase, data: Data, patientId: number, at: number): number[] | null => {
  switch (data.kind) {
    case 'joined': {
      const stay = membersOf(db, data.keep).ids.filter((id) => !data.moved.includes(id))
      lead(db, data.movedLed, data.moved)
      lead(db, stay.includes(data.led) ? data.led : data.keep, stay)
      db.prepare(
        "UPDATE patient_proposals SET state = 'open' WHERE id IN (SELECT value FROM json_each($ids))",
      ).run({ ids: JSON.stringify(data.proposals) })
      return refreshRowsOf(db, [...data.moved, data.keep])
    }
    case 'apart':
      // Joined since by another way, there is nothing to compare.
      db.prepare(
        `UPDATE patient_proposals SET state = 'open' WHERE id = ? AND NOT EXISTS (
           SELECT 1 FROM patients a JOIN patients b ON b.id = patient_proposals.other
           WHERE a.id = patient_proposals.one AND coalesce(a.joined_to, a.id) = coalesce(b.joined_to, b.id))`,
      ).run([data.proposal])
      return []
    case 'attached':
    case 'detached': {
      const identity = new Uint8Array(Buffer.from(data.identity, 'hex'))
      const { accountId } = data
      if (data.kind === 'detached') attach(db, at, { accountId, identity, patientId })
      else detach(db, { accountId, identity, ids: [patientId] })
      return refreshCopies(db, accountId, identity)
    }
    case 'opposition':
      setOpposition(db, patientId, data.opposition, data.before)
      return []
    case 'none':
      return null
  }
}

interface DecisionRow {
  id: number
  at: number
  action: Action
  patient_id: number
  about: string
  data: string
  undone_by: number | null
}

/** A later join or separation of the same identities, or nothing to take back, keeps a decision as it is. */
const isUndoable = (row: DecisionRow, later: readonly DecisionRow[]): boolean => {
  const data = JSON.parse(row.data) as Data
  if (row.undone_by !== null || data.kind === 'none') return false
  if (data.kind !== 'joined') return true
  return !later.some((one) => {
    const other = JSON.parse(one.data) as Data
    return one.undone_by === null && other.kind === 'joined' && other.moved.includes(data.keep)
  })
}

const decisionsOf = (db: SqlDatabase, ids: readonly number[]): DecisionRow[] =>
  db
    .prepare(
      `SELECT id, at, action, patient_id, about, data, undone_by FROM patient_decisions
       WHERE patient_id IN (SELECT value FROM json_each($ids)) ORDER BY id DESC LIMIT 200`,
    )
    .all<DecisionRow>({ ids: JSON.stringify(ids) })

export const patientDecisionOperations = {
  /** Identities to compare with those of a patient, and what was decided about it; null when there is no such patient. */
  'patients.decisions': operation(
    (
      db,
      params: { id: number; domain: string },
    ): {
      proposals: { id: number; reason: ProposalReason; one: StoredPatient; other: StoredPatient }[]
      decisions: PatientDecision[]
    } | null => {
      const leader = leaderOf(db, params.id)
      if (leader === null) return null
      const { ids } = membersOf(db, leader)
      const rows = decisionsOf(db, ids)
      return {
        proposals: openProposals(db, ids).flatMap(({ id, one, other, reason }) => {
          // The patient one looks at stands on the left; each side shows the very identity that is near.
          const [mine, theirs] = ids.includes(one) ? [one, other] : [other, one]
          const [left, right] = [
            selectPatient(db, mine, params.domain),
            selectPatient(db, theirs, params.domain),
          ]
          const [leftIdentity, rightIdentity] = [selectIdentity(db, mine), selectIdentity(db, theirs)]
          return left && right && leftIdentity && rightIdentity
            ? {
                id,
                reason: reason as ProposalReason,
                one: { ...left, ...leftIdentity },
                other: { ...right, ...rightIdentity },
              }
            : []
        }),
        decisions: rows.map((row, index) => ({
          id: row.id,
          at: new Date(row.at).toISOString(),
          action: row.action,
          about: row.about,
          undoable: isUndoable(row, rows.slice(0, index)),
        })),
      }
    },
  ),
  /** The user compared; returns the rows that changed, null when there was nothing to decide. */
  'patients.decide': operation(
    (db, params: { proposalId: number; same: boolean; keep: number | null }, context): number[] | null => {
      const proposal = db
        .prepare("SELECT one, other FROM patient_proposals WHERE id = ? AND state = 'open'")
        .get<{ one: number; other: number }>([params.proposalId])
      if (!proposal) return null
      const { one, other } = proposal
      if (params.same) {
        const keep = params.keep === other ? other : one
        return join(db, keep, keep === one ? other : one, context.now())
      }
      db.prepare("UPDATE patient_proposals SET state = 'apart' WHERE id = ?").run([params.proposalId])
      for (const [patientId, about] of [
        [one, nameOf(db, other)],
        [other, nameOf(db, one)],
      ] as const)
        note(db, {
          ...{ at: context.now(), action: 'kept-apart', patientId, about },
          data: { kind: 'apart', proposal: params.proposalId },
        })
      return []
    },
  ),
  'patients.merge': operation((db, params: { keep: number; other: number }, context): number[] | null =>
    join(db, params.keep, params.other, context.now()),
  ),
  /** Returns the rows that changed; null when there is no such message or patient, or it was so already. */
  'patients.attach': operation(
    (db, params: { messageId: number; patientId: number; on: boolean }, context): number[] | null => {
      const message = attachmentOf(db, params.messageId)
      const leader = leaderOf(db, params.patientId)
      if (!message || leader === null) return null
      const at = context.now()
      const { account_id: accountId, identity, subject } = message
      const done = params.on
        ? attach(db, at, { accountId, identity, patientId: leader })
        : detach(db, { accountId, identity, ids: membersOf(db, leader).ids })
      if (!done) return null
      note(db, {
        at,
        action: params.on ? 'attached' : 'detached',
        patientId: leader,
        about: subject,
        data: {
          kind: params.on ? 'attached' : 'detached',
          accountId,
          identity: Buffer.from(identity).toString('hex'),
        },
      })
      return refreshCopies(db, accountId, identity)
    },
  ),
  /** What is sent about a patient is that patient's when it comes into the Sent folder. */
  'patients.attachSent': operation(
    (db, params: { patientId: number; accountId: number; messageIdHeader: string }, context): void => {
      const leader = leaderOf(db, params.patientId)
      if (leader === null) return
      db.prepare(
        `INSERT OR IGNORE INTO patient_attachments (patient_id, account_id, message_id_header, attached_at)
         VALUES ($leader, $accountId, $header, $at)`,
      ).run({ leader, accountId: params.accountId, header: params.messageIdHeader, at: context.now() })
    },
  ),
  'patients.setOpposition': operation(
    (
      db,
      params: { patientId: number; kind: OppositionKind; opposed: boolean; note: string },
      context,
    ): boolean => {
      const leader = leaderOf(db, params.patientId)
      if (leader === null) return false
      const at = context.now()
      // Said of the person: of every identity the user found to be that person.
      const ids = membersOf(db, leader).ids
      const before = ids.map((id) => oppositionOf(db, id, params.kind)).find((one) => one !== undefined)
      for (const id of ids) setOpposition(db, id, params.kind, null)
      if (params.opposed)
        setOpposition(db, leader, params.kind, { since: before?.since ?? at, note: params.note })
      note(db, {
        at,
        action: params.opposed ? 'opposed' : 'opposition-lifted',
        patientId: leader,
        about: params.kind,
        data: {
          kind: 'opposition',
          opposition: params.kind,
          before: before ? { since: before.since, note: before.note } : null,
        },
      })
      return true
    },
  ),
  'patients.setProfessional': operation(
    (
      db,
      params: {
        patientId: number
        listed: boolean
        name: string
        address: string | null
        role: string | null
        organisation: string | null
        rpps: string | null
      },
      context,
    ): boolean => {
      const leader = leaderOf(db, params.patientId)
      if (leader === null) return false
      const { listed, patientId: _patient, ...one } = params
      db.prepare(
        `INSERT OR REPLACE INTO patient_professionals (patient_id, key, listed, name, address, role, organisation, rpps)
         VALUES ($leader, $key, $listed, $name, $address, $role, $organisation, $rpps)`,
      ).run({ ...one, leader, listed: listed ? 1 : 0, key: professionalKey(one) })
      note(db, {
        at: context.now(),
        action: listed ? 'professional-added' : 'professional-removed',
        patientId: leader,
        about: one.name,
        data: { kind: 'none' },
      })
      return true
    },
  ),
  /** Returns the rows that changed; null when it cannot be taken back. */
  'patients.undo': operation((db, params: { decisionId: number }, context): number[] | null => {
    const row = db
      .prepare(
        'SELECT id, at, action, patient_id, about, data, undone_by FROM patient_decisions WHERE id = ?',
      )
      .get<DecisionRow>([params.decisionId])
    const leader = row && leaderOf(db, row.patient_id)
    if (!row || leader == null) return null
    const later = decisionsOf(db, membersOf(db, leader).ids).filter((one) => one.id > row.id)
    if (!isUndoable(row, later)) return null
    const changed = undo(db, JSON.parse(row.data) as Data, row.patient_id, context.now())
    if (changed === null) return null
    const by = note(db, {
      at: context.now(),
      action: row.action === 'merged' ? 'separated' : 'undone',
      patientId: row.patient_id,
      about: row.about,
      data: { kind: 'none' },
    })
    db.prepare('UPDATE patient_decisions SET undone_by = $by WHERE id = $id').run({ id: row.id, by })
    return changed
  }),
}

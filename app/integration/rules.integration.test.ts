import { describe, expect, it } from 'vitest'
import type { RuleWish } from '../contract/index.ts'
import { fieldOf } from '../../test/operator/mdm-check.ts'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import {
  code,
  filed,
  letterWith,
  mllpPlace,
  openPractice,
  recordFor,
  reportMail,
  reports,
  value,
} from './integration.fixture.ts'

describe('a rule', () => {
  const rule = (targetId: number | null, change: Partial<RuleWish['conditions']> = {}): RuleWish => ({
    name: 'Résultats du laboratoire',
    enabled: true,
    conditions: {
      accountIds: [1],
      folderIds: [1],
      senders: ['@bioval.mssante.test'],
      typeCodes: ['11502-2'],
      patientKnown: false,
      ...change,
    },
    actions: { targetId, moveTo: 2, markSeen: true, flag: false, removals: false },
  })

  it('files what comes, then moves and marks the message; undo takes it out and brings it back', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const before = await practice.receive((await reportMail('before-rule')).first, 1, Date.now() - 3_600_000)
    value(await practice.integration.rules.save(null, rule(target.id)))
    const id = await practice.receive((await reportMail('by-rule', 'LEROY')).first)
    await practice.filingIn(id, 'filed')
    await practice.until('moved', async () => (await practice.row(id)).folderId === 2)
    expect((await practice.row(id)).seen).toBe(true)
    expect((await practice.row(before)).filing).toBeNull()
    const [entry] = value(await practice.integration.rules.journal(null, 50)).entries
    expect(entry).toMatchObject({
      rule: 'Résultats du laboratoire',
      kind: 'filed',
      undo: 'possible',
      movedTo: 'Intégrés',
    })
    value(await practice.integration.rules.undo(entry?.id ?? 0))
    await practice.filingIn(id, 'withdrawn')
    await practice.until('undone', async () =>
      value(await practice.integration.rules.journal(null, 50)).entries[0]?.undo === 'done'
        ? true
        : undefined,
    )
    expect(record.documents.size).toBe(0)
    expect(await practice.row(id)).toMatchObject({ folderId: 1, seen: false })
    expect(code(await practice.integration.rules.undo(entry?.id ?? 0))).toBe('integration.cannot-undo')
    // Undone is undone: the rule does not take it up again.
    expect(record.received.map(({ trigger }) => trigger)).toEqual(['T02', 'T04'])
  })

  it('never files what is in doubt, what is there, or what is none of its business', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    value(await practice.integration.rules.save(null, rule(target.id)))
    const { first: good } = await reports('rule-doubts')
    const wrong = await letterWith([good], 'rule-doubts', {
      variant: 'patient-mismatch',
      otherPatient: patientNamed('LEROY'),
    })
    const held = await practice.receive(wrong)
    const entry = await practice.until('held', async () =>
      value(await practice.integration.rules.journal(null, 50)).entries.find((one) => one.kind === 'held'),
    )
    expect(entry.doubts).toContain('patient-mismatch')
    expect(await practice.row(held)).toMatchObject({ filing: null, folderId: 1 })
    const elsewhere = await practice.receive(
      await letterWith([(await reports('elsewhere')).first], 'elsewhere', {
        from: { name: 'Imagerie', address: 'cr@imagerie.mssante.test' },
      }),
    )
    const good2 = await practice.receive((await reportMail('rule-good')).first)
    await practice.filingIn(good2, 'filed')
    expect((await practice.row(elsewhere)).filing).toBeNull()
    expect(record.received).toHaveLength(1)
    expect(fieldOf(record.received[0]?.message ?? { segments: [] }, 'PID', 5)).toContain('DUPONT')
  })

  it('takes out what an author wants taken out only when it says so', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const made = value(await practice.integration.rules.save(null, rule(target.id)))
    const { first } = await reports('rule-removal')
    const id = await practice.receive(await letterWith([first], 'rule-removal-1'))
    await practice.filingIn(id, 'filed')
    const order = (seed: string) => letterWith([first], seed, { variant: 'removal' })
    const entryOf = (messageId: number) =>
      practice.until('in the journal', async () =>
        value(await practice.integration.rules.journal(null, 50)).entries.find(
          (one) => one.messageId === messageId,
        ),
      )
    const left = await practice.receive(await order('rule-removal-2'))
    expect(await entryOf(left)).toMatchObject({ kind: 'held', doubts: ['removal-asked'] })
    expect(record.received).toHaveLength(1)
    const { actions } = rule(target.id)
    const willing = { ...rule(target.id), actions: { ...actions, removals: true } }
    value(await practice.integration.rules.save(made.id, willing))
    const asked = await practice.receive(await order('rule-removal-3'))
    await practice.filingIn(id, 'withdrawn')
    expect(await entryOf(asked)).toMatchObject({ kind: 'withdrawn', undo: 'impossible' })
    expect(record.received.map(({ trigger }) => trigger)).toEqual(['T02', 'T04'])
    await practice.until('moved', async () => (await practice.row(asked)).folderId === 2)
  })

  it('looks at encrypted mail again once a key opens it, and files it once', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    value(await practice.integration.rules.save(null, rule(target.id)))
    const sealed = await practice.receive((await reportMail('rule-sealed')).first, 1, Date.now(), true)
    const looks = () => practice.state.openings.filter((id) => id === sealed).length
    await practice.until('looked at', () => Promise.resolve(looks() === 1))
    // As long as no key comes it is not tried again, whatever else does.
    const open = await practice.receive((await reportMail('rule-not-sealed', 'LEROY')).first)
    await practice.filingIn(open, 'filed')
    expect(looks()).toBe(1)
    expect((await practice.row(sealed)).filing).toBeNull()
    const trial = value(await practice.integration.rules.trial(rule(target.id), 50))
    expect(trial.find(({ messageId }) => messageId === sealed)?.outcome).toBe('unreadable')

    await practice.importKey()
    await practice.filingIn(sealed, 'filed')
    await practice.until('moved', async () => (await practice.row(sealed)).folderId === 2)
    expect(record.received).toHaveLength(2)
    // Nor is it when more keys come, or anything else asks the rules to look.
    expect(value(await practice.vault.run('rules.candidates', { limit: 20 }))).toEqual([])
    value(await practice.vault.run('keys.remove', { fingerprint: 'f'.repeat(64) }))
    expect(value(await practice.vault.run('rules.candidates', { limit: 20 }))).toEqual([])
    const entries = value(await practice.integration.rules.journal(null, 50)).entries
    expect(entries.filter(({ messageId }) => messageId === sealed)).toHaveLength(1)
  })

  it('leaves alone what comes back of our own: answers of gateways, what was transferred, what we wrote', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const gateway = await practice.target({ kind: 'mailbox', address: 'dpi@bioval.mssante.test' }, false)
    value(await practice.integration.rules.save(null, rule(target.id, { senders: [], typeCodes: [] })))
    value(await practice.integration.rules.save(null, rule(gateway.id, { senders: [], typeCodes: [] })))
    const { first } = await reports('rule-own')
    // The gateway sends archive and PDF back with its answer.
    const failed = await letterWith([first], 'rule-own-1', {
      subject: '[KO Intégration système !][902] XDM/1.0/DDM+CR',
      extraAttachments: [
        {
          fileName: 'original.eml',
          type: 'message/rfc822',
          bytes: Buffer.from('Message-ID: <original@medecin.mssante.test>\r\nSubject: x\r\n\r\nx\r\n'),
        },
      ],
    })
    const written = await letterWith([first], 'rule-own-2', {
      from: { name: 'Cabinet', address: 'cabinet@medecin.mssante.test' },
    })
    const ids = [await practice.receive(failed), await practice.receive(written)]
    // What comes after them was looked at after them.
    const good = await practice.receive((await reportMail('rule-own-3', 'LEROY')).first)
    await practice.filingIn(good, 'filed')
    for (const id of ids) expect((await practice.row(id)).filing).toBeNull()
    expect(record.received).toHaveLength(1)
    expect(practice.transfers).toEqual([])
    const trials = value(
      await practice.integration.rules.trial(
        rule(target.id, { senders: [], typeCodes: [], folderIds: [] }),
        50,
      ),
    )
    expect(trials.map(({ outcome }) => outcome)).toEqual(['already', 'own', 'own'])
  })

  it('asks for a patient known before when it says so', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    value(await practice.integration.rules.save(null, rule(target.id, { patientKnown: true })))
    const trials = async () =>
      value(await practice.integration.rules.trial(rule(target.id, { patientKnown: true }), 50))
    await practice.receive((await reportMail('unknown-patient')).first)
    expect((await trials()).map(({ outcome }) => outcome)).toEqual(['no-match'])
    expect(record.received).toHaveLength(0)
  })

  it('is tried on what is there without changing anything', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const ids = [
      await practice.receive((await reportMail('trial-1')).first),
      await practice.receive((await reportMail('trial-2', 'LEROY')).first),
    ]
    value(await filed(practice, ids[0] ?? 0, target.id))
    await practice.filingIn(ids[0] ?? 0, 'filed')
    const trials = value(await practice.integration.rules.trial({ ...rule(target.id), enabled: false }, 50))
    expect(trials.map(({ messageId, outcome }) => [messageId, outcome])).toEqual([
      [ids[1], 'would-file'],
      [ids[0], 'already'],
    ])
    expect(record.received).toHaveLength(1)
  })
})

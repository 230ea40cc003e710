import { expect, test } from 'vitest'
import { ok, type ConcernedPerson, type DraftContent, type Patient } from '../contract/index.ts'
import { patientSendChecks, type CheckedDraft, type SendCheckDependencies } from './send-checks.ts'

const leo = '190067511300117@patient.mssante.test'
const paul = 'paul@medecin.mssante.test'
const mail: Patient['mail'] = {
  address: leo,
  refusal: null,
  reading: null,
  disagreements: [],
  minor: false,
}
const patient = (more: Partial<Patient> = {}): Patient => ({
  ...{ id: 3, birthName: 'DURAND', usedName: null, firstName: 'LEO', birthGivenNames: null, sex: 'M' },
  ...{
    birthDate: '1990-06-14',
    birthPlace: null,
    ins: null,
    insStatus: 'qualified',
    qualified: true,
    ipps: [],
    mail,
  },
  ...{ oppositions: [], messageCount: 0, documentCount: 0, unread: 0, lastAt: null, alert: null },
  ...{ proposals: 0 },
  ...more,
})
const opposed = (kind: 'patient-mail' | 'professional-mail') =>
  patient({
    oppositions: [{ kind, since: '2026-01-01T00:00:00.000Z', note: '' }],
    ...(kind === 'patient-mail' ? { mail: { ...mail, address: null, refusal: 'opposed' } } : {}),
  })

const checksOf = async (
  draft: { to: string[]; sourceId?: number; aboutPatient?: number },
  known: {
    base?: Patient | null
    source?: { from: string; patients: Patient[] }
    about?: Patient
    opposes?: boolean
    people?: ConcernedPerson[]
  } = {},
) => {
  const content: DraftContent = {
    ...{ accountId: 1, cc: [], bcc: [], subject: '', text: '', html: null },
    ...{ sign: false, encrypt: false, readReceipt: false },
    to: draft.to.map((address) => ({ name: '', address })),
    aboutPatient: draft.aboutPatient ?? null,
  }
  const of: CheckedDraft = { kind: 'new', sourceId: draft.sourceId ?? null, content }
  const deps: SendCheckDependencies = {
    classify: (address) => (address.includes('@patient.') ? 'patient' : 'professional'),
    ofAddress: () => Promise.resolve(ok(known.base === undefined ? patient() : known.base)),
    patient: () => Promise.resolve(ok(known.base ?? patient())),
    opposedAmong: (addresses) => Promise.resolve(ok(known.opposes ? (addresses[0] ?? null) : null)),
    ofPerson: () => Promise.resolve(ok(known.about ?? null)),
    ofMessage: () => Promise.resolve(ok(known.source ?? { from: paul, patients: [] })),
  }
  const checks = await patientSendChecks(deps, of, known.people)
  return checks.ok ? checks.value.map(({ kind, blocking, refusal }) => [kind, blocking, refusal]) : checks
}

test('a patient of the base on the address built today has nothing to say', async () => {
  expect(await checksOf({ to: [leo] })).toEqual([])
  expect(await checksOf({ to: [paul] })).toEqual([])
})

test('an address the base does not know is refused, unless it answers the patient’s own message', async () => {
  expect(await checksOf({ to: [leo] }, { base: null })).toEqual([['patient-unknown', true, undefined]])
  const source = { from: leo.toUpperCase(), patients: [] }
  expect(await checksOf({ to: [leo], sourceId: 9 }, { base: null, source })).toEqual([
    ['patient-unknown-answered', false, undefined],
  ])
})

test('nothing overrides an opposition, not even answering (MSS/va1.20)', async () => {
  const source = { from: leo, patients: [] }
  for (const sourceId of [undefined, 9])
    expect(
      await checksOf(
        { to: [leo], ...(sourceId === undefined ? {} : { sourceId }) },
        { base: opposed('patient-mail'), source },
      ),
    ).toEqual([['patient-refused', true, 'opposed']])
})

test('of two people with one matricule, the opposition of either holds, for an answer too (MSS/va1.20)', async () => {
  const source = { from: leo, patients: [] }
  for (const sourceId of [undefined, 9])
    expect(
      await checksOf(
        { to: [leo], ...(sourceId === undefined ? {} : { sourceId }) },
        { base: null, opposes: true, source },
      ),
    ).toEqual([['patient-refused', true, 'opposed']])
})

test('an INS that is no longer one to write to refuses a new message with its reason', async () => {
  const base = patient({ mail: { ...mail, address: null, refusal: 'not-qualified' } })
  expect(await checksOf({ to: [leo] }, { base })).toEqual([['patient-refused', true, 'not-qualified']])
})

test('a matricule that disagrees, a minor, a patient among professionals are said', async () => {
  const base = patient({ mail: { ...mail, disagreements: ['sex'], minor: true } })
  expect(await checksOf({ to: [leo, paul] }, { base })).toEqual([
    ['patient-differs', false, undefined],
    ['patient-minor', false, undefined],
    ['patient-with-professionals', false, undefined],
  ])
})

test('a patient’s opposition to messages between professionals is warned of, by subject or answer (MSS/va1.22)', async () => {
  const base = opposed('professional-mail')
  const warned = [['professional-mail-opposed', false, undefined]]
  expect(await checksOf({ to: [paul], aboutPatient: 3 }, { base })).toEqual(warned)
  expect(await checksOf({ to: [paul], sourceId: 9 }, { source: { from: paul, patients: [base] } })).toEqual(
    warned,
  )
  expect(await checksOf({ to: [leo], aboutPatient: 3 }, { base })).toEqual([])
})

const person = (more: Partial<ConcernedPerson> = {}): ConcernedPerson => ({
  ...{ patientId: null, birthName: 'DURAND', firstName: 'Léo', birthDate: '1990-06-14', sex: 'M' },
  ins: { matricule: '190067511300117', oid: '1.2.250.1.213.1.4.8' },
  ...more,
})
const other = { matricule: '277076322082910', oid: '1.2.250.1.213.1.4.8' }

test('a document about another patient than the one written to does not leave', async () => {
  const said = (blocking: boolean) => [['document-other-recipient', blocking, undefined]]
  const cases: [ConcernedPerson, ReturnType<typeof said> | []][] = [
    [person(), []],
    // The same person under a temporary number, or under the name used.
    [person({ ins: { matricule: '790067511300199', oid: '1.2.250.1.213.1.4.9' } }), []],
    [person({ ins: null, birthName: 'Durand' }), []],
    [person({ ins: other, birthName: 'AUTRE', firstName: 'ZOE' }), said(true)],
    // A twin: same name and day, another number and first name.
    [person({ ins: other, firstName: 'LEA' }), said(true)],
    [person({ ins: null, birthDate: '1990-06-15' }), said(true)],
    [person({ ins: null, birthDate: null, birthName: 'DURANT' }), said(false)],
  ]
  for (const [one, checks] of cases)
    expect(await checksOf({ to: [leo] }, { people: [one] }), JSON.stringify(one)).toEqual(checks)
  // Joined by the user, whatever the traits.
  expect(
    await checksOf(
      { to: [leo] },
      { people: [person({ ins: other, birthDate: '1991-01-01' })], about: patient() },
    ),
  ).toEqual([])
  expect(await checksOf({ to: [paul] }, { people: [person({ ins: other })] })).toEqual([])
})

test('a document about somebody else does not answer an unknown patient either', async () => {
  const source = { from: leo, patients: [] }
  expect(
    await checksOf({ to: [leo], sourceId: 9 }, { base: null, source, people: [person({ ins: other })] }),
  ).toEqual([
    ['document-other-recipient', true, undefined],
    ['patient-unknown-answered', false, undefined],
  ])
})

test('MSS/va1.22: the opposition of who a document is about is warned of between professionals', async () => {
  expect(await checksOf({ to: [paul] }, { people: [person()], about: opposed('professional-mail') })).toEqual(
    [['professional-mail-opposed', false, undefined]],
  )
})

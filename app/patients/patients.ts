import {
  fail,
  ok,
  type Input,
  type MessagePatients,
  type Opposition,
  type Outcome,
  type Output,
  type Patient,
  type PatientView,
  type Policy,
} from '../contract/index.ts'
import type { StoredIdentity, StoredPatient, Vault } from '../vault/index.ts'
import { identityForIndex } from './identity.ts'
import { insStatus, patientMail } from './patient-mail.ts'

export interface PatientsDependencies {
  vault: Vault
  policy: Policy
  /** Domain of Mon espace santé. */
  patientDomain: () => string
  /** Messages waiting to be read again. */
  reading: () => number
  now: () => number
  /** Rows of messages that say something else now. */
  announce: (ids: number[]) => Promise<void>
  /** Patients, documents or decisions changed. */
  changed: () => void
}

/** Exchanges of a patient shown at once. */
const exchangesShown = 300
const suggested = 8

/** Patients as windows see them: the index of the vault, with what the INS may be used for. */
export const createPatients = (deps: PatientsDependencies) => {
  const { vault } = deps
  const iso = (at: number): string => new Date(at).toISOString()

  const recordOf = (identity: StoredIdentity) => ({
    id: identity.id,
    birthName: identity.birthName,
    usedName: identity.usedName,
    firstName: identity.firstName,
    birthGivenNames: identity.birthGivenNames,
    sex: identity.sex,
    birthDate: identity.birthDate,
    birthPlace: identity.birthPlace,
    ins: identity.ins,
    insStatus: insStatus(identity.ins, identity.qualified),
    qualified: identity.qualified && identity.ins?.keyValid === true,
    ipps: identity.ipps,
  })

  const patientOf = (stored: StoredPatient): Patient => {
    const oppositions: Opposition[] = stored.oppositions.map(({ kind, since, note }) => ({
      kind,
      since: iso(since),
      note,
    }))
    return {
      ...recordOf(stored),
      mail: patientMail(
        {
          sex: stored.sex,
          birthDate: stored.birthDate,
          identities: [stored, ...stored.joined],
          sharesMatricule: stored.sharesMatricule,
          opposed: oppositions.some((one) => one.kind === 'patient-mail'),
        },
        {
          domain: deps.patientDomain(),
          testIdentities: deps.policy.environment === 'test',
          now: deps.now(),
        },
      ),
      oppositions,
      messageCount: stored.messageCount,
      documentCount: stored.documentCount,
      unread: stored.unread,
      lastAt: stored.lastAt === null ? null : iso(stored.lastAt),
      alert: stored.alert,
      proposals: stored.proposals,
    }
  }

  const identityRecord = (stored: StoredPatient): PatientView['identities'][number] => ({
    ...recordOf(stored),
    messageCount: stored.messageCount,
    lastAt: stored.lastAt === null ? null : iso(stored.lastAt),
  })

  const find = (wish: Omit<Input<'patients.list'>, 'toCompare'> & { toCompare: boolean }) =>
    vault.run('patients.find', { ...wish, domain: deps.patientDomain() })

  const one = async (id: number): Promise<Outcome<Patient>> => {
    const found = await vault.run('patients.one', { id, domain: deps.patientDomain() })
    if (!found.ok) return found
    return found.value === null ? fail('patient.not-found') : ok(patientOf(found.value))
  }

  /** After a decision: the rows that say something else, and whoever shows patients. */
  const decided = async (
    done: Outcome<number[] | null>,
    code: 'patient.not-found' | 'patient.cannot-undo',
  ) => {
    if (!done.ok) return done
    if (done.value === null) return fail(code)
    await deps.announce(done.value)
    deps.changed()
    return ok(null)
  }
  const noted = (done: Outcome<boolean>): Outcome<null> => {
    if (!done.ok) return done
    if (!done.value) return fail('patient.not-found')
    deps.changed()
    return ok(null)
  }

  /** Everybody of the base with the matricule of this address. */
  const withAddress = async (address: string): Promise<Outcome<StoredPatient[]>> => {
    const [local = '', domain = ''] = address.trim().split('@')
    if (domain.toLowerCase() !== deps.patientDomain().toLowerCase()) return ok([])
    return await vault.run('patients.byMatricule', {
      matricule: local.toUpperCase(),
      domain: deps.patientDomain(),
    })
  }

  const ofAddress = async (address: string): Promise<Outcome<Patient | null>> => {
    const found = await withAddress(address)
    if (!found.ok) return found
    const [only, ...others] = found.value
    return ok(only && others.length === 0 ? patientOf(only) : null)
  }

  return {
    /** For the recipient field and the picker of a patient. */
    suggest: async ({ text, limit }: Input<'patients.suggest'>): Promise<Outcome<Patient[]>> => {
      const found = await find({
        ...{ text, sort: text.trim() === '' ? ('recent' as const) : ('name' as const), toCompare: false },
        ...{ offset: 0, limit: limit ?? suggested },
      })
      return found.ok ? ok(found.value.patients.map(patientOf)) : found
    },
    list: async (wish: Input<'patients.list'>): Promise<Outcome<Output<'patients.list'>>> => {
      const found = await find({ ...wish, toCompare: wish.toCompare ?? false })
      if (!found.ok) return found
      const { patients, total, proposals } = found.value
      return ok({ patients: patients.map(patientOf), total, proposals, reading: deps.reading() })
    },
    one,
    get: async ({ id, limit }: Input<'patients.get'>): Promise<Outcome<PatientView>> => {
      const domain = deps.patientDomain()
      const found = await vault.run('patients.one', { id, domain })
      if (!found.ok) return found
      if (found.value === null) return fail('patient.not-found')
      const exchanges = await vault.run('patients.exchanges', { id, domain, limit: limit ?? exchangesShown })
      if (!exchanges.ok) return exchanges
      const decisions = await vault.run('patients.decisions', { id, domain })
      if (!decisions.ok) return decisions
      const stored = found.value
      return ok({
        patient: patientOf(stored),
        identities: [stored, ...stored.joined].map((identity) => ({
          ...recordOf(identity),
          messageCount: stored.messageCount,
          lastAt: stored.lastAt === null ? null : iso(stored.lastAt),
        })),
        proposals: (decisions.value?.proposals ?? []).map(({ id: proposal, reason, one: left, other }) => ({
          id: proposal,
          reason,
          one: identityRecord(left),
          other: identityRecord(other),
        })),
        exchanges: exchanges.value?.exchanges ?? [],
        more: exchanges.value?.more ?? false,
        professionals: exchanges.value?.professionals ?? [],
        decisions: decisions.value?.decisions ?? [],
      })
    },
    ofMessage: async (messageId: number): Promise<Outcome<MessagePatients>> => {
      const found = await vault.run('patients.ofMessage', { messageId, domain: deps.patientDomain() })
      if (!found.ok) return found
      if (found.value === null) return fail('mail.not-found')
      return ok({
        patients: found.value.patients.map(({ patient, source }) => ({
          patient: patientOf(patient),
          source,
        })),
        documents: found.value.documents,
        candidates: found.value.candidates.map(patientOf),
      })
    },
    ofAddress,
    /** The first of these addresses that somebody has who opposes being written to (MSS/va1.20); null for none. */
    opposedAmong: async (addresses: readonly string[]): Promise<Outcome<string | null>> => {
      for (const address of addresses) {
        const found = await withAddress(address)
        if (!found.ok) return found
        if (found.value.some(({ oppositions }) => oppositions.some(({ kind }) => kind === 'patient-mail')))
          return ok(address)
      }
      return ok(null)
    },
    /** A patient nobody wrote about yet; without INS, because what is typed is never qualified (INS/va1.53). */
    create: async (wish: Input<'patients.create'>): Promise<Outcome<Patient>> => {
      const identity = identityForIndex({ ...wish, ins: null, qualified: false }, null)
      if (identity === null) return fail('patient.traits-missing', { retry: 'after-change' })
      const id = await vault.run('patients.create', { identity })
      if (!id.ok) return id
      deps.changed()
      return one(id.value)
    },
    attach: async (wish: { messageId: number; patientId: number; on: boolean }) =>
      decided(await vault.run('patients.attach', wish), 'patient.not-found'),
    decide: async (wish: Input<'patients.decide'>) =>
      decided(await vault.run('patients.decide', wish), 'patient.not-found'),
    merge: async (wish: Input<'patients.merge'>) =>
      decided(await vault.run('patients.merge', wish), 'patient.not-found'),
    undo: async (wish: Input<'patients.undo'>) =>
      decided(await vault.run('patients.undo', wish), 'patient.cannot-undo'),
    setOpposition: async (wish: Input<'patients.setOpposition'>) =>
      noted(await vault.run('patients.setOpposition', wish)),
    setProfessional: async (wish: Input<'patients.setProfessional'>) =>
      noted(await vault.run('patients.setProfessional', wish)),
  }
}

export type Patients = ReturnType<typeof createPatients>

import type { Input, MessageRow, Method, Patient } from '../../app/contract/index.ts'
import { reply, refuse, type FakePart, type FakeWorld } from './fake-world.ts'
import { patientsOf, patientViewOf } from './fixture-patients.ts'

const matches = (one: Patient, text: string): boolean =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) =>
      [one.birthName, one.usedName ?? '', one.firstName, one.ins?.matricule ?? '', one.birthDate ?? '']
        .join(' ')
        .toLowerCase()
        .includes(word),
    )

/** Patients of the canned core. */
export const fakePatients = ({ scenario, now, rows, folders, emit }: FakeWorld): FakePart => {
  const all = scenario.empty ? [] : patientsOf(now)
  const found = (text: string): Patient[] => all.filter((one) => matches(one, text))
  return (method, input) => {
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'patients.suggest':
        return reply(method, found(given<'patients.suggest'>().text).slice(0, 8))
      case 'patients.list': {
        const { text, toCompare, offset, limit } = given<'patients.list'>()
        const listed = found(text).filter((one) => toCompare !== true || one.proposals > 0)
        return reply(method, {
          patients: listed.slice(offset, offset + limit),
          total: listed.length,
          proposals: all.length > 0 ? 1 : 0,
          reading: 0,
        })
      }
      case 'patients.get': {
        const view = patientViewOf(all, given<'patients.get'>().id, [...rows.values()], now)
        // What the page shows can be opened.
        for (const { row } of view?.exchanges ?? []) if (!rows.has(row.id)) rows.set(row.id, row)
        return view ? reply(method, view) : refuse('patient.not-found')
      }
      case 'patients.ofMessage': {
        const row = rows.get(given<'patients.ofMessage'>().messageId)
        const known = all.find((one) => one.birthName === row?.patient?.birthName)
        return reply(method, {
          patients: known ? [{ patient: known, source: 'document' }] : [],
          documents: [],
          candidates: [],
        })
      }
      case 'patients.ofAddress': {
        const { address } = given<'patients.ofAddress'>()
        return reply(method, all.find((one) => one.mail.address === address) ?? null)
      }
      case 'patients.create': {
        const [first] = all
        return first ? reply(method, first) : refuse('patient.traits-missing')
      }
      case 'patients.attach':
      case 'patients.detach':
      case 'patients.decide':
      case 'patients.merge':
      case 'patients.undo':
      case 'patients.setOpposition':
      case 'patients.setProfessional':
        emit('patients.changed', {})
        return reply(method, null)
      case 'messages.sorted': {
        const { folderId, sort, documentLabel, unread, limit } = given<'messages.sorted'>()
        const name = ({ patient }: MessageRow): string => patient?.birthName ?? '\uffff'
        const listed = [...rows.values()].filter(
          (row) =>
            (folderId === null
              ? folders.some((one) => one.id === row.folderId && one.role === 'inbox')
              : row.folderId === folderId) &&
            (documentLabel === null || row.documentLabel === documentLabel) &&
            (unread === null || row.seen !== unread),
        )
        if (sort === 'patient') listed.sort((a, b) => name(a).localeCompare(name(b), 'fr'))
        return reply(method, { rows: listed.slice(0, limit), more: false })
      }
      case 'messages.facets':
        return reply(method, {
          documentLabels: [{ label: 'CR d’examens biologiques', count: 12 }],
          patients: all.slice(0, 3).map((one) => ({
            id: one.id,
            birthName: one.birthName,
            usedName: one.usedName,
            firstName: one.firstName,
            sex: one.sex,
            birthDate: one.birthDate,
            ins: one.ins,
            qualified: one.insStatus === 'qualified',
            count: one.messageCount,
          })),
        })
      default:
        return null
    }
  }
}

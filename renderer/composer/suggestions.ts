import { useEffect, useState } from 'react'
import type { Correspondent, Patient, RecipientSuggestion } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { showError } from '../design/index.ts'
import { patientName, t } from '../i18n/index.ts'

/** A line under the recipient field: of the directory and correspondents, or a patient of the base. */
export type Suggestion = RecipientSuggestion | { kind: 'patient'; patient: Patient }

export const suggestionKey = (one: Suggestion): string => {
  switch (one.kind) {
    case 'address':
      return one.address.toLowerCase()
    case 'list':
      return `list ${String(one.listId)}`
    case 'service':
      return `service ${one.structureId}`
    case 'patient':
      return `patient ${String(one.patient.id)}`
  }
}

export const suggestionName = (one: Suggestion): string => {
  switch (one.kind) {
    case 'address':
      return one.name || one.address
    case 'patient':
      return patientName(one.patient)
    default:
      return one.name
  }
}

/** What tells it apart from others of its name: trade, structure, town; how many a group has. */
export const suggestionLine = (one: Suggestion): string => {
  switch (one.kind) {
    case 'address':
      return (
        [
          one.near ? t('directory.near') : null,
          one.specialty ?? one.profession,
          one.structure,
          one.service,
          one.town,
        ]
          // The name of a service already says them.
          .filter((part) => part !== null && part !== '' && !one.name.includes(part))
          .join(' · ')
      )
    case 'list':
      return t('directory.listOf', { count: one.count })
    case 'service':
      return [t('directory.serviceOf', { count: one.count }), one.town]
        .filter((part) => part !== null)
        .join(' · ')
    case 'patient':
      return one.patient.mail.address ?? t(`patients.refusal-${one.patient.mail.refusal ?? 'no-ins'}`)
  }
}

const atMost = 12
const mostPatients = 4
const nothing: { text: string; suggestions: readonly Suggestion[] } = { text: '', suggestions: [] }

/**
 * Suggestions for what is typed. While a word is typed on or shortened, those of a moment ago stay until the next answer; those
 * of other words never do, lest somebody be offered for a name he does not have.
 */
export const useSuggestions = (typed: string): readonly Suggestion[] => {
  const [found, setFound] = useState<{ text: string; suggestions: readonly Suggestion[] }>(nothing)
  const text = typed.trim().slice(0, 200)
  useEffect(() => {
    if (text.length < 2) return undefined
    let current = true
    void Promise.all([
      invoke('recipients.suggest', { text, limit: atMost }),
      invoke('patients.suggest', { text, limit: mostPatients }),
    ]).then(([people, patients]) => {
      if (!current) return
      setFound({
        text,
        suggestions: [
          ...(people.ok ? people.value : []),
          ...(patients.ok ? patients.value.map((patient) => ({ kind: 'patient' as const, patient })) : []),
        ],
      })
    })
    return () => {
      current = false
    }
  }, [text])
  const near = found.text !== '' && (text.startsWith(found.text) || found.text.startsWith(text))
  return text.length < 2 || !near ? nothing.suggestions : found.suggestions
}

/** The addresses a suggestion stands for: one's own, a list's members, the mailboxes of a structure that are still there. */
export const recipientsOf = async (one: Suggestion): Promise<Correspondent[]> => {
  if (one.kind === 'address') return [{ name: one.name, address: one.address }]
  if (one.kind === 'patient') {
    const { address } = one.patient.mail
    return address === null ? [] : [{ name: patientName(one.patient), address }]
  }
  if (one.kind === 'list') {
    const lists = await invoke('lists.all', null)
    if (!lists.ok) showError(lists.error)
    const list = lists.ok ? lists.value.find(({ id }) => id === one.listId) : undefined
    return (list?.members ?? []).map(({ name, address }) => ({ name, address }))
  }
  const entries = await invoke('directory.structure', { structureId: one.structureId })
  if (!entries.ok) showError(entries.error)
  return (entries.ok ? entries.value : [])
    .filter(({ goneSince, type }) => goneSince === null && type === 'ORG')
    .map(({ name, address }) => ({ name, address }))
}

/** Of the addresses written to, those the directory holds no more: since when. */
export const useGone = (recipients: readonly Correspondent[]): ReadonlyMap<string, string> => {
  const [gone, setGone] = useState<ReadonlyMap<string, string>>(new Map())
  const asked = JSON.stringify(recipients.map(({ address }) => address.toLowerCase()).slice(0, 200))
  useEffect(() => {
    const addresses = JSON.parse(asked) as string[]
    if (addresses.length === 0) return undefined
    let current = true
    void invoke('directory.identify', { addresses }).then((outcome) => {
      if (!current || !outcome.ok) return
      setGone(
        new Map(
          outcome.value.flatMap((entry, at) =>
            entry?.goneSince ? [[addresses[at] ?? '', entry.goneSince] as const] : [],
          ),
        ),
      )
    })
    return () => {
      current = false
    }
  }, [asked])
  return gone
}

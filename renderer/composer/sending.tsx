import { useEffect, useRef, useState } from 'react'
import type { AppError, Draft, DraftContent, OutboxItem, SendCheck } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, settingsStore } from '../data/index.ts'
import { showError } from '../design/index.ts'
import { ConfirmPatients } from '../patients/index.ts'
import { PinDialog } from './pin-dialog.tsx'

/** What still has to be asked before a message leaves, and when it is to. */
interface Asked {
  at: Date | null
  /** Recipients of the patients' domain to confirm; empty once they are. */
  patients: readonly string[]
  confirmed: readonly string[]
  pin: boolean
}

/** Recipients of the patients' domain, as the core's checks class them. */
export const patientRecipients = (checks: readonly SendCheck[]): string[] => [
  ...new Set(
    checks.flatMap(({ trust, address }) => (trust === 'patient' && address !== null ? [address] : [])),
  ),
]

/**
 * Sends a draft: the identity of each patient written to is confirmed first, always; then the card's code is asked when the message
 * is signed; then it leaves, now or at a date. Its window may be closed meanwhile: what went wrong is told then too.
 */
export const useSending = ({
  draft,
  content,
  checks,
  flush,
  onSent,
}: {
  draft: Draft
  content: DraftContent
  checks: readonly SendCheck[]
  flush: () => Promise<boolean>
  onSent: (item: OutboxItem) => void
}) => {
  const [sending, setSending] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const isClosed = useRef(false)
  useEffect(() => {
    isClosed.current = false
    return () => {
      isClosed.current = true
    }
  }, [])

  const deliver = async (at: Date | null, confirmed: readonly string[]): Promise<void> => {
    setSending(true)
    setError(null)
    setAsked(null)
    const when = at ? { at: at.toISOString() } : { delaySeconds: settingsStore.get().sendDelaySeconds }
    // What could not be saved is told by the save line and must not be sent as it was before.
    const outcome = (await flush())
      ? await invoke('drafts.send', { id: draft.id, ...when, confirmedPatients: [...confirmed] })
      : null
    setSending(false)
    if (outcome === null) return
    if (outcome.ok) return onSent(outcome.value)
    if (isClosed.current) return showError(outcome.error)
    const address = outcome.error.details?.['address']
    // A recipient typed since the last check: the core asks what the window could not know.
    if (outcome.error.code === 'compose.patient-unconfirmed' && typeof address === 'string')
      setAsked({ at, patients: [...confirmed, address], confirmed: [], pin: false })
    else if (outcome.error.code === 'card.login-required')
      setAsked({ at, patients: [], confirmed, pin: true })
    else setError(outcome.error)
  }

  const afterPatients = async (at: Date | null, confirmed: readonly string[]): Promise<void> => {
    if (content.sign && cardStore.get().state !== 'open') setAsked({ at, patients: [], confirmed, pin: true })
    else await deliver(at, confirmed)
  }

  /** Now, or at a date. */
  const send = async (at: Date | null = null): Promise<void> => {
    const patients = patientRecipients(checks)
    if (patients.length > 0) setAsked({ at, patients, confirmed: [], pin: false })
    else await afterPatients(at, [])
  }

  const dialogs = (
    <>
      {asked !== null && asked.patients.length > 0 ? (
        <ConfirmPatients
          content={content}
          addresses={asked.patients}
          onClose={() => setAsked(null)}
          onConfirm={() => void afterPatients(asked.at, asked.patients)}
        />
      ) : null}
      <PinDialog
        isOpen={asked?.pin === true}
        onClose={() => setAsked(null)}
        onOpened={() => void deliver(asked?.at ?? null, asked?.confirmed ?? [])}
      />
    </>
  )
  return { sending, error, setError, send, dialogs }
}

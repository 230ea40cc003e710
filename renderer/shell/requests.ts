import { useEffect, useRef } from 'react'
import { openRequestStore, patientRequestStore, useStore } from '../data/index.ts'

/** Goes where somebody in the window asks to: to a message, to a patient's page, to the list of patients. */
export const useRequests = (go: {
  message: (id: number) => void
  patient: (id: number | null) => void
}): void => {
  const latest = useRef(go)
  useEffect(() => {
    latest.current = go
  })
  const message = useStore(openRequestStore)
  useEffect(() => {
    if (message === null) return
    openRequestStore.set(null)
    latest.current.message(message)
  }, [message])
  const patient = useStore(patientRequestStore)
  useEffect(() => {
    if (patient === null) return
    patientRequestStore.set(null)
    latest.current.patient(patient.id)
  }, [patient])
}

import { Lock, MailOpen, Send } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { DraftContent, Patient } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, useStore } from '../data/index.ts'
import { Banner, Button, Dialog, Spinner } from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { fullDate, patientName, t } from '../i18n/index.ts'
import { InsStatusChip } from './ins-status.tsx'
import './patients.css'

const monthName = (month: number): string =>
  new Intl.DateTimeFormat(document.documentElement.lang === 'en' ? 'en-GB' : 'fr-FR', {
    month: 'long',
  }).format(new Date(2001, month - 1, 1))

const matriculeBirth = (reading: NonNullable<Patient['mail']['reading']>): string => {
  const year = String(reading.birthYear).padStart(2, '0')
  return reading.birthMonth === null
    ? t('patients.confirmYear', { year })
    : t('patients.confirmMonth', { month: monthName(reading.birthMonth), year })
}

const Confirmed = ({ address, patient }: { address: string; patient: Patient | null }) => {
  const matricule = address.split('@')[0]?.toUpperCase() ?? ''
  if (patient === null)
    return (
      <section className="confirm-patient">
        <Banner tone="warn" title={t('patients.confirmUnknown')} />
        <p className="mono">{spacedMatricule(matricule)}</p>
      </section>
    )
  const { reading, disagreements, minor } = patient.mail
  const differs = (what: (typeof disagreements)[number]): boolean => disagreements.includes(what)
  return (
    <section className="confirm-patient" aria-label={patientName(patient)}>
      <p className="confirm-name">
        <b>{patientName(patient)}</b> <InsStatusChip status={patient.insStatus} />
      </p>
      {disagreements.length > 0 ? (
        <Banner
          tone="error"
          title={t('patients.confirmDiffers', {
            what: disagreements.map((one) => t(`patients.differs-${one}`)).join(', '),
          })}
        />
      ) : null}
      {minor ? <Banner tone="info" title={t('patients.minor')} /> : null}
      <table className="compared">
        <thead>
          <tr>
            <th scope="col">{t('patients.trait')}</th>
            <th scope="col">{t('patients.confirmRecord')}</th>
            <th scope="col">{t('patients.confirmMatricule')}</th>
          </tr>
        </thead>
        <tbody>
          <tr data-differs={differs('sex')}>
            <th scope="row">{t('patients.sex')}</th>
            <td>{t('reading.sex', { sex: patient.sex })}</td>
            <td>{reading ? t('reading.sex', { sex: reading.sex }) : t('patients.none')}</td>
          </tr>
          <tr data-differs={differs('birth-year') || differs('birth-month')}>
            <th scope="row">{t('patients.confirmBorn')}</th>
            <td>{patient.birthDate ? fullDate(patient.birthDate) : t('patients.none')}</td>
            <td>{reading ? matriculeBirth(reading) : t('patients.none')}</td>
          </tr>
          <tr>
            <th scope="row">{t('patients.confirmAddress')}</th>
            <td className="mono" colSpan={2}>
              {address}
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  )
}

/** Whose addresses these are; null until the base has said it of all. */
const usePatientsOf = (addresses: readonly string[]): ReadonlyMap<string, Patient | null> | null => {
  const asked = JSON.stringify(addresses)
  const [found, setFound] = useState<{ asked: string; patients: ReadonlyMap<string, Patient | null> } | null>(
    null,
  )
  useEffect(() => {
    let current = true
    const ask = async (address: string): Promise<[string, Patient | null]> => {
      const answer = await invoke('patients.ofAddress', { address })
      return [address, answer.ok ? answer.value : null]
    }
    void Promise.all((JSON.parse(asked) as string[]).map(ask)).then((patients) => {
      if (current) setFound({ asked, patients: new Map(patients) })
    })
    return () => {
      current = false
    }
  }, [asked])
  return found?.asked === asked ? found.patients : null
}

/**
 * What the professional confirms before anything leaves for a patient (ECO.2.2.6, mssante-client.md §1.8): the record beside what
 * the matricule says of sex and birth, what differs loud, and where answers go.
 */
export const ConfirmPatients = ({
  content,
  addresses,
  onClose,
  onConfirm,
}: {
  content: DraftContent
  /** Recipients of the patients' domain. */
  addresses: readonly string[]
  onClose: () => void
  onConfirm: () => void
}) => {
  const known = usePatientsOf(addresses)
  const replyTo = useStore(accountStore).find((one) => one.id === content.accountId)?.replyTo ?? null
  // Typed or prepared, this very subject is what ends all (ENS-7-fin).
  const endsAll = content.endsExchanges === true || content.subject.trim() === '[FIN]'
  const differs = [...(known?.values() ?? [])].some((one) => (one?.mail.disagreements.length ?? 0) > 0)
  return (
    <Dialog
      title={t('patients.confirmTitle')}
      isOpen
      onClose={onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose}>{t('patients.confirmCancel')}</Button>
          <Button variant={differs ? 'danger' : 'primary'} isDisabled={known === null} onPress={onConfirm}>
            <Send aria-hidden="true" /> {t(differs ? 'patients.confirmDiffering' : 'patients.confirm')}
          </Button>
        </>
      }
    >
      <p>{t('patients.confirmText')}</p>
      {known === null ? (
        <Spinner label={t('common.loading')} />
      ) : (
        addresses.map((address) => (
          <Confirmed key={address} address={address} patient={known.get(address) ?? null} />
        ))
      )}
      <p className="confirm-line">
        {endsAll || content.closesExchange === true ? (
          <Lock aria-hidden="true" />
        ) : (
          <MailOpen aria-hidden="true" />
        )}
        {t(
          endsAll
            ? 'patients.confirmEndsAll'
            : content.closesExchange === true
              ? 'patients.confirmClosed'
              : 'patients.confirmOpen',
        )}
      </p>
      {replyTo ? <p className="confirm-line">{t('patients.confirmReplyTo', { address: replyTo })}</p> : null}
    </Dialog>
  )
}

import { FlaskConical, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { PatientSummary } from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { isTestIdentity } from './traits.ts'

/** What the INS of an identity is worth, in words: qualified, wrong key, test identity, missing. */
export const InsChip = ({ patient }: { patient: PatientSummary }) => {
  if (isTestIdentity(patient.ins))
    return (
      <Chip tone="warn" icon={<FlaskConical aria-hidden="true" />}>
        {t('reading.testIdentity')}
      </Chip>
    )
  if (patient.ins && !patient.ins.keyValid)
    return (
      <Chip tone="alert" icon={<ShieldAlert aria-hidden="true" />}>
        {t('reading.insWrongKey')}
      </Chip>
    )
  return patient.qualified ? (
    <Chip tone="ok" icon={<ShieldCheck aria-hidden="true" />}>
      {t('reading.insQualified')}
    </Chip>
  ) : (
    <Chip tone="warn">{patient.ins ? t('reading.insNotQualified') : t('reading.insMissing')}</Chip>
  )
}

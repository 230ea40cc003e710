import { FlaskConical, ShieldAlert, ShieldCheck } from 'lucide-react'
import type { InsStatus } from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** What is known of a patient's INS, in words. */
export const InsStatusChip = ({ status }: { status: InsStatus }) => {
  const text = t(`patients.ins-${status}`)
  switch (status) {
    case 'qualified':
      return (
        <Chip tone="ok" icon={<ShieldCheck aria-hidden="true" />}>
          {text}
        </Chip>
      )
    case 'test':
      return (
        <Chip tone="warn" icon={<FlaskConical aria-hidden="true" />}>
          {text}
        </Chip>
      )
    case 'wrong-key':
      return (
        <Chip tone="alert" icon={<ShieldAlert aria-hidden="true" />}>
          {text}
        </Chip>
      )
    default:
      return <Chip tone="warn">{text}</Chip>
  }
}

import type { ReactNode } from 'react'
import { ProgressBar } from 'react-aria-components'
import type { ErrorData } from '../../app/contract/index.ts'
import { errorSentence, number } from '../i18n/index.ts'

/** A place with nothing to show yet: says why and what can be done. */
export const EmptyState = ({
  icon,
  title,
  children,
  actions,
  tone = 'calm',
}: {
  icon: ReactNode
  title: string
  children?: ReactNode
  actions?: ReactNode
  tone?: 'calm' | 'error'
}) => (
  <div className="empty-state" data-tone={tone} role={tone === 'error' ? 'alert' : undefined}>
    <div className="empty-state-picture" aria-hidden="true">
      {icon}
    </div>
    <h2>{title}</h2>
    {children ? <p>{children}</p> : null}
    {actions ? <div className="empty-state-actions">{actions}</div> : null}
  </div>
)

/** An error that takes the whole place. */
export const ErrorState = ({
  icon,
  error,
  actions,
}: {
  icon: ReactNode
  error: Pick<ErrorData, 'code' | 'details'>
  actions?: ReactNode
}) => {
  const sentence = errorSentence(error)
  return (
    <EmptyState icon={icon} title={sentence.what} tone="error" actions={actions}>
      {sentence.safe} {sentence.todo}
    </EmptyState>
  )
}

/** Work of unknown length; the label is what screen readers say. */
export const Spinner = ({ label, size = 'medium' }: { label: string; size?: 'medium' | 'large' }) => (
  <span role="status" aria-label={label}>
    <span className="spinner" data-size={size} aria-hidden="true" />
  </span>
)

/** Work of known length (`total` > 0), or not (`total` 0). */
export const Progress = ({ label, done, total }: { label: string; done: number; total: number }) => {
  const known = total > 0
  return (
    <ProgressBar
      className="progress"
      aria-label={label}
      isIndeterminate={!known}
      value={known ? done : 0}
      maxValue={known ? total : 100}
    >
      {({ percentage }) => (
        <>
          <div className="progress-head" aria-hidden="true">
            <span>{label}</span>
            <span className="tabular">{known ? `${number(done)} / ${number(total)}` : ''}</span>
          </div>
          <div className="progress-track">
            <div
              className="progress-fill"
              {...(known ? { style: { width: `${percentage ?? 0}%` } } : { 'data-indeterminate': '' })}
            />
          </div>
        </>
      )}
    </ProgressBar>
  )
}

import type { ReactNode } from 'react'
import { ErrorBanner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import type { PartState as State } from './part-bytes.ts'

const Skeleton = () => (
  <div className="doc-state" role="status" aria-label={t('documents.loading')}>
    <div className="skeleton-lines" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </div>
  </div>
)

/** A part on its way, that failed, or what is made of it. */
export const PartState = <T,>({ part, children }: { part: State<T>; children: (value: T) => ReactNode }) =>
  part.state === 'loading' ? (
    <Skeleton />
  ) : part.state === 'failed' ? (
    <div className="doc-state">
      <ErrorBanner error={part.error} />
    </div>
  ) : (
    children(part.value)
  )

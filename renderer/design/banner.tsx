import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ErrorData } from '../../app/contract/index.ts'
import { errorSentence } from '../i18n/index.ts'

export type BannerTone = 'info' | 'ok' | 'warn' | 'error'

const icons = { info: Info, ok: CircleCheck, warn: TriangleAlert, error: CircleX }

/** A state in words, in the flow of the page. Errors interrupt the screen reader, the rest wait their turn. */
export const Banner = ({
  tone = 'info',
  title,
  children,
  actions,
  id,
  icon,
}: {
  tone?: BannerTone
  title?: string
  children?: ReactNode
  actions?: ReactNode
  id?: string
  /** In place of the tone's own. */
  icon?: ReactNode
}) => {
  const Icon = icons[tone]
  return (
    <div className="banner" id={id} data-tone={tone} role={tone === 'error' ? 'alert' : 'status'}>
      {icon ?? <Icon aria-hidden="true" />}
      <div className="banner-text">
        {title ? <strong>{title}</strong> : null}
        {children}
      </div>
      {actions ? <div className="banner-actions">{actions}</div> : null}
    </div>
  )
}

/**
 * An error of the contract as a banner: what happened, what is safe, what to do. `safe` replaces the general reassurance
 * where the place knows better (before the first message, « les messages reçus » are nobody's).
 */
export const ErrorBanner = ({
  error,
  safe,
  actions,
}: {
  error: Pick<ErrorData, 'code' | 'details'>
  safe?: string
  actions?: ReactNode
}) => {
  const sentence = errorSentence(error)
  return (
    <Banner tone="error" title={sentence.what} actions={actions}>
      <p>
        {safe ?? sentence.safe} {sentence.todo}
      </p>
    </Banner>
  )
}

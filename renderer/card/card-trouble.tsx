import { CreditCard, PackageX, PlugZap, ShieldX, Unplug, Usb } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CardState, ErrorCode } from '../../app/contract/index.ts'
import { Banner, Spinner } from '../design/index.ts'
import { errorSentence, t } from '../i18n/index.ts'

type Trouble = Exclude<CardState['state'], 'starting' | 'pin-needed' | 'pin-wrong' | 'pin-on-reader' | 'open'>

const troubles: Record<Trouble, { code: ErrorCode; icon: ReactNode }> = {
  'no-module': { code: 'card.no-module', icon: <PackageX /> },
  'module-failed': { code: 'card.module-failed', icon: <PlugZap /> },
  'no-reader': { code: 'card.no-reader', icon: <Usb /> },
  'no-card': { code: 'card.no-card', icon: <CreditCard /> },
  'unknown-card': { code: 'card.unknown-card', icon: <CreditCard /> },
  'mute-card': { code: 'card.mute', icon: <CreditCard /> },
  'contactless-card': { code: 'card.contactless', icon: <CreditCard /> },
  blocked: { code: 'card.pin-locked', icon: <ShieldX /> },
  dead: { code: 'card.puk-locked', icon: <ShieldX /> },
  removed: { code: 'card.removed', icon: <Unplug /> },
}

/** Why the PIN cannot be asked yet: what happened, what is safe (`safe` in places of their own), what to do. */
export const CardTrouble = ({ card, safe }: { card: CardState; safe?: string }) => {
  if (card.state === 'starting')
    return (
      <div className="unlock-trouble">
        <Spinner label={t('unlock.starting')} size="large" />
        <h2>{t('unlock.starting')}</h2>
        <p className="muted">{t('unlock.startingText')}</p>
      </div>
    )
  if (
    card.state === 'pin-needed' ||
    card.state === 'pin-wrong' ||
    card.state === 'pin-on-reader' ||
    card.state === 'open'
  )
    return null
  const trouble = troubles[card.state]
  const sentence = errorSentence(card.state === 'module-failed' ? card.error : { code: trouble.code })
  const waits = card.state === 'no-card' || card.state === 'no-reader' || card.state === 'removed'
  return (
    <div className="unlock-trouble" data-state={card.state} role="status">
      <span className="unlock-trouble-icon" data-tone={waits ? 'calm' : 'alert'} aria-hidden="true">
        {trouble.icon}
      </span>
      <h2>{sentence.what}</h2>
      <p>
        <strong>{sentence.todo}</strong>
      </p>
      <p className="muted">{safe ?? sentence.safe}</p>
      {card.state === 'no-card' ? (
        <p className="muted small">{t('unlock.readers', { names: card.readers.join(', ') })}</p>
      ) : null}
      {card.state === 'no-module' && card.tried.length > 0 ? (
        <details className="unlock-details">
          <summary>{t('unlock.triedPaths', { count: card.tried.length })}</summary>
          <ul className="mono small">
            {card.tried.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </details>
      ) : null}
      {card.state === 'module-failed' ? (
        <Banner tone="warn">
          <p className="mono small">{card.path}</p>
        </Banner>
      ) : null}
    </div>
  )
}

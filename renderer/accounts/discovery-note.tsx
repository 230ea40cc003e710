import { Compass } from 'lucide-react'
import type { Discovery } from '../../app/contract/index.ts'
import { errorSentence, t } from '../i18n/index.ts'

/** Which way found the servers, and why those tried before did not. */
export const DiscoveryNote = ({ discovery }: { discovery: Discovery }) => {
  const refused = discovery.tried.flatMap(({ way, error }) => (error ? [{ way, error }] : []))
  return (
    <div className="discovery-note small muted">
      <p>
        <Compass aria-hidden="true" /> {t(`accounts.found-${discovery.source}`)}
      </p>
      {refused.map(({ way, error }) => (
        <p key={way}>
          {t('accounts.wayRefused', { way: t(`accounts.way-${way}`), reason: errorSentence(error).what })}
        </p>
      ))}
    </div>
  )
}

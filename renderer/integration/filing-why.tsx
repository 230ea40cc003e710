import type { Filing } from '../../app/contract/index.ts'
import { errorSentence, t } from '../i18n/index.ts'
import { integrationFault } from '../sending/index.ts'

/** Why a document is not where it should be: what the record said in words, and what to do; nothing when all is well. */
export const FilingWhy = ({ filing }: { filing: Filing }) => {
  if (filing.state === 'unknown') return <p className="filing-why">{t('integration.unknownText')}</p>
  if (filing.state === 'filed' || filing.state === 'withdrawn' || filing.state === 'cancelled') return null
  const error = filing.error === null ? null : errorSentence(filing.error)
  if (filing.faults.length === 0)
    return error === null ? null : (
      <p className="filing-why">
        <strong>{error.what}</strong> {error.safe} {error.todo}
      </p>
    )
  return (
    <ul className="filing-why">
      {filing.faults.map((fault, index) => {
        const { what, todo } = integrationFault(fault.code)
        const technical = [
          fault.code === null ? null : t('integration.fault', { code: fault.code }),
          fault.location === null ? null : t('integration.at', { location: fault.location }),
          fault.text === null ? null : t('integration.says', { text: fault.text }),
        ].filter(Boolean)
        return (
          <li key={index}>
            <strong>{what}</strong> {todo}
            {technical.length > 0 ? <p className="muted small">{technical.join(' · ')}</p> : null}
          </li>
        )
      })}
    </ul>
  )
}

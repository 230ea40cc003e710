import { ExternalLink } from 'lucide-react'
import { useContext } from 'react'
import { IconButton, WideTable } from '../../design/index.ts'
import { dateTime, fullDate, number as shownNumber, t } from '../../i18n/index.ts'
import { ResultHistoryContext } from './history.ts'
import { MarkChip } from './mark-chip.tsx'
import type { TimedValue } from './values.ts'

/** All values of one analyte in words, newest first: what the curve draws, and what it cannot. */
export const ValuesTable = ({
  label,
  unit,
  values,
}: {
  label: string
  unit: string | null
  values: readonly TimedValue[]
}) => {
  const { openMessage } = useContext(ResultHistoryContext)
  return (
    <WideTable className="doc-table-scroll" label={t('results.valuesOf', { label })}>
      <table className="lab-values">
        <caption className="visually-hidden">{t('results.valuesOf', { label })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('results.date')}</th>
            <th scope="col" className="lab-value">
              {t('documents.result')}
            </th>
            <td />
            <th scope="col">
              <span className="lab-origin">{t('results.source')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {values.toReversed().map((value, index) => (
            <tr key={index} data-current={value.current}>
              <th scope="row" className="tabular">
                {value.date === null
                  ? t('results.undated')
                  : value.date.includes('T')
                    ? dateTime(value.date)
                    : fullDate(value.date)}
              </th>
              <td className="lab-value tabular">
                {value.converted && value.number !== null ? (
                  <>
                    ≈ {shownNumber(value.number, 3)} {unit}
                    <span className="lab-detail">
                      {t('results.convertedFrom', {
                        value: [value.value, value.unit].filter(Boolean).join(' '),
                      })}
                    </span>
                  </>
                ) : (
                  [value.value, value.unit].filter(Boolean).join(' ')
                )}
              </td>
              <td>
                <MarkChip mark={value.mark} />
              </td>
              <td>
                <span className="lab-origin">
                  {value.current ? t('results.thisDocument') : (value.organisation ?? t('results.toldHere'))}
                </span>
                {value.byTraits && <span className="lab-detail">{t('results.byTraits')}</span>}
                {value.messageId !== null && openMessage && (
                  <IconButton
                    size="small"
                    label={t('results.openMessage', {
                      date: value.date === null ? '' : fullDate(value.date.slice(0, 10)),
                    })}
                    onPress={() => value.messageId !== null && openMessage(value.messageId)}
                  >
                    <ExternalLink aria-hidden="true" />
                  </IconButton>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </WideTable>
  )
}

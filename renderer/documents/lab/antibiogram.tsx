import type { LabResult } from '../../../app/contract/index.ts'
import { WideTable } from '../../design/index.ts'
import { t } from '../../i18n/index.ts'
import { MarkChip } from './mark-chip.tsx'
import { markOf } from './marks.ts'

/** A line of an antibiogram: S, I or R of an antibiotic for an isolate. */
export const isSusceptibility = ({ interpretation }: LabResult): boolean =>
  interpretation === 'S' || interpretation === 'I' || interpretation === 'R'

/** One table per isolate: antibiotic, what was measured, S, I or R in words. */
export const Antibiogram = ({ caption, results }: { caption: string; results: readonly LabResult[] }) => {
  const isolates = [...Map.groupBy(results, ({ isolate }) => isolate)]
  return isolates.map(([isolate, lines], index) => {
    const title = isolate === null ? t('results.antibiogram') : t('results.antibiogramOf', { isolate })
    const measured = lines.some(({ value, interpretation }) => value !== '' && value !== interpretation)
    return (
      <WideTable key={index} className="doc-table-scroll antibiogram" label={`${caption} – ${title}`}>
        <table className="lab-table">
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('results.antibiotic')}</th>
              {measured && (
                <th scope="col" className="lab-value">
                  {t('results.measured')}
                </th>
              )}
              <th scope="col" className="lab-mark">
                {t('results.susceptibility')}
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, position) => (
              <tr key={position} data-susceptibility={line.interpretation}>
                <th scope="row">
                  {line.label}
                  {line.method && <span className="lab-detail">{line.method}</span>}
                  {line.comment && <span className="lab-detail">{line.comment}</span>}
                </th>
                {measured && (
                  <td className="lab-value tabular">
                    {line.value === line.interpretation
                      ? ''
                      : [line.value, line.unit].filter(Boolean).join(' ')}
                  </td>
                )}
                <td className="lab-mark">
                  <MarkChip mark={markOf(line)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </WideTable>
    )
  })
}

import { TriangleAlert } from 'lucide-react'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { Banner, Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Critical results (HH, LL, AA) before the letter they came with, whatever its length (BIO/va1.01). */
export const CriticalNotice = ({
  documents,
  onShow,
}: {
  documents: readonly DocumentSummary[]
  /** Brings a document into view, by `DocumentSummary.id`. */
  onShow: (document: string) => void
}) =>
  documents.flatMap(({ id, alert, replacedBy }) =>
    alert?.level !== 'critical' || replacedBy !== null
      ? []
      : [
          <Banner
            key={id}
            tone="error"
            icon={<TriangleAlert aria-hidden="true" />}
            title={t('reading.critical', {
              code: alert.code,
              analyte: alert.analyte,
              value: alert.value,
              more: alert.count - 1,
            })}
            actions={
              <Button size="small" onPress={() => onShow(id)}>
                {t('reading.showResult')}
              </Button>
            }
          />,
        ],
  )

import { useEffect, useState } from 'react'
import type { Quarantined } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, showError } from '../design/index.ts'
import { errorSentence, shownSubject, t } from '../i18n/index.ts'
import { askExport } from './exchange-state.ts'
import { retryQuarantined } from './quarantine-notice.tsx'
import './exchange.css'

/** Every message set aside, for whoever looks after this workstation. */
export const QuarantineList = ({ onExport }: { onExport: () => void }) => {
  const [list, setList] = useState<readonly Quarantined[] | null>(null)
  const [tries, setTries] = useState(0)
  useEffect(() => {
    void invoke('quarantine.list', null).then((answer) => {
      if (answer.ok) setList(answer.value)
      else showError(answer.error)
    })
  }, [tries])
  return (
    <section className="settings-section" aria-labelledby="settings-quarantine">
      <h3 id="settings-quarantine">{t('exchange.quarantine')}</h3>
      <p className="muted small">{t('exchange.quarantineText')}</p>
      {list?.length === 0 ? <p className="muted small">{t('exchange.quarantineNone')}</p> : null}
      {list && list.length > 0 ? (
        <ul className="exchange-list" aria-label={t('exchange.quarantine')}>
          {list.map(({ row, code }) => (
            <li key={row.id}>
              <span className="exchange-words">
                <b>{shownSubject(row) || t('exchange.print-noSubject')}</b>
                <span className="muted small">
                  {row.from.name || row.from.address} · {errorSentence({ code }).what}
                </span>
              </span>
              <Button
                size="small"
                onPress={() => {
                  onExport()
                  askExport({ kind: 'ids', ids: [row.id] }, 1)
                }}
              >
                {t('exchange.exportAction')}
              </Button>
              <Button size="small" onPress={() => retryQuarantined(row.id).then(() => setTries(tries + 1))}>
                {t('common.retry')}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}

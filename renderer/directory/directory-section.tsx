import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { Button, Chip, showError, showToast, Spinner } from '../design/index.ts'
import { dateTime, fullDate, number, size, t } from '../i18n/index.ts'
import { BaseActions, BaseProgress, BaseTrouble } from './base-status.tsx'
import { useDirectoryState } from './directory-state.ts'
import './directory.css'

/** The base of the directory in the settings: of when it is, what it holds, where it comes from, ways to renew it. */
export const DirectorySection = () => {
  const { state } = useDirectoryState()
  const [asking, setAsking] = useState(false)
  if (!state) return <Spinner label={t('common.loading')} />
  const { generation } = state
  const delta = async (): Promise<void> => {
    setAsking(true)
    const outcome = await invoke('directory.delta', null)
    setAsking(false)
    if (outcome.ok) showToast({ text: t('directory.deltaDone', { count: outcome.value.changed }) })
    else showError(outcome.error)
  }
  const facts: [string, string][] = generation
    ? [
        [t('directory.factDate'), fullDate(generation.date)],
        [t('directory.factImported'), dateTime(generation.importedAt)],
        [t('directory.factMailboxes'), number(generation.mailboxes)],
        [t('directory.factPersons'), number(generation.persons)],
        [t('directory.factGone'), number(generation.gone)],
        [
          t('directory.factLast'),
          t('directory.factChanges', {
            added: number(generation.added),
            removed: number(generation.removed),
          }),
        ],
        ...(generation.deviations > 0
          ? [[t('directory.factDeviations'), number(generation.deviations)] as [string, string]]
          : []),
        [
          t('directory.factSource'),
          generation.source === 'download' ? t('directory.sourceDownload') : generation.source,
        ],
        [t('directory.factSize'), size(state.databaseBytes)],
        ...(state.deltaAt ? [[t('directory.factDelta'), dateTime(state.deltaAt)] as [string, string]] : []),
      ]
    : []
  return (
    <section className="settings-section" aria-labelledby="settings-directory">
      <h3 id="settings-directory">{t('directory.title')}</h3>
      <p className="muted">{t('directory.aboutText')}</p>
      <BaseTrouble state={state} />
      <BaseProgress state={state} />
      {generation ? (
        <dl className="directory-facts">
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      ) : state.work ? null : (
        <p>{t('directory.never')}</p>
      )}
      <div className="directory-actions">
        <BaseActions state={state} />
        {state.fhir && generation && !state.work ? (
          <Button variant="quiet" onPress={() => delta()} isDisabled={asking}>
            <RefreshCw aria-hidden="true" /> {t('directory.delta')}
          </Button>
        ) : null}
      </div>
      <p className="directory-chips">
        <Chip tone={state.download ? 'ok' : 'neutral'}>
          {t(state.download ? 'directory.hasDownload' : 'directory.noDownload')}
        </Chip>
        <Chip tone={state.fhir ? 'ok' : 'neutral'}>
          {t(state.fhir ? 'directory.hasFhir' : 'directory.noFhir')}
        </Chip>
        <Chip tone={state.ldap ? 'ok' : 'neutral'}>
          {t(state.ldap ? 'directory.hasLdap' : 'directory.noLdap')}
        </Chip>
      </p>
    </section>
  )
}

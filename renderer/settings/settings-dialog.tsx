import { useEffect, useState } from 'react'
import type { Folder, Output, Settings } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { settingsStore, useNow, useStore } from '../data/index.ts'
import { Checkbox, Dialog, Segments, showError, TextField } from '../design/index.ts'
import { ImportSection, QuarantineList } from '../exchange/index.ts'
import { t } from '../i18n/index.ts'
import { StorageSection } from '../storage/index.ts'
import { KnownCertificates } from './known-certificates.tsx'
import { OwnAccounts } from './own-accounts.tsx'
import { OwnKeys } from './own-keys.tsx'
import './settings.css'

const themes = ['system', 'light', 'dark', 'contrast'] as const
const densities = ['comfortable', 'cosy', 'compact'] as const
const sendDelays = ['0', '5', '10', '30'] as const
const sendSeconds = { '0': 0, '5': 5, '10': 10, '30': 30 } as const
const lockDelays = ['5', '15', '30', '60', '120'] as const

/** Language, look and lock delay, each choice applied at once; mailboxes; certificates and keys. */
export const SettingsDialog = ({
  isOpen,
  onClose,
  onAddAccount,
  folderName,
}: {
  isOpen: boolean
  onClose: () => void
  onAddAccount: () => void
  /** As the sidebar names a folder. */
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}) => {
  const settings = useStore(settingsStore)
  const now = useNow()
  const [about, setAbout] = useState<Output<'window.about'> | null>(null)
  useEffect(() => {
    if (!isOpen) return
    void invoke('window.about', null).then((answer) => {
      if (answer.ok) setAbout(answer.value)
    })
  }, [isOpen])
  const change = (part: Partial<Settings>): void => {
    void invoke('settings.set', part).then((answer) => {
      if (!answer.ok) showError(answer.error)
    })
  }
  const delay = lockDelays.find((minutes) => Number(minutes) >= settings.lockAfterMinutes) ?? '120'
  return (
    <Dialog title={t('settings.title')} isOpen={isOpen} onClose={onClose} width="wide">
      <Segments
        label={t('settings.language')}
        value={settings.language}
        options={[
          { value: 'fr', label: 'Français' },
          { value: 'en', label: 'English' },
        ]}
        onChange={(language) => change({ language })}
      />
      <Segments
        label={t('settings.theme')}
        value={settings.theme}
        options={themes.map((value) => ({ value, label: t(`settings.theme-${value}`) }))}
        onChange={(theme) => change({ theme })}
      />
      <Segments
        label={t('settings.density')}
        value={settings.density}
        options={densities.map((value) => ({ value, label: t(`settings.density-${value}`) }))}
        onChange={(density) => change({ density })}
      />
      <Segments
        label={t('settings.lockAfter')}
        value={delay}
        options={lockDelays.map((value) => ({
          value,
          label: t('settings.minutes', { minutes: Number(value) }),
        }))}
        onChange={(minutes) => change({ lockAfterMinutes: Number(minutes) })}
      />
      <Segments
        label={t('sending.delay')}
        value={sendDelays.find((seconds) => Number(seconds) === settings.sendDelaySeconds) ?? '10'}
        options={sendDelays.map((value) => ({
          value,
          label: t('sending.delaySeconds', { seconds: Number(value) }),
        }))}
        onChange={(seconds) => change({ sendDelaySeconds: sendSeconds[seconds] })}
      />
      <Checkbox
        isSelected={settings.deliveryNotices}
        onChange={(deliveryNotices) => change({ deliveryNotices })}
      >
        {t('sending.deliveryNotices')}
      </Checkbox>
      <TextField
        label={t('sending.replacePrefix')}
        hint={t('sending.replacePrefixHint')}
        defaultValue={settings.replacePrefix}
        maxLength={60}
        onBlur={(event) => {
          const { value } = event.target
          if (value !== settings.replacePrefix) change({ replacePrefix: value })
        }}
      />
      <OwnAccounts onAdd={onAddAccount} />
      <StorageSection folderName={folderName} />
      <section className="settings-certificates" aria-labelledby="settings-certificates">
        <h3 id="settings-certificates">{t('settings.certificates')}</h3>
        <OwnKeys now={now} />
        <KnownCertificates now={now} />
      </section>
      <ImportSection folderName={folderName} />
      <QuarantineList onExport={onClose} />
      {about ? (
        <p className="muted small">
          {t('settings.about', { version: about.version, host: about.host, platform: about.platform })}
        </p>
      ) : null}
    </Dialog>
  )
}

import { openPanel } from '../card/index.ts'
import { openInspection, openTraces } from '../data/index.ts'
import { Button, Segments } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { SettingsPart, type SettingsChange } from './settings-part.tsx'

const lockDelays = ['5', '15', '30', '60', '120'] as const

/** « Sécurité »: when the session locks by itself. */
export const SecuritySection = ({ settings, change }: SettingsChange) => (
  <SettingsPart id="settings-security" title={t('settings.security')}>
    <Segments
      label={t('settings.lockAfter')}
      value={lockDelays.find((minutes) => Number(minutes) >= settings.lockAfterMinutes) ?? '120'}
      options={lockDelays.map((value) => ({
        value,
        label: t('settings.minutes', { minutes: Number(value) }),
      }))}
      onChange={(minutes) => change({ lockAfterMinutes: Number(minutes) })}
    />
    <div className="settings-card-actions">
      <Button onPress={() => openPanel('card')}>{t('ownCard.title')}</Button>
      <Button onPress={() => openPanel('change')}>{t('ownCard.changePin')}</Button>
      <Button onPress={() => openPanel('diagnosis')}>{t('ownCard.diagnosis')}</Button>
      <Button onPress={() => openInspection(null)}>{t('inspection.open')}</Button>
      <Button onPress={openTraces}>{t('traces.open')}</Button>
    </div>
  </SettingsPart>
)

import { Checkbox, Segments, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { SettingsPart, type SettingsChange } from './settings-part.tsx'

const sendDelays = ['0', '5', '10', '30'] as const
const sendSeconds = { '0': 0, '5': 5, '10': 10, '30': 30 } as const

/** « Envoi »: the seconds to change one's mind, notices of delivery, what a replacing message says first. */
export const SendingSection = ({ settings, change }: SettingsChange) => (
  <SettingsPart id="settings-sending" title={t('settings.sending')}>
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
  </SettingsPart>
)

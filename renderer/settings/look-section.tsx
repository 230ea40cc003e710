import { Segments } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { SettingsPart, type SettingsChange } from './settings-part.tsx'

const themes = ['system', 'light', 'dark', 'contrast'] as const
const densities = ['comfortable', 'cosy', 'compact'] as const

/** « Affichage »: language, theme and density. */
export const LookSection = ({ settings, change }: SettingsChange) => (
  <SettingsPart id="settings-look" title={t('settings.look')}>
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
  </SettingsPart>
)

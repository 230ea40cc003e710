import { useMemo } from 'react'
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components'
import { ChevronDown } from 'lucide-react'
import type { CodeChoice } from '../../app/contract/index.ts'
import { Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'

const folded = (text: string): string =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[’']/g, ' ').toLowerCase()

/** Every word typed begins a word of the name, or is in the code. */
const matches = (textValue: string, typed: string): boolean => {
  const words = folded(textValue).split(/[\s(),/-]+/)
  return folded(typed)
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => words.some((one) => one.startsWith(word)))
}

/** The type of a document among those of the national list: searched by its words, the ones used last in front. */
export const TypeChoice = ({
  types,
  recent,
  value,
  onChange,
}: {
  types: readonly CodeChoice[]
  recent: readonly string[]
  value: string
  onChange: (code: string) => void
}) => {
  const ordered = useMemo(() => {
    const lately = recent.flatMap((code) => types.find((type) => type.code === code) ?? [])
    const others = types.filter(({ code }) => !recent.includes(code))
    return [...lately, ...others].map((type) => ({ ...type, id: type.code }))
  }, [recent, types])
  return (
    <ComboBox
      className="field"
      defaultItems={ordered}
      selectedKey={value === '' ? null : value}
      defaultInputValue={types.find((type) => type.code === value)?.label ?? ''}
      defaultFilter={matches}
      menuTrigger="focus"
      onSelectionChange={(key) => {
        if (typeof key === 'string') onChange(key)
      }}
    >
      <Label className="field-label">{t('medical.type')}</Label>
      <div className="field-input">
        <Input placeholder={t('medical.typeHint')} />
        <AriaButton className="medical-open" aria-label={t('medical.allTypes')}>
          <ChevronDown aria-hidden="true" />
        </AriaButton>
      </div>
      <Popover className="popover medical-types">
        <ListBox<CodeChoice & { id: string }> className="menu">
          {({ code, label }) => (
            <ListBoxItem id={code} className="menu-item" textValue={label}>
              {label} <span className="muted small">{code}</span>
              {recent.includes(code) ? <Chip>{t('medical.recentType')}</Chip> : null}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

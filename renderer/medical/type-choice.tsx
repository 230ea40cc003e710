import { useMemo } from 'react'
import {
  Button as AriaButton,
  ComboBox,
  Header,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
} from 'react-aria-components'
import { ChevronDown } from 'lucide-react'
import type { CodeChoice } from '../../app/contract/index.ts'
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
  const lately = useMemo(
    () => recent.flatMap((code) => types.find((type) => type.code === code) ?? []),
    [recent, types],
  )
  const item = ({ code, label }: CodeChoice) => (
    <ListBoxItem key={code} id={code} className="menu-item" textValue={label}>
      <span>{label}</span> <span className="muted small">{code}</span>
    </ListBoxItem>
  )
  return (
    <ComboBox
      className="field"
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
        <ListBox className="menu">
          {lately.length > 0 && (
            <ListBoxSection>
              <Header className="menu-header">{t('medical.recentTypes')}</Header>
              {lately.map(item)}
            </ListBoxSection>
          )}
          <ListBoxSection>
            <Header className="menu-header">{t('medical.types')}</Header>
            {types.filter(({ code }) => !recent.includes(code)).map(item)}
          </ListBoxSection>
        </ListBox>
      </Popover>
    </ComboBox>
  )
}

import type { ReactElement, ReactNode } from 'react'
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { KeyboardHint } from './keyboard-hint.tsx'

export interface MenuEntry {
  id: string
  label: string
  icon?: ReactNode
  shortcut?: string
  isDisabled?: boolean
  onAction: () => void
}

/** A list of actions that opens from a button. */
export const Menu = ({
  trigger,
  entries,
  label,
}: {
  trigger: ReactElement
  entries: readonly MenuEntry[]
  label: string
}) => (
  <MenuTrigger>
    {trigger}
    <Popover className="popover" offset={4}>
      <AriaMenu className="menu" aria-label={label}>
        {entries.map((entry) => (
          <MenuItem
            key={entry.id}
            id={entry.id}
            className="menu-item"
            textValue={entry.label}
            isDisabled={entry.isDisabled ?? false}
            onAction={entry.onAction}
          >
            {entry.icon}
            {entry.label}
            {entry.shortcut ? <KeyboardHint keys={entry.shortcut} /> : null}
          </MenuItem>
        ))}
      </AriaMenu>
    </Popover>
  </MenuTrigger>
)

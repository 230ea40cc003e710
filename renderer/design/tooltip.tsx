import type { ReactElement } from 'react'
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components'
import { KeyboardHint } from './keyboard-hint.tsx'

/** A short explanation on hover and focus; the trigger is a focusable React Aria element. */
export const Tooltip = ({
  text,
  shortcut,
  children,
}: {
  text: string
  shortcut?: string
  children: ReactElement
}) => (
  <TooltipTrigger delay={500}>
    {children}
    <AriaTooltip className="tooltip" offset={6}>
      {text}
      {shortcut ? <KeyboardHint keys={shortcut} /> : null}
    </AriaTooltip>
  </TooltipTrigger>
)

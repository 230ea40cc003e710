import { useRef, useState, type ReactNode } from 'react'
import {
  Button as AriaButton,
  type ButtonProps as AriaButtonProps,
  type PressEvent,
} from 'react-aria-components'
import { Tooltip } from './tooltip.tsx'

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style' | 'onPress'> {
  children: ReactNode
  /** What it does; a promise is a deed under way: until it ends, presses do nothing and the button says that it waits. */
  onPress?: (event: PressEvent) => unknown
  variant?: 'plain' | 'primary' | 'danger' | 'quiet' | 'link'
  size?: 'small' | 'medium' | 'large'
  wide?: boolean
  /** Extra class for a place-specific look. */
  className?: string
}

/** One press, one deed: what takes a while is not begun again before it is over, however often the button is pressed. */
const useDeed = ({
  onPress,
  isPending = false,
}: {
  onPress: ButtonProps['onPress'] | undefined
  isPending: boolean | undefined
}): Pick<AriaButtonProps, 'onPress' | 'isPending'> => {
  const running = useRef(false)
  const [isRunning, setRunning] = useState(false)
  const run = async (deed: Promise<unknown>): Promise<void> => {
    running.current = true
    setRunning(true)
    try {
      await deed
    } finally {
      running.current = false
      setRunning(false)
    }
  }
  if (!onPress) return { isPending }
  return {
    isPending: isPending || isRunning,
    onPress: (event) => {
      if (running.current) return
      const done = onPress(event)
      if (done instanceof Promise) void run(done)
    },
  }
}

/** A push button; `primary` once per view at most. */
export const Button = ({
  children,
  variant = 'plain',
  size = 'medium',
  wide,
  className,
  onPress,
  isPending,
  ...props
}: ButtonProps) => (
  <AriaButton
    {...props}
    {...useDeed({ onPress, isPending })}
    className={className ? `button ${className}` : 'button'}
    data-variant={variant}
    data-size={size}
    {...(wide ? { 'data-wide': '' } : {})}
  >
    {children}
  </AriaButton>
)

export interface IconButtonProps extends Omit<ButtonProps, 'wide' | 'aria-label'> {
  /** Said by screen readers and shown in the tooltip. */
  label: string
  /** Key shown in the tooltip. */
  shortcut?: string
}

/** A button that shows an icon only: it always has a name and a tooltip. */
export const IconButton = ({
  label,
  shortcut,
  children,
  variant = 'quiet',
  size = 'medium',
  className,
  onPress,
  isPending,
  ...props
}: IconButtonProps) => (
  <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
    <AriaButton
      {...props}
      {...useDeed({ onPress, isPending })}
      aria-label={label}
      className={className ? `button ${className}` : 'button'}
      data-variant={variant}
      data-size={size}
      data-icon-only=""
    >
      {children}
    </AriaButton>
  </Tooltip>
)

import type { ReactNode } from 'react'
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components'
import { Tooltip } from './tooltip.tsx'

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  children: ReactNode
  variant?: 'plain' | 'primary' | 'danger' | 'quiet' | 'link'
  size?: 'small' | 'medium' | 'large'
  wide?: boolean
  /** Extra class for a place-specific look. */
  className?: string
}

/** A push button; `primary` once per view at most. */
export const Button = ({
  children,
  variant = 'plain',
  size = 'medium',
  wide,
  className,
  ...props
}: ButtonProps) => (
  <AriaButton
    {...props}
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
  ...props
}: IconButtonProps) => (
  <Tooltip text={label} {...(shortcut ? { shortcut } : {})}>
    <AriaButton
      {...props}
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

import type { ReactNode } from 'react'

export type ChipTone = 'neutral' | 'patient' | 'ok' | 'warn' | 'alert' | 'brand' | 'solid-alert'

/** A short label with a meaning: patient, check passed, warning, alert. Never only a colour: the text says it. */
export const Chip = ({
  tone = 'neutral',
  icon,
  children,
  title,
}: {
  tone?: ChipTone
  icon?: ReactNode
  children: ReactNode
  title?: string
}) => (
  <span className="chip" data-tone={tone} title={title}>
    {icon}
    <span>{children}</span>
  </span>
)

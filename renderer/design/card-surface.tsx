import type { ReactNode } from 'react'

/** A white panel with a hairline border: the reading pane's and the assistant's building block. */
export const CardSurface = ({ children, className }: { children: ReactNode; className?: string }) => (
  <div className={className ? `card-surface ${className}` : 'card-surface'}>{children}</div>
)

import type { TrustClass } from '../../app/contract/index.ts'
import { initials } from '../i18n/index.ts'

/** Initials on the colour and shape of the trust class: round for a person, square for an organisation, violet for a patient. */
export const Avatar = ({
  name,
  trust,
  size = 'medium',
}: {
  name: string
  trust: TrustClass
  size?: 'medium' | 'large'
}) => (
  <span className="avatar" data-trust={trust} data-size={size} aria-hidden="true">
    {initials(name)}
  </span>
)

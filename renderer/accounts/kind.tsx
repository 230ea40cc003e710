import { Building2, Cpu, Mail, UserRound } from 'lucide-react'
import type { AccountKind } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import './accounts.css'

const icons = { personal: UserRound, organisational: Building2, applicative: Cpu, generic: Mail } as const

/** The picture of a kind of mailbox. */
export const KindIcon = ({ kind }: { kind: AccountKind }) => {
  const Icon = icons[kind]
  return <Icon aria-hidden="true" />
}

/** What a mailbox is, by colour, picture and word: an ordinary one is never taken for one of MSSanté. */
export const KindMark = ({ kind }: { kind: AccountKind }) => (
  <span className="kind-mark" data-kind={kind}>
    <KindIcon kind={kind} />
    {t(`accounts.kind-${kind}`)}
  </span>
)

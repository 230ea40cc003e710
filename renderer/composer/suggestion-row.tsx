import { Building2, Clock, Star, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { Avatar, Chip } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { suggestionLine, suggestionName, type Suggestion } from './suggestions.ts'

const Mark = ({ one }: { one: Suggestion }): ReactNode => {
  switch (one.kind) {
    case 'address':
      return <Avatar name={suggestionName(one)} trust={one.trust} />
    case 'patient':
      return <Avatar name={suggestionName(one)} trust="patient" />
    case 'list':
      return (
        <span className="suggestion-mark" aria-hidden="true">
          <Users />
        </span>
      )
    case 'service':
      return (
        <span className="suggestion-mark" aria-hidden="true">
          <Building2 />
        </span>
      )
  }
}

const Origin = ({ one }: { one: Extract<Suggestion, { kind: 'address' }> }) =>
  one.origins.includes('favourite') ? (
    <Star className="suggestion-origin" aria-label={t('directory.isFavourite')} fill="currentColor" />
  ) : one.origins.includes('recent') ? (
    <Clock className="suggestion-origin" aria-label={t('directory.isRecent')} />
  ) : null

const AddressChips = ({ one }: { one: Extract<Suggestion, { kind: 'address' }> }) => (
  <>
    {one.goneSince === null ? null : (
      <Chip tone="alert">{t('directory.goneShort', { date: fullDate(one.goneSince) })}</Chip>
    )}
    {one.preferred && one.others > 0 ? <Chip tone="brand">{t('directory.preferred')}</Chip> : null}
    {!one.preferred && one.others > 0 ? (
      <Chip>{t('directory.otherAddresses', { count: one.others })}</Chip>
    ) : null}
    {one.trust === 'outside' || one.trust === 'unknown' || one.trust === 'patient' ? (
      <Chip tone={one.trust === 'outside' ? 'alert' : one.trust === 'patient' ? 'patient' : 'warn'}>
        {t(`composer.trust_${one.trust}`)}
      </Chip>
    ) : one.type === null ? (
      <Chip tone="ok">{t(`composer.trust_${one.trust}`)}</Chip>
    ) : (
      <Chip tone="ok">{t(`directory.type-${one.type}`)}</Chip>
    )}
  </>
)

/** One suggestion: who, which trade, where, and what kind of address. */
export const SuggestionRow = ({ one }: { one: Suggestion }) => (
  <>
    <Mark one={one} />
    <span className="suggestion-words">
      <span className="suggestion-name">
        <b>{suggestionName(one)}</b>
        {one.kind === 'address' ? <Origin one={one} /> : null}
      </span>
      <span className="small muted">{suggestionLine(one)}</span>
      {one.kind === 'address' && one.name !== '' ? (
        <span className="small muted mono">{one.address}</span>
      ) : null}
    </span>
    <span className="suggestion-chips">
      {one.kind === 'address' ? <AddressChips one={one} /> : null}
      {one.kind === 'list' ? <Chip tone="brand">{t('directory.list')}</Chip> : null}
      {one.kind === 'service' ? <Chip tone="brand">{t('directory.service')}</Chip> : null}
      {one.kind === 'patient' ? <Chip tone="patient">{t('composer.trust_patient')}</Chip> : null}
    </span>
  </>
)

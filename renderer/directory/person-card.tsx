import { BadgeCheck, Copy, PencilLine, RefreshCw, Star } from 'lucide-react'
import { useEffect, useState } from 'react'
import type {
  AppError,
  DirectoryEntry,
  DirectoryPerson,
  DirectoryStructure,
} from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import {
  Avatar,
  Banner,
  Button,
  Chip,
  ErrorBanner,
  IconButton,
  showError,
  showToast,
  Spinner,
} from '../design/index.ts'
import { dateTime, fullDate, t } from '../i18n/index.ts'
import { goneWords, rppsOf, structureName, typeName } from './entry-words.ts'

const Place = ({ structure }: { structure: DirectoryStructure | null }) => {
  if (!structure) return null
  const town = [structure.postalCode, structure.town].filter((part) => part !== null).join(' ')
  return (
    <address className="directory-place">
      {structureName(structure) ? <b>{structureName(structure)}</b> : null}
      {structure.lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
      {town === '' ? null : <span>{town}</span>}
    </address>
  )
}

const copy = async (text: string): Promise<void> => {
  await navigator.clipboard.writeText(text)
  showToast({ text: t('directory.copied') })
}

const MailboxCard = ({
  entry,
  several,
  onWrite,
  onChanged,
}: {
  entry: DirectoryEntry
  several: boolean
  onWrite: (entry: DirectoryEntry) => void
  onChanged: () => void
}) => {
  const change = async (work: ReturnType<typeof invoke<'directory.prefer'>>): Promise<void> => {
    const outcome = await work
    if (outcome.ok) onChanged()
    else showError(outcome.error)
  }
  const { address, nationalId } = entry
  return (
    <li className="directory-mailbox" {...(entry.goneSince === null ? {} : { 'data-gone': '' })}>
      <div className="directory-mailbox-head">
        <span className="mono">{address}</span>
        <IconButton
          label={t(entry.favourite ? 'directory.unfavourite' : 'directory.favourite', { address })}
          size="small"
          onPress={() =>
            change(invoke('directory.setFavourite', { address, name: entry.name, on: !entry.favourite }))
          }
        >
          <Star aria-hidden="true" {...(entry.favourite ? { fill: 'currentColor' } : {})} />
        </IconButton>
      </div>
      <div className="directory-chips">
        <Chip>{typeName(entry.type)}</Chip>
        {entry.preferred ? <Chip tone="brand">{t('directory.preferred')}</Chip> : null}
        {entry.rank !== null && several ? <Chip>{t('directory.rank', { rank: entry.rank })}</Chip> : null}
        {entry.paperless === true ? <Chip tone="ok">{t('directory.paperless')}</Chip> : null}
        {entry.goneSince === null ? null : <Chip tone="alert">{goneWords(entry.goneSince)}</Chip>}
      </div>
      {entry.service ? <p className="small">{entry.service}</p> : null}
      <Place structure={entry.structure} />
      <p className="small muted">{t('directory.seenSince', { date: fullDate(entry.firstSeen) })}</p>
      <div className="directory-mailbox-actions">
        {entry.goneSince === null ? (
          <Button size="small" onPress={() => onWrite(entry)}>
            <PencilLine aria-hidden="true" /> {t('directory.write')}
          </Button>
        ) : null}
        <Button size="small" variant="quiet" onPress={() => copy(address)}>
          <Copy aria-hidden="true" /> {t('directory.copy')}
        </Button>
        {several && nationalId !== null && entry.goneSince === null ? (
          <Button
            size="small"
            variant="quiet"
            onPress={() =>
              change(invoke('directory.prefer', { nationalId, address: entry.preferred ? null : address }))
            }
          >
            {t(entry.preferred ? 'directory.notPreferred' : 'directory.preferThis')}
          </Button>
        ) : null}
      </div>
    </li>
  )
}

const Situations = ({ person }: { person: DirectoryPerson }) =>
  person.situations.length === 0 ? null : (
    <section aria-labelledby="directory-situations">
      <h3 id="directory-situations">{t('directory.situations')}</h3>
      <ul className="directory-situations">
        {person.situations.map((one, index) => (
          <li key={index}>
            <span>
              {one.role ?? t('directory.situation')}
              {one.active ? '' : ` · ${t('directory.ended')}`}
            </span>
            <Place structure={one.structure} />
          </li>
        ))}
      </ul>
    </section>
  )

const usePerson = (nationalId: string | null, changed: number): DirectoryPerson | null => {
  const [person, setPerson] = useState<DirectoryPerson | null>(null)
  useEffect(() => {
    if (nationalId === null) return undefined
    let current = true
    void invoke('directory.person', { nationalId }).then((outcome) => {
      if (current && outcome.ok) setPerson(outcome.value)
    })
    return () => {
      current = false
    }
  }, [nationalId, changed])
  return person?.nationalId === nationalId ? person : null
}

/** The mailboxes of a service's structure, its own first. */
const useStructure = (entry: DirectoryEntry, changed: number): readonly DirectoryEntry[] => {
  const structureId = entry.nationalId === null ? (entry.structure?.id ?? null) : null
  const [found, setFound] = useState<{ structureId: string; entries: readonly DirectoryEntry[] } | null>(null)
  useEffect(() => {
    if (structureId === null) return undefined
    let current = true
    void invoke('directory.structure', { structureId }).then((outcome) => {
      if (current && outcome.ok) setFound({ structureId, entries: outcome.value })
    })
    return () => {
      current = false
    }
  }, [structureId, changed])
  return found?.structureId === structureId && found.entries.length > 0 ? found.entries : [entry]
}

/** Everything the directory says of a person, or of the services of a structure, with what one does about it. */
export const PersonCard = ({
  entry,
  canVerify,
  onWrite,
  onChanged,
}: {
  entry: DirectoryEntry
  canVerify: boolean
  onWrite: (entries: readonly DirectoryEntry[]) => void
  /** A favourite or a choice of address changed. */
  onChanged: () => void
}) => {
  const [changes, setChanges] = useState(0)
  const [asking, setAsking] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const { nationalId } = entry
  const person = usePerson(nationalId, changes)
  const services = useStructure(entry, changes)
  const mailboxes = person?.mailboxes ?? (nationalId === null ? services : [entry])
  const changed = (): void => {
    setChanges((count) => count + 1)
    onChanged()
  }
  const verify = async (): Promise<void> => {
    if (nationalId === null) return
    setAsking(true)
    setError(null)
    const outcome = await invoke('directory.verify', { nationalId })
    setAsking(false)
    if (outcome.ok) changed()
    else setError(outcome.error)
  }
  const rpps = nationalId === null ? null : rppsOf(nationalId)
  const trades = [...(person?.professions ?? []), ...(person?.specialties ?? [])].map(({ label }) => label)
  const name =
    nationalId === null ? (structureName(entry.structure) ?? entry.name) : (person?.name ?? entry.name)
  const there = mailboxes.filter(({ goneSince }) => goneSince === null)
  return (
    <article className="directory-person" aria-label={name}>
      <header className="directory-person-head">
        <Avatar name={name} trust={entry.trust} size="large" />
        <div>
          <h2>{name}</h2>
          <p className="muted">
            {(trades.length > 0 ? trades : [entry.profession?.label, entry.specialty?.label])
              .filter((one) => one !== undefined)
              .join(' · ')}
          </p>
          {rpps === null ? null : <p className="small mono muted">RPPS {rpps}</p>}
        </div>
      </header>
      {person?.active === false ? (
        <Banner tone="warn" title={t('directory.inactive')}>
          <p>{t('directory.inactiveText')}</p>
        </Banner>
      ) : null}
      {error ? <ErrorBanner error={error} /> : null}
      <div className="directory-person-actions">
        {nationalId !== null && canVerify ? (
          <Button onPress={() => verify()} isDisabled={asking}>
            {asking ? <Spinner label={t('directory.verifying')} /> : <RefreshCw aria-hidden="true" />}{' '}
            {t('directory.verify')}
          </Button>
        ) : null}
        {nationalId === null && there.length > 1 ? (
          <Button onPress={() => onWrite(there)}>
            <PencilLine aria-hidden="true" /> {t('directory.writeAll', { count: there.length })}
          </Button>
        ) : null}
        {person?.verifiedAt ? (
          <Chip tone="ok" icon={<BadgeCheck aria-hidden="true" />}>
            {t('directory.verifiedAt', { date: dateTime(person.verifiedAt) })}
          </Chip>
        ) : null}
      </div>
      <section aria-labelledby="directory-mailboxes">
        <h3 id="directory-mailboxes">
          {t(nationalId === null ? 'directory.services' : 'directory.mailboxes', { count: mailboxes.length })}
        </h3>
        <ul className="directory-mailboxes">
          {mailboxes.map((one) => (
            <MailboxCard
              key={`${one.address} ${one.service ?? ''}`}
              entry={one}
              several={nationalId !== null && mailboxes.length > 1}
              onWrite={(chosen) => onWrite([chosen])}
              onChanged={changed}
            />
          ))}
        </ul>
      </section>
      {person ? <Situations person={person} /> : null}
    </article>
  )
}

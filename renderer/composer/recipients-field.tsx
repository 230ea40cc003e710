import { TriangleAlert, X } from 'lucide-react'
import { useContext, useEffect, useId, useRef, useState } from 'react'
import {
  ComboBox,
  ComboBoxStateContext,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components'
import type { Correspondent, SendCheck } from '../../app/contract/index.ts'
import { Avatar } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { addRecipients, checkOf, readRecipients } from './recipients.ts'
import { SuggestionRow } from './suggestion-row.tsx'
import {
  recipientsOf,
  suggestionKey,
  suggestionLine,
  suggestionName,
  useGone,
  useSuggestions,
  type Suggestion,
} from './suggestions.ts'
import './recipients.css'

const Recipient = ({
  recipient,
  check,
  goneSince,
  onRemove,
}: {
  recipient: Correspondent
  check: SendCheck | null
  /** The directory holds this address no more. */
  goneSince: string | null
  onRemove: () => void
}) => {
  const name = recipient.name || recipient.address
  const refused = check?.blocking === true
  const reason =
    check && check.kind !== 'recipient-trusted' && check.kind !== 'size'
      ? t(`composer.recipient_${check.kind}`)
      : null
  return (
    <li
      className="recipient"
      data-refused={refused}
      {...(goneSince === null ? {} : { 'data-gone': '' })}
      title={recipient.address}
    >
      {refused || goneSince !== null ? (
        <span className="recipient-mark" aria-hidden="true">
          <TriangleAlert />
        </span>
      ) : (
        <Avatar name={name} trust={check?.trust ?? 'unknown'} />
      )}
      <span className="recipient-name">{name}</span>
      {reason ? (
        <small>{reason}</small>
      ) : goneSince !== null ? (
        <small>{t('directory.goneShort', { date: fullDate(goneSince) })}</small>
      ) : (
        check?.trust && check.trust !== 'unknown' && <small>{t(`composer.trust_${check.trust}`)}</small>
      )}
      <button type="button" aria-label={t('composer.removeRecipient', { name })} onClick={onRemove}>
        <X aria-hidden="true" />
      </button>
    </li>
  )
}

/** Opens the list when the answer comes after the last letter, once for what is typed: the combo box opens on typing alone. */
const OpenWhenFound = ({ typed, count }: { typed: string; count: number }) => {
  const state = useContext(ComboBoxStateContext)
  const openedFor = useRef('')
  useEffect(() => {
    if (state === null || count === 0) return
    if (state.isFocused && !state.isOpen && openedFor.current !== typed) state.open(null, 'input')
    openedFor.current = typed
  }, [state, typed, count])
  return null
}

/** A line of recipients: each a chip with its trust, more by typing, by a suggestion or by pasting addresses. */
export const RecipientsField = ({
  label,
  recipients,
  checks,
  onChange,
  autoFocus = false,
  typedAhead = '',
  most,
}: {
  label: string
  recipients: readonly Correspondent[]
  checks: readonly SendCheck[]
  onChange: (recipients: Correspondent[]) => void
  autoFocus?: boolean
  /** What was typed before the field was there. */
  typedAhead?: string
  /** Recipients the field holds. */
  most?: number
}) => {
  const [typed, setTyped] = useState(typedAhead)
  const [wrong, setWrong] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const errorId = useId()
  const gone = useGone(recipients)
  const suggestions = useSuggestions(typed).filter(
    (one) =>
      one.kind !== 'address' ||
      !recipients.some((other) => other.address.toLowerCase() === one.address.toLowerCase()),
  )
  // A list or a structure takes a moment to open: what was added meanwhile stays.
  const present = useRef(recipients)
  useEffect(() => {
    present.current = recipients
  })
  const add = (added: readonly Correspondent[]): void => {
    if (added.length > 0) onChange(addRecipients(present.current, added, most))
  }
  const take = (): void => {
    const { recipients: read, rest } = readRecipients(typed)
    add(read)
    setTyped(rest)
    setWrong(rest !== '')
  }
  return (
    <div className="composer-line recipients-line">
      <ComboBox
        className="recipients-field"
        inputValue={typed}
        onInputChange={(value) => {
          setWrong(false)
          if (/[,;\n]/.test(value)) {
            const { recipients: read, rest } = readRecipients(value)
            add(read)
            setTyped(rest)
          } else setTyped(value)
        }}
        items={suggestions.map((one) => ({ id: suggestionKey(one), one }))}
        onSelectionChange={(key) => {
          const chosen = suggestions.find((one) => suggestionKey(one) === key)
          if (!chosen) return
          setTyped('')
          void recipientsOf(chosen).then(add)
        }}
        selectedKey={null}
        allowsCustomValue
        allowsEmptyCollection={false}
        menuTrigger="input"
      >
        <OpenWhenFound typed={typed} count={suggestions.length} />
        <Label className="composer-label">{label}</Label>
        <div className="recipients" onClick={() => input.current?.focus()}>
          <ul aria-label={t('composer.recipientsOf', { label })}>
            {recipients.map((recipient) => (
              <Recipient
                key={recipient.address}
                recipient={recipient}
                check={checkOf(checks, recipient.address)}
                goneSince={gone.get(recipient.address.toLowerCase()) ?? null}
                onRemove={() => onChange(recipients.filter((other) => other !== recipient))}
              />
            ))}
          </ul>
          <Input
            ref={input}
            className="recipients-input"
            autoFocus={autoFocus}
            aria-invalid={wrong || undefined}
            aria-describedby={wrong ? errorId : undefined}
            onBlur={take}
            onKeyDown={(event) => {
              if (event.key === 'Backspace' && typed === '' && recipients.length > 0)
                onChange(recipients.slice(0, -1))
              else if (event.key === 'Enter' && readRecipients(typed).recipients.length > 0) {
                event.preventDefault()
                take()
              }
            }}
          />
          {wrong && (
            <span id={errorId} className="field-error" role="alert">
              {t('composer.addressUnreadable')}
            </span>
          )}
        </div>
        <Popover className="popover suggestions" placement="bottom start" offset={6}>
          {/* It lies outside the window’s landmarks: it is its own. */}
          <section aria-label={t('composer.suggested')}>
            <ListBox<{ id: string; one: Suggestion }> className="suggestion-list">
              {({ id, one }) => (
                <ListBoxItem
                  id={id}
                  textValue={[suggestionName(one), suggestionLine(one)]
                    .filter((part) => part !== '')
                    .join(', ')}
                  className="suggestion"
                  isDisabled={one.kind === 'patient' && one.patient.mail.address === null}
                >
                  <SuggestionRow one={one} />
                </ListBoxItem>
              )}
            </ListBox>
          </section>
        </Popover>
      </ComboBox>
    </div>
  )
}

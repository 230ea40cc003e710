import { TriangleAlert, X } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from 'react-aria-components'
import type { Correspondent, SendCheck, TrustClass } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Avatar, Chip } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { addRecipients, checkOf, readRecipients } from './recipients.ts'
import './recipients.css'

type Suggestion = Correspondent & { trust: TrustClass }

const Recipient = ({
  recipient,
  check,
  onRemove,
}: {
  recipient: Correspondent
  check: SendCheck | null
  onRemove: () => void
}) => {
  const name = recipient.name || recipient.address
  const refused = check?.blocking === true
  const reason =
    check && check.kind !== 'recipient-trusted' && check.kind !== 'size'
      ? t(`composer.recipient_${check.kind}`)
      : null
  return (
    <li className="recipient" data-refused={refused} title={recipient.address}>
      {refused ? (
        <span className="recipient-mark" aria-hidden="true">
          <TriangleAlert />
        </span>
      ) : (
        <Avatar name={name} trust={check?.trust ?? 'unknown'} />
      )}
      <span className="recipient-name">{name}</span>
      {reason ? (
        <small>{reason}</small>
      ) : (
        check?.trust && check.trust !== 'unknown' && <small>{t(`composer.trust_${check.trust}`)}</small>
      )}
      <button type="button" aria-label={t('composer.removeRecipient', { name })} onClick={onRemove}>
        <X aria-hidden="true" />
      </button>
    </li>
  )
}

const useSuggestions = (typed: string): readonly Suggestion[] => {
  const [found, setFound] = useState<{ typed: string; suggestions: readonly Suggestion[] } | null>(null)
  const text = typed.trim().slice(0, 100)
  useEffect(() => {
    if (text.length < 2) return undefined
    let current = true
    void invoke('correspondents.suggest', { text }).then((outcome) => {
      if (current && outcome.ok) setFound({ typed: text, suggestions: outcome.value })
    })
    return () => {
      current = false
    }
  }, [text])
  // What was found for the words just before stays until the next answer: the list does not blink.
  return text.length < 2 ? [] : (found?.suggestions ?? [])
}

/** A line of recipients: each a chip with its trust, more by typing, by a suggestion or by pasting addresses. */
export const RecipientsField = ({
  label,
  recipients,
  checks,
  onChange,
  autoFocus = false,
}: {
  label: string
  recipients: readonly Correspondent[]
  checks: readonly SendCheck[]
  onChange: (recipients: Correspondent[]) => void
  autoFocus?: boolean
}) => {
  const [typed, setTyped] = useState('')
  const [wrong, setWrong] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const errorId = useId()
  const suggestions = useSuggestions(typed).filter(
    (one) => !recipients.some((other) => other.address.toLowerCase() === one.address.toLowerCase()),
  )
  const add = (added: readonly Correspondent[]): void => {
    if (added.length > 0) onChange(addRecipients(recipients, added))
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
        items={suggestions}
        onSelectionChange={(key) => {
          const chosen = suggestions.find((one) => one.address === key)
          if (!chosen) return
          add([{ name: chosen.name, address: chosen.address }])
          setTyped('')
        }}
        selectedKey={null}
        allowsCustomValue
        allowsEmptyCollection={false}
        menuTrigger="input"
      >
        <Label className="composer-label">{label}</Label>
        <div className="recipients" onClick={() => input.current?.focus()}>
          <ul aria-label={t('composer.recipientsOf', { label })}>
            {recipients.map((recipient) => (
              <Recipient
                key={recipient.address}
                recipient={recipient}
                check={checkOf(checks, recipient.address)}
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
          <ListBox<Suggestion> className="suggestion-list">
            {(suggestion) => (
              <ListBoxItem
                id={suggestion.address}
                textValue={suggestion.name || suggestion.address}
                className="suggestion"
              >
                <Avatar name={suggestion.name || suggestion.address} trust={suggestion.trust} />
                <span className="suggestion-words">
                  <b>{suggestion.name || suggestion.address}</b>
                  <span className="small muted">{suggestion.address}</span>
                </span>
                <Chip
                  tone={
                    suggestion.trust === 'outside'
                      ? 'alert'
                      : suggestion.trust === 'patient'
                        ? 'patient'
                        : suggestion.trust === 'unknown'
                          ? 'warn'
                          : 'ok'
                  }
                >
                  {t(`composer.trust_${suggestion.trust}`)}
                </Chip>
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
    </div>
  )
}

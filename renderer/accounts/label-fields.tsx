import { useEffect, useState } from 'react'
import type { AccountKind, SenderLabel } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { TextField } from '../design/index.ts'
import { correspondentName, t } from '../i18n/index.ts'

/** What the From field will say of a label; null while it misses something. */
export const useSenderName = (kind: AccountKind, label: SenderLabel): string | null => {
  const { title, givenName, familyName, entity } = label
  const [written, setWritten] = useState<string | null>(null)
  useEffect(() => {
    let current = true
    const wish = { kind, label: { title, givenName, familyName, entity } }
    void invoke('accounts.senderName', wish).then((outcome) => {
      if (current) setWritten(outcome.ok ? outcome.value : null)
    })
    return () => {
      current = false
    }
  }, [kind, title, givenName, familyName, entity])
  return written
}

/** The fields of the From label (ECO.2.2.7), and how recipients will read them. */
export const LabelFields = ({
  kind,
  label,
  name,
  onChange,
}: {
  kind: AccountKind
  label: SenderLabel
  /** Of `useSenderName`. */
  name: string | null
  onChange: (label: SenderLabel) => void
}) => {
  const field = (key: keyof SenderLabel, maxLength: number, more: { hint?: string } = {}) => (
    <TextField
      label={t(`accounts.label-${kind === 'personal' || kind === 'generic' ? key : 'unit'}`)}
      value={label[key]}
      onChange={(text) => onChange({ ...label, [key]: text })}
      maxLength={maxLength}
      autoComplete="off"
      {...more}
    />
  )
  return (
    <fieldset className="label-fields">
      <legend className="field-label">{t('accounts.labelTitle')}</legend>
      {kind === 'personal' || kind === 'generic' ? (
        <>
          <div className="label-person">
            {field('title', 40)}
            {field('givenName', 80)}
            {field('familyName', 80)}
          </div>
          {field('entity', 120)}
        </>
      ) : (
        field('entity', 120, { hint: t('accounts.unitHint') })
      )}
      <p className="label-preview small" aria-live="polite">
        {name === null ? (
          t('accounts.labelMissing')
        ) : (
          <>
            {t('accounts.labelPreview')} <b>{correspondentName({ name, address: '' })}</b>{' '}
            {name.includes('_') ? <code className="muted">{name}</code> : null}
          </>
        )}
      </p>
    </fieldset>
  )
}

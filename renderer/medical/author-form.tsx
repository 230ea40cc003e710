import { useEffect, useState } from 'react'
import type { AppError, AuthorProposal } from '../../app/contract/index.ts'
import { DocumentAuthor } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Button, Dialog, ErrorBanner, Segments, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

type Author = AuthorProposal['author']

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

const Select = ({
  label,
  value,
  choices,
  onChange,
}: {
  label: string
  value: string
  choices: readonly { code: string; label: string }[]
  onChange: (code: string) => void
}) => (
  <label className="field">
    <span className="field-label">{label}</span>
    <span className="field-input">
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{t('medical.choose')}</option>
        {choices.map((choice) => (
          <option key={choice.code} value={choice.code}>
            {choice.label}
          </option>
        ))}
      </select>
    </span>
  </label>
)

const Fields = ({
  proposal,
  onSave,
  onClose,
}: {
  proposal: AuthorProposal
  onSave: (author: DocumentAuthor) => Promise<AppError | null>
  onClose: () => void
}) => {
  const [author, setAuthor] = useState<Author>(proposal.author)
  const [error, setError] = useState<AppError | null>(null)
  const [saving, setSaving] = useState(false)
  const set = (change: Partial<Author>): void => setAuthor((now) => ({ ...now, ...change }))
  const place = (change: Partial<Author['organisation']>): void =>
    setAuthor((now) => ({ ...now, organisation: { ...now.organisation, ...change } }))
  const whole = DocumentAuthor.safeParse(author)
  const of = author.organisation
  return (
    <form
      className="medical-author"
      onSubmit={(event) => {
        event.preventDefault()
        if (!whole.success || saving) return
        setSaving(true)
        void onSave(whole.data).then((refused) => {
          setSaving(false)
          setError(refused)
        })
      }}
    >
      <p className="muted">{t('medical.authorWhy')}</p>
      <div className="medical-columns">
        <Segments
          label={t('medical.title')}
          value={author.title ?? 'none'}
          options={[
            { value: 'none', label: t('medical.title_none') },
            { value: 'DR', label: t('medical.title_DR') },
            { value: 'PR', label: t('medical.title_PR') },
          ]}
          onChange={(title) => set({ title: title === 'none' ? null : title })}
        />
        <TextField
          label={t('medical.nationalId')}
          hint={t('medical.nationalIdHint')}
          value={author.nationalId}
          onChange={(nationalId) => set({ nationalId: nationalId.trim() })}
        />
        <TextField
          label={t('medical.givenName')}
          value={author.givenName}
          onChange={(givenName) => set({ givenName })}
        />
        <TextField
          label={t('medical.familyName')}
          value={author.familyName}
          onChange={(familyName) => set({ familyName })}
        />
        <Select
          label={t('medical.specialty')}
          value={author.specialty}
          choices={proposal.choices.specialties}
          onChange={(specialty) => set({ specialty })}
        />
        <TextField
          label={t('medical.phone')}
          value={author.phone ?? ''}
          onChange={(phone) => set({ phone: orNull(phone) })}
        />
        <TextField label={t('medical.organisation')} value={of.name} onChange={(name) => place({ name })} />
        <TextField
          label={t('medical.organisationId')}
          hint={t('medical.organisationIdHint')}
          value={of.id}
          onChange={(id) => place({ id: id.replace(/\s/g, '') })}
        />
        <TextField
          label={t('medical.street')}
          value={of.street ?? ''}
          onChange={(street) => place({ street: street === '' ? null : street })}
        />
        <div className="medical-city">
          <TextField
            label={t('medical.postalCode')}
            value={of.postalCode ?? ''}
            onChange={(postalCode) => place({ postalCode: orNull(postalCode) })}
          />
          <TextField
            label={t('medical.city')}
            value={of.city ?? ''}
            onChange={(city) => place({ city: city === '' ? null : city })}
          />
        </div>
        <Select
          label={t('medical.facility')}
          value={author.facility}
          choices={proposal.choices.facilities}
          onChange={(facility) => set({ facility })}
        />
        <Select
          label={t('medical.setting')}
          value={author.setting}
          choices={proposal.choices.settings}
          onChange={(setting) => set({ setting })}
        />
      </div>
      {error && <ErrorBanner error={error} />}
      <div className="dialog-actions">
        <Button onPress={onClose}>{t('common.cancel')}</Button>
        <Button variant="primary" type="submit" isDisabled={!whole.success || saving}>
          {t('medical.saveAuthor')}
        </Button>
      </div>
    </form>
  )
}

/** Who writes the documents of a mailbox: asked once, proposed from the card, remembered. */
export const AuthorDialog = ({
  accountId,
  isOpen,
  onClose,
  onSaved,
}: {
  accountId: number
  isOpen: boolean
  onClose: () => void
  onSaved: () => void
}) => {
  const [proposal, setProposal] = useState<{ accountId: number; value: AuthorProposal } | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    if (!isOpen) return undefined
    let current = true
    void invoke('documentAuthor.get', { accountId }).then((outcome) => {
      if (!current) return
      if (outcome.ok) setProposal({ accountId, value: outcome.value })
      else setError(outcome.error)
    })
    return () => {
      current = false
    }
  }, [accountId, isOpen])
  const ready = proposal?.accountId === accountId ? proposal.value : null
  return (
    <Dialog title={t('medical.authorTitle')} isOpen={isOpen} onClose={onClose} width="wide">
      {error ? <ErrorBanner error={error} /> : null}
      {ready ? (
        <Fields
          proposal={ready}
          onClose={onClose}
          onSave={async (author) => {
            const outcome = await invoke('documentAuthor.set', { accountId, author })
            if (outcome.ok) onSaved()
            return outcome.ok ? null : outcome.error
          }}
        />
      ) : (
        <Spinner label={t('medical.loading')} />
      )}
    </Dialog>
  )
}

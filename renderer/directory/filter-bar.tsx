import { useId } from 'react'
import type { DirectoryFacets, DirectoryFilters, MailboxType } from '../../app/contract/index.ts'
import { Checkbox } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'
import { typeName } from './entry-words.ts'

const Choice = ({
  label,
  all,
  value,
  options,
  onChange,
}: {
  label: string
  all: string
  value: string | null
  options: readonly { code: string; label: string; count: number }[]
  onChange: (value: string | null) => void
}) => {
  const id = useId()
  return (
    <div className="directory-filter">
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <select id={id} value={value ?? ''} onChange={(event) => onChange(event.target.value || null)}>
        <option value="">{all}</option>
        {options.map((one) => (
          <option key={one.code} value={one.code}>
            {t('directory.option', { label: one.label, count: number(one.count) })}
          </option>
        ))}
      </select>
    </div>
  )
}

const byLabel = (one: { label: string }, other: { label: string }): number =>
  one.label.localeCompare(other.label, 'fr')

/** What a search is narrowed to: values of the base, with how many mailboxes have them. */
export const FilterBar = ({
  facets,
  filters,
  onChange,
}: {
  facets: DirectoryFacets | null
  filters: DirectoryFilters
  onChange: (filters: DirectoryFilters) => void
}) => {
  if (!facets) return null
  const types = facets.types.map(({ code, count }) => ({ code, label: typeName(code), count }))
  return (
    <div className="directory-filters" role="group" aria-label={t('directory.filters')}>
      <Choice
        label={t('directory.profession')}
        all={t('directory.anyProfession')}
        value={filters.profession}
        options={facets.professions.toSorted(byLabel)}
        onChange={(profession) => onChange({ ...filters, profession })}
      />
      <Choice
        label={t('directory.specialty')}
        all={t('directory.anySpecialty')}
        value={filters.specialty}
        options={facets.specialties.toSorted(byLabel)}
        onChange={(specialty) => onChange({ ...filters, specialty })}
      />
      <Choice
        label={t('directory.department')}
        all={t('directory.anyDepartment')}
        value={filters.department}
        options={facets.departments.map((one) => ({
          ...one,
          label: one.label === one.code ? one.code : `${one.code} ${one.label}`,
        }))}
        onChange={(department) => onChange({ ...filters, department })}
      />
      <Choice
        label={t('directory.type')}
        all={t('directory.anyType')}
        value={filters.type}
        options={types}
        onChange={(code) =>
          onChange({
            ...filters,
            type: facets.types.find((one) => one.code === code)?.code ?? (null satisfies MailboxType | null),
          })
        }
      />
      <Checkbox isSelected={filters.gone} onChange={(gone) => onChange({ ...filters, gone })}>
        {t('directory.withGone')}
      </Checkbox>
    </div>
  )
}

import { Lock } from 'lucide-react'
import type { Folder } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'
import { refusals } from './rights.ts'

/** What a shared folder does not let the user do, in words; nothing when it lets him do everything. */
export const RightsNote = ({ folder }: { folder: Folder }) => {
  const refused = refusals([folder])
  const sentence =
    refused.has('delete') && refused.has('toggle-seen')
      ? t('folders.readOnly')
      : refused.has('delete')
        ? t('folders.keepOnly')
        : refused.size > 0
          ? t('folders.noMarks')
          : folder.rights.insert
            ? null
            : t('folders.noInsert')
  if (sentence === null) return null
  return (
    <p className="rights-note muted small">
      <Lock aria-hidden="true" /> {sentence}
    </p>
  )
}

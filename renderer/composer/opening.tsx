import type { DraftKind } from '../../app/contract/index.ts'
import { Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { beginsWithText } from './body-editor.tsx'

/** A new message and a forward begin with their recipient. */
export const beginsWithRecipient = (kind: DraftKind): boolean => kind === 'new' || kind === 'forward'

/** A draft on its way: one writes already where the cursor will be. */
export const Opening = ({
  kind,
  typed,
  onType,
}: {
  kind: DraftKind | null
  typed: string
  onType: (typed: string) => void
}) => (
  <>
    <header className="composer-head">
      <h2>{kind === null ? '' : t(`composer.title_${kind}`)}</h2>
    </header>
    {kind !== null && beginsWithRecipient(kind) ? (
      <label className="composer-line">
        <span className="composer-label">{t('composer.to')}</span>
        <input
          className="composer-subject"
          value={typed}
          autoFocus
          onChange={(event) => onType(event.currentTarget.value)}
        />
      </label>
    ) : null}
    {kind !== null && beginsWithText(kind) ? (
      <textarea
        className="composer-text composer-plain"
        aria-label={t('composer.body')}
        value={typed}
        autoFocus
        onChange={(event) => onType(event.currentTarget.value)}
      />
    ) : null}
    <div className="composer-loading">
      <Spinner label={t('composer.loading')} size="large" />
    </div>
  </>
)

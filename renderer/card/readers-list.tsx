import type { CardReader } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { readersStore, useStore } from '../data/index.ts'
import { Button, Chip, showError } from '../design/index.ts'
import { personName, t } from '../i18n/index.ts'

const nameOf = ({ token }: CardReader): string | null =>
  token === null ? null : token.holder ? personName(token.holder) : token.label

const choose = async (serial: string): Promise<void> => {
  const chosen = await invoke('card.choose', { serial })
  if (!chosen.ok) showError(chosen.error)
}

/** Every reader and what is in it; `onUse` takes the choice of another card than the one in use (chosen at once without it). */
export const ReadersList = ({ onUse }: { onUse?: (reader: CardReader) => void }) => {
  const readers = useStore(readersStore)
  if (readers.length === 0) return null
  return (
    <section aria-labelledby="card-readers" className="readers">
      <h3 id="card-readers">{t('ownCard.readers')}</h3>
      <ul>
        {readers.map((reader) => {
          const name = nameOf(reader)
          const { token } = reader
          return (
            <li key={reader.reader}>
              <span className="readers-name">{reader.reader}</span>
              <span className="muted">{name ?? t(`ownCard.content-${reader.content}`)}</span>
              {reader.inUse ? (
                <Chip tone="brand">{t('ownCard.inUse')}</Chip>
              ) : token ? (
                <Button
                  size="small"
                  onPress={() => {
                    if (onUse) onUse(reader)
                    else void choose(token.serial)
                  }}
                >
                  {t('ownCard.useOf', { name: name ?? token.serial })}
                </Button>
              ) : null}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** With several cards in readers, which one is meant; nothing with one. */
export const CardChoice = () => {
  const readers = useStore(readersStore)
  const present = readers.filter(({ token }) => token !== null)
  if (present.length < 2) return null
  return (
    <fieldset className="card-choice">
      <legend>{t('ownCard.severalTitle')}</legend>
      {present.map((reader) => (
        <label key={reader.reader}>
          <input
            type="radio"
            name="card-in-use"
            checked={reader.inUse}
            onChange={() => {
              if (reader.token) void choose(reader.token.serial)
            }}
          />
          <span>
            <strong>{nameOf(reader)}</strong> <span className="muted small">{reader.reader}</span>
          </span>
        </label>
      ))}
    </fieldset>
  )
}

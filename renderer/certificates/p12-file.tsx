import { useState } from 'react'
import type { AppError, Outcome } from '../../app/contract/index.ts'
import { uploadFile } from '../client/index.ts'
import { Button, ErrorBanner, FileDrop, Spinner, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/**
 * A p12 file and its password, handed to the core. The password leaves the window's state before the core is asked; a wrong one is
 * typed again. Not a form of its own: it stands inside others, and Enter is its own.
 */
export const P12File = <T,>({
  words,
  open,
  onOpened,
  onChoose,
  takesFocus = false,
}: {
  /** On the drop zone, below it, on the button, and on the button meanwhile. */
  words: { choose: string; hint: string; open: string; opening: string }
  open: (uploadId: string, passphrase: string) => Promise<Outcome<T>>
  onOpened: (opened: T, file: File) => void
  /** Another file, or none. */
  onChoose?: () => void
  /** One was chosen before and given up: the focus is here. */
  takesFocus?: boolean
}) => {
  const [file, setFile] = useState<File | null>(null)
  const [chosenOnce, setChosenOnce] = useState(takesFocus)
  const [passphrase, setPassphrase] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const choose = (next: File | null): void => {
    setFile(next)
    setChosenOnce(true)
    setPassphrase('')
    setError(null)
    onChoose?.()
  }
  const send = async (): Promise<void> => {
    if (!file || busy) return
    const typed = passphrase
    setPassphrase('')
    setBusy(true)
    setError(null)
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    const outcome = sent.ok ? await open(uploadId, typed) : sent
    setBusy(false)
    if (!outcome.ok) {
      setError(outcome.error)
      return
    }
    setFile(null)
    onOpened(outcome.value, file)
  }
  return (
    <div className="p12-file">
      {file === null ? (
        <FileDrop
          label={words.choose}
          hint={words.hint}
          accept=".p12,.pfx"
          takesFocus={chosenOnce}
          onFile={choose}
        />
      ) : (
        <>
          <TextField
            label={t('certificates.p12Password', { file: file.name })}
            type="password"
            value={passphrase}
            onChange={setPassphrase}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              void send()
            }}
            maxLength={512}
            autoFocus
            autoComplete="off"
          />
          <div className="p12-file-actions">
            <Button variant="primary" isPending={busy} onPress={() => void send()}>
              {busy ? <Spinner label={words.opening} /> : null}
              {busy ? words.opening : words.open}
            </Button>
            <Button isDisabled={busy} onPress={() => choose(null)}>
              {t('common.cancel')}
            </Button>
          </div>
        </>
      )}
      {error ? <ErrorBanner error={error} /> : null}
    </div>
  )
}

import { Upload } from 'lucide-react'
import { useRef } from 'react'
import { Button } from './button.tsx'
import { DropZone } from './drop-zone.tsx'

/** One file, chosen or dropped. */
export const FileDrop = ({
  label,
  hint,
  accept,
  isBusy = false,
  takesFocus = false,
  onFile,
}: {
  label: string
  hint: string
  /** Extensions the chooser shows, « .p12,.pfx ». */
  accept: string
  /** A file is being taken: another one must wait. The button stays, or the keyboard would lose its place. */
  isBusy?: boolean
  /** It stands where the keyboard was. */
  takesFocus?: boolean
  onFile: (file: File) => void
}) => {
  const picker = useRef<HTMLInputElement>(null)
  const take = (files: ArrayLike<File> | null): void => {
    const file = files?.[0]
    if (file && !isBusy) onFile(file)
  }
  return (
    <DropZone onFiles={take}>
      <Button size="small" isPending={isBusy} autoFocus={takesFocus} onPress={() => picker.current?.click()}>
        <Upload aria-hidden="true" /> {label}
      </Button>
      <span className="muted small">{hint}</span>
      <input
        ref={picker}
        type="file"
        accept={accept}
        hidden
        onChange={(event) => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
    </DropZone>
  )
}

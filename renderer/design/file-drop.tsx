import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from './button.tsx'
import './file-drop.css'

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
  const [over, setOver] = useState(false)
  const take = (files: FileList | null): void => {
    const file = files?.[0]
    if (file && !isBusy) onFile(file)
  }
  return (
    <div
      className="file-drop"
      data-over={over}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files)
      }}
    >
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
    </div>
  )
}

import { Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { Button } from '../design/index.ts'

/** One file, chosen or dropped. */
export const FileDrop = ({
  label,
  hint,
  accept,
  isDisabled,
  onFile,
}: {
  label: string
  hint: string
  /** Extensions the chooser shows, « .p12,.pfx ». */
  accept: string
  isDisabled: boolean
  onFile: (file: File) => void
}) => {
  const picker = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null): void => {
    const file = files?.[0]
    if (file && !isDisabled) onFile(file)
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
      <Button size="small" isDisabled={isDisabled} onPress={() => picker.current?.click()}>
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

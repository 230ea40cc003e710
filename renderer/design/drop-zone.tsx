import { useState, type ReactNode } from 'react'
import './drop-zone.css'

/** A place files can be dropped on, beside whatever else chooses them. */
export const DropZone = ({
  onFiles,
  children,
}: {
  onFiles: (files: readonly File[]) => void
  children: ReactNode
}) => {
  const [over, setOver] = useState(false)
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
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
    </div>
  )
}

import { useState } from 'react'
import { Button, Dialog, TextField } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Characters of a saved search's name (contract). */
const longestName = 80

/** Asks for the name of a saved search. */
export const NameDialog = ({
  title,
  initial,
  onClose,
  onName,
}: {
  title: string
  initial: string
  onClose: () => void
  onName: (name: string) => void
}) => {
  const [name, setName] = useState(initial.slice(0, longestName))
  const wanted = name.trim()
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      width="narrow"
      actions={
        <Button variant="primary" isDisabled={wanted === ''} onPress={() => onName(wanted)}>
          {t('search.save')}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (wanted !== '') onName(wanted)
        }}
      >
        <TextField
          label={t('search.name')}
          value={name}
          onChange={setName}
          maxLength={longestName}
          autoFocus
        />
      </form>
    </Dialog>
  )
}

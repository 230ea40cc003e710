import { Trash2 } from 'lucide-react'
import type { Folder } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { ForGoodDialog, useForGood } from './for-good.tsx'

/** Empties a trash or junk folder, after a question that names the count. */
export const EmptyFolderButton = ({ folder }: { folder: Folder }) => {
  const forGood = useForGood()
  const junk = folder.role === 'junk'
  return (
    <>
      <Button
        size="small"
        isDisabled={folder.total === 0}
        onPress={() => forGood.ask({ kind: 'folder', folderId: folder.id, filter: 'all' })}
      >
        <Trash2 aria-hidden="true" /> {t(junk ? 'actions.emptyJunk' : 'actions.emptyTrash')}
      </Button>
      <ForGoodDialog
        title={t(junk ? 'actions.emptyJunkTitle' : 'actions.emptyTrashTitle')}
        forGood={forGood}
      />
    </>
  )
}

import type { DraftKind, Folder, MessageRow } from '../../app/contract/index.ts'
import { ForGoodDialog, useForGood } from '../actions/index.ts'
import type { WritingState } from '../composer/index.ts'
import { t } from '../i18n/index.ts'
import { PatientPage, PatientsList } from '../patient-view/index.ts'
import type { ReadingAction } from '../reading/index.ts'
import { messageActions } from './message-actions.ts'

const nobody = new Map<never, never>()

/** The patients' place of the window: the list, or one patient's page. */
export const PatientsPlace = ({
  patientId,
  folders,
  compose,
  begin,
}: {
  patientId: number | null
  folders: readonly Folder[]
  compose: (kind: DraftKind, sourceId: number) => Promise<void>
  begin: WritingState['begin']
}) => {
  const forGood = useForGood()
  const act = (row: MessageRow, action: ReadingAction): void => {
    const { act: run } = messageActions({
      rows: [row],
      folders,
      folder: folders.find(({ id }) => id === row.folderId),
      selected: new Set([row.id]),
      ...{ bulk: null, refused: nobody, setSelected: () => undefined, askTarget: () => undefined },
      askForGood: forGood.ask,
      compose,
    })
    void run(action)
  }
  return (
    <>
      {patientId === null ? (
        <PatientsList />
      ) : (
        <PatientPage
          key={patientId}
          id={patientId}
          onWrite={(make) => void begin('new', make)}
          onAction={act}
        />
      )}
      <ForGoodDialog title={t('actions.foreverTitle')} forGood={forGood} />
    </>
  )
}

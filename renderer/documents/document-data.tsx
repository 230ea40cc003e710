import { DocumentData } from '../../app/contract/index.ts'
import type { DocumentSummary } from '../../app/contract/index.ts'
import { DicomView } from './dicom-view.tsx'
import { Hl7View } from './hl7-view.tsx'
import { HprimView } from './hprim-view.tsx'
import { usePart } from './part-bytes.ts'
import { partReader } from './part-reader.ts'
import { PartState } from './part-state.tsx'

const maximumJson = 32 * 1024 * 1024
const readData = partReader(DocumentData)

/** HPRIM results, HL7 v2 messages, DICOM and KOS: what was read of them, as a document. */
export const DocumentDataView = ({
  url,
  summary,
  openMessage,
}: {
  url: string
  summary: DocumentSummary
  openMessage: ((id: number) => void) | null
}) => (
  <PartState part={usePart(url, maximumJson, readData)}>
    {(data) => {
      switch (data.kind) {
        case 'hprim':
          return <HprimView dossier={data.dossier} summary={summary} openMessage={openMessage} />
        case 'dicom':
          return <DicomView content={data.dicom} summary={summary} />
        case 'hl7':
          return <Hl7View message={data.message} summary={summary} openMessage={openMessage} />
      }
    }}
  </PartState>
)
